"""An election night in little: a server, the three services and a pack's declarations, and nothing left of it after."""

import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from schemas.streams import HEADLINES, RECEIPTS, RESULTS
from streams.fold import START
from tallywire.cli.demo_show import Show
from tallywire.client.connection import Desk, open_desk, shown
from tallywire.client.follow import Follower
from tallywire.client.messages import register_event
from tallywire.demo.playback import declared_at, play, timetable
from tallywire.embedded.logfile import last_lines
from tallywire.embedded.server import start_server
from tallywire.embedded.supervisor import Supervisor
from tallywire.packs.pack import Pack
from tallywire.trouble import Exit, Trouble


def demo(pack: Pack, speed: float | None, url: str | None, show: Show) -> None:
    """Play a pack.

    Args:
        pack: the election and its declarations.
        speed: as for ``playing.timetable``.
        url: a server to use; None for one of its own, which ends with the demo.
        show: what is told of it.

    Raises:
        Trouble: the server or a service failed, or the election is on that server already.
    """
    with (
        _signals(),
        TemporaryDirectory(prefix="tallywire-demo-", ignore_cleanup_errors=True) as folder,
        _server(Path(folder), url) as address,
        open_desk(address) as desk,
    ):
        _check_free(desk, pack.register.election, address)
        with _services(address, Path(folder, "services.log")):
            _play(desk, pack, speed, show)


def _check_free(desk: Desk, election: str, address: str) -> None:
    if election in desk.elections():
        raise Trouble(
            f"The election {election} is loaded on the server at {shown(address)}, and a demo would declare it all "
            "over again. Play another pack there, or leave --redis out to use a server that lasts as long as the demo.",
            Exit.REFUSED,
        )


def _play(desk: Desk, pack: Pack, speed: float | None, show: Show) -> None:
    election = pack.register.election
    follower = Follower(desk.servers)
    for stream in (RECEIPTS, RESULTS, HEADLINES):
        follower.add(election, stream.name, START)
    desk.post(election, [register_event(pack.register, pack.register_bytes)])
    desk.announce(election)
    moments = timetable([declared_at(line) for line in pack.declarations], speed)
    with show.night(pack.register):
        for published in play(desk, election, follower, pack.declarations, moments):
            show.published(published)
    show.end(desk.standing(election, "tallies"), desk.parked(election))


@contextmanager
def _server(folder: Path, url: str | None) -> Iterator[str]:
    """Provide a server: the one at ``url``, or one that lasts as long as the context."""
    if url is not None:
        yield url
        return
    with start_server(folder, ephemeral=True) as server:
        try:
            yield server.url
        except Trouble as trouble:
            if server.alive():
                raise
            log = last_lines(server.log_path)
            raise Trouble(f"The demo's own server ended. The end of its log:\n{log}", Exit.NO_SERVER) from trouble


@contextmanager
def _services(url: str, log_path: Path) -> Iterator[None]:
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
        except Trouble as trouble:
            raise Trouble(
                f"{trouble} The end of the services' log:\n{last_lines(log_path)}", trouble.exit_code
            ) from trouble


_ENDING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def _signals() -> Iterator[None]:
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
