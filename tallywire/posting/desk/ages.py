"""How long ago something was, as people say it."""

from datetime import datetime
from typing import Final

from schemas.wire import moment

_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR


def since(time: str, now: datetime) -> str:
    """Return how long ago a time was: ``45 s``, ``16 min``, ``2 h 5 min``, ``3 d``."""
    seconds = max(0, int((now - moment(time)).total_seconds()))
    if seconds < _MINUTE:
        return f"{seconds} s"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE} min"
    if seconds < _DAY:
        return f"{seconds // _HOUR} h {seconds % _HOUR // _MINUTE} min"
    return f"{seconds // _DAY} d"
