"""The figures of a contest, a line each: majority, votes, papers, turnout, what it was before; and local areas."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from schemas.declaration import RejectedByHead
from schemas.result import Outcome, Result
from services.notify.rules.wording.english import spoken
from tallywire.pages.numbers import percent, thousands
from tallywire.publishing.board.contest_at import WITHOUT_BASELINE, ContestAt
from tallywire.publishing.board.contest_candidates import Row, standing
from tallywire.publishing.board.contest_history import COUNTED
from tallywire.publishing.board.contest_ledger import read_result
from tallywire.publishing.board.stages import said_votes

HEADS: Final[Mapping[str, str]] = {
    "official_mark": "without the official mark",
    "too_many_votes": "votes for too many candidates",
    "identifiable": "the voter could be identified",
    "unmarked": "unmarked",
    "void_for_uncertainty": "void for uncertainty",
    "in_part": "rejected in part",
}
"""Heads under which ballot papers are rejected, as they are read out."""

BASELINES: Final = {
    "previous_election": "Against the previous election",
    "sitting": "Against who sat on the eve of poll",
}

USED: Final = " (used in headlines)"
"""Behind the baseline of the election's headlines and tallies."""

PREFERENCES: Final = ("supplementary-vote", "single-transferable-vote")
"""Voting systems in which voters rank."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A line of the figures."""

    name: str
    value: str
    unknown: bool = False
    part: bool = False
    """Whether it is a part of the line above."""


@dataclass(frozen=True, slots=True)
class Area:
    """The count of a local area; without votes as long as it has not counted."""

    name: str
    votes: tuple[int, ...] | None
    valid: int | None = None
    rejected: int | None = None


@dataclass(frozen=True, slots=True)
class Areas:
    """The local counts of a contest that is added up centrally."""

    candidates: tuple[Row, ...]
    rows: tuple[Area, ...]
    counted: int
    total: Area
    """All that are counted, together."""


def figures(at: ContestAt) -> Iterator[Figure]:
    """Yield the lines of the figures."""
    result = at.result
    if result is None:
        yield _number("Electorate", at.contest.electorate)
        yield from _before_figures(at)
        return
    counted = result.kind in COUNTED
    if result.elected and result.kind != "uncontested" and at.one_round:
        last = "Majority of the last elected" if result.contest.seats > 1 else "Majority"
        yield _number(f"{last}, final round" if result.rounds > 1 else last, result.majority)
    if counted:
        yield from _counted(at, result)
    yield _number("Electorate", result.electorate)
    if counted:
        yield _percent("Turnout, papers / electorate", result.turnout.papers)
        yield _percent("Turnout, valid votes / electorate", result.turnout.valid_votes)
    yield from _seats(at, result)
    if result.elected and at.contest.voting_system not in WITHOUT_BASELINE:
        yield from _against(result)
    if result.elected and at.swings:
        yield _swing(result)


def _counted(at: ContestAt, result: Result) -> Iterator[Figure]:
    """Yield the lines of votes and papers."""
    declared = at.declared
    if at.transferable:
        yield _number("Quota", result.quota)
    name = "Valid first preferences" if result.contest.voting_system in PREFERENCES else "Valid votes"
    yield _number(name, result.valid_votes)
    if result.stages:
        left = Figure("not transferable in the end", said_votes(result.stages[-1].non_transferable), part=True)
        yield left if result.kind == "declared" else replace(left, name="not transferable so far")
    if result.allocation is not None and result.allocation.threshold is not None:
        yield _number("Votes that a list needs", result.allocation.threshold)
    yield _number("Rejected ballot papers", result.rejected, "not stated")
    yield from _by_head(result.rejected_by_head)
    if declared is not None:
        yield _number("Ballot papers verified", declared.papers, "not stated")


def _seats(at: ContestAt, result: Result) -> Iterator[Figure]:
    """Yield the lines of seats, and of what they depend on."""
    if result.contest.seats > 1:
        yield Figure("Seats", thousands(result.contest.seats))
    if result.kind == "stage":
        yield Figure("Seats filled", thousands(len(result.elected)))
    if at.contest.constituencies:
        yield _carried(at)


