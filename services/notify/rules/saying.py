"""One thing to say, before it becomes an event."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.notify.rules.kinds import Case
from services.notify.rules.memory import Remembered


@dataclass(frozen=True, slots=True)
class Saying:
    """A headline in the making."""

    case: Case
    """On which occasion it is said."""
    text: str
    detail: str
    """May lack its full stop."""
    region: str | None = None
    """The region it is about, when it is about one and not about a contest or a body."""


@dataclass(frozen=True, slots=True)
class Said:
    """What there is to say after one event, and what to remember."""

    sayings: tuple[Saying, ...] = ()
    remember: Mapping[tuple[str, str], Remembered] = field(default_factory=dict)
    """By table and field."""
