"""Who stands in a contest, and with how many votes: the candidates of each round, the round that decided first."""

from dataclasses import dataclass, replace
from typing import Final

from schemas.register import INDEPENDENT
from schemas.result import CandidateResult, CountedSoFar, PartyName, Result
from tallywire.pages.numbers import thousands
from tallywire.publishing.board.contest_at import WITHOUT_BASELINE, ContestAt
from tallywire.publishing.board.contest_history import goes_on
from tallywire.publishing.board.contest_ledger import read_result
from tallywire.publishing.board.stages import outcome_of

PERCENT: Final = 100
BAR: Final = 1000
"""Width of a bar of all votes, in its own units."""


@dataclass(frozen=True, slots=True)
class Row:
    """A candidate, in one round."""

    name: str
    party: str
    """Id of the main party."""
    party_name: str
    votes: int | None = None
    share: float | None = None
    change: float | None = None
    elected: bool = False
    sitting: bool = False
    corrected: bool = False
    by_lot: bool = False
    state: str = ""
    """What came of it, where that is more than being elected or not: ``excluded at stage 5``."""
    seats: int | None = None
    """Of a list: its list seats."""
    seat_change: int | None = None
    """The same less last time's."""
    people: tuple[str, ...] = ()
    """Of a list: who is on it, in their order."""

    @property
    def bar(self) -> int:
        """Length of the bar: all contests have one scale, of which all votes are the end."""
        return round((self.share or 0) * BAR / PERCENT)


ANSWER: Final = "Answer"
"""What a row of a referendum is about: nobody is elected."""


@dataclass(frozen=True, slots=True)
class Round:
    """The candidates of a round, most votes first."""

    title: str
    caption: str
    rows: tuple[Row, ...]
    who: str = "Candidate"
    """What a row is about."""
    so_far: bool = False
    """Whether only some local areas are counted: then there are votes so far, and no shares."""

    @property
    def won(self) -> str:
        """What is said of a row that is elected."""
        return "won" if self.who == ANSWER else "elected"

    @property
    def seats(self) -> bool:
        """Whether rows have seats."""
        return any(row.seats is not None for row in self.rows)

    @property
    def seat_changes(self) -> bool:
        """Whether it is known how many seats each had last time."""
        return any(row.seat_change is not None for row in self.rows)

    @property
    def counted(self) -> bool:
        """Whether there are votes."""
        return any(row.votes is not None for row in self.rows)

    @property
    def changes(self) -> bool:
        """Whether it is known how any share has changed."""
        return any(row.change is not None for row in self.rows)


def rounds(at: ContestAt) -> list[Round]:
    """Return the candidates, the round that decided first."""
    result = at.result
    if result is None:
        said = "In the order of the register. Nothing is declared yet."
        return [Round(_title(at), said, standing(at), _who(at))]
    if result.counted_so_far is not None:
        return [_so_far(at, result, result.counted_so_far)]
    found = []
    final = [one for one in result.candidates if one.final_votes is not None]
    if final:
        found.append(_final(at, result, final))
    corrected = _changed_votes(at)
    drawn = at.drawn
    # Who is elected is said in the round that decided.
    rows = (
        _row(at, result, one, corrected=one.candidate in corrected, by_lot=one.candidate in drawn)
        for one in result.candidates
    )
    first = tuple(rows)
    if final:
        by_votes = sorted(first, key=lambda row: -(row.votes or 0))
        first = tuple(replace(row, elected=False, by_lot=False) for row in by_votes)
    title = "First preferences" if final or at.transferable else _title(at)
    found.append(Round(title, _caption(at, result), first, _who(at)))
    return found


def _so_far(at: ContestAt, result: Result, counted: CountedSoFar) -> Round:
    """Return the votes of the areas counted, most votes first: nobody's result, so that nobody is marked."""
    rows = (
        replace(_row(at, result, one, corrected=False, by_lot=False), votes=counted.votes.get(one.candidate))
        for one in result.candidates
    )
    areas = f"{thousands(result.areas_declared or 0)} of {thousands(result.areas_expected or 0)} areas"
    votes = "first preferences" if result.contest.voting_system == "supplementary-vote" else "votes"
    number = thousands(sum(counted.votes.values()))
    caption = f"{number} {votes} so far, from {areas}. Nobody is elected by them."
    by_votes = sorted(rows, key=lambda row: -1 if row.votes is None else row.votes, reverse=True)
    return Round(f"{_title(at)}, counted so far", caption, tuple(by_votes), _who(at), so_far=True)


def _who(at: ContestAt) -> str:
    if at.contest.by_list:
        return "List"
    return ANSWER if at.contest.voting_system == "referendum" else "Candidate"


