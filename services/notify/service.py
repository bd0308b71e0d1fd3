"""The shell of notify: reads results and states of control, writes headlines."""

from collections.abc import Iterator
from typing import Final

from schemas.events import RESULTS_EVENT
from schemas.streams import HEADLINES, PARKED, RESULTS
from services.notify.rules.headlines import headlines
from services.notify.rules.memory import SAID, SWING, BodySaid, ContestSaid, Memory, RegionSaid, SwingKnown
from services.shell import parking, serve
from streams.faststream_adapter import Broker
from streams.fold import Effects, Emission, Entry, Record, Wiring
from streams.observing import NOBODY, Watching

STAGE: Final = "notify"


class StoredMemory(Memory):
    """A memory whose records are kept in Redis."""

    def keep(self, record: Record) -> None:
        """Take one record into memory."""
        subject = record.field.partition(":")[2]
        if isinstance(record.value, ContestSaid):
            self.contests[subject] = record.value
        elif isinstance(record.value, BodySaid):
            self.bodies[subject] = record.value
        elif isinstance(record.value, RegionSaid):
            self.regions[subject] = record.value
        elif isinstance(record.value, SwingKnown):
            self.keep_swing(record.field, record.value)

    def restore(self, table: str, field: str, value: bytes) -> None:
        """Take one stored record into memory."""
        about, _, subject = field.partition(":")
        if table == SWING:
            self.keep_swing(field, SwingKnown.model_validate_json(value))
        elif table == SAID and about == "contest":
            self.contests[subject] = ContestSaid.model_validate_json(value)
        elif table == SAID and about == "body":
            self.bodies[subject] = BodySaid.model_validate_json(value)
        elif table == SAID and about == "region":
            self.regions[subject] = RegionSaid.model_validate_json(value)


WIRING: Final = Wiring(
    stage=STAGE,
    reads=RESULTS.name,
    writes=(HEADLINES.name, PARKED[STAGE].name),
    state=StoredMemory,
    park=parking(STAGE, RESULTS.name),
)
"""What notify reads and writes."""


def notify_of_results(memory: StoredMemory, entry: Entry) -> Iterator[Effects]:
    """Write the headlines that follow; an event of another type is parked."""
    found = headlines(memory, RESULTS_EVENT.validate_json(entry.fields[b"data"]))
    yield Effects(
        tuple(Record(table, field, value) for (table, field), value in found.remember.items()),
        tuple(Emission(HEADLINES.name, headline) for headline in found.events),
    )


def build(broker: Broker) -> Broker:
    """Wire the service to a broker, not yet started."""
    broker.fold(WIRING)(notify_of_results)
    return broker


def main(url: str, watching: Watching = NOBODY) -> None:
    """Run the service until it is told to stop, and tell ``watching`` what it does."""
    serve(build(Broker(url)), STAGE, watching)
