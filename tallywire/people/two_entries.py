"""Two independent entries of the same figures: compared before anything is sent, and sent as two people's."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from schemas.declaration import DeclaredFigures
from services.ingest.rules.entry import differing
from tallywire.client.errors import RefusedError
from tallywire.client.signing import SigningKey, completed
from tallywire.client.submissions import Submission

Event = dict[str, Any]

_FIGURES: Final = frozenset(DeclaredFigures.model_fields)
"""What of a declaration an entry says, too."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A declaration as somebody has typed it."""

    content: bytes
    event: Event


def read_typed(content: bytes, called: str) -> Typed:
    """Return the one declaration in a file.

    Raises:
        RefusedError: there is none, or more than one.
    """
    try:
        event = json.loads(content)
    except (ValueError, RecursionError):
        event = None
    if not isinstance(event, dict) or not isinstance(event.get("data"), dict):
        raise RefusedError(f"{called} is not one declaration as JSON; each of two entries is a file with one.")
    return Typed(content, event)


def require_agreement(first: Typed, second: Typed) -> None:
    """See that two people have typed the same.

    Raises:
        RefusedError: they have not. It says where, and neither figure: both are to look at the paper again.
    """
    one, other = (
        {name: _unordered(typed.event.get(name)) for name in ("subject", "data")} for typed in (first, second)
    )
    where = sorted(path.removeprefix(".") for path in differing(one, other, ""))
    if where:
        raise RefusedError(
            f"The two entries differ at {', '.join(where)}. Nothing was sent. Each is to look at the paper again and "
            "mend the own entry where it is wrong."
        )


def entry_of(typed: Typed, key: SigningKey, election: str) -> Submission:
    """Return the figures of a declaration as one person's entry, signed."""
    data = {name: value for name, value in typed.event["data"].items() if name in _FIGURES}
    entry = {**typed.event, "id": f"{typed.event.get('id')}-entry", "type": "tallywire.entry.v1", "data": data}
    content = completed(_encoded(entry), election)
    return Submission("an entry", content, key.sign(content))


def citing(typed: Typed, digests: tuple[str, str], election: str, key: SigningKey) -> Submission:
    """Return a declaration that cites two entries of its figures, signed."""
    data = {**typed.event["data"], "entries": list(digests)}
    content = completed(_encoded({**typed.event, "data": data}), election)
    return Submission("the declaration", content, key.sign(content))


def _unordered(value: object) -> object:
    """Return a value with its lists of names in one order: who is elected has none."""
    if isinstance(value, Mapping):
        return {name: _unordered(member) for name, member in value.items()}
    return sorted(value) if isinstance(value, list) and all(isinstance(name, str) for name in value) else value


def _encoded(event: Mapping[str, object]) -> bytes:
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
