"""Puts candidates to their contests, and contests to their election."""

import warnings
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from pydantic import TypeAdapter, ValidationError

from schemas.register import LISTS, CountingRules, VotingSystem
from schemas.rehearsals import rehearsed
from schemas.slugs import slug
from schemas.wire import ElectionId
from tallywire.packs.building.columns import AnnouncementRow, CandidateRow, ContestRow, PersonRow, StageRow
from tallywire.packs.building.tables import Table
from tallywire.packs.pack_fault import PackFault

with warnings.catch_warnings():
    # The package leaves two files of its own open for the garbage collector when it is imported.
    warnings.simplefilter("ignore", ResourceWarning)
    from uk_election_ids.election_ids import validate

_ELECTION_ID: Final[TypeAdapter[str]] = TypeAdapter(ElectionId)

OFFICES: Final = {
    "parl": "member of Parliament",
    "local": "councillor",
    "mayor": "mayor",
    "pcc": "police and crime commissioner",
    "sp": "member of the Scottish Parliament",
    "senedd": "member of the Senedd",
    "naw": "member of the National Assembly for Wales",
    "nia": "member of the Northern Ireland Assembly",
    "gla": "member of the London Assembly",
    "europarl": "member of the European Parliament",
    "ref": "referendum",
}
"""What is elected, by the kind of election: for tables without one of contests."""

_ALWAYS_MOST_VOTES: Final = frozenset({"parl", "local"})
"""Kinds of election that go to those with the most votes, but for councils of Scotland and Northern Ireland."""

_TRANSFERABLE: Final[Mapping[str, CountingRules]] = {"S": "scotland", "N": "northern-ireland"}
"""Where councils are elected by single transferable vote, by the first letter of an area's GSS code: whose rules."""

_SAID_TWICE: Final = {
    "seats_contested": "seats",
    "gss": "gss",
    "total_electorate": "electorate",
    "spoilt_ballots": "rejected",
}
"""What a row of a candidate may say about the contest, and the column of the contests that says it, too."""

_EXPORT_NAMES: Final = {
    "contest_name": "post_label",
    "seats": "seats_contested",
    "electorate": "total_electorate",
    "rejected": "spoilt_ballots",
    "poll": "cancelled_poll",
}
"""Where a fact about a contest stands when there is no table of contests."""

_HEADS: Final = (
    "rejected_official_mark",
    "rejected_too_many_votes",
    "rejected_identifiable",
    "rejected_unmarked",
    "rejected_void_for_uncertainty",
)
"""Columns of the heads under which papers are rejected as a whole."""

Poll = Literal["held", "uncontested", "postponed", "countermanded"]

StageAction = Literal["surplus", "exclusion"]


@dataclass(frozen=True, slots=True)
class CountedStage:
    """One stage of a count by single transferable vote, and the rows that it was read from."""

    number: int
    action: StageAction
    of: tuple[str, ...]
    """Whose votes were transferred, by id."""
    rows: Mapping[str, StageRow]
    """Rows by candidate id."""
    non_transferable: StageRow | None
    """The row of the votes that are not transferable; None where there is none."""

    def stated(self, elected: Sequence[str] | None) -> dict[str, object]:
        """Return it as a declaration has it.

        Args:
            elected: who was deemed elected at its end; None where nobody said.
        """
        transfers = {one: row.transfer for one, row in self.rows.items() if row.transfer is not None}
        lot = [one for one, row in self.rows.items() if row.lot]
        return {
            "action": self.action,
            "of": list(self.of),
            "totals": {one: row.total for one, row in self.rows.items()},
            **({"transfers": transfers} if transfers else {}),
            **({"non_transferable": self.non_transferable.total} if self.non_transferable else {}),
            **({} if elected is None else {"elected": list(elected)}),
            **({"lot": lot} if lot else {}),
        }


