"""A headline before it becomes an event."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.notify.rules.memory import Remembered
from services.notify.rules.occasions import Occasion
from services.notify.rules.subjects import Subject


@dataclass(frozen=True, slots=True)
class Draft:
    """The words of a headline."""

    occasion: Occasion
    """Why it is said: its kind and priority follow from that."""
    text: str
    """The headline itself."""
    detail: str
    """The sentence behind it; its full stop is added later."""
    subject: Subject | None = None
    """What it is about; None for the contest or the body of the event behind it."""
    supersedes: str | None = None
    """Id of the headline event that it takes the place of."""


@dataclass(frozen=True, slots=True)
class Drafts:
    """The headlines that follow from one event, and what to remember of them."""

    headlines: tuple[Draft, ...] = ()
    """In the order in which they are said."""
    remember: Mapping[tuple[str, str], Remembered] = field(default_factory=dict)
    """By table and field."""


def headline_id(event_id: str, place: int = 0) -> str:
    """Return the id of a headline event.

    Args:
        event_id: the result, or the state of control, that it follows from.
        place: which of that event's headlines it is. The first one of a result is the one about its seats.
    """
    return f"{event_id}:headline" if place == 0 else f"{event_id}:headline:{place}"
