"""One thing to say, before it becomes an event."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from services.notify.rules.kinds import Case
from services.notify.rules.memory import Remembered

_NOTHING: Final[Mapping[tuple[str, str], Remembered]] = MappingProxyType({})


class Saying(NamedTuple):
    """A headline in the making."""

    case: Case
    """On which occasion it is said."""
    text: str
    detail: str
    """May lack its full stop."""
    region: str | None = None
    """The region it is about, when it is about one and not about a contest or a body."""


class Said(NamedTuple):
    """What there is to say after one event, and what to remember."""

    sayings: tuple[Saying, ...] = ()
    remember: Mapping[tuple[str, str], Remembered] = _NOTHING
    """By table and field."""
