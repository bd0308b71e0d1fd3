"""The shell of notify: reads results and states of control, writes headlines."""

from collections.abc import Iterator
from typing import Final

from schemas.events import RESULTS_EVENT
from schemas.streams import HEADLINES, PARKED, RESULTS
from services.notify.rules.headlines import news
from services.notify.rules.memory import SAID, SWING, WHAT_WAS_SAID, Memory, SwingKnown
from services.shell import parking, serve
from streams.faststream_adapter import Broker, Router
from streams.fold import Effects, Emission, Entry, Record, Table, Wiring
from streams.observing import NOBODY, Watching

STAGE: Final = "notify"

router = Router()

WIRING: Final = Wiring(
    stage=STAGE,
    reads=RESULTS.name,
    writes=(HEADLINES.name, PARKED[STAGE].name),
    state=Memory,
    tables=(
        Table(SAID, WHAT_WAS_SAID.validate_json, Memory.keep_said),
        Table(SWING, SwingKnown.model_validate_json, Memory.keep_swing),
    ),
    park=parking(STAGE, RESULTS.name),
    form=2,
)
"""What notify reads, writes and keeps."""


@router.fold(WIRING)
def notify_of_results(memory: Memory, entry: Entry) -> Iterator[Effects]:
    """Say what is news; an event of another type is parked."""
    found = news(memory, RESULTS_EVENT.validate_json(entry.fields[b"data"]))
    yield Effects(
        tuple(Record(table, field, value) for (table, field), value in found.remember.items()),
        tuple(Emission(HEADLINES.name, headline) for headline in found.headlines),
    )


def main(url: str, watching: Watching = NOBODY) -> None:
    """Run the service until it is told to stop, and tell ``watching`` what it does."""
    serve(Broker(url, router), STAGE, watching)
