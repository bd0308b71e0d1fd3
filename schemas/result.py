"""What follows from a declaration: who is elected, and what that means against each baseline."""

from functools import partial
from operator import is_, not_
from typing import Annotated, Literal

from pydantic import Field

from schemas.declaration import DeclarationKind, RejectedByHead, StageAction
from schemas.register import BaselineName, Number, VotingSystem
from schemas.wire import (
    Array,
    BallotId,
    CandidateId,
    Colour,
    Name,
    PartyId,
    Percent,
    Published,
    RegionSlug,
    Revision,
    Timestamp,
    Transfer,
    TransferredVotes,
    Votes,
)

Seats = Annotated[int, Field(ge=1)]
"""A number of seats."""

Change = Literal["gain", "hold", "win"]
"""A seat taken from another party, kept, or won where nobody held it before."""


Flag = Annotated[bool, Field(exclude_if=not_)]
"""What is true of few; left out of the JSON where it is false."""


class Outcome(Published):
    """The elected held against one baseline: how the contest's seats flowed.

    Equal parties of the set before and the set elected cancel out and are held; what is left over was gained and lost.
    """

    change: Change
    """Win when nobody held the seats before, hold when none changed hands, else gain."""
    party: PartyId | None
    """The main party that gained, held or won, when it is a single one; else null."""
    previous_party: PartyId | None
    """The main party that the gained seats were taken from, when it is a single one; else null."""
    held: dict[PartyId, Seats]
    """Seats kept, by main party."""
    gained: dict[PartyId, Seats]
    """Seats taken, by the main party that took them."""
    lost: dict[PartyId, Seats]
    """Seats lost, by the main party that held them."""
    won: dict[PartyId, Seats]
    """Seats won that nobody held before, by main party."""
    ambiguous: bool
    """True when several parties gained from several: nobody can say who took whose seat."""
    holder_changed: bool
    """True when one independent follows another: a hold by somebody else. False where that is not certain."""
    notional: bool
    """True when the baseline is an estimate for changed boundaries."""
    same_person: Flag = False
    """True when a single seat is gained by who held it, or may have held it, for another party or none: nobody need
    have lost it. True, too, when an independent holds it who is certainly the one that held it. Left out where it is
    false."""


class Labels(Published):
    """The outcome under each baseline in the House of Commons Library's short form; null where it is unknown."""

    previous_election: str | None
    """Against the previous ordinary election: ``Lab gain from Con``, ``Con hold``, ``Ind win``."""
    sitting: str | None
    """Against who sat on the eve of poll."""


class Outcomes(Published):
    """The same as ``Labels``, as data."""

    previous_election: Outcome | None
    """Against the previous ordinary election."""
    sitting: Outcome | None
    """Against who sat on the eve of poll."""


StageNumber = Annotated[int, Field(ge=1)]
"""Number of a stage: 1 is the count of first preferences."""


class CandidateResult(Published):
    """How one candidate did."""

    candidate: CandidateId
    """Candidate id."""
    name: Name
    """Name as printed on the ballot paper."""
    party: PartyId
    """Party or joint description as it stood on the ballot paper."""
    votes: Votes | None
    """Votes counted for the candidate; under the supplementary vote, first preferences. Null where not declared."""
    share: Percent | None
    """Per cent of valid votes, two decimals; null where it cannot be known."""
    elected: bool
    """Whether the candidate is elected."""
    final_votes: Votes | None = None
    """Votes in the final round of the supplementary vote, transferred ones included; null for those not in it."""
    share_change: float | None = None
    """Change of the party's share since last time, percentage points, two decimals; null where last time's votes are
    unknown or the party has several candidates, and for an independent who is not known to have won then."""
    sitting: bool | None = None
    """Whether the candidate was a sitting member on the eve of poll; null where unknown."""
    seats: Annotated[int, Field(ge=0)] | None = None
    """Of a contest by list: the list seats that the list or the individual has; else null."""
    elected_at: StageNumber | None = None
    """Under the single transferable vote, the stage at the end of which the candidate was elected; else null."""
    excluded_at: StageNumber | None = None
    """The same, the stage at which the candidate was excluded."""
    last_votes: TransferredVotes | None = None
    """The same, the candidate's votes when the last stage was over; of the excluded, before the exclusion."""


