"""The history of a contest, as its page tells it: what happened, what changed, why, and who sent it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from schemas.events import (
    AmendmentEvent,
    ConfirmationEvent,
    DeclarationEvent,
    EntryEvent,
    HoldEvent,
)
from schemas.register import LISTS, Amendment
from schemas.result import Result
from services.notify.rules.seats_won import is_referendum
from tallywire.pages.numbers import UNKNOWN, percent, signed, thousands
from tallywire.publishing.board.contest_ledger import ContestLedger, Taken, read_result
from tallywire.publishing.event import Event

KINDS: Final[Mapping[str, str]] = {
    "declared": "Declared",
    "flash": "Flash: the winner, without votes",
    "progress": "Some areas are counted",
    "stage": "The count goes on",
    "recount": "The votes are counted again",
    "uncontested": "Elected without a vote",
    "withdrawn": "Withdrawn",
    "postponed": "The poll is put off",
    "countermanded": "The poll is called off",
    "annulled": "Annulled by a court",
}
"""What each kind of declaration says, in a few words."""

COUNTED: Final = ("declared", "stage")
"""Kinds of declarations that have votes."""

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
    others_elected: bool = False
    """Whether it is a correction of who is elected."""
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
        if taken.own and isinstance(taken.event, DeclarationEvent) and taken.event.data.entries:
            roles = tuple(ledger.role(each) or "somebody" for each in typed)
            row, typed = replace(row, typed_by=roles), []
        sent_by = ledger.role(taken) if taken.own else None
        found.append(replace(row, sent_by=sent_by, headlines=tuple(said)))
        before = taken.result or before
    standing = read_result(before.content).revision if before is not None else None
    last = next((row.taken.number for row in reversed(found) if row.revision == standing and row.revision), None)
    return [replace(row, stands=row.taken.number == last) for row in reversed(found)]


def _happening(taken: Taken, before: Event | None) -> Happening:
    event = taken.event
    now = read_result(taken.result.content) if taken.result is not None else None
    was = read_result(before.content) if before is not None else None
    row = Happening(taken, "", taken.received, source=None if taken.key_id else event.source)
    if not taken.own:
        return replace(row, source=None, heading=_of_another(was, now), mark="Constituency", said=_behind(taken))
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


def _of_another(was: Result | None, now: Result | None) -> str:
    """Return what a constituency's declaration has done to the list seats of its region."""
    if now is None or now.allocation is None:
        return "A constituency of the region was declared"
    if now.under_review and not now.allocation.checked:
        return "Under review: the rule does not give these list seats"
    if now.under_review:
        return "Under review: a constituency has another winner"
    if was is not None and was.under_review:
        return "The review has ended: the constituencies are as they were"
    return (
        "Checked: all constituencies are in" if now.allocation.checked else "A constituency of the region was declared"
    )


def _behind(taken: Taken) -> str:
    return f"This follows from ledger entry {thousands(taken.number)}, about {taken.entry.subject}."


def _of_declaration(row: Happening, now: Result | None, was: Result | None) -> Happening:
    """Return the row of a declaration, with what it changed."""
    if now is None:
        return replace(row, heading="Received, and changed nothing", said="A later revision stood already.")
    if now.kind == "progress" and now.areas_declared is not None:
        return replace(row, said=f"{now.areas_declared} of {now.areas_expected} local areas are counted.")
    if now.kind in COUNTED and now.stages is not None and (was is None or goes_on(was, now)):
        return replace(row, heading=_stages(was, now), said=_elected_now(was, now) or row.said)
    if was is not None and was.counts and now.counts:
        # A list is named once for each of its seats.
        same = Counter(was.elected) == Counter(now.elected)
        return replace(
            row,
            heading=_corrected(now, same=same),
            others_elected=not same,
            mark="Correction",
            changes=tuple(changes_of(was, now)),
            reason_expected=True,
        )
    if was is not None and now.kind == "declared" and was.kind == "withdrawn":
        return replace(row, heading="Declared again, after a withdrawal")
    return row


def _corrected(now: Result, *, same: bool) -> str:
    if now.allocation is not None:
        return "Figures corrected, same list seats" if same else "Corrected: other list seats"
    return "Figures corrected, same winner" if same else "Corrected: another winner"


def goes_on(was: Result, now: Result) -> bool:
    """Whether a result tells more stages of the same count, and nothing else: that is no correction."""
    before, after = was.stages or (), now.stages or ()
    return was.kind == "stage" and votes_of(was) == votes_of(now) and before == after[: len(before)]


def votes_of(result: Result) -> dict[str, int | None]:
    """Return first preferences by candidate."""
    return {one.candidate: one.votes for one in result.candidates}


def _stages(was: Result | None, now: Result) -> str:
    """Return which stages a declaration has brought: ``Stage 4``, ``Stages 5 to 9, the whole count``."""
    last = 1 + len(now.stages or ())
    first = 1 if was is None else 2 + len(was.stages or ())
    whole = ", the whole count" if first == 1 else ", the last"
    end = whole if now.kind == "declared" else ""
    if first > last:
        return "The count is complete" if now.kind == "declared" else "The same stages again"
    return f"Stage {last}{end}" if first == last else f"Stages {first} to {last}{end}"


def _elected_now(was: Result | None, now: Result) -> str:
    """Return who is elected by the stages that a declaration has brought."""
    before = () if was is None else was.elected
    names = {one.candidate: one.name for one in now.candidates}
    newly = [names[each] for each in now.elected if each not in before]
    return f"Elected: {', '.join(newly)}." if newly else "Nobody is elected at these stages."


def _elected(now: Result | None) -> str:
    """Return who is elected, where that is said."""
    if now is None or not now.elected:
        return "No answer has won." if now is not None and now.counts and is_referendum(now) else ""
    names = {one.candidate: one.name for one in now.candidates}
    elected = [names[each] for each in now.elected if each in names]
    if now.contest.voting_system in LISTS:
        return f"List seats: {', '.join(f'{name} {seats}' for name, seats in Counter(elected).most_common())}."
    return f"{'Answer' if is_referendum(now) else 'Elected'}: {', '.join(elected)}."


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
        yield from _moved(f"List seats of {one.name}", old.seats, one.seats)
    yield from _moved("Quota", was.quota, now.quota)
    yield from _moved_stages(was, now)
    yield from _moved("Valid votes", was.valid_votes, now.valid_votes)
    yield from _moved("Rejected ballot papers", was.rejected, now.rejected)
    yield from _moved("Electorate", was.electorate, now.electorate)
    yield from _turnout("Turnout, papers, %", was.turnout.papers, now.turnout.papers)
    yield from _turnout("Turnout, valid votes, %", was.turnout.valid_votes, now.turnout.valid_votes)
    if was.majority is not None or now.majority is not None:
        yield _figure("Majority", was.majority, now.majority)


def _moved_stages(was: Result, now: Result) -> Iterator[Change]:
    """Yield the votes that differ in stages that both results have, of the first stage with any."""
    names = {one.candidate: one.name for one in now.candidates}
    for before, after in zip(was.stages or (), now.stages or (), strict=False):
        found = [
            Change(f"{name}, stage {after.stage}", _votes(before.totals.get(one)), _votes(after.totals.get(one)))
            for one, name in names.items()
            if before.totals.get(one) != after.totals.get(one)
        ]
        if found:
            yield from found
            return


def _votes(votes: str | None) -> str:
    """Return votes with fractions; those of who is out are none."""
    return UNKNOWN if votes is None else f"{Decimal(votes):,f}"


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
