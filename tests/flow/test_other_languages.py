"""Any program that speaks to Redis can declare: no library of ours is needed, and no particular way to write JSON."""

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from tests.flow.contract import check_exact
from tests.flow.night import synthetic_declarations, synthetic_register
from tests.flow.pipeline import Pipeline

REGISTER = synthetic_register("pcc.2038-05-02", seed=7)
DECLARED = synthetic_declarations(REGISTER, 7, revisions=1)


class Wire:
    """A connection that speaks Redis's protocol by hand, as ``redis-cli`` does."""

    def __init__(self, path: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(10)
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


@pytest.fixture(scope="module")
def wire(pipeline: Pipeline) -> Iterator[Wire]:
    """Connect to the pipeline's server, on which an election is loaded."""
    pipeline.open(REGISTER)
    with closing(Wire(unquote(urlsplit(pipeline.server.url).path))) as connected:
        yield connected


def headline_after(wire: Wire, last: bytes) -> Any:  # noqa: ANN401  # JSON
    """Wait for the headline that comes after an entry, and return it."""
    answer = wire.command(b"XREAD", b"BLOCK", b"10000", b"STREAMS", b"{pcc.2038-05-02}:headlines", last)
    ((_, ((_, (_, headline)),)),) = answer
    return json.loads(headline)


def as_typed(declaration: bytes) -> bytes:
    """Return it as a person writes it in an editor: indented, other order of fields, a line end after it."""
    return json.dumps(json.loads(declaration), indent=2, sort_keys=True).encode() + b"\n"


def as_escaped(declaration: bytes) -> bytes:
    """Return it as a careful serialiser writes it, with every slash escaped."""
    return declaration.replace(b"/", b"\\/")


@pytest.mark.parametrize(
    ("place", "write"), [(0, bytes), (1, as_typed), (2, as_escaped)], ids=["as is", "as typed", "escaped"]
)
def test_a_declaration_posted_by_hand_becomes_a_headline(
    pipeline: Pipeline, wire: Wire, place: int, write: Callable[[bytes], bytes]
) -> None:
    """``XADD {e}:declarations * data '<json>'``, and somebody who waits on the headlines stream reads it."""
    declared = write(DECLARED[place])
    last = wire.command(b"XREVRANGE", b"{pcc.2038-05-02}:headlines", b"+", b"-", b"COUNT", b"1")
    wire.command(b"XADD", b"{pcc.2038-05-02}:declarations", b"*", b"data", declared)
    headline = headline_after(wire, last[0][0] if last else b"0-0")
    assert headline["subject"] == json.loads(declared)["subject"]
    assert headline["data"]["text"]
    ledger = check_exact(pipeline, REGISTER)["ledger"]
    sent = json.loads(declared)
    assert {name: ledger[-1][name] for name in sent} == sent
