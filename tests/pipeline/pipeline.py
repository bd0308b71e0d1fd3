"""The pipeline: a real server, and services as processes, which a test starts, kills and ends as an operator would."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tallywire.embedded.server import EmbeddedServer
from tests.pipeline.count_centre import CountCentre, connect
from tests.pipeline.faults import SERVICES, Fault
from tests.pipeline.night import Night
from tests.pipeline.services import NO_FAULT, Nursery, Service, Services


class Pipeline:
    """A server and the services on it. They die with the test, however that ends."""

    def __init__(self, server: EmbeddedServer, services: Services) -> None:
        self.server = server
        self.services = services
        self.client = connect(server.url)

    def open(self, night: Night) -> CountCentre:
        """Send the register of a night, and name its election in the catalogue."""
        centre = self.centre(night.election)
        centre.send([night.register])
        centre.announce()
        return centre

    def centre(self, election: str) -> CountCentre:
        """Return a count centre of an election."""
        return CountCentre(self.client, election)

    def start(self, name: str, fault: Fault = NO_FAULT, *, metrics: bool = False) -> Service:
        """Start a service."""
        return self.services.start(name, fault, metrics=metrics)

    def start_all(self, fault: Fault = NO_FAULT) -> list[Service]:
        """Start one of each service."""
        return [self.start(name, fault) for name in SERVICES]

    def play(self, night: Night, declarations: Sequence[bytes] | None = None) -> None:
        """Start all services and play a night, or some of it, each declaration in a group of its own."""
        self.start_all()
        centre = self.open(night)
        for message in night.declarations if declarations is None else declarations:
            centre.send([message])
            centre.settle(upto="ingest")
        centre.settle()

    def finish(self, centre: CountCentre, name: str) -> None:
        """Let one service alone read everything there is for it, and end it."""
        service = self.start(name)
        centre.settle(upto=name)
        assert service.end() == 0


@contextmanager
def pipeline_on(server: EmbeddedServer, nursery: Nursery, folder: Path) -> Iterator[Pipeline]:
    """Prepare a pipeline on a server, without a service yet, and end it with the test."""
    with Services(nursery, folder, server.url) as services:
        pipeline = Pipeline(server, services)
        try:
            yield pipeline
        finally:
            pipeline.client.close()