class StageResult(Published):
    """A stage of a count by single transferable vote, from the second on.

    The first one, of first preferences, is each candidate's `votes`.
    """

    stage: StageNumber
    """Its number."""
    action: StageAction | str
    """What was done: a surplus transferred, or somebody excluded. A later release may know more."""
    of: Array[CandidateId]
    """Whose votes were transferred."""
    totals: dict[CandidateId, TransferredVotes]
    """Votes of every candidate when the stage was over; who was excluded by then is left out."""
    transfers: dict[CandidateId, Transfer]
    """What each received or, below zero, gave away; who did neither is left out."""
    non_transferable: TransferredVotes
    """Votes that are not transferable when the stage is over, in all."""
    elected: Array[CandidateId]
    """Who is elected at the end of the stage."""
    excluded: Array[CandidateId]
    """Who was excluded at the stage."""
    lot: Array[CandidateId] = ()
    """Who was chosen by lot at the stage."""


class ListSeat(Published):
    """One seat of an allocation."""

    list: CandidateId
    """The list, or the individual, that has the seat."""
    person: Name | None
    """Whose it is: the next on the list who has no seat yet; null where the names are unknown."""
    divisor: Seats
    """What the list's votes were divided by: the seats it had in the constituencies and on the list, and one."""
    figure: Annotated[float, Field(ge=0)]
    """Its votes divided by that, two decimals: the highest of all lists."""
    by_lot: Flag = False
    """Whether a lot decided between equal figures. Left out where it is false."""


class Allocation(Published):
    """How list seats were given to lists, by D'Hondt's rule: each seat to the highest figure."""

    checked: bool
    """Whether the seats declared were held against the rule. False while a constituency's result is not known."""
    carried_in: dict[CandidateId, Seats]
    """Constituency seats of each list that has any: they are carried into its first divisor. Empty while unknown."""
    seats: Array[ListSeat]
    """The seats in the order in which they were given. Empty while the allocation is not checked."""
    next: ListSeat | None = None
    """Who would have had one seat more; null where nobody, or while that is not known."""
    threshold: Votes | None = None
    """Votes that a list needed to have a seat; null where there is no threshold."""
    waits_for: Array[BallotId] = ()
    """Constituencies whose result was not known when this one was published."""


class CountedSoFar(Published):
    """What is counted of a contest of which some local areas are: a part, and never the whole."""

    votes: dict[CandidateId, Annotated[int, Field(ge=0)]]
    """Votes over the areas counted, by candidate id; under the supplementary vote, first preferences. Of whom one of
    these areas states no votes, none are here."""
    rejected: Annotated[int, Field(ge=0)] | None
    """Ballot papers rejected there; null where one of these areas does not state them."""


class PartyName(Published):
    """What a reader needs to print a party that this result mentions."""

    name: Name
    """Registered name, or the words on the ballot paper."""
    spoken: Name
    """Name as spoken in a headline."""
    number: Number
    """Grammatical number of the spoken name."""
    abbreviation: Name
    """Short form in labels."""
    counts_as: PartyId
    """Id of the party it is counted as; its own when it is a main party."""
    colour: Colour | None = None
    """Colour on charts, as the register has it; null where none is known."""


class Turnout(Published):
    """Turnout by its two definitions, per cent of the electorate; null where it cannot be known."""

    valid_votes: Percent | None
    """Valid votes by electorate (House of Commons Library)."""
    papers: Percent | None
    """Ballot papers, rejected ones included, by electorate (returning officers)."""

    @property
    def said(self) -> float | None:
        """The one that is said where there is room for one: of ballot papers; of valid votes where they are unknown."""
        return self.valid_votes if self.papers is None else self.papers


class Swing(Published):
    """Two-party swing (Butler): half the sum of one party's rise and the other's fall."""

    to_party: PartyId
    """Main party that gained ground: first or second this time."""
    from_party: PartyId
    """Main party that lost ground to it."""
    points: Annotated[float, Field(ge=0)]
    """Percentage points of share, two decimals."""


