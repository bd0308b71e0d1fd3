"""An election night in little: a server, the three services and a pack's declarations, and nothing left of it after."""

import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from schemas.streams import STREAMS
from streams.fold import START
from tallywire.client.connection import Connection, open_connection, shown
from tallywire.client.errors import NoServerError, RefusedError
from tallywire.client.follow import Follower
from tallywire.client.messages import register_event
from tallywire.client.post import post
from tallywire.client.progress import parked
from tallywire.client.snapshot import take_snapshot
from tallywire.client.submissions import Submission
from tallywire.demo.folder import demo_folder
from tallywire.demo.playback import declared_at, play, timetable
from tallywire.demo.show import Show
from tallywire.embedded.logfile import last_lines
from tallywire.embedded.server import start_server
from tallywire.embedded.supervisor import SERVICES, Supervisor
from tallywire.packs.pack import Pack

PUBLISHED: Final = tuple(stream for stream in STREAMS if stream.writer in SERVICES)
"""What the services publish, in the order of the flow: all streams but that of what was sent."""


def demo(pack: Pack, speed: float | None, url: str | None, show: Show) -> None:
    """Play a pack.

    Args:
        pack: the election and its declarations.
        speed: as for ``playback.timetable``.
        url: a server to use; None for one of its own, which ends with the demo.
        show: what is told of it.

    Raises:
        NoServerError: the server or a service failed.
        RefusedError: the election is on that server already.
    """
    with (
        signals(),
        demo_folder() as folder,
        server_at(folder, url) as address,
        open_connection(address) as connection,
    ):
        _check_free(connection, pack.register.election, address)
        with services_at(address, folder / "services.log"):
            _play(connection, pack, speed, show)


def _check_free(connection: Connection, election: str, address: str) -> None:
    if election in connection.elections():
        raise RefusedError(
            f"The election {election} is loaded on the server at {shown(address)}, and a demo would declare it all "
            "over again. Play another pack there, or leave --redis out to use a server that lasts as long as the demo.",
        )


def _play(connection: Connection, pack: Pack, speed: float | None, show: Show) -> None:
    election = pack.register.election
    follower = Follower(connection.servers)
    for stream in PUBLISHED:
        follower.add(election, stream.name, START)
    post(connection, election, [register_event(pack.register, pack.register_bytes)])
    connection.announce(election)
    lines = [Submission("", line) for line in pack.declarations]
    moments = timetable([declared_at(line) for line in pack.declarations], speed)
    with show.night(pack.register):
        for published in play(connection, election, follower, lines, moments):
            show.published(published)
    show.end(take_snapshot(connection, election).tallies, parked(connection, election))


@contextmanager
def server_at(folder: Path, url: str | None) -> Iterator[str]:
    """Provide a server: the one at ``url``, or one that lasts as long as the context."""
    if url is not None:
        yield url
        return
    with start_server(folder, ephemeral=True) as server:
        try:
            yield server.url
        except NoServerError as error:
            if server.alive():
                raise
            log = last_lines(server.log_path)
            raise NoServerError(f"The demo's own server ended. The end of its log:\n{log}") from error


@contextmanager
def services_at(url: str, log_path: Path) -> Iterator[None]:
    """Run the three services for as long as the context lasts."""
    supervisor = Supervisor(url, log_path)
    with ExitStack() as ending:
        ending.callback(supervisor.stop)
        # Registered last, so done first: a second Ctrl-C must not keep us from stopping them.
        ending.callback(_ignore_signals)
        supervisor.start()
        supervisor.wait_ready()
        try:
            yield
        except NoServerError as error:
            raise NoServerError(f"{error} The end of the services' log:\n{last_lines(log_path)}") from error


_ENDING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def signals() -> Iterator[None]:
    """Turn being told to end (SIGTERM, SIGHUP) into an exception, so that all is put away, as on Ctrl-C."""

    def end(number: int, _frame: object) -> None:
        raise SystemExit(128 + number)

    before = {number: signal.getsignal(number) for number in _ENDING}
    for number in (signal.SIGTERM, signal.SIGHUP):
        # What `nohup` ignores stays ignored.
        if before[number] is not signal.SIG_IGN:
            signal.signal(number, end)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _ignore_signals() -> None:
    for number in _ENDING:
        signal.signal(number, signal.SIG_IGN)
