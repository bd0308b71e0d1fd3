"""What the columns of the tables mean, and how their text is read. ``docs/packs.md`` prints these descriptions.

An empty cell means that nobody knows: it is never zero and never none.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter

from schemas.register import Count, VotingSystem
from schemas.wire import BallotId, CandidateId, Name, RegionSlug, Timestamp
from tallywire.packs.building.cells import (
    Holders,
    Items,
    Moment,
    NewParty,
    Numbers,
    Party,
    SeatsByParty,
    Truth,
    VotesByArea,
    VotesByParty,
    Whole,
    Winners,
    whole,
)


class Row(BaseModel):
    """One row of a table."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    row: int
    """Where it stands in its table, as a spreadsheet counts: the header is row 1."""

    @classmethod
    def columns(cls) -> list[str]:
        """Return the columns that a table of such rows may have."""
        return [name for name in cls.model_fields if name != "row"]

    @classmethod
    def read_cell(cls, column: str, text: str) -> object:
        """Return what a cell means.

        Raises:
            ValidationError: it means nothing.
        """
        return TypeAdapter(cls.model_fields[column].rebuild_annotation()).validate_python(text)


class CandidateRow(Row):
    """One candidate in one contest. Columns that Democracy Club's exports have carry its names."""

    election_id: Name | None = None
    """Democracy Club's election; it has to be this election or a part of it."""
    ballot_paper_id: BallotId
    """The contest."""
    person_id: CandidateId | None = None
    """Democracy Club's person id; when empty, the candidate's id is made of the name."""
    person_name: Name
    """Name as printed on the ballot paper."""
    party_id: Party | None = None
    """The Electoral Commission's id; `joint-party:53-119` for a joint description, `ynmp-party:2` for independents."""
    party_name: Name | None = None
    """The party's name: needed when there is no id, or one that no list of parties has. Its registered name, a
    registered description or the name as spoken: `Labour Party`, `Welsh Labour`, `Annibynnol`."""
    party_description_text: Name | None = None
    """The words on the ballot paper where they are not the party's name; they count as the party."""
    sitting: Truth | None = None
    """Whether the candidate held the seat on the eve of poll: `t` or `f`."""
    votes_cast: Whole | None = None
    """Votes; under the supplementary vote, first preferences."""
    final_round_votes: Whole | None = None
    """Under the supplementary vote, votes in the final round, transferred ones too; empty for who was not in it."""
    elected: Truth | None = None
    """Whether the candidate was declared elected: `t` or `f`."""
    tied_vote_winner: Truth | None = None
    """`t` for who the lot chose among candidates with equal votes."""
    areas: VotesByArea | None = None
    """Votes in each local area, where a contest is counted locally: `Norwich:1200|Breckland:800`."""


class ContestRow(Row):
    """One contest."""

    ballot_paper_id: BallotId
    """The contest."""
    contest_name: Name
    """Short name as said in a headline: `Norfolk`."""
    office: Name
    """What is elected: `police and crime commissioner`."""
    voting_system: VotingSystem
    """`first-past-the-post` or `supplementary-vote`."""
    seats: Annotated[int, BeforeValidator(whole), Field(ge=1, le=100)]
    """How many are elected."""
    electorate: Whole | None = None
    """People entitled to vote."""
    gss: Name | None = None
    """GSS code of the area."""
    boundary_date: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")] | None = None
    """Day the boundary set came into force: `2024-05-30`."""
    returning_officer: Name | None = None
    """Who declares it."""
    regions: Items | None = None
    """Names of the groupings it belongs to: `East of England|ITV Anglia`."""
    country: Literal["England", "Scotland", "Wales", "Northern Ireland"] | None = None
    """The country it lies in; becomes a grouping too."""
    body: RegionSlug | None = None
    """The council or parliament whose seats these are, by its slug in the table of bodies."""
    areas: Items | None = None
    """The local areas where it is counted: `Norwich|Breckland`."""
    previous_election: Holders | None = None
    """Party of each seat at the previous ordinary election: `PP52|PP53`, with a holder's name in brackets if you like;
    `none` when nobody held it before. Here and below a party is named by its id or its name."""
    previous_notional: Truth | None = None
    """`t` when boundaries changed and that is an estimate for the new ones."""
    sitting: Holders | None = None
    """Party of each seat on the eve of poll, written likewise."""
    past_winners: Winners | None = None
    """Every earlier winner, oldest first: `2012:PP53|2016:PP52`; `none` when there was no earlier election."""
    previous_votes: VotesByParty | None = None
    """Votes last time by party, of everybody who stood: `PP52:94310|PP53:47158`. Those of independents are taken to be
    the ones of the independent whom `previous_election` names."""
    expected_at: Timestamp | None = None
    """When the declaration is expected."""
    declared_at: Timestamp | None = None
    """When it was declared: `2024-05-03T03:12:00+01:00`."""
    rejected: Whole | None = None
    """Ballot papers rejected."""
    papers: Whole | None = None
    """Ballot papers verified, valid and rejected."""


