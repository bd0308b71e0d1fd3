"""The shell of notify: reads results and states of control, writes headlines."""

from collections.abc import Iterator
from typing import Final

import structlog

from schemas.reading import read_results_event
from schemas.streams import HEADLINES, PARKED, RESULTS
from services.notify.rules.headlines import headlines
from services.notify.rules.memory import SAID, SWING, WHAT_WAS_SAID, Memory, SwingKnown
from services.shell import ids_in, parking
from streams.faststream_adapter import Router
from streams.fold import Effects, Emission, Entry, Record, Table, Wiring

STAGE: Final = "notify"

router = Router()

log = structlog.get_logger()

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
    numbered_by="aggregate",
    form=3,
)
"""What notify reads, writes and keeps."""


@router.fold(WIRING)
def notify_of_results(memory: Memory, entry: Entry) -> Iterator[Effects]:
    """Write the headlines that follow; an event of a type that only a later release knows is passed over."""
    event = read_results_event(entry.fields[b"data"])
    if event is None:
        log.info(
            "entry.passed_over",
            stage=STAGE,
            election=memory.election,
            entry=entry.id,
            **ids_in(entry),
            reason="unknown type",
        )
        return
    found = headlines(memory, event)
    yield Effects(
        tuple(Record(table, field, value) for (table, field), value in found.remember.items()),
        tuple(Emission(HEADLINES.name, headline) for headline in found.events),
    )