@dataclass(frozen=True, slots=True)
class Ballot:
    """One contest and who stands in it."""

    contest: ContestRow
    """The contest."""
    candidates: Mapping[str, CandidateRow]
    """Candidates by their id in the pack, in the order of the ids: the order of the count is nobody's business."""
    people: Mapping[str, tuple[PersonRow, ...]] = field(default_factory=dict)
    """In a contest by list, who is on a list, in their order, by the list's id; none where the names are unknown."""
    stages: tuple[CountedStage, ...] = ()
    """Under the single transferable vote, the stages after the first preferences."""
    announced: tuple[AnnouncementRow, ...] = ()
    """The same, when which stage was announced, where they were announced one by one."""

    @property
    def poll(self) -> Poll:
        """What became of the poll."""
        rows = self.candidates.values()
        if self.contest.poll is not None:
            return self.contest.poll
        if any(row.votes_cast is not None or row.final_round_votes is not None for row in rows):
            return "held"
        fits = len(rows) <= self.contest.seats and self.contest.voting_system not in LISTS
        if any(row.cancelled_poll for row in rows):
            # Democracy Club calls a poll cancelled that nobody had to vote in, too.
            return "uncontested" if fits and not any(row.elected is False for row in rows) else "countermanded"
        return "uncontested" if fits and all(row.elected for row in rows) else "held"


def is_election_id(text: str) -> bool:
    """Whether Democracy Club could have made this id, and Tallywire takes it."""
    try:
        return bool(validate(_ELECTION_ID.validate_python(text)))  # type: ignore[no-untyped-call]  # it has no types
    except ValidationError:
        return False


def _usual_system(kind: str, gss: str | None) -> VotingSystem | None:
    """Return the voting system that a kind of election always has in that place; None where there is not one alone."""
    if kind == "nia" or (kind == "local" and (gss or "")[:1] in _TRANSFERABLE):
        return "single-transferable-vote"
    return "first-past-the-post" if kind in _ALWAYS_MOST_VOTES else None


def counting_rules(contest: ContestRow) -> CountingRules | None:
    """Return whose rules a count by single transferable vote follows: those stated, or the country's."""
    if contest.voting_system != "single-transferable-vote" or contest.counting_rules is not None:
        return contest.counting_rules
    if contest.ballot_paper_id.startswith("nia.") or contest.country == "Northern Ireland":
        return "northern-ireland"
    return "scotland" if contest.country == "Scotland" else _TRANSFERABLE.get((contest.gss or "")[:1])


def candidate_named(candidates: Mapping[str, CandidateRow], text: str) -> str | None:
    """Return the id of the candidate whom a cell names by id or by name; None where that is nobody, or several."""
    if text in candidates:
        return text
    named = [key for key, row in candidates.items() if row.person_name == text]
    return named[0] if len(named) == 1 else None


def contests_of_export(
    candidates: Table[CandidateRow], voting_system: VotingSystem | None
) -> tuple[Table[ContestRow], list[PackFault]]:
    """Return the contests as far as an export of candidates describes them, and what it leaves out.

    Args:
        candidates: who stands, with ``post_label`` and ``seats_contested``.
        voting_system: how votes become winners in all of them; None where nobody said.
    """
    faults: list[PackFault] = []
    found: dict[str, ContestRow] = {}
    first = {row.ballot_paper_id: row for row in reversed(candidates.rows)}
    for column in ("post_label", "seats_contested"):
        if candidates.rows and column not in candidates.has:
            reason = "is missing: add this column, for there is no table of contests; or give one"
            faults.append(candidates.header_fault(column, reason))
    for row in candidates.rows:
        stated = first[row.ballot_paper_id]
        if row.post_label not in (None, stated.post_label or row.post_label):
            reason = f"is {row.post_label}, but {stated.post_label} on row {stated.row} of the same contest"
            faults.append(candidates.fault(row, "post_label", reason))
        if stated is not row:
            continue
        kind = row.ballot_paper_id.partition(".")[0]
        system = voting_system or _usual_system(kind, row.gss)
        said = {"post_label": row.post_label, "seats_contested": row.seats_contested}
        for column, value in said.items():
            if value is None and column in candidates.has:
                reason = "is empty: it is needed where there is no table of contests"
                faults.append(candidates.fault(row, column, reason))
        if system is None:
            reason = (
                f"is {row.ballot_paper_id}, and nothing says its voting system: give --voting-system, or CONTESTS.csv"
            )
            faults.append(candidates.fault(row, "ballot_paper_id", reason))
        cells = {
            "ballot_paper_id": row.ballot_paper_id,
            "contest_name": row.post_label or row.ballot_paper_id,
            "office": OFFICES.get(kind, kind),
            "voting_system": system or "first-past-the-post",
            "seats": f"{row.seats_contested or 1}",
        }
        found[row.ballot_paper_id] = ContestRow.model_validate({"row": row.row} | cells)
    # What follows from one seat where nobody said how many is no fault.
    uncounted = {ballot_id for ballot_id, row in first.items() if row.seats_contested is None}
    table = Table(
        candidates.file,
        tuple(found.values()),
        left_out=candidates.left_out | uncounted,
        left_out_unknown=candidates.left_out_unknown,
        called=_EXPORT_NAMES,
    )
    return table, faults


