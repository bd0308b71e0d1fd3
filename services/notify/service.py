"""The shell of notify: reads results, writes headlines."""

from collections.abc import Iterator
from typing import ClassVar, Final

from schemas.events import ResultEvent
from schemas.streams import HEADLINES, PARKED, RESULTS
from services.notify.rules.headlines import headline
from services.shell import parking, serve
from streams.broker import Broker
from streams.fold import Effects, Emission, Entry, Record, Wiring

STAGE: Final = "notify"


class Nothing:
    """What notify remembers: nothing. A result says what it takes the place of."""

    tables: ClassVar[tuple[str, ...]] = ()

    def __init__(self, election: str) -> None:
        """Begin."""
        self.election = election

    def keep(self, record: Record) -> None:
        """There is no record to keep."""

    def restore(self, table: str, field: str, value: bytes) -> None:
        """There is no record to restore."""


WIRING: Final = Wiring(
    stage=STAGE,
    reads=RESULTS.name,
    writes=(HEADLINES.name, PARKED[STAGE].name),
    state=Nothing,
    park=parking(STAGE, RESULTS.name),
)
"""What notify reads and writes."""


def notify_of_results(_: Nothing, entry: Entry) -> Iterator[Effects]:
    """Say what is news."""
    event = ResultEvent.model_validate_json(entry.fields[b"data"])
    yield Effects(emissions=(Emission(HEADLINES.name, headline(event)),))


def build(url: str) -> Broker:
    """Return the service, wired to the server at ``url`` and not yet started."""
    broker = Broker(url)
    broker.fold(WIRING)(notify_of_results)
    return broker


def main(url: str) -> None:
    """Run the service until it is told to stop."""
    serve(build(url), STAGE)
