"""One thing to say, before it becomes an event."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from services.notify.rules.memory import Remembered
from services.notify.rules.occasions import Case

_NOTHING: Final[Mapping[tuple[str, str], Remembered]] = MappingProxyType({})


class Saying:
    """A headline in the making."""

    def __init__(self, case: Case, text: str, detail: str, region: str | None = None) -> None:
        self.case: Final[Case] = case
        """On which occasion it is said."""
        self.text: Final = text
        self.detail: Final = detail
        """May lack its full stop."""
        self.region: Final = region
        """The region it is about, when it is about one and not about a contest or a body."""


class Said:
    """What there is to say after one event, and what to remember."""

    def __init__(
        self, sayings: tuple[Saying, ...] = (), remember: Mapping[tuple[str, str], Remembered] = _NOTHING
    ) -> None:
        self.sayings: Final = sayings
        self.remember: Final = remember
        """By table and field."""
