"""What a server has kept was damaged: it is not begun anew without a word, and what to do is said."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from redis import Redis

from tallywire.embedded.errors import ServerFailed
from tallywire.embedded.server import EmbeddedServer
from tests.waiting import wait_until

MANIFEST = "appendonly.aof.manifest"
BASE = "appendonly.aof.1.base.rdb"
WRITTEN = "appendonly.aof.1.incr.aof"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedServer]:
    """Return a server that has kept a hundred keys, and was killed."""
    with ExitStack() as stack:
        server = EmbeddedServer(tmp_path / "data", ephemeral=True)
        stack.callback(server.kill)
        server.start()
        with closing(Redis.from_url(server.url)) as client:
            for number in range(100):
                client.set(f"key-{number}", "1")
        server.kill()
        yield server


def log_of(server: EmbeddedServer) -> Path:
    """Return the folder of its append-only log."""
    return server.data_dir / "appendonlydir"


def keys(server: EmbeddedServer) -> int:
    """Return how many keys a running server has."""
    with closing(Redis.from_url(server.url)) as client:
        return int(client.dbsize())


def replaced(name: str, old: bytes, new: bytes) -> Callable[[Path], None]:
    """Return the damage that puts ``new`` for ``old`` in a file of the log."""

    def damage(log: Path) -> None:
        content = (log / name).read_bytes()
        assert old in content
        (log / name).write_bytes(content.replace(old, new, 1))

    return damage


def only_first_line(log: Path) -> None:
    """Cut the manifest after its first line."""
    first, _ = (log / MANIFEST).read_bytes().split(b"\n", 1)
    (log / MANIFEST).write_bytes(first + b"\n")


DAMAGES = {
    "what was written is history": replaced(MANIFEST, b"type i", b"type h"),
    "another file is named": replaced(MANIFEST, b"1.incr.aof", b"1.incr.aoe"),
    "an unknown kind": replaced(MANIFEST, b"type b", b"type c"),
    "half a manifest": only_first_line,
    "an empty manifest": lambda log: (log / MANIFEST).write_bytes(b""),
    "no manifest": lambda log: (log / MANIFEST).unlink(),
    "a manifest of noise": lambda log: (log / MANIFEST).write_bytes(b"\xff" * 88),
    "a path in the manifest": replaced(MANIFEST, b"file ", b"file ../"),
    "no base": lambda log: (log / BASE).unlink(),
    "an empty base": lambda log: (log / BASE).write_bytes(b""),
    "a base of noise": lambda log: (log / BASE).write_bytes(b"\xff" * 89),
    "half a base": replaced(BASE, b"aof-base", b""),
    "a bit of the base": replaced(BASE, b"used-mem", b"used-mel"),
    "nothing of what was written": lambda log: (log / WRITTEN).unlink(),
    "an unknown command": replaced(WRITTEN, b"SET", b"SAT"),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_log_is_kept_and_what_to_do_is_said(server: EmbeddedServer, damage: Callable[[Path], object]) -> None:
    """Promise: the server does not begin anew beside a log that it cannot read: all files stay as they are."""
    log = log_of(server)
    damage(log)
    kept = {path.name: path.read_bytes() for path in log.iterdir()}
    with pytest.raises(ServerFailed) as failed:
        server.start()
    assert "seems to be damaged. Keep the folder" in str(failed.value)
    assert "tallywire restore" in str(failed.value)
    assert {path.name: path.read_bytes() for path in log.iterdir()} == kept


@pytest.mark.parametrize("becomes", [b"seq 1 type h", None])
def test_a_part_of_a_log_is_not_left_out(server: EmbeddedServer, becomes: bytes | None) -> None:
    """While a log is rewritten it has two parts: where one is said to be history, or is not named, nothing is begun."""
    log = log_of(server)
    shutil.copy(log / WRITTEN, log / "appendonly.aof.2.incr.aof")
    base, first = (log / MANIFEST).read_bytes().splitlines()
    second = first.replace(b"1.incr", b"2.incr").replace(b"seq 1", b"seq 2")
    (log / MANIFEST).write_bytes(b"\n".join((base, first, second, b"")))
    server.start()
    server.kill()
    lines = [base, first.replace(b"seq 1 type i", becomes), second, b""] if becomes else [base, second, b""]
    (log / MANIFEST).write_bytes(b"\n".join(lines))
    with pytest.raises(ServerFailed, match="tallywire restore"):
        server.start()
    assert (log / WRITTEN).exists()


def test_a_server_killed_while_it_throws_history_away_starts(server: EmbeddedServer) -> None:
    """A log is rewritten when it has grown: what it replaces is history, which may lie there still."""
    log = log_of(server)
    before = shutil.copytree(log, server.data_dir / "before")
    server.start()
    with closing(Redis.from_url(server.url)) as client:
        client.bgrewriteaof()
        wait_until(lambda: not (log / BASE).exists() and not (log / WRITTEN).exists(), what="the rewriting")
    server.kill()
    shutil.copy(before / BASE, log)
    shutil.copy(before / WRITTEN, log)
    history = (before / MANIFEST).read_bytes().replace(b"type b", b"type h").replace(b"type i", b"type h")
    (log / MANIFEST).write_bytes((log / MANIFEST).read_bytes() + history)
    server.start()
    assert keys(server) == 100


def test_a_rewritten_log_without_its_manifest_is_not_begun_anew(server: EmbeddedServer) -> None:
    """All that was kept may be in the base, with nothing written since."""
    server.start()
    with closing(Redis.from_url(server.url)) as client:
        client.bgrewriteaof()
        wait_until(lambda: not (log_of(server) / WRITTEN).exists(), what="the rewriting")
    server.kill()
    (log_of(server) / MANIFEST).unlink()
    with pytest.raises(ServerFailed, match="tallywire restore"):
        server.start()


def test_a_server_killed_at_its_very_first_start_starts(tmp_path: Path, server: EmbeddedServer) -> None:
    """The first base is there a moment before the manifest, and holds nothing: that is no damage."""
    fresh = EmbeddedServer(tmp_path / "fresh", ephemeral=True)
    fresh.make_folder()
    log_of(fresh).mkdir()
    shutil.copy(log_of(server) / BASE, log_of(fresh))
    (log_of(fresh) / WRITTEN).touch()
    with fresh:
        fresh.start()
        assert keys(fresh) == 0


def test_a_log_that_ends_in_the_middle_of_a_write_is_said_to(server: EmbeddedServer) -> None:
    """What stands before the cut is there; it is said at that start, and not again at the next."""
    written = log_of(server) / WRITTEN
    with written.open("r+b") as log:
        log.truncate(written.stat().st_size - 3)
    server.start()
    assert (server.cut, keys(server)) == (True, 99)
    server.kill()
    server.start()
    assert (server.cut, keys(server)) == (False, 99)


def test_what_a_server_said_of_damage_yesterday_is_not_why_it_fails_today(tmp_path: Path) -> None:
    """A log goes on from start to start; only what was said since counts."""
    server = EmbeddedServer(tmp_path / "data", ephemeral=True, options=("--no-such-option", "1"))
    server.make_folder()
    server.log_path.write_text("Bad file format reading the append only file\n")
    with pytest.raises(ServerFailed, match="ended with code 1") as failed:
        server.start()
    assert "tallywire restore" not in str(failed.value)


def test_a_log_without_a_byte_is_not_taken_for_a_new_one(server: EmbeddedServer) -> None:
    """Promise: where services have worked, an empty log is a lost one, and the server does not begin anew."""
    (log_of(server) / WRITTEN).write_bytes(b"")
    (server.data_dir / "services.log").write_text('{"event": "stage.leading"}\n')
    with pytest.raises(ServerFailed, match="is empty, and services have worked on"):
        server.start()
