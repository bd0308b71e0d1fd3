"""The page of one contest: what happened, who stood, the figures, their history, and how to check them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final

from jiter import from_json

from schemas.declaration import Declaration, RejectedByHead
from schemas.register import INDEPENDENT, LISTS, Baseline, Contest
from schemas.result import CandidateResult, Outcome, PartyName, Result
from schemas.wire import NATIONAL
from services.notify.rules.facts import facts_of
from services.notify.rules.seat_sentences import seat_detail, seat_text
from services.notify.rules.seats_won import seats_won
from services.notify.rules.wording.english import spoken
from streams.ledger_tail import split
from tallywire.pages.numbers import percent, thousands
from tallywire.pages.rendering import render
from tallywire.publishing.board.allocation import allocation_of, people
from tallywire.publishing.board.contest_history import COUNTED, Happening, goes_on, happenings
from tallywire.publishing.board.contest_ledger import ContestLedger, Taken, read_result
from tallywire.publishing.board.contest_notices import notices
from tallywire.publishing.board.sentences import listed
from tallywire.publishing.board.shown import PACKAGE, Shown, closed_part
from tallywire.publishing.board.stages import count_of, elected_in_order, outcome_of, progress, said_votes
from tallywire.publishing.board.steps import Steps
from tallywire.publishing.documents import View

PARTS: Final = ("what", "notice", "candidates", "figures", "history", "check")
"""The parts of every page, in its order."""

STEPS: Final[Mapping[str, str]] = {
    "single-transferable-vote": "stages",
    "additional-member": "allocation",
    "closed-list": "allocation",
}
"""The part that shows how it was counted, step by step, by the voting systems that have steps."""

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

WITHOUT_BASELINE: Final = frozenset({*LISTS, "referendum"})
"""Voting systems whose seats nobody holds, so that there is no gain and no hold."""

PREFERENCES: Final = ("supplementary-vote", "single-transferable-vote")
"""Voting systems in which voters rank."""

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


@dataclass(frozen=True, slots=True)
class Round:
    """The candidates of a round, most votes first."""

    title: str
    caption: str
    rows: tuple[Row, ...]
    who: str = "Candidate"
    """What a row is about."""

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


def contest_page(view: View, names: Mapping[str, str]) -> Shown:
    """Return the page of a contest."""
    ballot_id = names["ballot_id"]
    page = ContestPage(view, ballot_id)
    counted = STEPS.get(page.contest.voting_system, "")
    values = {"view": view, "ballot_id": ballot_id, "contest": page.contest, "page": "contest", "counted": counted}
    shared = {**page.values(), "view": view, "contest": page.contest, "result": page.result, "ballot_id": ballot_id}
    parts = {name: render(PACKAGE, f"contest/{name}.html", **shared) for name in PARTS} | closed_part(view)
    if counted:
        column = "List" if page.contest.by_list else "Candidate"
        parts[counted] = render(PACKAGE, "contest/steps.html", name=counted, column=column, steps=page.steps())
    return Shown("contest.html", {**values, "title": page.title}, parts)


class ContestPage:
    """What is on the page of a contest at a moment.

    Args:
        view: the election at the moment.
        ballot_id: the contest.

    Raises:
        KeyError: there is no such contest.
    """

    def __init__(self, view: View, ballot_id: str) -> None:
        if view.head is None:
            raise KeyError(ballot_id)
        self._view, self._head, self._ballot_id = view, view.head, ballot_id
        self.contest: Contest = view.history.registers.contest(ballot_id, view.ledger).contest
        self._ledger = ContestLedger(view, ballot_id)
        results = self._ledger.results
        self._event = results[-1] if results else None
        self.result = read_result(self._event.content) if self._event is not None else None
        self._behind = self._ledger.declaration(self._event) if self._event is not None else None

    def values(self) -> dict[str, object]:
        """Return what the parts are made of."""
        history = self.history()
        return {
            "verdict": self.verdict(),
            "winners": self.winners(),
            "detail": self.detail(),
            "regions": self.regions(),
            "when": self.when(),
            "standing": next((row for row in history if row.stands), None),
            "notices": list(notices(self._view, self.result, history)),
            "order": self.order(),
            "rounds": self.rounds(),
            "unknown_change": self.unknown_change(),
            "figures": list(self.figures()),
            "areas": self.areas(),
            "history": history,
            "evidence": self.evidence(),
        }

    def history(self) -> list[Happening]:
        """Return what happened, newest first."""
        headlines: dict[str, list[str]] = {}
        for event in self._view.headlines():
            if event.ballot_id == self._ballot_id and event.result_id:
                headlines.setdefault(event.result_id, []).append(from_json(event.content)["data"]["text"])
        return happenings(self._ledger, headlines)

    @property
    def title(self) -> str:
        """The page's title: the contest, and what happened."""
        return f"{self.contest.name}: {self.verdict()}"

    def verdict(self) -> str:
        """Return what happened, in the words of a headline."""
        result = self.result
        if result is None:
            return "Not declared yet"
        if result.kind == "stage":
            return progress(result)
        if result.elected:
            won = seats_won(result)
            return seat_text(result, won, facts_of(result, won))
        return {
            "withdrawn": "No result: the declaration was withdrawn",
            "recount": "The votes are being counted again",
            "postponed": "The poll is put off",
            "countermanded": "The poll is called off",
            "annulled": "The election was annulled",
            "progress": "Being counted",
        }.get(result.kind, "No result")

    def winners(self) -> list[str]:
        """Return the main parties of the elected, each once."""
        return list(dict.fromkeys(self.result.parties_elected)) if self.result is not None else []

    def detail(self) -> str:
        """Return the sentence behind it."""
        result = self.result
        if result is None:
            return self._before()
        if result.kind == "stage":
            return _so_far(result)
        if result.elected:
            before = any(read_result(event.content).counts for event in self._ledger.results[:-1])
            said = seat_detail(result, seats_won(result), declared_before=before)
            return f"{said[:1].upper()}{said[1:].rstrip('.')}."
        if result.kind == "progress":
            return f"{result.areas_declared} of {result.areas_expected} local areas are counted. Nobody is elected yet."
        return f"{result.reason.rstrip('.')}." if result.reason else ""

    def _before(self) -> str:
        baseline = self.contest.baseline.previous_election
        held = self._holders(baseline) if baseline is not None else ""
        return f"{held} won it last time." if held else ""

    def _holders(self, baseline: Baseline) -> str:
        parties = dict.fromkeys(self._party(holder.party).spoken for holder in baseline.seats)
        return " and ".join(parties)

    def _party(self, party: str) -> PartyName:
        one = self._head.parties[party]
        return PartyName(
            name=one.name,
            spoken=one.spoken,
            number=one.number,
            abbreviation=one.abbreviation,
            counts_as=one.counts_as or party,
            colour=one.colour,
        )

    def regions(self) -> list[tuple[str, str]]:
        """Return slugs and names of the regions that it is in."""
        named = self._view.regions()
        return [(slug, named[slug].name) for slug in self.contest.regions if slug in named and slug != NATIONAL]

    def when(self) -> tuple[str, str] | None:
        """Return how the time of what stands is called, and when it was."""
        if self._event is None or self.result is None:
            return ("Expected", self.contest.expected_at) if self.contest.expected_at is not None else None
        if self.result.declared_at is not None:
            return "Declared", self.result.declared_at
        received = None if self._behind is None else self._behind[0].received
        return None if received is None else ("Received", received)

    def steps(self) -> Steps | None:
        """Return how it was counted, step by step; None where that is not known, or there are no steps."""
        if self.result is None or not self.result.counts:
            return None
        return allocation_of(self.result) if self.contest.by_list else count_of(self.result)

    def order(self) -> list[tuple[str, str]]:
        """Return who is elected, in order, and how; empty where there is no order, or no name is known."""
        result = self.result
        if result is None or not result.elected:
            return []
        if self.contest.by_list:
            return [(person, name if name != person else "") for person, name in people(result)]
        if result.stages is None:
            return []
        return [
            (one.name, f"{result.parties[one.party].abbreviation}, {how}" if how else "")
            for one, how in elected_in_order(result)
        ]

    # --- candidates -------------------------------------------------------------------------------------------

    def rounds(self) -> list[Round]:
        """Return the candidates, the round that decided first."""
        result = self.result
        if result is None:
            said = "In the order of the register. Nothing is declared yet."
            return [Round(self._title, said, self._standing(), self._who)]
        found = []
        final = [one for one in result.candidates if one.final_votes is not None]
        if final:
            found.append(self._final(result, final))
        corrected = self._changed_votes()
        drawn = self._drawn()
        # Who is elected is said in the round that decided.
        rows = (
            self._row(result, one, corrected=one.candidate in corrected, by_lot=one.candidate in drawn)
            for one in result.candidates
        )
        first = tuple(rows)
        if final:
            by_votes = sorted(first, key=lambda row: -(row.votes or 0))
            first = tuple(replace(row, elected=False, by_lot=False) for row in by_votes)
        title = "First preferences" if final or self._transferable else self._title
        found.append(Round(title, self._caption(result), first, self._who))
        return found

    @property
    def _transferable(self) -> bool:
        return self.contest.voting_system == "single-transferable-vote"

    @property
    def _who(self) -> str:
        if self.contest.by_list:
            return "List"
        return "Answer" if self.contest.voting_system == "referendum" else "Candidate"

    @property
    def _title(self) -> str:
        return f"{self._who}s"

    def _final(self, result: Result, final: list[CandidateResult]) -> Round:
        total = sum(one.final_votes or 0 for one in final)
        drawn = self._drawn()
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

    def _row(self, result: Result, one: CandidateResult, *, corrected: bool, by_lot: bool) -> Row:
        main = result.parties[one.party].counts_as
        changes = result.seat_changes or {}
        return Row(
            name=one.name,
            party=main,
            party_name=self._named(one.name, _party_name(result.parties[one.party], one.party)),
            state=outcome_of(one, result) if result.stages is not None and not one.elected else "",
            seats=one.seats if result.counts else None,
            seat_change=changes.get(main, 0) if result.seat_changes is not None and main != INDEPENDENT else None,
            people=self._people(one.candidate),
            votes=one.votes,
            share=one.share,
            change=one.share_change,
            elected=one.elected and not self.contest.by_list,
            sitting=bool(one.sitting),
            corrected=corrected,
            by_lot=by_lot,
        )

    def _named(self, name: str, party: str) -> str:
        """Return the party of a row; empty where that is the row's own name, as of lists and answers."""
        return "" if self.contest.voting_system in WITHOUT_BASELINE and name in (party, party.title()) else party

    def _people(self, candidate: str) -> tuple[str, ...]:
        one = self.contest.candidates.get(candidate)
        return () if one is None or one.people is None else tuple(person.name for person in one.people)

    def _standing(self) -> tuple[Row, ...]:
        """Return who stands, before anything is declared."""
        return tuple(
            Row(
                name=one.name,
                party=self._head.main_party(one.party),
                party_name=self._named(one.name, _party_name(self._party(one.party), one.party)),
                sitting=bool(one.sitting),
                people=self._people(candidate),
            )
            for candidate, one in self.contest.candidates.items()
        )

    def _caption(self, result: Result) -> str:
        revision = f"Revision {result.revision}."
        if result.valid_votes is not None:
            votes = "valid first preferences" if self._transferable else "valid votes"
            return f"{revision} Shares are of {thousands(result.valid_votes)} {votes}."
        if result.kind == "uncontested":
            return f"{revision} Elected without a vote."
        if result.kind == "flash":
            return f"{revision} The votes are still to be declared."
        if all(one.votes is None for one in result.candidates):
            return "No votes stand declared."
        return f"{revision} Not all votes were declared, so no shares can be given."

    def _changed_votes(self) -> set[str]:
        """Return the candidates whose votes the last correction changed."""
        events = self._ledger.results
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

    def _declared(self) -> Declaration | None:
        return self._behind[1].data if self._behind is not None else None

    def _drawn(self) -> tuple[str, ...]:
        declared = self._declared()
        return () if declared is None or declared.lot is None else declared.lot

    def unknown_change(self) -> str:
        """Return why changes since last time are not shown, or not of all; empty where there is nothing to say."""
        result = self.result
        if result is None or result.valid_votes is None or self.contest.voting_system == "referendum":
            return ""
        known = [one.share_change is not None for one in result.candidates]
        if all(known):
            return ""
        if any(known):
            return (
                "Change is in percentage points since last time. A dash: the party did not stand then or has several "
                "candidates now, or an independent who did not win then."
            )
        if self.contest.previous_votes is None:
            shown = "no change and no swing are shown" if self._swings else "no change is shown"
            return f"Change since last time: the register holds no earlier votes for this contest, so {shown}."
        return "Change since last time: no candidate’s party can be compared with its votes then."

    # --- figures ----------------------------------------------------------------------------------------------

    def figures(self) -> Iterator[Figure]:
        """Yield the lines of the figures."""
        result = self.result
        if result is None:
            yield _number("Electorate", self.contest.electorate)
            yield from self._before_figures()
            return
        counted = result.kind in COUNTED
        if result.elected and result.kind != "uncontested" and self._one_round:
            last = "Majority of the last elected" if result.contest.seats > 1 else "Majority"
            yield _number(f"{last}, final round" if result.rounds > 1 else last, result.majority)
        if counted:
            yield from self._counted(result)
        yield _number("Electorate", result.electorate)
        if counted:
            yield _percent("Turnout, papers / electorate", result.turnout.papers)
            yield _percent("Turnout, valid votes / electorate", result.turnout.valid_votes)
        yield from self._seats(result)
        if result.elected and self.contest.voting_system not in WITHOUT_BASELINE:
            yield from self._against(result)
        if result.elected and self._swings:
            yield self._swing(result)

    def _counted(self, result: Result) -> Iterator[Figure]:
        """Yield the lines of votes and papers."""
        declared = self._declared()
        if self._transferable:
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

    def _seats(self, result: Result) -> Iterator[Figure]:
        """Yield the lines of seats, and of what they depend on."""
        if result.contest.seats > 1:
            yield Figure("Seats", thousands(result.contest.seats))
        if result.kind == "stage":
            yield Figure("Seats filled", thousands(len(result.elected)))
        if self.contest.constituencies:
            yield self._carried()

    @property
    def _one_round(self) -> bool:
        """Whether those with most votes are elected, so that there is a majority."""
        return not (self._transferable or self.contest.by_list)

    @property
    def _swings(self) -> bool:
        """Whether there can be a swing."""
        return self._one_round and self.contest.voting_system != "referendum"

    def _carried(self) -> Figure:
        """Return how many of a region's constituencies are in."""
        cursor, every = self._view.moment.cursor, self.contest.constituencies
        last = (self._view.history.last_of("result", one, cursor) for one in every)
        number = sum(event is not None and read_result(event.content).counts for event in last)
        return Figure("Constituencies declared", f"{thousands(number)} of {thousands(len(every))}")

    def _before_figures(self) -> Iterator[Figure]:
        if self.contest.seats > 1:
            yield Figure("Seats", thousands(self.contest.seats))
        if self.contest.constituencies:
            yield self._carried()
        if self.contest.seats_before is not None:
            held = sorted(self.contest.seats_before.items(), key=lambda item: -item[1])
            before = (f"{self._party(party).abbreviation} {thousands(seats)}" for party, seats in held if seats)
            yield Figure("List seats last time", ", ".join(before) or "none")
        if self.contest.voting_system in WITHOUT_BASELINE:
            return
        for name, words in (("previous_election", "Won last time by"), ("sitting", "Held on the eve of poll by")):
            baseline = getattr(self.contest.baseline, name)
            if baseline is None:
                yield Figure(words, "not known", unknown=True)
            elif not baseline.seats:
                yield Figure(words, "nobody: a new post")
            else:
                yield Figure(words, self._holders(baseline) + (" (notional)" if baseline.notional else ""))

    def _against(self, result: Result) -> Iterator[Figure]:
        for name, words in BASELINES.items():
            outcome: Outcome | None = getattr(result.outcomes, name)
            label: str | None = getattr(result.labels, name)
            used = USED if name == result.headline_baseline else ""
            if outcome is None or label is None:
                yield Figure(words + used, "not known", unknown=True)
                continue
            yield Figure(words + used, _outcome(result, outcome, label))

    def _swing(self, result: Result) -> Figure:
        swing = result.swing
        if swing is None:
            return Figure("Swing", "not known", unknown=True)
        to, origin = (spoken(result.parties[party]).within for party in (swing.to_party, swing.from_party))
        return Figure("Swing", f"{percent(swing.points)} points, {origin} to {to}")

    def areas(self) -> Areas | None:
        """Return the local counts, where the contest is counted in areas."""
        declared = self._declared()
        if not self.contest.areas:
            return None
        counts = {} if declared is None or declared.areas is None else {each.area: each for each in declared.areas}
        if self.result is None or self.result.kind not in ("declared", "progress"):
            counts = {}
        rows = []
        stand = list(self.contest.candidates)
        for name in self.contest.areas:
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
        return Areas(self._standing(), tuple(rows), len(counts), total)

    # --- evidence ---------------------------------------------------------------------------------------------

    def evidence(self) -> dict[str, object] | None:
        """Return what proves the figures: ledger entry, digests, key, chain."""
        if self._behind is None:
            return None
        taken, event = self._behind
        election = self._view.history.election
        sent, _ = split(taken.entry.content)
        key = self._ledger.key(taken.key_id) if taken.key_id is not None else None
        return {
            "taken": taken,
            "event_id": event.id,
            "source": event.source,
            "href": _href(election, taken),
            "sha256": sha256(sent).hexdigest(),
            "entry_sha256": sha256(taken.entry.content).hexdigest(),
            "key_id": taken.key_id,
            "key": key,
            "role": self._ledger.role(taken),
            "others": [
                (each, _href(election, each), _TYPES.get(each.entry.type, "message"))
                for each in self._ledger.taken
                if each is not taken and each.own
            ],
        }


