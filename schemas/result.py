"""What follows from a declaration: who is elected, and what that means against each baseline."""

from typing import Annotated, Literal

from pydantic import Field

from schemas.register import BaselineName, Number, VotingSystem
from schemas.wire import (
    Array,
    BallotId,
    CandidateId,
    Name,
    PartyId,
    Percent,
    RegionSlug,
    Revision,
    Timestamp,
    Votes,
    Wire,
)

Change = Literal["gain", "hold", "win"]
"""A seat taken from another party, kept, or won where nobody held it before."""


class Outcome(Wire):
    """A winner held against one baseline."""

    change: Change
    """Gain, hold, or win (no predecessor)."""
    party: PartyId
    """The winner's main party."""
    previous_party: PartyId | None
    """The main party that held the seat; null when there was no predecessor."""
    holder_changed: bool
    """True when one independent follows another: a hold by somebody else."""
    notional: bool
    """True when the baseline is an estimate for changed boundaries."""


class Labels(Wire):
    """The outcome under each baseline in the House of Commons Library's short form; null where it is unknown."""

    previous_election: str | None
    """Against the previous ordinary election: ``Lab gain from Con``, ``Con hold``, ``Ind win``."""
    sitting: str | None
    """Against who sat on the eve of poll."""


class Outcomes(Wire):
    """The same as ``Labels``, as data."""

    previous_election: Outcome | None
    """Against the previous ordinary election."""
    sitting: Outcome | None
    """Against who sat on the eve of poll."""


class CandidateResult(Wire):
    """How one candidate did."""

    candidate: CandidateId
    """Candidate id."""
    name: Name
    """Name as printed on the ballot paper."""
    party: PartyId
    """Party or joint description as it stood on the ballot paper."""
    votes: Votes
    """Votes counted for the candidate."""
    share: Percent | None
    """Per cent of valid votes, two decimals; null when no votes were cast."""
    elected: bool
    """Whether the candidate is elected."""


class PartyName(Wire):
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


class Turnout(Wire):
    """Turnout by its two definitions, per cent of the electorate; null where it cannot be known."""

    valid_votes: Percent | None
    """Valid votes by electorate (House of Commons Library)."""
    papers: Percent | None
    """Ballot papers, rejected ones included, by electorate (returning officers)."""


class ContestName(Wire):
    """The contest, for people."""

    name: Name
    """Short name as said in a headline."""
    office: Name
    """What is elected."""
    voting_system: VotingSystem
    """How votes became winners."""
    seats: Annotated[int, Field(ge=1)]
    """How many are elected."""


class Superseded(Wire):
    """The result that this one takes the place of, as far as a correction needs it."""

    event_id: str
    """Its event id."""
    revision: Revision
    """The revision it stood on; the same when the register was amended."""
    elected: Array[CandidateId]
    """Who was elected then."""
    labels: Labels
    """Its labels."""
    outcomes: Outcomes
    """Its labels as data."""
    elected_party: PartyId
    """Main party of the first elected."""
    majority: Votes | None
    """Its majority."""
    votes: dict[CandidateId, Votes]
    """Its votes by candidate."""
    electorate: Votes | None
    """Its electorate."""


class Result(Wire):
    """The result of one contest as it stands after its highest declared revision."""

    ballot_id: BallotId
    """The contest."""
    revision: Revision
    """The declaration's revision."""
    contest: ContestName
    """The contest, for people."""
    regions: Array[RegionSlug]
    """The groupings it counts in, the national one (``uk``) included."""
    elected: Array[CandidateId]
    """Who is elected, most votes first."""
    elected_party: PartyId
    """Main party of the first elected."""
    labels: Labels
    """Gain, hold or win in short form, under each baseline."""
    outcomes: Outcomes
    """Gain, hold or win as data, under each baseline."""
    headline_baseline: BaselineName
    """Which of the two headlines and tallies use."""
    first_time: bool | None
    """True when the winner's party had never won this contest; null where past winners are not all known."""
    majority: Votes | None
    """Votes of the last elected less votes of the first not elected; null when everybody was elected."""
    lot: bool
    """True when equal votes were decided by lot."""
    valid_votes: Annotated[int, Field(ge=0)]
    """Votes counted for all candidates."""
    rejected: Votes | None
    """Ballot papers rejected; null where not stated."""
    electorate: Votes | None
    """People entitled to vote; null where unknown."""
    turnout: Turnout
    """Turnout by both definitions."""
    candidates: Array[CandidateResult]
    """Every candidate, most votes first."""
    parties: dict[PartyId, PartyName]
    """Every party mentioned here, by id."""
    declared_at: Timestamp | None
    """When it was read out at the count; null where not stated."""
    supersedes: Superseded | None
    """The result that this one takes the place of; null for the first."""
