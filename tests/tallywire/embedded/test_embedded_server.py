"""The embedded server keeps its promises, whoever is killed when."""

import fcntl
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from redis import Redis

import tallywire.embedded.server
import tallywire.embedded.server_info
from tallywire.embedded.errors import FolderInUse, ServerFailed
from tallywire.embedded.folder_lock import is_held
from tallywire.embedded.program import COMMAND_BYTES_MAX, UNREAD_BYTES_LONG, UNREAD_BYTES_MAX, UNREAD_LONG_S
from tallywire.embedded.server import EmbeddedServer, start_server
from tests.waiting import wait_until

STARTER = """
import sys
from pathlib import Path
from tallywire.embedded.server import start_server
server = start_server(Path(sys.argv[1]), ephemeral=sys.argv[2] == "ephemeral")
print(server.pid, server.attached, flush=True)
sys.stdin.read()
"""
"""A program that starts a server, says its pid and whether it was there, and lives until its input ends."""

ROOT = Path(__file__).parents[3]

Start = Callable[..., EmbeddedServer]
StartElsewhere = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a server, in a fresh folder unless told otherwise; it is killed at the end, if it lives."""
    with ExitStack() as stack:

        def begin(folder: Path = tmp_path / "data", *, ephemeral: bool = True, **options: object) -> EmbeddedServer:
            server = start_server(folder, ephemeral=ephemeral, **options)  # type: ignore[arg-type]  # passed through
            stack.callback(server.kill)
            return server

        yield begin


@pytest.fixture
def start_elsewhere(tmp_path: Path) -> Iterator[StartElsewhere]:
    """Start a server from a process of its own; it is killed at the end, if it lives."""
    with ExitStack() as stack:
        stack.callback(kill_lasting, tmp_path / "data")

        def begin(kind: str, folder: Path = tmp_path / "data") -> "subprocess.Popen[str]":
            command = [sys.executable, "-c", STARTER, str(folder), kind]
            starter = stack.enter_context(
                subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            )
            stack.callback(starter.kill)
            return starter

        yield begin


def kill_lasting(folder: Path) -> None:
    """Kill the server that lives on the folder, if there is one."""
    if is_held(folder / "server.lock"):
        start_server(folder).kill()


def said(starter: "subprocess.Popen[str]") -> tuple[int, bool]:
    """Return the pid that a starter said, and whether that server was there before."""
    assert starter.stdout is not None
    pid, attached = starter.stdout.readline().split()
    return int(pid), attached == "True"


def get(server: EmbeddedServer, key: str) -> object:
    """Read a key."""
    with closing(Redis.from_url(server.url)) as client:
        return client.get(key)


def put(server: EmbeddedServer, key: str, value: str) -> None:
    """Write a key."""
    with closing(Redis.from_url(server.url)) as client:
        client.set(key, value)


def test_a_fresh_folder_gets_a_server_that_writes_to_disk_before_it_acknowledges(tmp_path: Path, start: Start) -> None:
    """Nothing acknowledged may be lost: the log is on, and synced at every write."""
    server = start()
    with closing(Redis.from_url(server.url)) as client:
        assert client.config_get("append*")["appendonly"] == "yes"
        assert client.config_get("append*")["appendfsync"] == "always"
        assert client.config_get("dir")["dir"] == str((tmp_path / "data").resolve())
    assert (server.attached, server.alive()) == (False, True)


def test_a_reader_that_does_not_read_is_closed(start: Start) -> None:
    """Promise: answers that nobody takes do not fill the server, nor does a command without end."""
    server = start()
    with closing(Redis.from_url(server.url)) as client:
        told = client.config_get("client-*-buffer-limit")
        assert f"normal {UNREAD_BYTES_MAX} {UNREAD_BYTES_LONG} {UNREAD_LONG_S}" in str(
            told["client-output-buffer-limit"]
        )
        assert told["client-query-buffer-limit"] == str(COMMAND_BYTES_MAX)
        client.config_set("client-output-buffer-limit", "normal 4000000 0 0")
        client.set("large", bytes(100_000))
        with socket.socket(socket.AF_UNIX) as reader:
            reader.connect(unquote(urlsplit(server.url).path))
            reader.sendall(b"CLIENT SETNAME silent\r\n" + b"GET large\r\n" * 1_000)
            wait_until(
                lambda: "silent" not in {found["name"] for found in client.client_list()},
                what="the server to close who does not read",
            )


def test_only_its_owner_may_open_the_folder_and_the_socket(start: Start) -> None:
    """What is declared may not be public yet: other users of the machine are kept out."""
    server = start()
    assert server.data_dir.stat().st_mode & 0o777 == 0o700
    assert Path(unquote(urlsplit(server.url).path)).stat().st_mode & 0o777 == 0o700


def test_what_was_acknowledged_outlives_a_kill(start: Start) -> None:
    """After kill -9 and a new start, every acknowledged write is there, at the same address."""
    server = start()
    put(server, "norfolk", "1")
    pid, url = server.pid, server.url
    server.kill()
    assert not server.alive()
    server.start()
    assert (server.url, server.attached) == (url, False)
    assert server.pid != pid
    assert get(server, "norfolk") == b"1"


def test_stopping_ends_the_process_and_keeps_the_data(start: Start) -> None:
    """A stopped server is gone when ``stop`` returns; stopping again is harmless; its data is there next time."""
    server = start()
    put(server, "norfolk", "1")
    server.stop()
    server.stop()
    assert not is_held(server.data_dir / "server.lock")
    server.start()
    assert get(server, "norfolk") == b"1"


def test_a_server_that_begins_its_log_anew_is_not_killed_for_it(start: Start) -> None:
    """Promise: it refuses to end until the log is there; it is asked again, and what it has acknowledged is kept."""
    server = start()
    with closing(Redis.from_url(server.url)) as client:
        client.config_set("appendonly", "no")
        client.set("declared", "before")
        client.config_set("appendonly", "yes")
    server.stop()
    said = server.log_path.read_text("utf-8")
    assert "Writing initial AOF, can't exit" in said
    assert "ready to exit" in said
    with closing(Redis.from_url(start().url)) as client:
        assert client.get("declared") == b"before"


def test_a_server_is_ready_only_when_it_has_read_everything_back(start: Start) -> None:
    """A start returns after the loading, however long that takes, and tells how far it is."""
    server = start()
    with closing(Redis.from_url(server.url)) as client:
        client.eval("for i = 1, 300000 do redis.call('INCR', 'entries') end", 0)
    server.kill()
    percents: list[float] = []
    server.start(percents.append)
    assert get(server, "entries") == b"300000"
    assert percents
    assert percents == sorted(percents)
    assert all(0 <= percent <= 100 for percent in percents)


def test_a_second_start_uses_the_server_that_is_there(start: Start) -> None:
    """Starting again on a folder whose server lives starts nothing: same process, same address."""
    first = start(ephemeral=False)
    second = start(ephemeral=False)
    assert second.attached
    assert (second.pid, second.url) == (first.pid, first.url)
    second.stop()
    # Its lock is free a moment before its parent can see that it has ended.
    wait_until(lambda: not first.alive(), what="the end of the server's process")


def test_a_server_of_ones_own_is_never_somebody_elses(start: Start) -> None:
    """An ephemeral server may not be one that others rely on: a folder in use is refused."""
    start(ephemeral=False)
    with pytest.raises(FolderInUse, match="running on"):
        start(ephemeral=True)


def test_a_server_survives_the_kill_of_whoever_started_it(
    tmp_path: Path, start: Start, start_elsewhere: StartElsewhere
) -> None:
    """After kill -9 of the starter its server lives on, and the next start attaches to it."""
    starter = start_elsewhere("lasting")
    pid, _ = said(starter)
    starter.kill()
    starter.wait()
    server = start(ephemeral=False)
    assert (server.pid, server.attached) == (pid, True)
    server.stop()
    assert not is_held(tmp_path / "data" / "server.lock")


@pytest.mark.parametrize("ephemeral", [True, False])
def test_ctrl_c_does_not_reach_a_server(start: Start, ephemeral: bool) -> None:
    """A server is outside the terminal's process group: it ends after its services, when it is told to."""
    assert os.getpgid(start(ephemeral=ephemeral).pid) != os.getpgrp()


