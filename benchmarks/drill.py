"""``python -m benchmarks.drill``: lose a disk, a host and a data centre, and measure what is lost and for how long.

The general election of 2024 is declared; half of it has been backed up when the loss comes. Time is counted from the
moment at which somebody acts, until a declaration is answered and everything that was restored is derived again.
"""

import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from benchmarks.machine import CORES
from streams.keys import Partition
from tallywire.backups.fetching import fetch_backup, newest_backups
from tallywire.backups.making import Wanted, make_backups
from tallywire.backups.store import Store, open_store
from tallywire.client.connection import open_connection
from tallywire.client.messages import register_event
from tallywire.client.progress import behind
from tallywire.embedded.server import EmbeddedServer
from tallywire.embedded.server_info import connect
from tallywire.embedded.supervisor import Supervisor
from tallywire.evidence.signed_notes import Signer
from tallywire.evidence.verification import NOTHING
from tallywire.evidence.whole_ledger import Item, check_server, restore_ledger
from tallywire.packs.pack import find_pack, read_pack
from tests.cluster.ports import free_ports

ELECTION: Final = "parl.2024-07-04"
SIGNER: Final = "drill.example.org"
PATIENCE_S: Final = 300.0
"""How long services may take for anything here."""

STANDBY: Final = ("--repl-diskless-sync-delay", "0")


@dataclass(frozen=True, slots=True)
class Loss:
    """What one loss has cost."""

    what: str
    lost: int
    """What was confirmed and is gone, until it is sent again: of the ledger; with a stand-by, of what was sent."""
    of: int
    """How many there were."""
    restored_s: float
    """Seconds until the ledger was on a server again."""
    at_work_s: float
    """Seconds until services had derived everything, and a declaration was answered."""


