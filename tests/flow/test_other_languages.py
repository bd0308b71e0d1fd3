"""Any program that speaks to Redis can declare: no library of ours is needed, and no particular way to write JSON."""

import json
import socket
from contextlib import closing
from typing import Any
from urllib.parse import unquote, urlsplit

from tests.pipeline.night import night
from tests.pipeline.pipeline import Pipeline


class Wire:
    """A connection that speaks Redis's protocol by hand, as ``redis-cli`` does."""

    def __init__(self, path: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(60)
        self._socket.connect(path)
        self._answers = self._socket.makefile("rb")

    def close(self) -> None:
        """Hang up."""
        self._answers.close()
        self._socket.close()

    def command(self, *words: bytes) -> Any:  # noqa: ANN401  # whatever the server answers
        """Send a command and return its answer."""
        self._socket.sendall(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%b\r\n" % (len(word), word) for word in words))
        return self._answer()

    def _answer(self) -> Any:  # noqa: ANN401  # as above
        kind, text = (line := self._answers.readline())[:1], line[1:-2]
        match kind:
            case b"*":
                return None if text == b"-1" else [self._answer() for _ in range(int(text))]
            case b"$":
                return None if text == b"-1" else self._answers.read(int(text) + 2)[:-2]
            case b"+" | b":":
                return text
        raise AssertionError(line)


def headline_after(wire: Wire, last: bytes) -> Any:  # noqa: ANN401  # JSON
    """Wait for the first headline that comes after an entry, and return it."""
    answer = wire.command(b"XREAD", b"BLOCK", b"30000", b"STREAMS", b"{pcc.2038-05-02}:headlines", last)
    ((_, ((_, (_, headline)), *_)),) = answer
    return json.loads(headline)


def as_typed(declaration: bytes) -> bytes:
    """Return it as a person writes it in an editor: indented, other order of fields, a line end after it."""
    return json.dumps(json.loads(declaration), indent=2, sort_keys=True).encode() + b"\n"


def as_escaped(declaration: bytes) -> bytes:
    """Return it as a careful serialiser writes it, with every slash escaped."""
    return declaration.replace(b"/", b"\\/")


def test_a_declaration_posted_by_hand_becomes_a_headline(running: Pipeline) -> None:
    """Promise: ``XADD {e}:declarations * data '<json>'``, and somebody who waits on the headlines stream reads it.

    Whichever way the JSON is written: as it is, as a person types it, and with every slash escaped.
    """
    sent = night(7, contests=3, declarations=3, election="pcc.2038-05-02")
    centre = running.open(sent)
    as_it_is, typed, escaped = sent.declarations
    written = [as_it_is, as_typed(typed), as_escaped(escaped)]
    last = b"0-0"
    with closing(Wire(unquote(urlsplit(running.server.url).path))) as wire:
        for declared in written:
            wire.command(b"XADD", b"{pcc.2038-05-02}:declarations", b"*", b"data", declared)
            headline = headline_after(wire, last)
            assert headline["subject"] == json.loads(declared)["subject"]
            assert headline["data"]["text"]
            centre.settle()
            last = wire.command(b"XREVRANGE", b"{pcc.2038-05-02}:headlines", b"+", b"-", b"COUNT", b"1")[0][0]
    ledger = centre.check_exact([sent.register, *written]).events("ledger")
    for taken, declaration in zip(ledger[1:], sent.declarations, strict=True):
        said = json.loads(declaration)
        assert {name: taken[name] for name in said} == said