class BodyRow(Row):
    """A council or a parliament."""

    slug: RegionSlug
    """Its id: small letters, digits and hyphens."""
    name: Name
    """Name as printed."""
    kind: Literal["council", "parliament"] | None = None
    """`council` or `parliament`; a council when empty."""
    seats: Annotated[Count, BeforeValidator(whole), Field(ge=1)]
    """All seats, up this time or not."""
    not_up: SeatsByParty | None = None
    """Seats not up this time, by party: `PP52:12|PP53:4`; none when empty."""
    before: SeatsByParty | None = None
    """All seats by party at the last ordinary election of each."""
    control_before: Party | None = None
    """The party in control on the eve of poll, or `NOC`."""
    landmarks: Numbers | None = None
    """Numbers of seats worth a headline: `326`."""


class RegionRow(Row):
    """A grouping of contests that is neither an official region of England nor a country."""

    slug: RegionSlug | None = None
    """Its id; made of the name when empty."""
    name: Name
    """Its name as the contests have it."""
    kind: Literal["official", "country", "media", "council"]
    """`official`, `country`, `media` or `council`."""


class PartyRow(Row):
    """A party, or a description that candidates share."""

    party_id: NewParty
    """Its id, as in the other tables; for a party without one, one of your own: `local:synthetic-ratepayers`."""
    name: Name
    """Registered name."""
    spoken: Name | None = None
    """Name as spoken in a headline; the registered one when empty, and reported."""
    number: Literal["singular", "plural"] | None = None
    """Grammatical number of the spoken name; singular when empty."""
    abbreviation: Name | None = None
    """Short form in labels; the spoken name when empty."""
    colour: Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$")] | None = None
    """Colour on charts, `#RRGGBB`."""
    counts_as: NewParty | None = None
    """Id of the party it is counted as, when that is another one."""
    also: Items | None = None
    """Other names by which tables may call it, descriptions and other languages: `Welsh Labour|Llafur Cymru`."""


class CorrectionRow(Row):
    """One figure or fact that was said otherwise first. The other tables hold what is known to be right now."""

    ballot_paper_id: BallotId
    """The contest."""
    corrected_on: Moment
    """When it was corrected: a day, or a time with its offset. The hour of a day alone is written as noon in UTC."""
    candidate: Name | None = None
    """The candidate's person id, or else the name, where it is about one."""
    column: Literal[
        "votes_cast",
        "final_round_votes",
        "elected",
        "rejected",
        "papers",
        "electorate",
        "contest_name",
        "person_name",
        "party_id",
    ]
    """The column that was corrected. The first five belong to the declaration and make a revision of it; the others
    belong to the register and amend it."""
    before: Name
    """What was said first."""
    after: Name
    """What was said then: the value in the other table, or the `before` of a later correction."""
    note: Name | None = None
    """Why, in words."""