def main() -> None:
    """Run the drill, and print its table."""
    print(f"{ELECTION}, {CORES} cores\n")
    print("| lost | confirmed, and gone | ledger there again, s | services answer again, s |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="tallywire-drill-") as folder:
        for drill in (_disk, _host, _data_centre):
            place = Path(folder) / drill.__name__
            place.mkdir()
            loss = drill(place)
            print(f"| {loss.what} | {loss.lost} of {loss.of} | {loss.restored_s:.1f} | {loss.at_work_s:.1f} |")


def _disk(folder: Path) -> Loss:
    """Lose the server's disk: an empty one takes its place, and the newest backup is restored from a folder."""
    (folder / "backups").mkdir()
    store = open_store(str(folder / "backups"))
    server = EmbeddedServer(folder / "server", port=free_ports(1), ephemeral=True)
    with server, _at_work(folder, server):
        before = _declare_and_back_up(server.url, store)
        server.kill()
        shutil.rmtree(server.data_dir)
        begun = time.monotonic()
        # Services have ended with code 5, or find it empty now, and are started again.
        server.start()
        return _got_back("a disk", server.url, store, folder, before, begun)


def _host(folder: Path) -> Loss:
    """Lose the primary while declarations come in: the stand-by is promoted."""
    port = free_ports(2)
    first, second = (
        EmbeddedServer(folder / name, port=port + place, ephemeral=True, options=STANDBY)
        for place, name in enumerate(("first", "second"))
    )
    with first, second:
        first.start()
        second.start()
        with closing(connect(second.url)) as standby:
            standby.replicaof("127.0.0.1", port)
            _until(lambda: standby.info("replication").get("master_link_status") == "up")
            url = f"redis://127.0.0.1:{port},127.0.0.1:{port + 1}"
            with _services(folder, url):
                register, *declarations = _messages()
                _load(first.url, register)
                half = len(declarations) // 2
                _send(first.url, declarations[:half])
                _settle(first.url)
                _send(first.url, declarations[half:])
                of = _entries(first.url, "declarations")
                first.kill()
                begun = time.monotonic()
                standby.replicaof("NO", "ONE")
                restored_s = time.monotonic() - begun
                lost = of - _entries(second.url, "declarations")
                _answered(second.url, declarations[0])
                at_work_s = time.monotonic() - begun
                _all_again(second.url, declarations)
        return Loss("a host, with a stand-by", lost, of, restored_s, at_work_s)


def _data_centre(folder: Path) -> Loss:
    """Lose everything but a store elsewhere: server and services are started from nothing."""
    from tests.tallywire.backups.store import in_environment, running_store  # noqa: PLC0415  # its program is large

    with running_store(folder / "s3", "backups") as settings, in_environment(settings):
        store = open_store("s3://backups/night")
        server = EmbeddedServer(folder / "server", port=free_ports(1), ephemeral=True)
        with server, _at_work(folder, server):
            before = _declare_and_back_up(server.url, store)
        shutil.rmtree(server.data_dir)
        elsewhere = EmbeddedServer(folder / "elsewhere", port=free_ports(1), ephemeral=True)
        begun = time.monotonic()
        with elsewhere, _at_work(folder, elsewhere):
            return _got_back("a data centre", elsewhere.url, store, folder, before, begun)


@contextmanager
def _at_work(folder: Path, server: EmbeddedServer) -> Iterator[None]:
    """Start a server, and services on it."""
    server.start()
    with _services(folder, server.url):
        yield


@contextmanager
def _services(folder: Path, url: str) -> Iterator[None]:
    with ExitStack() as stack:
        services = stack.enter_context(Supervisor(url, folder / "services.log"))
        services.start()
        services.wait_ready()
        yield


def _declare_and_back_up(url: str, store: Store) -> int:
    """Declare everything, with a backup after one half; return how many entries the ledger has."""
    register, *declarations = _messages()
    _load(url, register)
    half = len(declarations) // 2
    _send(url, declarations[:half])
    _settle(url)
    (made,) = make_backups(url, ELECTION, store, Wanted(Signer.draw(SIGNER)), _quiet)
    if made.error is not None:
        raise made.error
    _send(url, declarations[half:])
    _settle(url)
    return _entries(url)


def _got_back(what: str, url: str, store: Store, folder: Path, before: int, begun: float) -> Loss:  # noqa: PLR0913, PLR0917
    """Restore the newest backup, and return what was lost."""
    (folder / "fetched").mkdir()
    (backup,) = newest_backups(store, ELECTION)
    restore_ledger(url, fetch_backup(store, backup, folder / "fetched"), None, _quiet)
    restored_s = time.monotonic() - begun
    _, *declarations = _messages()
    lost = before - _entries(url)
    _answered(url, declarations[0])
    at_work_s = time.monotonic() - begun
    _all_again(url, declarations)
    if _entries(url) != before:
        message = f"{_entries(url)} entries, not {before}, after everything was sent again"
        raise RuntimeError(message)
    return Loss(what, lost, before, restored_s, at_work_s)


def _messages() -> list[bytes]:
    """Return the register and the declarations of the election."""
    pack = read_pack(find_pack(ELECTION))
    return [register_event(pack.register, pack.register_bytes, None), *pack.declarations]


def _load(url: str, register: bytes) -> None:
    with open_connection(url) as connection:
        connection.announce(ELECTION)
    _send(url, [register])
    _settle(url)


def _send(url: str, messages: Sequence[bytes]) -> None:
    with closing(connect(url)) as client:
        pipeline = client.pipeline(transaction=False)
        for message in messages:
            pipeline.xadd(Partition(ELECTION).key("declarations"), {"data": message})
        pipeline.execute()


def _answered(url: str, message: bytes) -> None:
    """Send a declaration, and wait until it has a receipt and everything is derived."""
    with closing(connect(url)) as client:
        key = Partition(ELECTION).key("receipts")
        before: Any = client.xlen(key)
        _send(url, [message])
        _until(lambda: client.xlen(key) > before)
    _settle(url)


def _all_again(url: str, declarations: Sequence[bytes]) -> None:
    """Send everything again, as count centres do, and see that all of it is exact."""
    _send(url, declarations)
    _settle(url)
    (finding,) = check_server(url, ELECTION, NOTHING, _quiet)
    if finding.report is None:
        message = f"not exact: {finding.difference}"
        raise RuntimeError(message)


def _entries(url: str, stream: str = "ledger") -> int:
    with closing(connect(url)) as client:
        return int(client.xlen(Partition(ELECTION).key(stream)))


def _settle(url: str) -> None:
    with open_connection(url) as connection:
        _until(lambda: behind(connection, ELECTION) is None)


def _until(done: Any) -> None:  # noqa: ANN401  # a callable, whatever it returns
    deadline = time.monotonic() + PATIENCE_S
    while not done():
        if time.monotonic() > deadline:
            message = f"not within {PATIENCE_S:.0f} s"
            raise TimeoutError(message)
        time.sleep(0.01)


def _quiet(_what: str, _total: int, chunks: "Iterator[list[Item]] | Any", /) -> Any:  # noqa: ANN401  # as LedgerProgress
    return chunks


if __name__ == "__main__":
    main()