class Progress(Published):
    """How far a region is, this result included."""

    region: RegionSlug
    """The region's slug."""
    name: Name
    """The region's name."""
    declared: Annotated[int, Field(ge=0)]
    """Contests with a result."""
    expected: Annotated[int, Field(ge=0)]
    """Contests that are to have one: those postponed or annulled are not among them."""
    under_review: Annotated[int, Field(ge=0, exclude_if=not_)] = 0
    """Contests whose result is under review. 0 when left out."""
    lists_declared: Annotated[int, Field(ge=0, exclude_if=not_)] = 0
    """Those of the contests with a result that give list seats beside constituencies; all others are their
    constituencies. 0 when left out, and wherever there are contests besides."""
    lists_expected: Annotated[int, Field(ge=0, exclude_if=not_)] = 0
    """The same of the contests expected."""
    seats_declared: Annotated[int, Field(ge=0, exclude_if=not_)] = 0
    """Where lists are among the contests, the seats of those with a result, constituencies and lists together. 0 when
    left out."""
    seats_expected: Annotated[int, Field(ge=0, exclude_if=not_)] = 0
    """The same of the contests expected."""


class ContestName(Published):
    """The contest, for people."""

    name: Name
    """Short name, as the register has it."""
    full_name: Name | None = None
    """Name as said in a headline, where the short one does not tell the contest from every other one of the election:
    with its council, its office, or that it is a by-election. Null where the short name is enough."""
    office: Name
    """What is elected: ``police and crime commissioner``."""
    office_slug: RegionSlug | None = None
    """The office as a slug, ``police-and-crime-commissioner``; null for a name without Latin letters or digits."""
    by_election: bool | None = None
    """Whether it is a by-election: Democracy Club's ids of these have the segment ``by`` before the date. Null in
    results of older releases."""
    voting_system: VotingSystem | str
    """How votes became winners. A later release may know more."""
    seats: Annotated[int, Field(ge=1)]
    """How many are elected."""


class Note(Published):
    """Something that can be true of the figures and that a reader should know; docs/verdicts.md lists them."""

    code: str = Field(pattern=r"^[a-z_]+\.[a-z0-9_]+$")
    """Its stable name: `papers.differ`, `turnout.far_from_others`. A later release may know more."""
    text: Name
    """The same in words."""
    difference: int | None = None
    """Of notes on papers (`papers.differ`, `papers.do_not_reconcile`, `papers.not_counted`): papers verified less the
    papers that votes and rejected papers need; else null."""


class Superseded(Published):
    """The result that this one takes the place of, as far as a correction needs it."""

    event_id: str
    """Its event id."""
    revision: Revision
    """The revision it stood on; the same when the register was amended."""
    kind: DeclarationKind | str
    """What was said then. A later release may know more."""
    elected: Array[CandidateId]
    """Who was elected then."""
    labels: Labels
    """Its labels."""
    outcomes: Outcomes
    """Its labels as data."""
    majority: Votes | None
    """Its majority."""
    votes: dict[CandidateId, Votes]
    """Its votes by candidate, where declared."""
    final_votes: dict[CandidateId, Votes]
    """Its votes in the final round of the supplementary vote; empty when there was none."""
    electorate: Votes | None
    """Its electorate."""
    stages: Annotated[int, Field(ge=0, exclude_if=not_)] = 0
    """How many stages after the first preferences it had under the single transferable vote. 0 when left out."""
    parties_elected: Array[PartyId]
    """Main party of each of the elected, in their order."""
    rejected: Votes | None = None
    """Its rejected ballot papers; null where not stated, and in results of older releases."""
    names: dict[CandidateId, Name] = Field(default_factory=dict)
    """Names then, of candidates who are called otherwise now."""
    parties: dict[CandidateId, PartyId] = Field(default_factory=dict)
    """Parties then, of candidates who stand for another one now."""
    under_review: Flag = False
    """Whether it was under review. Left out where it is false."""


