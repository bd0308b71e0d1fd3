"""A headline: the text, and the same facts as data."""

from typing import Annotated, Literal

from pydantic import Field

from schemas.register import BaselineName, Count, Number
from schemas.result import ContestName, Turnout
from schemas.wire import Array, BallotId, CandidateId, Colour, Name, PartyId, Published, RegionSlug, Revision, Votes

Kind = Literal[
    "gain",
    "hold",
    "win",
    "elected",
    "flash",
    "uncontested",
    "correction",
    "withdrawal",
    "recount",
    "progress",
    "postponed",
    "annulled",
    "largest_swing",
    "control_gained",
    "control_held",
    "control_lost",
    "no_overall_control",
    "clinched",
    "landmark",
    "region_complete",
    "all_declared",
    "under_review",
    "review_ended",
    "list_seats",
    "allocation_checked",
    "stage",
    "excluded",
    "last_elected",
    "referendum",
]
"""What sort of news it is. ``elected`` says who won where the baseline is unknown. The table with their priorities and
words is docs/headlines.md."""

Fact = Literal[
    "lot",
    "first_time",
    "narrow_majority",
    "from_behind",
    "incumbent_defeated",
    "holder_changed",
    "notional",
    "vacant_seats",
    "under_review",
    "not_checked",
]
"""What may be so of a result besides who won; docs/headlines.md says when."""

Priority = Annotated[int, Field(ge=1, le=5)]
"""1 interrupts a programme, 2 leads a bulletin, 3 is every seat, 4 is colour, 5 is for those who follow one count."""


class PartySeats(Published):
    """A main party, with what a reader needs to print it, and its seats in a contest or a body."""

    party: PartyId
    """Id of the main party."""
    spoken: Name
    """Name as spoken: ``Conservatives``."""
    number: Number
    """Grammatical number of the spoken name."""
    abbreviation: Name
    """Short form: ``Con``."""
    colour: Colour | None
    """Colour on charts; null where none is known."""
    seats: Count
    """Seats it wins in the contest; for a body, the seats it holds there now."""
    change: int | None
    """Seats more (or, below zero, fewer) than before; null where that is unknown."""


class ElectedCandidate(Published):
    """Somebody who is elected."""

    candidate: CandidateId
    """Candidate id; in a contest by list the list's, which is named once for each of its seats."""
    name: Name
    """Name as printed on the ballot paper; the person's who has a list seat, or the list's while that is unknown."""
    party: PartyId
    """Id of the main party, one of the ``winners``."""


class DefeatedCandidate(Published):
    """A sitting member who stood again and is not elected."""

    candidate: CandidateId
    """Candidate id."""
    name: Name
    """Name as printed on the ballot paper."""
    party: PartyId
    """Id of the main party that they stood for, which need not be the one that held the seat."""
    votes: Votes | None
    """Their votes, first preferences under the supplementary vote; null where not declared."""


class Headline(Published):
    """One thing to say, as text and as data. A field that does not apply is null, or an empty list."""

    kind: Kind | str
    """What sort of news it is. A later release may know more: `priority`, `text` and `detail` are enough to say it."""
    priority: Priority
    """How loud to say it, for subscribers to filter by."""
    text: str
    """Short, present tense, party first: ``Labour gains Norfolk``."""
    detail: str
    """The sentence behind it, or several: who, from whom, by how much, on what turnout, as far as that is known."""
    ballot_id: BallotId | None
    """The contest; null for news about a body or a region."""
    contest: ContestName | None = None
    """Name, office and number of seats of the contest, and whether it is a by-election."""
    body: RegionSlug | None
    """The council or parliament that it is about, or whose seats the contest fills; null for an office of one, and for
    news about a region."""
    body_name: Name | None = None
    """Name of the body."""
    region: RegionSlug | None = None
    """The region, for news about one; null for news about a contest or a body."""
    region_name: Name | None = None
    """Name of the region."""
    regions: Array[RegionSlug]
    """The groupings it is news in."""
    winners: Array[PartySeats] = ()
    """Of a contest: the parties of those elected, the one that the text names first at the head; of a referendum, the
    answer, without a seat. Of a body: the party
    that is certain to control it. For a landmark: the party that reaches it, or is certain to be the largest."""
    losers: Array[PartySeats] = ()
    """Of a contest: the parties that have lost seats, most first. Of a body: the party that has lost control of it. For
    a landmark that is taken back: the party below it, or not certain to be the largest."""
    elected: Array[ElectedCandidate] = ()
    """Who is elected in the contest, most votes first; by list, in the order in which the seats were given."""
    facts: Array[Fact | str] = ()
    """What else is so of the contest's result, the most telling first; the text tells one of them. Empty but for news
    about its seats. A later release may know more."""
    defeated: Array[DefeatedCandidate] = ()
    """The sitting members who lost, most votes first; for news about the seats."""
    majority: Votes | None = None
    """Majority in the contest, in votes; see ``Result.majority``."""
    turnout: Turnout | None = None
    """Turnout in the contest by its two definitions; null where neither is known."""
    baseline: BaselineName | None = None
    """What ``change`` and the words gain, hold and win are measured against in a contest; null where nobody is elected
    or the baseline is unknown. Control of a body is measured against the eve of poll."""
    result_id: str
    """Id of the event behind it: a result, or a state of control."""
    revision: Revision | None
    """The declaration's revision; null for news about a body."""
    supersedes: str | None = None
    """Id of the headline event whose place this one takes: the last one about the seats of the same contest, the
    control of the same body, its largest party, the same party's landmarks there, the largest swing, who is excluded in
    the same count, or the same region. Null for the first."""