def _title(at: ContestAt) -> str:
    return f"{_who(at)}s"


def _final(at: ContestAt, result: Result, final: list[CandidateResult]) -> Round:
    total = sum(one.final_votes or 0 for one in final)
    drawn = at.drawn
    rows = tuple(
        Row(
            name=one.name,
            party=result.parties[one.party].counts_as,
            party_name=_party_name(result.parties[one.party], one.party),
            votes=one.final_votes,
            share=(one.final_votes or 0) * PERCENT / total if total else None,
            elected=one.elected,
            sitting=bool(one.sitting),
            by_lot=one.candidate in drawn,
        )
        for one in sorted(final, key=lambda each: -(each.final_votes or 0))
    )
    caption = (
        f"Nobody had more than half of the first preferences. Shares are of {thousands(total)} votes in this round."
    )
    return Round("Final round", caption, rows)


def _row(at: ContestAt, result: Result, one: CandidateResult, *, corrected: bool, by_lot: bool) -> Row:
    main = result.parties[one.party].counts_as
    changes = result.seat_changes or {}
    return Row(
        name=one.name,
        party=main,
        party_name=_named(at, one.name, _party_name(result.parties[one.party], one.party)),
        state=outcome_of(one, result) if result.stages is not None and not one.elected else "",
        seats=one.seats if result.counts else None,
        seat_change=changes.get(main, 0) if result.seat_changes is not None and main != INDEPENDENT else None,
        people=_people(at, one.candidate),
        votes=one.votes,
        share=one.share,
        change=one.share_change,
        elected=one.elected and not at.contest.by_list,
        sitting=bool(one.sitting),
        corrected=corrected,
        by_lot=by_lot,
    )


def _named(at: ContestAt, name: str, party: str) -> str:
    """Return the party of a row; empty where that is the row's own name, as of lists and answers."""
    return "" if at.contest.voting_system in WITHOUT_BASELINE and name in (party, party.title()) else party


def _people(at: ContestAt, candidate: str) -> tuple[str, ...]:
    one = at.contest.candidates.get(candidate)
    return () if one is None or one.people is None else tuple(person.name for person in one.people)


def standing(at: ContestAt) -> tuple[Row, ...]:
    """Return who stands, before anything is declared."""
    return tuple(
        Row(
            name=one.name,
            party=at.head.main_party(one.party),
            party_name=_named(at, one.name, _party_name(at.party(one.party), one.party)),
            sitting=bool(one.sitting),
            people=_people(at, candidate),
        )
        for candidate, one in at.contest.candidates.items()
    )


def _caption(at: ContestAt, result: Result) -> str:
    revision = f"Revision {result.revision}."
    if result.valid_votes is not None:
        votes = "valid first preferences" if at.transferable else "valid votes"
        return f"{revision} Shares are of {thousands(result.valid_votes)} {votes}."
    if result.kind == "uncontested":
        return f"{revision} Elected without a vote."
    if result.kind == "flash":
        return f"{revision} The votes are still to be declared."
    if all(one.votes is None for one in result.candidates):
        return "No votes stand declared."
    return f"{revision} Not all votes were declared, so no shares can be given."


def _changed_votes(at: ContestAt) -> set[str]:
    """Return the candidates whose votes the last correction changed."""
    events = at.ledger.results
    for before, after in zip(reversed(events[:-1]), reversed(events[1:]), strict=True):
        was, now = read_result(before.content), read_result(after.content)
        if was.revision == now.revision:
            continue
        if not (was.counts and now.counts) or goes_on(was, now):
            break
        old = {one.candidate: (one.votes, one.final_votes) for one in was.candidates}
        return {
            one.candidate
            for one in now.candidates
            if one.candidate in old and old[one.candidate] != (one.votes, one.final_votes)
        }
    return set()


def unknown_change(at: ContestAt) -> str:
    """Return why changes since last time are not shown, or not of all; empty where there is nothing to say."""
    result = at.result
    if result is None or result.valid_votes is None or at.contest.voting_system == "referendum":
        return ""
    known = [one.share_change is not None for one in result.candidates]
    if all(known):
        return ""
    if any(known):
        return (
            "Change is in percentage points since last time. A dash: the party did not stand then or has several "
            "candidates now, or an independent who did not win then."
        )
    if at.contest.previous_votes is None:
        shown = "no change and no swing are shown" if at.swings else "no change is shown"
        return f"Change since last time: the register holds no earlier votes for this contest, so {shown}."
    return "Change since last time: no candidate’s party can be compared with its votes then."


def _party_name(party: PartyName, party_id: str) -> str:
    """Return a party as it is spoken; a joint description as it stood on the ballot paper."""
    return party.spoken if party.counts_as == party_id else party.name