_TYPES: Final = {
    "tallywire.declaration.v1": "declaration",
    "tallywire.amendment.v1": "amendment of the register",
    "tallywire.hold.v1": "hold",
    "tallywire.confirmation.v1": "decision on a hold",
    "tallywire.entry.v1": "figures as typed",
}


def _href(election: str, taken: Taken) -> str:
    """Return where a ledger entry can be had, as it was when it was new: so the address stays the same."""
    return f"/v1/elections/{election}/ledger?from={taken.number}&to={taken.number}&at={taken.moment.cursor}"


def _party_name(party: PartyName, party_id: str) -> str:
    """Return a party as it is spoken; a joint description as it stood on the ballot paper."""
    return party.spoken if party.counts_as == party_id else party.name


def _so_far(result: Result) -> str:
    """Return who is elected so far, and who is out."""
    names = {one.candidate: one.name for one in result.candidates}
    out = [one.name for one in result.candidates if one.excluded_at is not None]
    said = f"Elected so far: {listed(names[one] for one in result.elected)}." if result.elected else "Nobody so far."
    return f"{said} Excluded: {listed(out)}." if out else said


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
    return Figure(name, "not known" if value is None else f"{percent(value)} %", unknown=value is None)


def _by_head(heads: RejectedByHead | None) -> Iterator[Figure]:
    if heads is not None:
        for name, words in HEADS.items():
            yield Figure(words, thousands(getattr(heads, name)), part=True)
