"""What the tests of the command line stand on."""

import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest


class _Chatter(socketserver.BaseRequestHandler):
    """Answers anything like a web server would."""

    def handle(self) -> None:
        self.request.recv(1024)
        self.request.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


@pytest.fixture
def port_of_a_web_server() -> Iterator[int]:
    """Serve something that is no Redis, and return its port."""
    with socketserver.TCPServer(("127.0.0.1", 0), _Chatter) as chatter:
        thread = threading.Thread(target=chatter.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield chatter.server_address[1]
        chatter.shutdown()
        thread.join()


@pytest.fixture
def broken_pack(tmp_path: Path) -> str:
    """Make a pack whose register is not JSON."""
    (tmp_path / "register.json").write_text("{", "utf-8")
    (tmp_path / "declarations.jsonl").write_text("", "utf-8")
    return str(tmp_path)
