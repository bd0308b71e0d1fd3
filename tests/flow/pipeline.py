"""The pipeline as it is deployed: a real server, and the services of docker-compose.yml as processes of their own.

A test starts, kills and ends them as an operator would, posts what a count centre would, and reads the streams as
anybody may.
"""

import json
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, cast

from redis import Redis
from ruamel.yaml import YAML

from schemas.streams import STREAMS
from streams.keys import CATALOGUE, Partition
from tallywire.client.connection import open_connection
from tallywire.client.progress import behind
from tallywire.embedded.child_processes import Family
from tallywire.embedded.server import EmbeddedServer
from tests.reading import documents, events
from tests.waiting import wait_until

ROOT: Final = Path(__file__).resolve().parents[2]
COMPOSED_URL: Final = "redis://redis:6379"
"""Where the containers find their server; here it is another."""

COMPOSED_METRICS: Final = "0.0.0.0:9101"
"""Where each container serves its metrics; here it is any free port of this machine."""

ENTRY_POINT: Final = str(Path(sys.executable).with_name("tallywire"))
"""The image's, as it is installed beside this interpreter."""

SETTLED_S: Final = 60.0
"""How long thousands of declarations and several restarts may take on a busy machine."""

ENDED_S: Final = 5.0
"""How long a service may take to end when it is asked to."""

Event = dict[str, Any]
Fields = Mapping[bytes, bytes]


def composed(url: str) -> dict[str, list[str]]:
    """Return the command line of each of our containers, with the server at ``url`` in place of theirs."""
    compose = YAML(typ="safe").load((ROOT / "docker-compose.yml").read_text("utf-8"))
    ours = {name: container for name, container in compose["services"].items() if "build" in container}
    return {
        name: [
            # `env` becomes the program it starts, so the process id is the service's.
            *("/usr/bin/env", *(f"{name}={text}" for name, text in _environment(container, url))),
            *(ENTRY_POINT, *container["command"]),
        ]
        for name, container in ours.items()
    }


def _environment(container: Mapping[str, Any], url: str) -> Iterator[tuple[str, str]]:
    for name, value in container["environment"].items():
        yield name, str(value).replace(COMPOSED_URL, url).replace(COMPOSED_METRICS, "127.0.0.1:0")


class Service:
    """One process of a service."""

    def __init__(self, process: "subprocess.Popen[bytes]", log_path: Path) -> None:
        self.process = process
        self.log_path = log_path
        """Both of its outputs."""

    def kill(self) -> None:
        """End it with ``kill -9``."""
        self.process.kill()
        self.process.wait()

    def end(self) -> int:
        """Ask it to end, as ``docker compose stop`` does, and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.await_end()

    def await_end(self) -> int:
        """Wait until it has ended, and return its exit code."""
        return self.process.wait(ENDED_S)

    def alive(self) -> bool:
        """Whether it runs."""
        return self.process.poll() is None

    def await_saying(self, event: str) -> None:
        """Wait until it has logged an event."""
        wait_until(lambda: event.encode() in self.log_path.read_bytes(), what=f"{event} in {self.log_path.name}")

    def stands_by(self) -> bool:
        """Whether it has found another writer at work."""
        return b"stage.standing_by" in self.log_path.read_bytes()

    def said(self) -> list[Event]:
        """Return its log events; a line that is none fails the test."""
        return [json.loads(line) for line in self.log_path.read_text("utf-8").splitlines()]


class Pipeline:
    """A server and the services on it. They die with the test run, however that ends."""

    def __init__(self, server: EmbeddedServer, folder: Path) -> None:
        self.server = server
        self.client = Redis.from_url(server.url)
        self.commands = composed(server.url)
        self._folder = folder
        self._family = Family()
        self._started: list[Service] = []

    def start(self, name: str) -> Service:
        """Start a service."""
        log_path = self._folder / f"{len(self._started) + 1}-{name}.log"
        with log_path.open("wb") as output:
            service = Service(self._family.start(self.commands[name], output=output), log_path)
        self._started.append(service)
        return service

    def start_all(self) -> dict[str, Service]:
        """Start one of each."""
        return {name: self.start(name) for name in self.commands}

    def close(self) -> None:
        """Kill every service that still runs."""
        for service in self._started:
            service.kill()
        self._family.end()
        self.client.close()

    def post(self, election: str, declarations: Iterable[bytes]) -> list[str]:
        """Post events and return the ids of the entries."""
        return self.post_entries(election, [{b"data": declaration} for declaration in declarations])

    def post_entries(self, election: str, entries: Iterable[Fields]) -> list[str]:
        """Post whatever fields there are, as ``redis-cli XADD`` would, and return the ids of the entries."""
        return self.post_raw(election, [[part for pair in fields.items() for part in pair] for fields in entries])

    def post_raw(self, election: str, entries: Iterable[Sequence[bytes]]) -> list[str]:
        """Post names and values one after another, names given twice and all."""
        with self.client.pipeline(transaction=False) as pipeline:
            for entry in entries:
                # Untyped in redis-py; its own `xadd` cannot give a name twice.
                pipeline.execute_command("XADD", Partition(election).key("declarations"), "*", *entry)  # type: ignore[no-untyped-call]
            return [entry_id.decode() for entry_id in pipeline.execute()]

    def open(self, register: Event) -> None:
        """Post a register and name its election in the catalogue, as the contract has it."""
        event = {
            "specversion": "1.0",
            "id": "register-1",
            "source": "/synthetic/desk",
            "type": "tallywire.register.v1",
            "subject": register["election"],
            "data": register,
        }
        self.post(register["election"], [json.dumps(event).encode()])
        self.client.xadd(CATALOGUE, {"election": register["election"]})

    def settle(self, election: str) -> None:
        """Wait until every service has read everything."""
        with open_connection(self.server.url) as connection:
            wait_until(
                lambda: behind(connection, election) is None,
                deadline_s=SETTLED_S,
                what=f"the services to have read everything of {election}",
            )

    def length(self, election: str, stream: str) -> int:
        """Return how many entries a stream has."""
        return self.client.xlen(Partition(election).key(stream))

    def entries(self, election: str) -> dict[str, Fields]:
        """Return what lies on the declarations stream, by entry id."""
        found = cast("list[tuple[bytes, Fields]]", self.client.xrange(Partition(election).key("declarations")))
        return {entry_id.decode(): fields for entry_id, fields in found}

    def streams(self, election: str) -> dict[str, list[Event]]:
        """Return every event on every stream that the services write."""
        written = (stream.name for stream in STREAMS if stream.name != "declarations")
        return {name: events(self.client, Partition(election).key(name)) for name in written}

    def standing(self, election: str, table: str) -> dict[str, Event]:
        """Return the data of what stands: ``results`` by ballot id, ``tallies`` by region."""
        stored = documents(self.client, Partition(election).key(f"standing:{table}"))
        return {name: event["data"] for name, event in stored.items()}


@contextmanager
def pipeline_on(server: EmbeddedServer, folder: Path) -> Iterator[Pipeline]:
    """Prepare a pipeline on the server, without a service yet, and end it with the test."""
    pipeline = Pipeline(server, folder)
    try:
        yield pipeline
    finally:
        pipeline.close()
