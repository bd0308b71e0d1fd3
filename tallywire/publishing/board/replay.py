"""Every moment of a night, for the script that plays it again."""

import json

from jiter import from_json

from schemas.wire import NATIONAL
from tallywire.publishing.board.memory import time_of
from tallywire.publishing.documents import View


def night_document(view: View) -> bytes:
    """Return each moment until then, in columns: its cursor, its time in seconds since 1970, contests declared.

    The time is null where nobody has said when anything was declared.
    Moments before the register was there are left out: nothing can be shown of them.
    """
    history = view.history
    cursors, times, declared = [], [], []
    events = history.events["tallies"]
    national = history.subjects["tally"].get(NATIONAL, [])
    counted = tally = 0
    for place, moment in enumerate(history.moments[1 : view.place + 1], 1):
        if history.registers.head(moment.cursor.ledger) is None:
            continue
        while tally < len(national) and national[tally] <= moment.cursor.tallies:
            counted = from_json(events[national[tally] - 1].content)["data"]["declared"]
            tally += 1
        cursors.append(str(moment.cursor))
        time = time_of(history, place)
        times.append(None if time is None else int(time.timestamp()))
        declared.append(counted)
    said = {"cursor": str(view.moment.cursor), "cursors": cursors, "times": times, "declared": declared}
    return json.dumps(said, separators=(",", ":")).encode()
