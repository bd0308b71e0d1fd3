"""Contests as rows of the board: what became of each, and its candidates as bars on one scale."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from schemas.register import INDEPENDENT, Contest
from schemas.result import Turnout
from tallywire.pages.numbers import majority, percent, thousands
from tallywire.pages.rendering import render
from tallywire.publishing.board.contest_mark import TIED, is_referendum, seats_by_party, wins
from tallywire.publishing.board.ground import Ground, part_name
from tallywire.publishing.board.memory import data_of, memory
from tallywire.publishing.board.sentences import number_in_words, plural
from tallywire.publishing.board.shown import PACKAGE
from tallywire.publishing.documents import View
from tallywire.publishing.event import Event

SCALE: Final = 1_000
"""Units of a bar of the largest share on the page."""

STATES: Final = {
    "flash": "Winner known, votes to come",
    "recount": "Recount",
    "withdrawn": "Withdrawn: published in error",
    "postponed": "Poll postponed",
    "countermanded": "Poll called off",
    "annulled": "Election annulled by a court",
}
"""What became of a contest, by the kind of its result, where nobody is elected yet or any more."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A candidate."""

    name: str
    party: str
    """Main party."""
    label: str
    """Abbreviation of the party; empty where that is the name, as of lists and answers."""
    votes: int | None
    share: float | None
    change: float | None
    final: int | None
    """Votes in the final round; None for those not in it."""
    elected: bool
    length: int
    """Of the bar, in units of ``SCALE``."""


@dataclass(frozen=True, slots=True)
class RowOf:
    """A contest."""

    ballot_id: str
    contest: Contest
    state: str
    """What became of it: ``Labour gain from Conservatives``, ``Recount``, ``Not declared``."""
    party: str
    """Party of whom the state tells; empty where there is none or several."""
    details: Sequence[str]
    """Majority, turnout, swing; and what else is to be known."""
    bars: Sequence[Bar]
    tags: Sequence[str]
    final_round: bool


def contest_parts(view: View, land: Ground) -> dict[str, str]:
    """Return a part for each contest: a row with its candidates."""
    results = {one: view.history.last_of("result", one, view.moment.cursor) for one in land.contests}
    most = max((_largest(result) for result in results.values()), default=0) or 100
    parts = {}
    for ballot_id, contest in land.contests.items():
        result = results[ballot_id]
        key = ("contest", ballot_id, id(contest), 0 if result is None else result.sequence, most)

        def make(ballot_id: str = ballot_id, contest: Contest = contest, result: Event | None = result) -> str:
            row = row_of(land, ballot_id, contest, result, most)
            return render(PACKAGE, "parts/contest.html", row=row, election=view.history.election)

        parts[part_name(ballot_id)] = memory(view.history).kept(key, make)
    return parts


def line_parts(view: View, land: Ground) -> dict[str, str]:
    """Return a part for each contest: a line of a table."""
    known = memory(view.history)
    parts = {}
    for ballot_id, contest in land.contests.items():
        result = view.history.last_of("result", ballot_id, view.moment.cursor)
        key = ("line", ballot_id, id(contest), 0 if result is None else result.sequence)

        def make(ballot_id: str = ballot_id, contest: Contest = contest, result: Event | None = result) -> str:
            row = row_of(land, ballot_id, contest, result, 100)
            data = None if result is None else data_of(result.content)
            return render(PACKAGE, "parts/contest-line.html", row=row, data=data, election=view.history.election)

        parts[part_name(ballot_id)] = known.kept(key, make)
    return parts


def _largest(result: Event | None) -> float:
    if result is None:
        return 0
    return max((each["share"] or 0 for each in data_of(result.content)["candidates"]), default=0)


def row_of(land: Ground, ballot_id: str, contest: Contest, result: Event | None, most: float) -> RowOf:
    """Return the row of a contest.

    Args:
        land: what the register says.
        ballot_id: the contest's id.
        contest: as registered.
        result: what became of it.
        most: the largest share on the page, which makes a bar of full length.
    """
    if result is None:
        bars = [_silent(land, each.name, each.party) for each in contest.candidates.values()]
        return RowOf(ballot_id, contest, "Not declared", "", (), bars, (), final_round=False)
    data = data_of(result.content)
    bars = [_bar(data, each, most) for each in data["candidates"]]
    if not bars:
        bars = [_silent(land, each.name, each.party) for each in contest.candidates.values()]
    state, party = said_of(land, contest, data)
    tags = ["Under review"] if data.get("under_review") else []
    final_round = any(bar.final is not None for bar in bars)
    return RowOf(ballot_id, contest, state, party, details(data), bars, tags, final_round)


