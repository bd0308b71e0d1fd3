"""A server that cheats: it passes on what a publishing service answers, and alters it on the way."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, urlsplit

Alter = Callable[[str, bytes], bytes | None]
"""Given the path and what is answered, or a block of the feed, returns what is answered instead; None for nothing."""

KEPT: Final = {"content-type", "location", "retry-after", "tallywire-state", "tallywire-cursor"}


def honest(_path: str, content: bytes) -> bytes:
    """Pass on what is answered."""
    return content


class _Handler(BaseHTTPRequestHandler):
    """Passes on and alters."""

    url: SplitResult
    alter: "staticmethod[[str, bytes], bytes | None]"
    status: "staticmethod[[str], int | None]"

    def do_GET(self) -> None:  # http.server's name
        """Answer a request."""
        instead = self.status(self.path)
        if instead is not None:
            self.send_response(instead)
            self.send_header("Location", "https://elsewhere.example.org/")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        connection = HTTPConnection(str(self.url.hostname), int(self.url.port or 80), timeout=60)
        try:
            headers = {name: value for name in ("Accept", "Last-Event-ID") if (value := self.headers.get(name))}
            connection.request("GET", self.path, headers=headers)
            answer = connection.getresponse()
            if answer.getheader("content-type", "").startswith("text/event-stream"):
                self._stream(answer)
            else:
                self._page(answer)
        finally:
            connection.close()

    def _page(self, answer: HTTPResponse) -> None:
        content = self.alter(self.path, answer.read()) or b""
        self._head(answer)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _stream(self, answer: HTTPResponse) -> None:
        self._head(answer)
        self.end_headers()
        self.close_connection = True
        block = b""
        for line in answer:
            block += line
            if line == b"\n":
                self.wfile.write(self.alter(self.path, block) or b"")
                self.wfile.flush()
                block = b""

    def _head(self, answer: HTTPResponse) -> None:
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() in KEPT:
                self.send_header(name, value)

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def handle(self) -> None:
        """Answer until the reader has gone."""
        with suppress(OSError):
            super().handle()


@contextmanager
def cheating(
    url: str,
    alter: Alter,
    status: Callable[[str], int | None] = lambda _path: None,
    certificate: tuple[Path, Path] | None = None,
) -> Iterator[str]:
    """Serve what is at a URL, altered, and return where.

    Args:
        url: of the publishing service.
        alter: what becomes of each answer.
        status: returns the status to answer with at a path, with no more than a redirect to elsewhere; None as ever.
        certificate: serves HTTPS with this certificate and its key; None for HTTP.
    """
    said = {"url": urlsplit(url), "alter": staticmethod(alter), "status": staticmethod(status)}
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), said))
    server.daemon_threads = True
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"{'http' if certificate is None else 'https'}://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
