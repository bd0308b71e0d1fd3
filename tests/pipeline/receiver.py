"""A receiver of webhooks, written from docs/webhooks.md alone, that can be told to behave badly.

It checks every signature itself and uses nothing of the product.
"""

import base64
import hashlib
import hmac
import json
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, Literal, Self

from tests.waiting import wait_until

Bad = Literal["silence", "no end", "hang up"]
"""``silence``: it takes the request and never answers. ``no end``: its answer, 200, has a body without an end.
``hang up``: it closes the connection without an answer."""

Answer = int | Bad | tuple[int, dict[str, str]]
"""A status, with headers or without, or how it behaves badly."""

STREAMS: Final = {
    "tallywire.result.v1": "results",
    "tallywire.control.v1": "results",
    "tallywire.tally.v1": "tallies",
    "tallywire.headline.v1": "headlines",
}


@dataclass(frozen=True, slots=True)
class Post:
    """A request as it came."""

    headers: Mapping[str, str]
    body: bytes

    @property
    def id(self) -> str:
        """The id of the message."""
        return self.headers["webhook-id"]

    @property
    def event(self) -> Any:  # noqa: ANN401  # any JSON
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def stream(self) -> str:
        """The stream that the event is on."""
        return STREAMS[self.event["type"]]

    def signed_with(self, secret: str) -> bool:
        """Whether one of its signatures is made with a secret, as Standard Webhooks has it."""
        key = base64.b64decode(secret.removeprefix("whsec_"))
        content = b"%b.%b.%b" % (self.id.encode(), self.headers["webhook-timestamp"].encode(), self.body)
        made = "v1," + base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()
        return made in self.headers["webhook-signature"].split(" ")


@dataclass
class Receiver:
    """Takes webhooks at a port of this machine. As a context manager it ends.

    Args:
        behave: returns the answer to a post.
        context: for TLS.
    """

    behave: Callable[[Post], Answer] = lambda _: 204
    context: ssl.SSLContext | None = None
    posts: list[Post] = field(default_factory=list)
    """Every post that came, in order."""
    taken: list[Post] = field(default_factory=list)
    """Those that were answered with success."""

    def __post_init__(self) -> None:
        self._released = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                post = Post({name.lower(): value for name, value in self.headers.items()}, self.rfile.read(length))
                if len(post.body) < length:
                    return  # whoever sent it was killed in the middle of it
                receiver.posts.append(post)
                receiver.answer(self, post)

            def log_message(self, *_: object) -> None:
                """Keep quiet."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                """Whoever hangs up, or does not trust us, is part of the tests."""

        self._server = Server(("127.0.0.1", 0), Handler)
        if self.context is not None:
            self._server.socket = self.context.wrap_socket(self._server.socket, server_side=True)
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Where it takes webhooks."""
        return f"http://127.0.0.1:{self.port}/events"

    def answer(self, handler: BaseHTTPRequestHandler, post: Post) -> None:
        """Answer a post."""
        answer = self.behave(post)
        if answer == "hang up":
            handler.close_connection = True
        elif answer == "silence":
            handler.close_connection = True
            self._released.wait()
        elif answer == "no end":
            self.taken.append(post)
            handler.send_response(200)
            handler.send_header("Content-Length", "1000000000000")
            handler.end_headers()
            handler.wfile.write(b"well")
            handler.wfile.flush()
            handler.close_connection = True
            self._released.wait()
        else:
            status, headers = answer if isinstance(answer, tuple) else (int(answer), {})
            if status < 300:
                self.taken.append(post)
            handler.send_response(status)
            for name, value in headers.items():
                handler.send_header(name, value)
            handler.send_header("Content-Length", "0")
            handler.end_headers()

    def sequences(self, stream: str) -> list[int]:
        """Return the numbers of a stream's events that it has taken, in the order in which they came."""
        return [post.event["sequence"] for post in self.taken if post.stream == stream]

    def await_taken(self, count: int) -> None:
        """Wait until it has taken so many."""
        wait_until(lambda: len(self.taken) >= count, what=f"{count} webhooks to be taken")

    def await_posts(self, count: int) -> None:
        """Wait until so many have come, whatever it answered."""
        wait_until(lambda: len(self.posts) >= count, what=f"{count} webhooks to come")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
