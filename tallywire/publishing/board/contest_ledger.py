"""What the ledger says of a contest: who sent what, when, and what followed from it."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from schemas.events import DeclarationEvent, KeyEvent, LedgerEvent, ResultEvent
from schemas.key import Key, Role
from schemas.reading import NotAnEvent, OfLaterRelease, read_ledger_event
from schemas.result import Result
from schemas.signatures import decode, read_signature, thumbprint
from tallywire.publishing.documents import View
from tallywire.publishing.event import Event
from tallywire.publishing.history import LedgerEntry, Moment

KEPT: Final = 512
"""Results and ledger entries that stay read: those of the contests that people look at."""

SENDERS: Final[Mapping[Role, str]] = {
    "clerk": "a clerk",
    "second-person": "a second person",
    "returning-officer": "the returning officer",
    "desk": "the results desk",
    "operator": "the operator",
    "service": "the council’s system",
}
"""How people of each role are called. Their names are not told."""

_KEY: Final = "tallywire.key.v1"


@lru_cache(maxsize=KEPT)
def read_result(content: bytes) -> Result:
    """Return a result as it was published."""
    return ResultEvent.model_validate_json(content).data


@lru_cache(maxsize=KEPT)
def _read(content: bytes) -> LedgerEvent | None:
    try:
        return read_ledger_event(content)
    except (OfLaterRelease, NotAnEvent):
        # The ledger is proven elsewhere: a page shows what it can read.
        return None


@dataclass(frozen=True, slots=True)
class Taken:
    """A ledger entry about a contest."""

    number: int
    """Its place on the ledger."""
    entry: LedgerEntry
    event: LedgerEvent
    moment: Moment
    """When it began to be shown."""
    result: Event | None
    """The result that follows from it, where there is one."""
    key_id: str | None
    """The key that signed it; None where it is not signed."""
    received: str | None
    """When it was received, RFC 3339; None in a night that is played again."""
    own: bool = True
    """Whether it is about the contest itself: a region's list seats depend on its constituencies, too."""


class ContestLedger:
    """The ledger entries about a contest, up to a moment.

    Args:
        view: the election at the moment.
        ballot_id: the contest.
    """

    def __init__(self, view: View, ballot_id: str) -> None:
        self._view = view
        self._keys: dict[str, Key | None] = {}
        results = view.history.all_of("result", ballot_id, view.moment.cursor)
        by_cause = {event.cause: event for event in results}
        self.results = results
        """Every result, oldest first."""
        self.taken = tuple(self._taken(ballot_id, by_cause))
        """Every entry, oldest first."""

    def _taken(self, ballot_id: str, results: Mapping[int, Event]) -> Iterator[Taken]:
        history = self._view.history
        for number, entry in enumerate(history.ledger[: self._view.ledger], 1):
            own = entry.subject == ballot_id
            if not own and number not in results:
                continue
            event = _read(entry.content)
            if event is None:
                continue
            place = bisect_left(history.moments, number, key=lambda each: each.cursor.ledger)
            signature = read_signature(event.signature) if event.signature is not None else None
            yield Taken(
                number=number,
                entry=entry,
                event=event,
                moment=history.moments[place],
                result=results.get(number),
                key_id=None if signature is None else signature.key_id,
                received=None if history.played else entry.accepted_at,
                own=own,
            )

    def declaration(self, result: Event) -> tuple[Taken, DeclarationEvent] | None:
        """Return the declaration behind a result: the last one of its revision."""
        revision = read_result(result.content).revision
        for taken in reversed(self.taken):
            event = taken.event
            if not taken.own or taken.number > result.cause:
                continue
            if isinstance(event, DeclarationEvent) and event.data.revision == revision:
                return taken, event
        return None

    def key(self, key_id: str) -> Key | None:
        """Return a key as it was enrolled; None for the operator's own, which the register carries."""
        if key_id not in self._keys:
            self._keys[key_id] = self._enrolled(key_id)
        return self._keys[key_id]

    def _enrolled(self, key_id: str) -> Key | None:
        marker = key_id.encode()
        for entry in reversed(self._view.history.ledger[: self._view.ledger]):
            if entry.type == _KEY and marker in entry.content:
                event = _read(entry.content)
                if isinstance(event, KeyEvent) and event.data.key_id == key_id and event.data.action == "enrol":
                    return event.data
        return None

    def role(self, taken: Taken) -> str | None:
        """Return who has signed an entry, by role; None where nobody has, or the key is not known."""
        if taken.key_id is None:
            return None
        key = self.key(taken.key_id)
        if key is not None:
            return SENDERS[key.role] if key.role is not None else None
        head = self._view.head
        operator = decode(head.operator_key) if head is not None and head.operator_key is not None else None
        return SENDERS["operator"] if operator is not None and thumbprint(operator) == taken.key_id else None
