"""A headline before it becomes an event, and the rule for whatever is said: it stands until its ground goes.

Each headline is a claim about one subject: the seats of a contest, control of a body, a party's landmarks there, the
largest swing, a region. What was claimed of a subject is remembered with what it rests on. While that ground holds,
nothing is said but what goes further; when it is gone, a correction says what is true instead. Each headline takes the
place of the last one about its subject.
"""

from typing import NamedTuple

from services.notify.rules.memory import Ground
from services.notify.rules.occasions import Occasion
from services.notify.rules.subjects import Subject


class Draft(NamedTuple):
    """The words of a headline."""

    about: str
    """What it is about: ``seats:<ballot id>``, ``control:<slug>``, ``largest:<slug>``, ``landmark:<slug>:<party>``,
    ``region:<slug>`` or ``swing``."""
    occasion: Occasion
    """Why it is said: its kind and priority follow from that."""
    text: str
    """The headline itself."""
    detail: str
    """The sentence behind it; its full stop is added later."""
    claim: str | None
    """What is claimed with it, in words that a later correction can quote; None when nothing is claimed any more."""
    ground: Ground = ()
    """What the claim rests on."""
    subject: Subject | None = None
    """Its data; None for those of the contest or the body of the event behind it."""


def headline_id(event_id: str, place: int = 0) -> str:
    """Return the id of a headline event.

    Args:
        event_id: the result, or the state of control, that it follows from.
        place: which of that event's headlines it is. The first one of a result is the one about its seats.
    """
    return f"{event_id}:headline" if place == 0 else f"{event_id}:headline:{place}"
