"""The shapes of the documents that readers get, as OpenAPI names them; ``documents.py`` makes their bytes.

Events in them are as published, by the schemas of the contract. A later release may add fields.
"""

from typing import Annotated, Literal

from pydantic import Field

from schemas import events
from schemas.register import Body, BodyKind, Contest, Region, RegisterHead
from schemas.result import Turnout
from schemas.wire import Array, BallotId, CandidateId, ElectionId, PartyId, Published, RegionSlug, Timestamp

CursorText = Annotated[
    str,
    Field(pattern=r"^l\d{1,10}\.r\d{1,10}\.t\d{1,10}\.h\d{1,10}-[0-9a-f]{8}$", examples=["l15.r12.t40.h7-3f9c02d1"]),
]
"""A place in an election. Keep it, and give it back as it is."""

StateName = Literal["live", "rebuilding", "away", "broken"]
"""How current an election is shown: see docs/subscribing.md."""


class ElectionSummary(Published):
    """An election, and where it is to be had."""

    election: ElectionId
    """Its id."""
    name: str | None
    """Its name; null before its register is known."""
    test: bool
    """True for a rehearsal or a replay: never to be published as real."""
    state: StateName
    """How current it is shown."""
    reason: str | None
    """Why it is not live; null when it is."""
    closed_since: Timestamp | None
    """Since when it is closed: nothing more is accepted. Null while it is open."""
    cursor: CursorText | None
    """Its newest place; null until it has been read."""
    snapshot: str
    """Path of its snapshot."""
    events: str
    """Path of its feed."""


class ElectionList(Published):
    """Every election there is."""

    elections: Array[ElectionSummary]
    """In the order in which they were loaded."""


class Licence(Published):
    """Under which the data may be used."""

    feed: str
    """Licence of the feed, as its operator says."""
    sources: Array[str]
    """Where the facts in the register come from, with their licences."""


class Document(Published):
    """What every document about an election begins with."""

    election: ElectionId
    """Id of the election."""
    name: str | None
    """Its name; null before its register is known."""
    test: bool
    """True for a rehearsal or a replay: never to be published as real."""
    cursor: CursorText
    """The place at which all of this is true. The feed goes on from here."""
    time: Timestamp | None
    """When that was; in a night that is played again, the latest time of a declaration until then. Null before all."""
    accepted: Timestamp | None
    """When the last declaration in it was accepted; null before the first."""
    licence: Licence
    """Under which it may be used."""
    release: str
    """The release of Tallywire that answers."""


class ElectedName(Published):
    """Who is elected."""

    candidate: CandidateId
    """Id of the candidate, within the contest."""
    name: str | None
    """Name; of a list that of the list."""
    person: str | None = None
    """Of a list seat, whose it is; left out where that is unknown, and where no list was elected."""


class ResultSummary(Published):
    """A result in short. The whole one is in the document of its contest."""

    event: str
    """Id of the result's event."""
    sequence: int
    """Its number among results and control."""
    revision: int
    """Which revision of the declaration stands."""
    kind: str
    """What was declared, or that it was withdrawn, postponed or annulled."""
    counts: bool
    """Whether tallies and control count it."""
    parties_elected: Array[PartyId]
    """Main party of each of the elected, in their order."""
    majority: int | None
    """In votes; null where there is none, or votes were not declared."""
    valid_votes: int | None
    """Votes counted; null where unknown."""
    declared_at: Timestamp | None
    """When it was read out at the count; null where not stated."""
    elected: Array[ElectedName]
    """Who is elected, most votes first; in a contest by list each list as often as it has seats, in their order."""
    label: str | None
    """Gain, hold or win in short form: ``Lab gain from Con``."""
    turnout: Turnout
    """Turnout by both definitions."""
    under_review: bool
    """True while a correction waits for a second person that would change who is elected."""
    stages: int | None = None
    """Stages counted under the single transferable vote, that of first preferences included; null elsewhere."""
    allocation_checked: bool | None = None
    """Whether list seats were held against the rule; null where there are none."""


class ContestSummary(Published):
    """A contest in short."""

    name: str
    """Name as said in a headline."""
    office: str
    """What is elected."""
    voting_system: str
    """How votes become winners."""
    seats: int
    """How many are elected."""
    regions: Array[RegionSlug]
    """Its regions, besides the national one, ``uk``."""
    body: RegionSlug | None
    """The council or parliament whose seats these are; null for an office."""
    expected_at: Timestamp | None
    """When the declaration is expected; null where nobody said."""
    question: str | None = None
    """The question of a referendum, whose answers are the candidates; null elsewhere."""
    result: ResultSummary | None
    """The result that stands; null until there is one."""


class RegionStanding(Published):
    """A region with its tally."""

    name: str
    """Name as printed."""
    kind: str
    """``country``, ``official``, ``media`` or ``council``."""
    tally: events.TallyEvent | None
    """The last tally, as published; null before the first."""


class BodyStanding(Published):
    """A council or parliament with its state of control."""

    name: str
    """Name as printed."""
    kind: BodyKind | str
    """``council`` or ``parliament``."""
    control: events.ControlEvent | None
    """The last state of control, as published; null before the first."""