def _silent(land: Ground, name: str, party: str) -> Bar:
    label = _label(name, land.party(party).abbreviation)
    return Bar(name, land.main(party), label, None, None, None, None, elected=False, length=0)


def _bar(data: Mapping[str, Any], each: Mapping[str, Any], most: float) -> Bar:
    party = data["parties"][each["party"]]
    share = each["share"]
    return Bar(
        name=each["name"],
        party=party["counts_as"],
        label=_label(each["name"], party["abbreviation"]),
        votes=each["votes"],
        share=share,
        change=each["share_change"],
        final=each["final_votes"],
        elected=each["elected"],
        length=round(SCALE * (share or 0) / most),
    )


def _label(name: str, abbreviation: str) -> str:
    return "" if name == abbreviation else abbreviation


def said_of(land: Ground, contest: Contest, data: Mapping[str, Any]) -> tuple[str, str]:
    """Return what became of a contest, and the party of whom that tells."""
    kind = data["kind"]
    if kind == "progress":
        return f"{data['areas_declared']} of {data['areas_expected']} areas counted", ""
    if kind == "stage":
        stage = 1 + len(data.get("stages") or ())
        filled = f"{thousands(len(data['elected']))} of {thousands(contest.seats)} seats filled"
        won = f": {seats_by_party(land.head, data['parties_elected'])}" if data["elected"] else ""
        return f"Stage {thousands(stage)}, {filled}{won}", ""
    if is_referendum(data) and data["counts"] and not data["elected"]:
        return TIED.capitalize(), ""
    if not data["elected"]:
        said = STATES.get(kind, "Not declared")
        return (f"{said}. {data['reason']}" if data["reason"] else said), ""
    said, party = _won(land, contest, data)
    if kind == "flash":
        said += "; votes to come"
    elif kind == "uncontested":
        said += ", unopposed"
    if data["lot"]:
        said += ", by lot"
    if vacant := contest.seats - len(data["elected"]):
        said += f"; {number_in_words(vacant)} {plural(vacant, 'seat', 'seats')} left vacant"
    return said, party


def _won(land: Ground, contest: Contest, data: Mapping[str, Any]) -> tuple[str, str]:
    outcome = data["outcomes"][data["headline_baseline"]]
    parties = list(dict.fromkeys(data["parties_elected"]))
    if contest.seats > 1 or len(parties) > 1 or outcome is None:
        if is_referendum(data):
            return wins(land.head, land.name(parties[0]), parties[0]), parties[0]
        if contest.seats == 1:
            return f"{_name(land, parties[0])} win", parties[0]
        counted = Counter(data["parties_elected"]).most_common()
        said = ", ".join(f"{_name(land, party, seats)} {thousands(seats)}" for party, seats in counted)
        gained = sum(outcome["gained"].values()) if outcome else 0
        if gained:
            said += f"; {number_in_words(gained)} gained"
            if outcome["previous_party"]:
                said += f" from {land.the(outcome['previous_party'])}"
        return said, parties[0] if len(parties) == 1 else ""
    party = parties[0]
    said = f"{_name(land, party)} {outcome['change']}"
    if outcome["change"] == "gain" and outcome["previous_party"]:
        said += f" from {_name(land, outcome['previous_party'])}"
    if outcome["holder_changed"]:
        said += " by another"
    return said, party


def _name(land: Ground, party: str, seats: int = 1) -> str:
    return "Independent" if party == INDEPENDENT and seats == 1 else land.name(party)


def details(data: Mapping[str, Any]) -> list[str]:
    """Return majority, turnout and swing, as far as they are known; and what else the figures need."""
    found: list[str] = []
    if data["majority"] is not None:
        found.append(majority(data["majority"]))
    turnout = Turnout.model_validate(data["turnout"]).said
    if turnout is not None:
        found.append(f"turnout {percent(turnout)}\N{NO-BREAK SPACE}%")
    elif data["valid_votes"] and data["electorate"] is None:
        found.append("electorate not known")
    if swing := data["swing"]:
        names = data["parties"]
        source, target = names[swing["from_party"]]["abbreviation"], names[swing["to_party"]]["abbreviation"]
        found.append(f"swing {percent(swing['points'])} points from {source} to {target}")
    if data["revision"] > 1:
        found.append(f"revision {data['revision']}")
    if data["rounds"] > 1:
        found.append("decided by second preferences")
    return found
