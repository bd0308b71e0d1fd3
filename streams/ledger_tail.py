"""What is appended to an event when it is committed: the writer, and the parser beside it.

An event is a JSON object. What we append follows its last member, before the brace that closes it, in the order of
``ATTRIBUTES``. The sender's own bytes stay as they are, white space after the brace included. The law::

    split(append(event, attributes)) == (event, attributes)

It holds for every event that does not end in such an attribute itself; ingest refuses those that have one.

Another attribute is one more row of ``ATTRIBUTES``, above ``chain``: it is written and parsed by that.
"""

import json
import re
from collections.abc import Mapping
from json.encoder import encode_basestring_ascii
from typing import Final

Value = str | int
"""The value of an attribute: a text, a number or, as JSON writes it, true."""

ATTRIBUTES: Final[dict[str, re.Pattern[bytes]]] = {
    "acceptedtime": re.compile(rb'"[0-9TZ:.-]{1,40}"'),
    "signature": re.compile(rb'"[A-Za-z0-9_.-]{1,400}"'),
    "person": re.compile(rb'"[a-z0-9._-]{1,60}"'),
    "confirmedby": re.compile(rb'"[a-z0-9._-]{1,60}"'),
    "sequence": re.compile(rb"[1-9][0-9]{0,9}"),
    "groupend": re.compile(rb"true"),
    "chain": re.compile(rb'"[0-9a-f]{64}"'),
}
"""Every attribute that may be appended, in the order of writing, and how its value looks as JSON. The chain comes last:
it covers the others (``streams.chain``)."""

_SPACE: Final = b" \t\r\n"
"""White space, as JSON has it."""

_SEQUENCE: Final = b',"sequence":'

_BEHIND: Final = list(ATTRIBUTES)[list(ATTRIBUTES).index("sequence") + 1 :]
_NUMBERED: Final = re.compile(
    _SEQUENCE
    + b"(%s)" % ATTRIBUTES["sequence"].pattern
    + b"".join(b'(?:,"%s":%s)?' % (name.encode(), ATTRIBUTES[name].pattern) for name in _BEHIND)
    + rb"\}[ \t\r\n]*\Z"
)
"""The end of an event from its number on."""


def append(event: bytes, attributes: Mapping[str, Value]) -> bytes:
    """Return the JSON object ``event`` with these attributes behind its last member.

    Raises:
        KeyError: one of them has no row in the table.
    """
    members = [f',"{name}":{_json(attributes[name])}' for name in ATTRIBUTES if name in attributes]
    if len(members) != len(attributes):
        raise KeyError(*(attributes.keys() - ATTRIBUTES.keys()))
    brace = len(event.rstrip(_SPACE)) - 1
    return event[:brace] + "".join(members).encode() + event[brace:]


def split(entry: bytes) -> tuple[bytes, dict[str, Value]]:
    """Return the event that an entry was made of, and what was appended to it; nothing where nothing was."""
    body = entry.rstrip(_SPACE)
    if not body.endswith(b"}"):
        return entry, {}
    brace = end = len(body) - 1
    found: list[tuple[str, Value]] = []
    for name, pattern in reversed(ATTRIBUTES.items()):
        member = b',"%s":' % name.encode()
        at = body.rfind(member, 0, end)
        if at >= 0 and (value := pattern.fullmatch(body, at + len(member), end)):
            found.append((name, json.loads(value[0])))
            end = at
    return entry[:end] + entry[brace:], dict(reversed(found))


def sequence_of(entry: bytes) -> int | None:
    """Return the number that an entry was given; None for what was given none.

    The same as ``split`` finds, without taking the entry apart, which takes tens of microseconds.
    """
    at = entry.rfind(_SEQUENCE)
    found = _NUMBERED.match(entry, at) if at >= 0 else None
    return int(found[1]) if found else None


def _json(value: Value) -> str:
    # Every event of every stream has some of these, and ``json.dumps`` is slow with a single value.
    if isinstance(value, str):
        return encode_basestring_ascii(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
