"""An election night in little: a server, the three services and a pack's declarations, and nothing left of it after."""

import signal
import threading
import time
import webbrowser
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.request import urlopen

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
from tallywire.demo.playback import PLAY_S, declared_at, play, timetable, watched_s
from tallywire.demo.show import Show
from tallywire.embedded.logfile import last_lines
from tallywire.embedded.server import start_server
from tallywire.embedded.supervisor import PUBLISHING, SERVICES, Supervisor, service_command
from tallywire.operations.endpoint import Endpoint
from tallywire.packs.depositing import deposit_map
from tallywire.packs.pack import Pack

PUBLISHED: Final = tuple(stream for stream in STREAMS if stream.writer in SERVICES)
"""What the services publish, in the order of the flow: all streams but that of what was sent."""


BOARD_PLACE: Final = Endpoint("127.0.0.1", 8481)
"""Where the board of a demo is, unless told otherwise: where the publishing service is, too."""


BOARD_DEADLINE_S: Final = 60.0
"""How long the board may take to show an election that was just loaded: half a second where nothing else runs."""

BOARD_LOOK_S: Final = 0.05
"""Between two looks whether it does."""


@dataclass(frozen=True, slots=True)
class Board:
    """A board to look at."""

    place: Endpoint
    """Where it is served."""
    opened: bool = False
    """Whether a browser is opened on it."""


def demo(pack: Pack, speed: float | None, url: str | None, show: Show, board: Board | None = None) -> None:
    """Play a pack.

    Args:
        pack: the election and its declarations.
        speed: as for ``playback.timetable``.
        url: a server to use; None for one of its own, which ends with the demo.
        show: what is told of it.
        board: a board, which stays until Ctrl-C; None for none.

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
        with services_at(address, folder / "services.log", None if board is None else board.place):
            _load(connection, pack)
            if board is None:
                _play(connection, pack, speed, show, PLAY_S)
                return
            shown_at = f"http://{board.place}/elections/{pack.register.election}"
            _await_board(shown_at)
            show.board(shown_at)
            if board.opened:
                webbrowser.open(shown_at)
            _play(connection, pack, speed, show, watched_s(len(pack.declarations)))
            show.stays(shown_at)
            _await_end()


def board_place(named: str | None) -> Endpoint:
    """Return where the board is served: at ``named``, or at publishing's usual port, or where that is taken at any.

    Raises:
        NoServerError: it was named, and is taken.
    """
    if named is not None:
        return Endpoint.read(named).require_free("--http")
    try:
        return BOARD_PLACE.require_free("--http")
    except NoServerError:
        return BOARD_PLACE._replace(port=0).require_free("--http")


def _await_end() -> None:
    """Wait until somebody ends it, which is how a demo with a board ends."""
    with suppress(KeyboardInterrupt):
        threading.Event().wait()


def _check_free(connection: Connection, election: str, address: str) -> None:
    if election in connection.elections():
        raise RefusedError(
            f"The election {election} is loaded on the server at {shown(address)}, and a demo would declare it all "
            "over again. Play another pack there, or leave --redis out to use a server that lasts as long as the demo.",
        )


def _load(connection: Connection, pack: Pack) -> None:
    deposit_map(connection, pack.register.election, pack.areas)
    post(connection, pack.register.election, [register_event(pack.register, pack.register_bytes)])
    connection.announce(pack.register.election)


def _await_board(address: str) -> None:
    """Wait until the board shows the election: whoever opens it at once is not to be told that there is none.

    Raises:
        NoServerError: it does not.
    """
    deadline = time.monotonic() + BOARD_DEADLINE_S
    while True:
        try:
            urlopen(address).close()  # noqa: S310  # our own service
        except OSError as error:
            if time.monotonic() > deadline:
                raise NoServerError(f"The board at {address} does not answer: {error}.") from error
            time.sleep(BOARD_LOOK_S)
        else:
            return


def _play(connection: Connection, pack: Pack, speed: float | None, show: Show, play_s: float) -> None:
    election = pack.register.election
    follower = Follower(connection.servers)
    for stream in PUBLISHED:
        follower.add(election, stream.name, START)
    lines = [Submission("", line) for line in pack.declarations]
    moments = timetable([declared_at(line) for line in pack.declarations], speed, play_s)
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
def services_at(url: str, log_path: Path, board: Endpoint | None = None) -> Iterator[None]:
    """Run the three services for as long as the context lasts; and publishing, where a board is wanted."""
    services = SERVICES if board is None else (*SERVICES, PUBLISHING)
    supervisor = Supervisor(url, log_path, command=service_command(url, http=board), services=services)
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