@dataclass(slots=True)
class _Assembly:
    """Puts rows together, and gathers what keeps them apart."""

    election: str
    candidates: Table[CandidateRow]
    contests: Table[ContestRow]
    faults: list[PackFault] = field(default_factory=list)

    def contest_rows(self) -> dict[str, ContestRow]:
        """Return the contests by id, each once."""
        rows: dict[str, ContestRow] = {}
        for contest in self.contests.rows:
            ballot_id = contest.ballot_paper_id
            if ballot_id in rows:
                reason = f"is on row {rows[ballot_id].row} too: keep one row for each contest"
                self.faults.append(self.contests.fault(contest, "ballot_paper_id", reason))
                continue
            rows[ballot_id] = contest
            if not _belongs(ballot_id, self.election):
                reason = f"is {ballot_id}, which is no contest of {self.election}: one pack has one election"
                self.faults.append(self.contests.fault(contest, "ballot_paper_id", reason))
            elif not is_election_id(ballot_id):
                reason = f"is {ballot_id}, which Democracy Club's rules for ids do not allow"
                self.faults.append(self.contests.fault(contest, "ballot_paper_id", reason))
        return rows

    def standing(self, rows: Mapping[str, ContestRow]) -> dict[str, list[CandidateRow]]:
        """Return the candidates of each contest."""
        standing: defaultdict[str, list[CandidateRow]] = defaultdict(list)
        lost: defaultdict[str, list[CandidateRow]] = defaultdict(list)
        other_days: set[tuple[str, str]] = set()
        for candidate in self.candidates.rows:
            ballot_id = candidate.ballot_paper_id
            (standing if ballot_id in rows else lost)[ballot_id].append(candidate)
            if candidate.election_id is not None and not _belongs(candidate.election_id, self.election):
                reason = (
                    f"is {candidate.election_id}, which is no part of {self.election}: leave other elections' rows out"
                )
                self.faults.append(self.candidates.fault(candidate, "election_id", reason))
            day = candidate.election_date
            if day and not ballot_id.endswith(f".{day}") and (ballot_id, day) not in other_days:
                other_days.add((ballot_id, day))
                reason = f"is {day}, but ballot_paper_id is {ballot_id}: one of them is wrong"
                self.faults.append(self.candidates.fault(candidate, "election_date", reason))
        for ballot_id, (first, *others) in lost.items():
            if self.contests.may_have(ballot_id):
                continue
            more = f" (and {len(others)} rows more)" if others else ""
            reason = f"is {ballot_id}, which {self.contests.file} does not have: add the contest{more}"
            self.faults.append(self.candidates.fault(first, "ballot_paper_id", reason))
        for ballot_id, contest in rows.items():
            if ballot_id not in standing and not self.candidates.may_have(ballot_id):
                reason = f"has no candidates in {self.candidates.file}: add them"
                self.faults.append(self.contests.fault(contest, "ballot_paper_id", reason))
        return standing

    def ids(self, rows: Sequence[CandidateRow]) -> dict[str, CandidateRow]:
        """Return the candidates of one contest by id; of two with one name, the second one's id ends with ``-2``."""
        ids: dict[str, CandidateRow] = {row.person_id: row for row in reversed(rows) if row.person_id is not None}
        names: Counter[str] = Counter()
        for row in rows:
            if row.person_id is not None:
                if not _same(ids[row.person_id], row):
                    reason = f"is {row.person_id}, which row {ids[row.person_id].row} of the same contest has too"
                    self.faults.append(self.candidates.fault(row, "person_id", reason))
                continue
            name = slug(row.person_name)
            if not name:
                reason = f"is {row.person_name!r}, of which no id can be made: give the candidate a person_id"
                self.faults.append(self.candidates.fault(row, "person_name", reason))
                continue
            names[name] += 1
            made = name if names[name] == 1 else f"{name}-{names[name]}"
            if made in ids:
                reason = f"makes the id {made}, which row {ids[made].row} of the same contest has: give a person_id"
                self.faults.append(self.candidates.fault(row, "person_name", reason))
            ids[made] = row
        return dict(sorted(ids.items()))

    def described(self, contest: ContestRow, rows: Sequence[CandidateRow]) -> ContestRow:
        """Return the contest with what its candidates' rows say about it, and compare what both say."""
        known: dict[str, object] = {}
        for column, of_contest in _SAID_TWICE.items():
            stating = [row for row in rows if getattr(row, column) is not None]
            if not stating:
                continue
            first, value = stating[0], getattr(stating[0], column)
            own = getattr(contest, of_contest)
            for row in stating:
                if getattr(row, column) != value:
                    reason = f"is {getattr(row, column)}, but {value} on row {first.row} of the same contest"
                    self.faults.append(self.candidates.fault(row, column, reason))
            if own is None:
                known[of_contest] = value
            elif own != value and self.contests.file != self.candidates.file:
                reason = f"is {value}, but {of_contest} is {own} on row {contest.row} of {self.contests.file}"
                self.faults.append(self.candidates.fault(first, column, f"{reason}: one of them is wrong"))
        self.faults += self._poll(contest, rows)
        self.faults += self._heads(contest)
        self.faults += self._local_counts(contest, rows)
        self.faults += self._elected_at(contest, rows)
        return contest.model_copy(update=known) if known else contest

    def _heads(self, contest: ContestRow) -> Iterator[PackFault]:
        """Yield heads of rejected papers that nobody stated where others are: unknown is not zero.

        Papers rejected in part are apart: they may be known alone.
        """
        stated = {head: papers for head in _HEADS if (papers := getattr(contest, head)) is not None}
        named = next(iter(stated), None)
        empty = next((head for head in _HEADS if head not in stated), None)
        in_all = sum(stated.values())
        # Where they add up already the others are none, and where they are too many that is what is told.
        if named is None or empty is None or (contest.rejected is not None and in_all >= contest.rejected):
            return
        if contest.rejected == in_all + (contest.rejected_in_part or 0):
            return
        reason = f"is empty, but {named} is not: write 0 where there were none, or leave all heads empty"
        yield self.contests.fault(contest, empty, reason)

    def _elected_at(self, contest: ContestRow, rows: Sequence[CandidateRow]) -> Iterator[PackFault]:
        """Yield stages of election where there are no stages, and those of candidates who were not elected."""
        for row in rows:
            if row.elected_at is None:
                continue
            if contest.voting_system != "single-transferable-vote":
                reason = (
                    f"is {row.elected_at}, but the contest's voting system is {contest.voting_system}: leave it empty"
                )
                yield self.candidates.fault(row, "elected_at", reason)
            elif row.elected is False:
                reason = f"is {row.elected_at}, but elected is f: one of them is wrong"
                yield self.candidates.fault(row, "elected_at", reason)

    def _local_counts(self, contest: ContestRow, rows: Sequence[CandidateRow]) -> Iterator[PackFault]:
        """Yield local counts that would be left out: of a contest without areas, or of some candidates alone."""
        stated = next((row for row in rows if row.areas is not None), None)
        if stated is None:
            return
        if not contest.areas:
            reason = f"is stated, but the contest has no areas in {self.contests.file}: name them there"
            if self.contests.file == self.candidates.file:
                reason = "is stated, and nothing names the areas of the contest: give a table of contests"
            yield self.candidates.fault(stated, "areas", reason)
            return
        without = next((row for row in rows if row.areas is None and row.votes_cast is not None), None)
        if without is not None:
            reason = f"is empty, but not on row {stated.row} of the same contest: state it for everybody, or for nobody"
            yield self.candidates.fault(without, "areas", reason)

    def _poll(self, contest: ContestRow, rows: Sequence[CandidateRow]) -> Iterator[PackFault]:
        """Yield what contradicts that there was a vote, or that there was none."""
        stating = [row for row in rows if row.cancelled_poll is not None]
        for row in stating:
            if row.cancelled_poll != stating[0].cancelled_poll:
                reason = f"is not what it is on row {stating[0].row} of the same contest"
                yield self.candidates.fault(row, "cancelled_poll", reason)
        cancelled = stating[0].cancelled_poll if stating else None
        stated = f"poll is {contest.poll} on row {contest.row} of {self.contests.file}"
        if cancelled and contest.poll == "held":
            yield self.candidates.fault(stating[0], "cancelled_poll", f"is t, but {stated}: one of them is wrong")
        elif cancelled is False and contest.poll in ("postponed", "countermanded"):
            yield self.candidates.fault(stating[0], "cancelled_poll", f"is f, but {stated}: one of them is wrong")
        counted = next((row for row in rows if row.votes_cast is not None or row.final_round_votes is not None), None)
        if counted is not None and contest.poll not in (None, "held"):
            reason = (
                f"is {contest.poll}, but {counted.person_name} has votes on row {counted.row} of {self.candidates.file}"
            )
            yield self.contests.fault(contest, "poll", f"{reason}: nobody voted there")
        elif counted is not None and cancelled:
            reason = f"is t, but {counted.person_name} has votes on row {counted.row}: one of them is wrong"
            yield self.candidates.fault(stating[0], "cancelled_poll", reason)
        elected = next((row for row in rows if row.elected and counted is None), None)
        if elected is not None and contest.poll in ("postponed", "countermanded"):
            yield self.candidates.fault(elected, "elected", f"is t, but {stated}: nobody is elected then")
        elif elected is not None and cancelled and contest.poll is None and len(rows) > contest.seats:
            reason = "is t, but so is cancelled_poll, and there are more candidates than seats: one of them is wrong"
            yield self.candidates.fault(elected, "elected", reason)


def put_together(
    election: str, candidates: Table[CandidateRow], contests: Table[ContestRow]
) -> tuple[dict[str, Ballot], list[PackFault]]:
    """Return the ballots by id, in the contests' order, and what keeps candidates and contests apart.

    Args:
        election: the election's id.
        candidates: who stands.
        contests: what is contested.
    """
    assembly = _Assembly(election, candidates, contests)
    rows = assembly.contest_rows()
    standing = assembly.standing(rows)
    ballots = {
        ballot_id: Ballot(assembly.described(contest, standing[ballot_id]), assembly.ids(standing[ballot_id]))
        for ballot_id, contest in rows.items()
        if ballot_id in standing
    }
    return {ballot_id: ballot for ballot_id, ballot in ballots.items() if ballot.candidates}, assembly.faults


def _belongs(part: str, election: str) -> bool:
    """Whether an id is the election's own, or that of a part of it: same kind, same day."""
    kind, _, day = rehearsed(election).rpartition(".")
    return part == election or (part.startswith(f"{kind}.") and part.endswith(f".{day}"))


def _same(one: CandidateRow, other: CandidateRow) -> bool:
    """Whether two rows say the same: exports repeat a person who has two web pages."""
    return one.model_copy(update={"row": other.row}) == other