def test_an_ephemeral_server_dies_with_its_killed_parent(tmp_path: Path, start_elsewhere: StartElsewhere) -> None:
    """After kill -9 of a demo or a test run no server is left behind."""
    starter = start_elsewhere("ephemeral")
    said(starter)
    lock = tmp_path / "data" / "server.lock"
    assert is_held(lock)
    starter.kill()
    wait_until(lambda: not is_held(lock), what="the server to die with its parent")


def test_starts_at_the_same_time_share_one_server(
    start: Start, tmp_path: Path, start_elsewhere: StartElsewhere
) -> None:
    """Four processes that start on one folder at once end up with one server, started by one of them."""
    answers = [said(starter) for starter in [start_elsewhere("lasting") for _ in range(4)]]
    server = start(ephemeral=False)
    assert {pid for pid, _ in answers} == {server.pid}
    assert sorted(attached for _, attached in answers) == [False, True, True, True]
    assert server.log_path.read_text().count("Ready to accept connections") == 1


def test_leftover_pid_and_address_of_another_process_are_not_believed(
    tmp_path: Path, start: Start, server: EmbeddedServer
) -> None:
    """A pid that now belongs to another process, and an address that another server has, harm neither of them."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "server.pid").write_text(f"{os.getpid()}\n")
    (folder / "server.lock").write_text(server.url)
    started = start(folder)
    assert started.pid not in {os.getpid(), server.pid}
    started.stop()
    assert server.alive()


def test_a_locked_folder_is_not_attached_through_another_folders_address(
    tmp_path: Path, start: Start, server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server is used only when it says itself that the folder is its own."""
    monkeypatch.setattr(tallywire.embedded.server, "START_DEADLINE_S", 0.1)
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "server.lock").write_text(server.url)
    with (folder / "server.lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(ServerFailed, match="has not answered"):
            start(folder, ephemeral=False)


def test_a_frozen_server_is_named(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that lives and says nothing is not started over; the message says which process it is."""
    monkeypatch.setattr(tallywire.embedded.server, "START_DEADLINE_S", 0.1)
    monkeypatch.setattr(tallywire.embedded.server_info, "ANSWER_DEADLINE_S", 0.1)
    server = start(ephemeral=False)
    os.kill(server.pid, signal.SIGSTOP)
    try:
        with pytest.raises(ServerFailed, match=f"process {server.pid}.* has not answered"):
            start(ephemeral=False)
    finally:
        os.kill(server.pid, signal.SIGCONT)


def test_a_tcp_server_listens_on_loopback_only(start: Start) -> None:
    """With a port it is reached over TCP, from this machine alone."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = start(port=port)
    assert server.url == f"redis://127.0.0.1:{port}/0"
    with closing(Redis.from_url(server.url)) as client:
        assert client.config_get("bind")["bind"] == "127.0.0.1"


def test_a_long_folder_for_temporary_files_will_do(
    tmp_path: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Promise: where TMPDIR is too long for a socket as well, it lies in /tmp."""
    long = tmp_path / ("y" * 150)
    long.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(long))
    server = start(long / "data")
    put(server, "norfolk", "1")
    assert get(server, "norfolk") == b"1"


@pytest.mark.parametrize("name", ["two words", "Siân’s count?#%20", "x" * 150])
def test_any_folder_name_will_do(name: str, tmp_path: Path, start: Start) -> None:
    """Blanks, accents, signs that mean something in a URL, and a path too long for a socket are all served."""
    server = start(tmp_path / name)
    put(server, "norfolk", "1")
    server.kill()
    server.start()
    assert get(server, "norfolk") == b"1"
