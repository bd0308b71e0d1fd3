"""The register at every moment: as it was loaded, and as each amendment left it."""

import json
from bisect import bisect_right
from dataclasses import dataclass
from typing import Generic, TypeVar

from schemas.events import AmendmentEvent, LedgerEvent, RegisterEvent
from schemas.register import Contest, RegisterHead
from services.rules.amending import amended, amended_head

Value = TypeVar("Value")


class Versions(Generic[Value]):
    """What something was, from which ledger entry on."""

    def __init__(self, since: int, value: Value) -> None:
        self._since = [since]
        self._values = [value]

    def add(self, since: int, value: Value) -> None:
        """Say what it is from a ledger entry on."""
        self._since.append(since)
        self._values.append(value)

    def at(self, ledger: int) -> Value:
        """Return what it was after that ledger entry."""
        return self._values[bisect_right(self._since, ledger) - 1]

    def since(self) -> tuple[int, ...]:
        """Return the ledger entries that it is from."""
        return tuple(self._since)


@dataclass(frozen=True, slots=True)
class Listed:
    """A contest, with what is said of it again and again."""

    contest: Contest
    content: bytes
    """The contest as JSON."""
    summary: bytes
    """What a snapshot says of it, as JSON without the brace that closes it."""


def _listed(contest: Contest) -> Listed:
    summary = {
        "name": contest.name,
        "office": contest.office,
        "voting_system": contest.voting_system,
        "seats": contest.seats,
        "regions": contest.regions,
        "body": contest.body,
        "expected_at": contest.expected_at,
        "question": contest.question,
    }
    content = json.dumps(summary, ensure_ascii=False, separators=(",", ":"))
    return Listed(contest, contest.encode(), content.removesuffix("}").encode())


class Registers:
    """An election's register at every moment."""

    def __init__(self) -> None:
        self.contests: dict[str, Versions[Listed]] = {}
        """Each contest, in the register's order."""
        self._head: Versions[RegisterHead] | None = None

    def add(self, event: LedgerEvent) -> None:
        """Take a ledger entry in; most change nothing."""
        place = event.sequence or 0
        if isinstance(event, RegisterEvent):
            self._head = Versions(place, event.data.head())
            listed = {ballot_id: _listed(contest) for ballot_id, contest in event.data.contests.items()}
            self.contests = {ballot_id: Versions(place, one) for ballot_id, one in listed.items()}
        elif isinstance(event, AmendmentEvent) and self._head is not None:
            versions = self.contests[event.data.ballot_id]
            versions.add(place, _listed(amended(versions.at(place).contest, event.data)))
            if (head := amended_head(self._head.at(place), event.data)) is not None:
                self._head.add(place, head)

    def head(self, ledger: int) -> RegisterHead | None:
        """Return the register without its contests after a ledger entry; None before it was loaded."""
        return self._head.at(ledger) if self._head is not None and ledger else None

    def contest(self, ballot_id: str, ledger: int) -> Listed:
        """Return a contest as it was after a ledger entry.

        Raises:
            KeyError: there is none of that id.
        """
        return self.contests[ballot_id].at(ledger)
