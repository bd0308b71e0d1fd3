"""The history of a contest, as its page tells it: what happened, what changed, why, and who sent it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from schemas.events import (
    AmendmentEvent,
    ConfirmationEvent,
    DeclarationEvent,
    EntryEvent,
    HoldEvent,
)
from schemas.register import Amendment
from schemas.result import Result
from tallywire.pages.numbers import percent, signed, thousands
from tallywire.publishing.board.contest_ledger import ContestLedger, Taken, read_result
from tallywire.publishing.event import Event

KINDS: Final[Mapping[str, str]] = {
    "declared": "Declared",
    "flash": "Flash: the winner, without votes",
    "progress": "Some areas are counted",
    "recount": "The votes are counted again",
    "uncontested": "Elected without a vote",
    "withdrawn": "Withdrawn",
    "postponed": "The poll is put off",
    "countermanded": "The poll is called off",
    "annulled": "Annulled by a court",
}
"""What each kind of declaration says, in a few words."""

MARKS: Final[Mapping[str, str]] = {
    "withdrawn": "Withdrawal",
    "recount": "Recount",
    "flash": "Flash",
    "postponed": "Postponed",
    "countermanded": "Countermanded",
    "annulled": "Annulled",
}
"""Tags of those that are no result."""

DECISIONS: Final[Mapping[str, str]] = {
    "confirm": "Confirmed by another person",
    "reject": "Not taken by another person",
    "return": "Returned to its sender, to be looked at again",
}


@dataclass(frozen=True, slots=True)
class Change:
    """A figure before and after."""

    figure: str
    before: str
    after: str
    difference: str = ""

    @property
    def same(self) -> bool:
        """Whether it is the same as before."""
        return self.before == self.after


@dataclass(frozen=True, slots=True)
class Happening:
    """A row of the history."""

    taken: Taken
    heading: str
    time: str | None
    """When it was, RFC 3339: when it was read out, where that was said, else when it was received; None where neither
    is known, of a night that is played again."""
    revision: int | None = None
    mark: str = ""
    stands: bool = False
    """Whether it is what stands."""
    changes: tuple[Change, ...] = ()
    said: str = ""
    """What it says, in a sentence."""
    sent_by: str | None = None
    """Who has signed it, by role."""
    source: str | None = None
    """In whose name it came, where nobody has signed it."""
    typed_by: tuple[str, ...] = ()
    """Who has typed the figures, by role."""
    reason: str | None = None
    reason_expected: bool = False
    """Whether a reader expects a reason."""
    headlines: tuple[str, ...] = ()

    @property
    def cursor(self) -> str:
        """The moment from which on it was shown."""
        return str(self.taken.moment.cursor)


def happenings(ledger: ContestLedger, headlines: Mapping[str, list[str]]) -> list[Happening]:
    """Return the history of a contest, newest first.

    Args:
        ledger: what the ledger says of it.
        headlines: texts of headlines by the id of the result behind them.
    """
    found: list[Happening] = []
    before: Event | None = None
    typed: list[Taken] = []
    for taken in ledger.taken:
        if isinstance(taken.event, EntryEvent):
            typed.append(taken)
            continue
        row = _happening(taken, before)
        said = headlines.get(taken.result.id, []) if taken.result is not None else []
        if isinstance(taken.event, DeclarationEvent) and taken.event.data.entries:
            roles = tuple(ledger.role(each) or "somebody" for each in typed)
            row, typed = replace(row, typed_by=roles), []
        found.append(replace(row, sent_by=ledger.role(taken), headlines=tuple(said)))
        before = taken.result or before
    standing = read_result(before.content).revision if before is not None else None
    last = next((row.taken.number for row in reversed(found) if row.revision == standing and row.revision), None)
    return [replace(row, stands=row.taken.number == last) for row in reversed(found)]


def _happening(taken: Taken, before: Event | None) -> Happening:
    event = taken.event
    now = read_result(taken.result.content) if taken.result is not None else None
    was = read_result(before.content) if before is not None else None
    row = Happening(taken, "", taken.received, source=None if taken.key_id else event.source)
    match event:
        case DeclarationEvent(data=declared):
            row = replace(
                row,
                revision=declared.revision,
                heading=KINDS.get(declared.kind, declared.kind),
                mark=MARKS.get(declared.kind, ""),
                time=declared.declared_at or row.time,
                reason=declared.reason,
                said=_elected(now),
            )
            return _of_declaration(row, now, was)
        case AmendmentEvent(data=amendment):
            changes = tuple(changes_of(was, now)) if now is not None and was is not None else ()
            return replace(
                row,
                heading="The register was amended",
                mark="Register",
                reason=amendment.reason,
                reason_expected=True,
                changes=changes,
                said="" if changes else _amended(amendment),
            )
        case HoldEvent(data=hold):
            review = hold.under_review
            return replace(
                row,
                heading="Under review" if review else "A declaration waits for a second person",
                mark="Held",
                source=None,
                said=f"Revision {hold.revision} was received and is held until another person has looked at it."
                + (" It would change who is elected: the result stands until that is decided." if review else ""),
            )
        case ConfirmationEvent(data=decided):
            return replace(
                row,
                heading=DECISIONS[decided.decision],
                mark="Decision",
                reason=decided.reason,
                said=f"This is about the declaration that was held at ledger entry {decided.hold}.",
            )
        case _:
            return replace(row, heading="A message about this contest")


def _of_declaration(row: Happening, now: Result | None, was: Result | None) -> Happening:
    """Return the row of a declaration, with what it changed."""
    if now is None:
        return replace(row, heading="Received, and changed nothing", said="A later revision stood already.")
    if now.kind == "progress" and now.areas_declared is not None:
        return replace(row, said=f"{now.areas_declared} of {now.areas_expected} local areas are counted.")
    if was is not None and was.counts and now.counts:
        same = set(was.elected) == set(now.elected)
        return replace(
            row,
            heading="Figures corrected, same winner" if same else "Corrected: another winner",
            mark="Correction",
            changes=tuple(changes_of(was, now)),
            reason_expected=True,
        )
    if was is not None and now.kind == "declared" and was.kind == "withdrawn":
        return replace(row, heading="Declared again, after a withdrawal")
    return row


def _elected(now: Result | None) -> str:
    """Return who is elected, where that is said."""
    if now is None or not now.elected:
        return ""
    names = {one.candidate: one.name for one in now.candidates}
    return f"Elected: {', '.join(names[each] for each in now.elected if each in names)}."


def _amended(amendment: Amendment) -> str:
    """Return what an amendment changes, where no result shows it."""
    said = []
    if amendment.electorate is not None:
        said.append(f"the electorate is {thousands(amendment.electorate)}")
    if amendment.name is not None:
        said.append(f"the contest is called {amendment.name}")
    if amendment.returning_officer is not None:
        said.append("there is another returning officer")
    for candidate, change in amendment.candidates.items():
        if change.stands is False:
            said.append(f"{candidate} stands no longer")
        elif change.stands:
            said.append(f"{change.name or candidate} stands, too")
        elif change.name is not None:
            said.append(f"a candidate is called {change.name}")
        elif change.party is not None:
            said.append(f"the party of {candidate} is another one")
    text = "; ".join(said)
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def changes_of(was: Result, now: Result) -> Iterator[Change]:
    """Yield the figures that differ between two results, and the majority in any case."""
    before = {one.candidate: one for one in was.candidates}
    for one in now.candidates:
        old = before.get(one.candidate)
        if old is None:
            continue
        if old.name != one.name:
            yield Change("Name", old.name, one.name)
        if old.party != one.party:
            yield Change(f"Party of {one.name}", was.parties[old.party].name, now.parties[one.party].name)
        yield from _moved(one.name, old.votes, one.votes)
        yield from _moved(f"{one.name}, final round", old.final_votes, one.final_votes)
    yield from _moved("Valid votes", was.valid_votes, now.valid_votes)
    yield from _moved("Rejected ballot papers", was.rejected, now.rejected)
    yield from _moved("Electorate", was.electorate, now.electorate)
    yield from _turnout("Turnout, papers, %", was.turnout.papers, now.turnout.papers)
    yield from _turnout("Turnout, valid votes, %", was.turnout.valid_votes, now.turnout.valid_votes)
    yield _figure("Majority", was.majority, now.majority)


def _moved(figure: str, was: int | None, now: int | None) -> Iterator[Change]:
    if was != now:
        yield _figure(figure, was, now)


def _figure(figure: str, was: int | None, now: int | None) -> Change:
    difference = "" if was is None or now is None else signed(now - was)
    return Change(figure, thousands(was), thousands(now), difference)


def _turnout(figure: str, was: float | None, now: float | None) -> Iterator[Change]:
    if percent(was) != percent(now):
        difference = "" if was is None or now is None else signed(now - was, 1)
        yield Change(figure, percent(was), percent(now), difference)