def _carried(at: ContestAt) -> Figure:
    """Return how many of a region's constituencies are in."""
    cursor, every = at.view.moment.cursor, at.contest.constituencies
    last = (at.view.history.last_of("result", one, cursor) for one in every)
    number = sum(event is not None and read_result(event.content).counts for event in last)
    return Figure("Constituencies declared", f"{thousands(number)} of {thousands(len(every))}")


def _before_figures(at: ContestAt) -> Iterator[Figure]:
    if at.contest.seats > 1:
        yield Figure("Seats", thousands(at.contest.seats))
    if at.contest.constituencies:
        yield _carried(at)
    if at.contest.seats_before is not None:
        held = sorted(at.contest.seats_before.items(), key=lambda item: -item[1])
        before = (f"{at.party(party).abbreviation} {thousands(seats)}" for party, seats in held if seats)
        yield Figure("List seats last time", ", ".join(before) or "none")
    if at.contest.voting_system in WITHOUT_BASELINE:
        return
    for name, words in (("previous_election", "Won last time by"), ("sitting", "Held on the eve of poll by")):
        baseline = getattr(at.contest.baseline, name)
        if baseline is None:
            yield Figure(words, "not known", unknown=True)
        elif not baseline.seats:
            yield Figure(words, "nobody: a new post")
        else:
            yield Figure(words, at.holders(baseline) + (" (notional)" if baseline.notional else ""))


def _against(result: Result) -> Iterator[Figure]:
    for name, words in BASELINES.items():
        outcome: Outcome | None = getattr(result.outcomes, name)
        label: str | None = getattr(result.labels, name)
        used = USED if name == result.headline_baseline else ""
        if outcome is None or label is None:
            yield Figure(words + used, "not known", unknown=True)
            continue
        yield Figure(words + used, _outcome(result, outcome, label))


def _swing(result: Result) -> Figure:
    swing = result.swing
    if swing is None:
        return Figure("Swing", "not known", unknown=True)
    to, origin = (spoken(result.parties[party]).within for party in (swing.to_party, swing.from_party))
    return Figure("Swing", f"{percent(swing.points)} points, {origin} to {to}")


def areas(at: ContestAt) -> Areas | None:
    """Return the local counts, where the contest is counted in areas."""
    declared = at.declared
    if not at.contest.areas:
        return None
    counts = {} if declared is None or declared.areas is None else {each.area: each for each in declared.areas}
    if at.result is None or at.result.kind not in ("declared", "progress"):
        counts = {}
    rows = []
    stand = list(at.contest.candidates)
    for name in at.contest.areas:
        count = counts.get(name)
        if count is None:
            rows.append(Area(name, None))
            continue
        votes = tuple(count.votes.get(candidate, 0) for candidate in stand)
        rows.append(Area(name, votes, sum(votes), count.rejected))
    counted = [(row.votes, row.rejected) for row in rows if row.votes is not None]
    together = tuple(sum(votes) for votes in zip(*(votes for votes, _ in counted), strict=True))
    rejected = [each for _, each in counted if each is not None]
    name = "All areas" if len(counts) == len(rows) else f"{len(counts)} of {len(rows)} areas"
    whole = sum(rejected) if counted and len(rejected) == len(counted) else None
    total = Area(name, together or None, sum(together), whole)
    return Areas(standing(at), tuple(rows), len(counts), total)


def _outcome(result: Result, outcome: Outcome, label: str) -> str:
    """Return an outcome in words where one party is behind it, else its label."""
    if outcome.party is None or result.contest.seats > 1:
        said = label
    else:
        said = f"{spoken(result.parties[outcome.party]).start} {outcome.change}"
        if outcome.change == "gain" and outcome.previous_party is not None:
            said += f" from {spoken(result.parties[outcome.previous_party]).within}"
    if outcome.holder_changed:
        said += ", another person"
    return f"{said} (notional)" if outcome.notional else said


def _number(name: str, value: int | None, unknown: str = "not known") -> Figure:
    return Figure(name, unknown if value is None else thousands(value), unknown=value is None)


def _percent(name: str, value: float | None) -> Figure:
    return Figure(name, "not known" if value is None else f"{percent(value)}\N{NO-BREAK SPACE}%", unknown=value is None)


def _by_head(heads: RejectedByHead | None) -> Iterator[Figure]:
    if heads is not None:
        for name, words in HEADS.items():
            yield Figure(words, thousands(getattr(heads, name)), part=True)
