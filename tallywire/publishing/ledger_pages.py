"""The ledger over HTTP: some of its entries, a line of JSON each, with the very bytes that are on it.

``{"sequence": 7, "entry": "..."}``: the text, encoded as UTF-8, is the entry. Ingest takes nothing that is no UTF-8, so
every entry is text. What is not ASCII is written as an escape, so that a line ends at its newline for every reader.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from tallywire.publishing.history import History
from tallywire.web.answers import Page, Pages, answer, has_it
from tallywire.web.handover import CONNECTION
from tallywire.web.problems import bad_request

NDJSON: Final = "application/x-ndjson"

PAGE_BYTES: Final = 1024 * 1024
"""Bytes of entries up to which a range is a page: made and compressed once. A longer one is streamed as it is."""

CHUNK_BYTES: Final = 64 * 1024
"""About so much is encoded at once, and only when the reader has taken what came before."""

STALLED_S: Final = 60.0
"""How long a reader may take nothing of a range that is streamed. Then its connection is closed."""

_NUMBER: Final = re.compile(r"[1-9][0-9]{0,9}")


@dataclass(frozen=True, slots=True)
class Range:
    """Entries of a ledger, from the first to the last; none where the last is before the first."""

    first: int
    last: int


def read_range(parameters: Mapping[str, str], end: int) -> Range:
    """Return the entries that a reader asks for with ``from`` and ``to``, as far as they are there.

    Args:
        parameters: those of the request; without ``from`` it is the first, without ``to`` the last.
        end: how many entries there are.

    Raises:
        NotTaken: one is no number of an entry, or they are the wrong way round.
    """
    first, last = (_number(parameters, name) for name in ("from", "to"))
    if first is not None and last is not None and last < first:
        raise bad_request(f"from is {first} and to is {last}: the entries asked for end before they begin.")
    return Range(first or 1, min(last or end, end))


def _number(parameters: Mapping[str, str], name: str) -> int | None:
    text = parameters.get(name)
    if text is None:
        return None
    if not _NUMBER.fullmatch(text):
        raise bad_request(f"{name} is the number of a ledger entry: a whole number from 1 on.")
    return int(text)


def range_answer(  # noqa: PLR0913  # all of it differs between requests
    request: Request, history: History, wanted: Range, *, pages: Pages, caching: str, headers: Mapping[str, str]
) -> Response:
    """Return the answer with some entries.

    Args:
        request: the request.
        history: the election.
        wanted: the entries.
        pages: where answers are kept that were made.
        caching: how long it may be kept, as in Cache-Control.
        headers: further headers.
    """
    size = sum(len(entry.content) for entry in history.ledger[wanted.first - 1 : wanted.last])
    tag = _tag(history, wanted)
    if size <= PAGE_BYTES:

        def made() -> Page:
            return Page(b"".join(ledger_lines(history, wanted)), NDJSON)

        return answer(request, pages.get(("ledger", tag), made), caching, headers)
    said = {"ETag": f'"{tag}"', "Cache-Control": caching, "Vary": "Accept-Encoding", **headers}
    if has_it(request, said["ETag"]):
        return Response(status_code=304, headers=said)
    if request.method == "HEAD":
        head = Response(headers=said, media_type=NDJSON)
        # It would be that of an empty answer.
        del head.headers["Content-Length"]
        return head
    return _Streamed(_chunks(history, wanted), headers=said, media_type=NDJSON)


def _tag(history: History, wanted: Range) -> str:
    """Return what tells these entries from any others: the last one's chain covers all before it."""
    chain = history.ledger[wanted.last - 1].chain if wanted.last >= wanted.first else "none"
    return sha256(f"{history.election} {wanted.first} {wanted.last} {chain}".encode()).hexdigest()[:24]


def ledger_lines(history: History, wanted: Range) -> Iterator[bytes]:
    """Yield entries as lines."""
    for number, entry in enumerate(history.ledger[wanted.first - 1 : wanted.last], wanted.first):
        line = json.dumps({"sequence": number, "entry": entry.content.decode()}, separators=(",", ":"))
        yield line.encode() + b"\n"


async def _chunks(history: History, wanted: Range) -> AsyncIterator[bytes]:
    chunk: list[bytes] = []
    size = 0
    for line in ledger_lines(history, wanted):
        chunk.append(line)
        size += len(line)
        if size >= CHUNK_BYTES:
            yield b"".join(chunk)
            chunk, size = [], 0
            # A reader who takes everything at once must not keep the others waiting.
            await asyncio.sleep(0)
    yield b"".join(chunk)


class _Streamed(StreamingResponse):
    """An answer of which the next part is made when the one before has been taken."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it; who takes nothing of it for a minute is let go."""
        abort: Callable[[], Any] = scope[CONNECTION].transport.abort

        async def patient(message: Message) -> None:
            try:
                async with asyncio.timeout(STALLED_S):
                    await send(message)
            except TimeoutError:
                abort()
                raise

        await super().__call__(scope, receive, patient)