class Result(Published):
    """How one contest stands after the highest revision of what was declared about it."""

    ballot_id: BallotId
    """The contest."""
    revision: Revision
    """The declaration's revision."""
    kind: DeclarationKind | str
    """What the declaration said; see docs/life.md. A later release may know more; `counts` holds for these, too."""
    counts: bool
    """Whether tallies and control count it: true for `declared` and `uncontested`."""
    contest: ContestName
    """The contest, for people."""
    regions: Array[RegionSlug]
    """The groupings it belongs to, the national one (``uk``) included."""
    body: RegionSlug | None
    """The council or parliament whose seats these are; null for an office of one."""
    body_name: Name | None = None
    """Its name: ``House of Commons``."""
    elected: Array[CandidateId]
    """Who is elected, most votes first; empty when nobody is."""
    parties_elected: Array[PartyId]
    """Main party of each of the elected, in their order."""
    labels: Labels
    """Gain, hold or win in short form, under each baseline."""
    outcomes: Outcomes
    """Gain, hold or win as data, under each baseline."""
    headline_baseline: BaselineName
    """Which of the two headlines and tallies use."""
    first_time: bool | None
    """True when the winner's party had never won this contest; null where past winners are not all known, or something
    else that the register says contradicts them."""
    majority: Votes | None
    """Votes of the last elected less votes of the first not elected, in the round that decided; null when everybody
    was elected or votes were not declared."""
    lot: bool
    """True when equal votes were decided by lot."""
    rounds: Annotated[int, Field(ge=0, le=2)]
    """Rounds of counting: 2 when the supplementary vote went to its final round, 0 when nothing was counted."""
    valid_votes: Annotated[int, Field(ge=0)] | None
    """Votes counted for all candidates, first preferences under the supplementary vote; null where some are unknown."""
    rejected: Votes | None
    """Ballot papers rejected; null where not stated."""
    rejected_by_head: RejectedByHead | None = None
    """The same by head; null where not stated."""
    electorate: Votes | None
    """People entitled to vote; null where unknown."""
    turnout: Turnout
    """Turnout by both definitions."""
    swing: Swing | None
    """Swing between first and second since last time; null where last time's votes are unknown."""
    candidates: Array[CandidateResult]
    """Every candidate, most votes first."""
    parties: dict[PartyId, PartyName]
    """Every party mentioned here, by id."""
    question: Name | None = None
    """The question of a referendum: the candidates are its answers; the one with most votes is elected."""
    quota: Votes | None = None
    """The quota under the single transferable vote; null where nothing was counted."""
    stages: Array[StageResult] | None = None
    """Stages of the count under the single transferable vote, after the first preferences; null where not declared."""
    allocation: Allocation | None = None
    """How the seats of a contest by list were given; else null."""
    seat_changes: dict[PartyId, int] | None = None
    """Of a contest by list: list seats now less last time's, by main party; null where last time's are unknown."""
    areas_declared: Annotated[int, Field(ge=0)] | None = None
    """Local areas counted so far, for a contest that is added up centrally."""
    areas_expected: Annotated[int, Field(ge=0)] | None = None
    """Local areas in all."""
    counted_so_far: Annotated[CountedSoFar | None, Field(exclude_if=partial(is_, None))] = None
    """With `progress`, what is counted in the areas declared; `votes` of the candidates are null until all are. Left
    out where it is null, and in results of older releases."""
    declared_at: Timestamp | None
    """When it was read out at the count; null where not stated."""
    reason: Name | None = None
    """Why it was withdrawn, postponed or annulled, or a recount called."""
    notes: Array[Note] = ()
    """What a reader should know of the figures; empty where there is nothing."""
    under_review: Flag = False
    """True while a correction waits for a second person that would change who is elected. The result stands and counts
    until that is decided. Left out where it is false."""
    signed: Flag = False
    """Whether the declaration was signed (docs/signatures.md). Left out where it is false."""
    confirmed: Flag = False
    """Whether the declaration was held, and a second person has confirmed it. Left out where it is false."""
    progress: Array[Progress] = ()
    """How far each of its regions is."""
    supersedes: Superseded | None
    """The result that this one takes the place of; null for the first."""
