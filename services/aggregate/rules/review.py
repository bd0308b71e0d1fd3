"""Which results are under review: a correction that would change who is elected waits for a second person.

A hold that says so puts the contest's result under review. It ends when it is rejected or returned, and with a
declaration of its own revision or of a higher one: what was held, once confirmed, or what has overtaken it. A
confirmation alone ends nothing: the declaration is the next entry of the ledger, and its result says both at once.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from schemas.events import ConfirmationEvent, DeclarationEvent, HoldEvent, LedgerEvent
from services.aggregate.rules.life import Life


@dataclass(frozen=True, slots=True)
class Review:
    """The open holds of a contest that would change who is elected."""

    holds: Mapping[int, int] = field(default_factory=dict)
    """The revision that each holds, by the hold's place on the ledger."""

    def after(self, event: LedgerEvent) -> "Review":
        """Return the holds that are open once an entry about the contest is on the ledger."""
        match event:
            case HoldEvent(data=hold, sequence=int(place)) if hold.under_review:
                return Review({**self.holds, place: hold.revision})
            case ConfirmationEvent(data=decided) if decided.decision != "confirm":
                return Review({place: held for place, held in self.holds.items() if place != decided.hold})
            case DeclarationEvent(data=declared):
                return Review({place: held for place, held in self.holds.items() if held > declared.revision})
            case _:
                return self

    def concerns(self, life: Life) -> bool:
        """Whether a result is under review; never one that elects nobody, for then no winner is in doubt."""
        return bool(self.holds) and life.elects

    def encode(self) -> bytes:
        """Return it as stored: pairs of place and revision."""
        return json.dumps(list(self.holds.items()), separators=(",", ":")).encode()

    @classmethod
    def decode(cls, value: bytes) -> "Review":
        """Return it from its stored form.

        Raises:
            ValueError: it is not one.
        """
        try:
            return cls({int(place): int(revision) for place, revision in json.loads(value)})
        except TypeError as error:
            raise ValueError(value) from error