class Snapshot(Document):
    """The whole election in short."""

    closed_since: Timestamp | None
    """Since when it is closed: nothing more is accepted. Null while it is open."""
    registered: Annotated[RegisterHead | None, Field(alias="register")]
    """The register without its contests: parties, regions, bodies, sources. Null before it is known."""
    contests: dict[BallotId, ContestSummary]
    """Every contest, in the register's order."""
    regions: dict[RegionSlug, RegionStanding]
    """Every region with its tally, the national one first."""
    bodies: dict[RegionSlug, BodyStanding]
    """Every council and parliament with its state of control."""
    headlines: Array[events.HeadlineEvent]
    """The last 20 headlines, oldest first."""


class ContestResult(Published):
    """A contest with its result."""

    contest: Contest
    """As registered, with what was amended since."""
    result: events.ResultEvent | None
    """The result that stands, as published; null until there is one."""


class Contests(Document):
    """Every contest with its result."""

    contests: dict[BallotId, ContestResult]
    """In the register's order."""


class LedgerReference(Published):
    """An entry of the ledger from which a result follows."""

    sequence: int
    """Its number on the ledger."""
    type: str
    """The type of its event."""
    accepted: Timestamp
    """When it was accepted."""
    chain: str
    """SHA-256 over it and all before it."""
    href: str
    """Path at which it is to be had."""


class SignedHead(Published):
    """The signed head of the ledger that was deposited last. Nothing of it is verified here."""

    election: str
    """Id of the election."""
    size: int
    """Entries of the ledger that it has seen."""
    deposited: str
    """When it was deposited, by the server's clock."""
    age_s: int | None
    """Seconds since then; null where the time cannot be read."""
    note: str
    """The signed note (https://c2sp.org/signed-note)."""


class ContestDocument(Document):
    """A contest with everything that became of it."""

    ballot_id: BallotId
    """Its id."""
    contest: Contest
    """As registered, with what was amended since."""
    result: events.ResultEvent | None
    """The result that stands, as published; null until there is one."""
    history: Array[events.ResultEvent]
    """Every result that it had, oldest first."""
    ledger: Array[LedgerReference]
    """The ledger entries about it, oldest first."""


class Regions(Document):
    """Every region with its tally."""

    regions: dict[RegionSlug, RegionStanding]
    """The national one, ``uk``, first."""


class RegionDocument(Document):
    """A region with every tally that it had."""

    region: RegionSlug
    """Its slug."""
    registered: Region
    """As registered."""
    tally: events.TallyEvent | None
    """The last tally, as published; null before the first."""
    contests: Array[BallotId]
    """Its contests."""
    history: Array[events.TallyEvent]
    """Every tally that it had, oldest first."""


class Bodies(Document):
    """Every council and parliament with its state of control."""

    bodies: dict[RegionSlug, BodyStanding]
    """In the register's order."""


class BodyDocument(Document):
    """A council or parliament with every state of control that it had."""

    body: RegionSlug
    """Its slug."""
    registered: Body
    """As registered."""
    control: events.ControlEvent | None
    """The last state of control, as published; null before the first."""
    contests: Array[BallotId]
    """Its contests."""
    history: Array[events.ControlEvent]
    """Every state of control that it had, oldest first."""


class Headlines(Document):
    """Headlines, oldest first."""

    headlines: Array[events.HeadlineEvent]
    """Those that the filter selects, as published."""


class OverdueContest(Published):
    """A contest whose declaration is later than expected."""

    ballot_id: BallotId
    """Its id."""
    name: str
    """Its name."""
    expected_at: Timestamp
    """When it was expected."""
    late_s: int
    """How late it is, in seconds."""


class Overdue(Document):
    """Contests whose declaration is later than expected."""

    as_of: Timestamp
    """When that was so."""
    overdue: Array[OverdueContest]
    """The longest first."""


class OverdueTold(Published):
    """Said to readers of every event when what is overdue has changed. No stream holds it: it has no place."""

    as_of: Timestamp
    """When that was so."""
    overdue: Array[OverdueContest]
    """All that is overdue, the longest first."""


class Links(Published):
    """Where everything is."""

    elections: str
    """The list of elections."""
    docs: str
    """Every address, in words."""
    openapi: str
    """The same as OpenAPI 3.1."""
    asyncapi: str
    """The feeds as AsyncAPI 3."""


class Live(Published):
    """Whether the process runs."""

    live: bool
    """True."""
    reasons: Array[str]
    """Empty."""


class Ready(Published):
    """Whether every election is live."""

    ready: bool
    """True where each one is."""
    reasons: Array[str]
    """Why not."""
    elections: dict[ElectionId, StateName]
    """The state of each."""


class Told(Published):
    """Said of the feed itself: ``resnapshot``, ``behind``, ``rebuilding``, ``away`` or ``broken``."""

    reason: str
    """Why, in a sentence."""
    cursor: CursorText | None = None
    """With ``resnapshot``: where the election is now."""
