"""Requests that nobody sends in earnest, drawn from a seed: bodies nearly events, and heads nearly of HTTP."""

import json
import random
from collections.abc import Iterator
from copy import deepcopy
from typing import Any, Final

STRANGE_TEXTS: Final = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "\u202egnp.exe",
    "\u2066\u2067\u2069\u200f",
    "مرشح",
    "\x00",
    "\x1b[2J\x1b[31m",
    "\r\nSet-Cookie: a=b",
    "'; DROP TABLE votes; --",
    "{{7*7}}${7*7}",
    "../../../etc/passwd",
    "\ud800",
    "﻿",
    "a" * 5_000,
    "🗳" * 300,
)
STRANGE_VALUES: Final[tuple[Any, ...]] = (
    *(None, True, 0, -1, 2**31, 2**63, 2**64, 10**400, 1.5, 1e308, -0.0, [], {}, [[]], {"": ""}),
    *STRANGE_TEXTS,
    float("nan"),
    float("inf"),
)
SPLICES: Final = (
    b"\x00",
    b"\xff",
    b"\xc3\x28",
    b"\xed\xa0\x80",
    b"\xef\xbb\xbf",
    b"{",
    b"}",
    b"]",
    b'"',
    b"\\",
    b"\\u",
    b",",
)


def bodies(event: dict[str, Any], chance: random.Random, number: int) -> Iterator[bytes]:
    """Yield bodies, each with something changed in an event: in its values, its names, its bytes."""
    whole = json.dumps(event).encode()
    kinds = (_changed, _changed, _spliced, _flipped, _cut, _noise, _nested, _encoded)
    for _ in range(number):
        yield chance.choice(kinds)(event, whole, chance)


def _changed(event: dict[str, Any], _whole: bytes, chance: random.Random) -> bytes:
    event = deepcopy(event)
    for _ in range(chance.randrange(1, 4)):
        place: Any = event
        while True:
            name = chance.choice(list(place)) if place else ""
            if isinstance(place.get(name), dict) and chance.random() < 0.7:
                place = place[name]
                continue
            break
        match chance.randrange(4):
            case 0:
                place[name] = chance.choice(STRANGE_VALUES)
            case 1:
                place[chance.choice(STRANGE_TEXTS)] = place.get(name)
            case 2:
                place.pop(name, None)
            case _:
                place[name] = [place.get(name)] * chance.choice((1, 2, 600))
    return json.dumps(event, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")


def _spliced(_: dict[str, Any], whole: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(whole))
    return whole[:at] + chance.choice(SPLICES) * chance.choice((1, 3, 200)) + whole[at:]


def _flipped(_event: dict[str, Any], whole: bytes, chance: random.Random) -> bytes:
    changed = bytearray(whole)
    for _ in range(chance.choice((1, 1, 8))):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _cut(_: dict[str, Any], whole: bytes, chance: random.Random) -> bytes:
    return whole[: chance.randrange(1, len(whole))] if chance.random() < 0.5 else whole + whole


def _noise(_: dict[str, Any], __: bytes, chance: random.Random) -> bytes:
    return chance.randbytes(chance.choice((1, 100, 5_000)))


def _nested(_: dict[str, Any], whole: bytes, chance: random.Random) -> bytes:
    depth = chance.choice((10, 250, 20_000))
    opened, closed = chance.choice(((b"[", b"]"), (b'{"a":', b"}")))
    return whole.replace(b"null", b"0").rstrip(b"}") + b',"x":' + opened * depth + b"1" + closed * depth + b"}"


def _encoded(_: dict[str, Any], whole: bytes, chance: random.Random) -> bytes:
    return whole.decode().encode(chance.choice(("utf-16", "utf-32", "utf-7", "utf-8-sig")))


METHODS: Final = (
    b"POST",
    b"GET",
    b"PUT",
    b"DELETE",
    b"HEAD",
    b"OPTIONS",
    b"TRACE",
    b"CONNECT",
    b"PRI",
    b"post",
    b"P\x00ST",
    b"",
)
VERSIONS: Final = (b"HTTP/1.1", b"HTTP/1.0", b"HTTP/2.0", b"HTTP/9.9", b"HTP/1.1", b"", b"HTTP/1.1 x")
NAMES: Final = (
    *(
        b"Content-Type",
        b"Content-Length",
        b"Transfer-Encoding",
        b"Connection",
        b"Expect",
        b"Upgrade",
        b"Prefer",
        b"Host",
    ),
    *(
        b"ce-id",
        b"X-Forwarded-For",
        b"Forwarded",
        b"Tallywire-Signature",
        b"Accept",
        b"Cookie",
        b"",
        b"Bad Name",
        b"X\x00",
    ),
)
VALUES: Final = (
    *(
        b"application/json",
        b"text/html",
        b"application/json; charset=utf-7",
        b"application/json;" * 50,
        b"*/*",
        b"close",
    ),
    *(b"0", b"2", b"-1", b"99999999999999999999", b"chunked", b"gzip, chunked", b"100-continue", b"websocket", b"h2c"),
    *(
        b"wait=0",
        b"wait=99999999999",
        b"wait=-1",
        b"wait=" + b"9" * 400,
        b"192.0.2.1",
        b"\xff\xfe",
        b"a\x00b",
        b"",
        b"x" * 9_000,
    ),
    *(b"eyJhbGciOiJub25lIn0..", b"..", b"\x80..\x80", b"=?utf-8?b?eA==?="),
)


def heads(path: bytes, body: bytes, chance: random.Random, number: int) -> Iterator[bytes]:
    """Yield requests as bytes, each with something odd in its head."""
    paths = (
        *(
            path,
            path,
            path,
            path + b"/",
            b"/",
            b"*",
            b"//",
            b"/../../etc/passwd",
            b"http://other/" + path,
            b"/%00",
            b"/%ff%fe",
        ),
        *(
            path.replace(b"/declarations", b"/contests/%3Cscript%3E/form"),
            path + b"?" + b"x" * 70_000,
            b"/v1/elections/{a}/x",
        ),
        *(
            path.replace(b"/declarations", b"/receipts/" + b"A" * 500),
            b"/v1/elections/%7B/declarations",
            b"/\xe2\x80\xae",
        ),
    )
    for _ in range(number):
        odd = b"".join(
            chance.choice(NAMES) + chance.choice((b": ", b":", b" : ")) + chance.choice(VALUES) + b"\r\n"
            for _ in range(chance.randrange(6))
        )
        length = b"" if chance.random() < 0.2 else b"Content-Length: %d\r\n" % len(body)
        line = b" ".join((chance.choice(METHODS), chance.choice(paths), chance.choice(VERSIONS)))
        end = chance.choice((b"\r\n", b"\r\n", b"\r\n", b"\n", b"\r\n "))
        yield line + b"\r\nHost: x\r\nPrefer: wait=0\r\n" + odd + length + b"Connection: close\r\n" + end + body
