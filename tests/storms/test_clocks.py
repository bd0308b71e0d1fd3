"""The clocks of the machines that services run on do not matter, nor do the ids that senders choose."""

import re
from datetime import datetime
from pathlib import Path

from tallywire.embedded.server import start_server
from tests.pipeline.exact import Election
from tests.pipeline.faults import Fault
from tests.pipeline.night import Night, night
from tests.pipeline.pipeline import pipeline_on
from tests.pipeline.services import Nursery

HOUR_S = 3_600.0
CHOSEN_MS = 99_999_999_999_999
"""A sender's ids begin in the year 5138."""

OF_THE_MOMENT = re.compile(rb'"(?:time|acceptedtime|since|at)":"[^"]*"|,"chain":"[^"]*"')
"""What differs from one night to the next."""


def test_services_whose_clocks_are_an_hour_off_write_the_same(nursery: Nursery, tmp_path: Path) -> None:
    """Promise: times are the server's, at which it was read; neither a service's clock nor a sender's id is one.

    The same entries, under ids of the year 5138, read by services an hour behind and an hour ahead: ledger, results and
    headlines are the same but for the times, and these lie between the beginning and the end by the server's clock.
    """
    sent = night(8, contests=30, declarations=200)
    (behind, early, late), (ahead, *_) = (
        written(nursery, tmp_path / f"{shift_s:+.0f}", sent, shift_s) for shift_s in (-HOUR_S, HOUR_S)
    )
    assert len(behind.streams["ledger"]) == 1 + len(sent.declarations)
    for stream in ("ledger", "results", "headlines"):
        assert timeless(behind, stream) == timeless(ahead, stream)
    for stream in ("ledger", "receipts", "results", "headlines"):
        times = [event.get("acceptedtime") or event["time"] for event in behind.events(stream)]
        assert all(early <= datetime.fromisoformat(time).timestamp() <= late for time in times), stream


def timeless(found: Election, stream: str) -> list[bytes]:
    """Return the events of a stream without times, chain, and where groups end: that is a matter of speed."""
    return [OF_THE_MOMENT.sub(b"", event).replace(b',"groupend":true', b"") for event in found.written(stream)]


def written(nursery: Nursery, folder: Path, sent: Night, shift_s: float) -> tuple[Election, float, float]:
    """Return all that services write whose clocks are so far ahead, and the server's time before and after."""
    with start_server(folder, ephemeral=True) as server, pipeline_on(server, nursery, folder) as pipeline:
        centre = pipeline.centre(sent.election)
        for place, message in enumerate((sent.register, *sent.sent)):
            centre.client.xadd(centre.key("declarations"), {"data": message}, id=f"{CHOSEN_MS + place}-0")
        early = centre.client.time()[0]
        centre.announce()
        pipeline.start_all(Fault(clock_shift_s=shift_s))
        centre.settle()
        assert pipeline.services.end() == [0, 0, 0]
        return centre.found(), early, centre.client.time()[0] + 1
