"""Reading the body of a request: one event as JSON, of a bounded size, within a bounded time."""

import asyncio
from email.message import Message
from typing import Final

from starlette.requests import ClientDisconnect, Request

from services.ingest.rules.limits import DECLARATION_BYTES_MAX
from tallywire.web.problems import NotTaken, Problem, bad_request, too_large, unsupported

BODY_S: Final = 30.0
"""How long a body may take to arrive: 256 KiB in that time is the pace of a telephone modem."""

STRUCTURED: Final = ("application/cloudevents+json", "application/json")
"""Media types of one event as JSON."""

BATCHED: Final = "application/cloudevents-batch+json"


async def read_event(request: Request) -> bytes:
    """Return the body of a request, byte for byte.

    Raises:
        NotTaken: it is in no form that is read here, too long, too slow, or empty.
    """
    _require_structured(request)
    stated = request.headers.get("content-length", "")
    if stated.isdecimal() and int(stated[:20]) > DECLARATION_BYTES_MAX:
        raise too_large(DECLARATION_BYTES_MAX)
    content = bytearray()
    try:
        async with asyncio.timeout(BODY_S):
            async for chunk in request.stream():
                content += chunk
                if len(content) > DECLARATION_BYTES_MAX:
                    raise too_large(DECLARATION_BYTES_MAX)
    except TimeoutError as error:
        detail = f"The body has not arrived within {BODY_S:g} s. Nothing was taken; send it again."
        raise NotTaken(Problem(title="Too slow", status=408, detail=detail), {"Connection": "close"}) from error
    except ClientDisconnect as error:
        raise bad_request("The connection ended before the body did. Nothing was taken; send it again.") from error
    if not content:
        raise bad_request("The body is empty. Send one event, as docs/declaring.md shows it.")
    return bytes(content)


def _require_structured(request: Request) -> None:
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise unsupported("A compressed body is not taken: a signature covers the bytes as they are. Send it as it is.")
    header = Message()
    header["content-type"] = request.headers.get("content-type", "")
    stated, charset = header.get_content_type(), header.get_content_charset("utf-8")
    if stated == BATCHED:
        raise unsupported(
            "Several events in one request are not taken: each has an answer of its own. Send one a request."
        )
    if stated in STRUCTURED:
        if charset not in ("utf-8", "utf8", "us-ascii"):
            raise unsupported(f"JSON is sent in UTF-8, not in {charset}.")
        if any(name.startswith("ce-") for name in request.headers):
            raise unsupported(
                "This is an event in binary mode, with its attributes in ce- headers. Send all of it as JSON, in "
                "structured mode: a signature covers the whole event."
            )
        return
    raise unsupported(f"Send one event as JSON with Content-Type: {STRUCTURED[0]}, or {STRUCTURED[1]}.")
