"""The pack of an election whose night is over, made of its ledger: it can be loaded and played again.

A pack asks for no signatures, as its declarations carry none: what was signed, and by whom, is on the ledger.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from schemas.events import AmendmentEvent, DeclarationEvent, RegisterEvent, type_name
from streams.ledger_tail import split

SIGNING: Final = ("signatures", "operator_key")
"""Fields of a register that ``tallywire election load --key`` adds to that of a pack."""

_REGISTER: Final = type_name(RegisterEvent)
_DECLARATION: Final = type_name(DeclarationEvent)
_PLAYED: Final = frozenset({_DECLARATION, type_name(AmendmentEvent)})
"""What a pack has lines of. Keys, holds and decisions on them mean nothing without signatures: the ledger has them."""


@dataclass(frozen=True, slots=True)
class NightPack:
    """What the files of the pack say."""

    register: bytes
    """The election before its night."""
    declarations: tuple[bytes, ...]
    """What was accepted, one event a line, in the order of declaration."""


def pack_of(ledger: Iterable[bytes]) -> NightPack | None:
    """Return the pack of a ledger; None where no register was loaded.

    Args:
        ledger: its entries.
    """
    register: bytes | None = None
    lines: list[_Line] = []
    ids: set[tuple[str, str]] = set()
    for number, entry in enumerate(ledger, 1):
        sent, _ = split(entry)
        event: dict[str, Any] = json.loads(sent)
        if event["type"] == _REGISTER and register is None:
            data = {name: value for name, value in event["data"].items() if name not in SIGNING}
            register = json.dumps(data, ensure_ascii=False, indent=2).encode() + b"\n"
        elif event["type"] in _PLAYED:
            lines.append(_line(event, sent, ids, number))
    return None if register is None else NightPack(register, tuple(line.content for line in _in_order(lines)))


@dataclass(frozen=True, slots=True)
class _Line:
    ballot_id: str
    declared_at: datetime | None
    content: bytes


def _line(event: dict[str, Any], sent: bytes, ids: set[tuple[str, str]], number: int) -> _Line:
    """Return the line of an event: as it was sent where it can be."""
    data = event["data"]
    # The two entries of people that a declaration rests on are no lines of a pack.
    changed = data.pop("entries", None) is not None
    key = event["source"], event["id"]
    if key in ids:
        # Of signed messages the id is the signer's own: another may have used it, too.
        changed, event["id"] = True, f"{event['id']}-{number}"
    ids.add(key)
    if changed or b"\n" in sent or b"\r" in sent:
        sent = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
    declared_at = data.get("declared_at") if event["type"] == _DECLARATION else None
    when = None if declared_at is None else datetime.fromisoformat(declared_at)
    return _Line(data["ballot_id"], when, sent)


def _in_order(lines: Sequence[_Line]) -> Iterator[_Line]:
    """Yield lines in the order of declaration: they arrived in another.

    What has no time of declaration stays behind what arrived before it, but is never put behind what came later about
    the same contest: an amendment is there before the declaration that needs it.
    """
    bounds: list[datetime | None] = []
    earliest: dict[str, datetime] = {}
    for line in reversed(lines):
        if line.declared_at is not None:
            earliest[line.ballot_id] = min(line.declared_at, earliest.get(line.ballot_id, line.declared_at))
        bounds.append(earliest.get(line.ballot_id))
    placed: list[tuple[float, int]] = []
    clock = float("-inf")
    for number, (line, bound) in enumerate(zip(lines, reversed(bounds), strict=True)):
        if line.declared_at is not None:
            at = line.declared_at.timestamp()
            clock = max(clock, at)
        else:
            at = clock if bound is None else min(clock, bound.timestamp())
        placed.append((at, number))
    for _, number in sorted(placed):
        yield lines[number]
