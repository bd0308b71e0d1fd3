"""What the columns of the tables mean, and how their text is read. ``docs/packs.md`` prints these descriptions.

An empty cell means that nobody knows: it is never zero and never none.
"""

from collections.abc import Mapping
from functools import cache
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter

from schemas.register import Count, CountingRules, VotingSystem
from schemas.wire import BallotId, Name, RegionSlug
from tallywire.packs.building.cells import (
    Day,
    DayOrMoment,
    Expected,
    GssCode,
    Holders,
    Items,
    Listed,
    NewParty,
    Numbers,
    Party,
    Person,
    PersonName,
    SeatsByParty,
    ShownDay,
    Transferred,
    TransferredTotal,
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

    KEY: ClassVar[str] = "ballot_paper_id"
    """The column that says what a row is about."""
    OLDER: ClassVar[Mapping[str, str]] = {}
    """Names that Democracy Club's older exports have for columns."""
    ELSEWHERE: ClassVar[Mapping[str, str]] = {}
    """Names that others have for columns: what is offered when one is missing."""
    WHERE: ClassVar[Mapping[str, str]] = {}
    """Where a column can be had that is missing."""
    SAME: ClassVar[Mapping[str, str]] = {}
    """Columns that are not read, but say the same as one that is: they are compared with it."""

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
        return _adapter(cls, column).validate_python(text)


@cache
def _adapter(model: type[Row], column: str) -> TypeAdapter[object]:
    return TypeAdapter(model.model_fields[column].rebuild_annotation())


class CandidateRow(Row):
    """One candidate in one contest. Columns that Democracy Club's exports have carry its names."""

    OLDER: ClassVar[Mapping[str, str]] = {
        "id": "person_id",
        "name": "person_name",
        "election": "election_id",
        "party_ec_id": "party_id",
        "gss_code": "gss",
    }
    ELSEWHERE: ClassVar[Mapping[str, str]] = {
        "ballot_id": "ballot_paper_id",
        "ballot_papers": "papers",
        "dc_person_id": "person_id",
        "candidate": "person_name",
        "candidate_name": "person_name",
        "candidates": "person_name",
        "party": "party_name",
        "description": "party_description_text",
        "party_description": "party_description_text",
        "votes": "votes_cast",
        "votes_received": "votes_cast",
        "total_votes": "votes_cast",
        "number_of_votes": "votes_cast",
        "first_preferences": "votes_cast",
        "is_elected": "elected",
        "is_winner": "elected",
        "winner": "elected",
        "tied_vote": "tied_vote_winner",
        "ward": "post_label",
        "ward_name": "post_label",
        "constituency": "post_label",
        "division": "post_label",
        "seats": "seats_contested",
        "vacancies": "seats_contested",
        "electorate": "total_electorate",
        "rejected": "spoilt_ballots",
        # The Local Government Association's schema for results, in which VotesCast are the papers of a ward.
        "electiondate": "election_date",
        "electoralarealabel": "post_label",
        "politicalpartyuri": "party_id",
        "politicalpartylabel": "party_name",
        "candidatesdescription": "party_description_text",
        "voteswon": "votes_cast",
        "eligibleelectorate": "total_electorate",
    }
    WHERE: ClassVar[Mapping[str, str]] = {
        "ballot_paper_id": "Democracy Club's exports of today have it, the older ones have not; it is "
        "written like local.sheffield.ecclesall.2021-05-06"
    }
    SAME: ClassVar[Mapping[str, str]] = {"party_ec_id": "party_id", "legacy_party_id": "party_id", "gss_code": "gss"}

    election_id: Name | None = None
    """Democracy Club's election; it has to be this election or a part of it."""
    election_date: ShownDay | None = None
    """Polling day; it has to be the one in `ballot_paper_id`."""
    ballot_paper_id: BallotId
    """The contest."""
    person_id: Person | None = None
    """Democracy Club's person id; when empty, the candidate's id is made of the name."""
    person_name: PersonName
    """Name as printed on the ballot paper; in a contest by list the list's, in a referendum the answer."""
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
    """Votes; under the supplementary vote and the single transferable vote, first preferences; votes of a list."""
    final_round_votes: Whole | None = None
    """Under the supplementary vote, votes in the final round, transferred ones too; empty for who was not in it."""
    elected: Truth | None = None
    """Whether the candidate was declared elected: `t` or `f`. In a contest by list, `elected_order` of the contest says
    it."""
    elected_at: Annotated[int, BeforeValidator(whole), Field(ge=1, le=1000)] | None = None
    """Under the single transferable vote, the stage at the end of which the candidate was elected; 1 is the count of
    first preferences."""
    tied_vote_winner: Truth | None = None
    """`t` for who the lot chose among candidates with equal votes; for a list that was drawn among those with equal
    figures."""
    areas: VotesByArea | None = None
    """Votes in each local area, where a contest is counted locally: `Norwich:1200|Breckland:800`."""
    post_label: Name | None = None
    """Name of the contest, for when there is no table of contests."""
    seats_contested: Annotated[int, BeforeValidator(whole), Field(ge=1, le=100)] | None = None
    """How many the contest elects: the same as its `seats`."""
    gss: GssCode | None = None
    """GSS code of the contest's area: the same as its `gss`."""
    cancelled_poll: Truth | None = None
    """`t` when there was no vote: uncontested where all are marked as elected and there are no more of them than seats,
    else countermanded."""
    total_electorate: Whole | None = None
    """People entitled to vote in the contest: the same as its `electorate`."""
    spoilt_ballots: Whole | None = None
    """Ballot papers rejected in the contest: the same as its `rejected`."""


class ContestRow(Row):
    """One contest."""

    ELSEWHERE: ClassVar[Mapping[str, str]] = {
        "ballot_id": "ballot_paper_id",
        "name": "contest_name",
        "contest": "contest_name",
        "ward": "contest_name",
        "ward_name": "contest_name",
        "constituency": "contest_name",
        "post_label": "contest_name",
        "seats_contested": "seats",
        "vacancies": "seats",
        "total_electorate": "electorate",
        "spoilt_ballots": "rejected",
        "spoilt": "rejected",
        "rejected_ballots": "rejected",
        "gss_code": "gss",
        "area": "gss",
        "ballot_papers": "papers",
        # The Local Government Association's schema for results.
        "electoralarealabel": "contest_name",
        "votescast": "papers",
        "eligibleelectorate": "electorate",
        "returningofficer": "returning_officer",
        "ballotsrejectedofficialmark": "rejected_official_mark",
        "ballotsrejectedmultiplevote": "rejected_too_many_votes",
        "ballotsrejectedidentification": "rejected_identifiable",
        "ballotsrejectedinpart": "rejected_in_part",
        "ballotsrejectedunmarked": "rejected_unmarked",
    }
    SAME: ClassVar[Mapping[str, str]] = {
        "seats_contested": "seats",
        "total_electorate": "electorate",
        "spoilt_ballots": "rejected",
        "gss_code": "gss",
    }

    ballot_paper_id: BallotId
    """The contest."""
    contest_name: Name
    """Short name as said in a headline: `Norfolk`."""
    office: Name
    """What is elected: `police and crime commissioner`."""
    voting_system: VotingSystem
    """`first-past-the-post`, `supplementary-vote`, `single-transferable-vote`, `additional-member` (a region whose list
    seats make up for those of its constituencies, which are contests of their own), `closed-list` or `referendum`."""
    seats: Annotated[int, BeforeValidator(whole), Field(ge=1, le=100)]
    """How many are elected."""
    electorate: Whole | None = None
    """People entitled to vote."""
    gss: GssCode | None = None
    """GSS code of the area."""
    boundary_date: Day | None = None
    """Day the boundary set came into force: `2024-05-30`."""
    returning_officer: Name | None = None
    """Who declares it."""
    regions: Items | None = None
    """Names, or slugs, of the groupings it belongs to: `East of England|ITV Anglia`."""
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
    expected_at: Expected | None = None
    """When the declaration is expected."""
    declared_at: DayOrMoment | None = None
    """When it was declared: `2024-05-03T03:12:00+01:00`, or the day alone where the hour is unknown."""
    poll: Literal["held", "uncontested", "postponed", "countermanded"] | None = None
    """What became of the poll: `held`, `uncontested`, `postponed` or `countermanded`; held, or uncontested where the
    candidates say so, when empty."""
    poll_reason: Name | None = None
    """Why it was postponed or countermanded, in words fit to print."""
    rejected: Whole | None = None
    """Ballot papers rejected."""
    rejected_official_mark: Whole | None = None
    """Of them those without the official mark. Where one head is stated all are, 0 where there were none."""
    rejected_too_many_votes: Whole | None = None
    """Of them those with votes for more candidates than the voter may choose."""
    rejected_identifiable: Whole | None = None
    """Of them those with a mark by which the voter could be identified."""
    rejected_unmarked: Whole | None = None
    """Of them those that are unmarked."""
    rejected_void_for_uncertainty: Whole | None = None
    """Of them those on which the choice is not certain."""
    rejected_in_part: Whole | None = None
    """Those rejected in part, of which some votes were counted; `rejected` may count them or not."""
    papers: Whole | None = None
    """Ballot papers verified, valid and rejected."""
    counting_rules: CountingRules | None = None
    """Under the single transferable vote, whose rules the count follows: `scotland` or `northern-ireland`; those of the
    country, or of the GSS code's, when empty."""
    quota: Whole | None = None
    """The same, the quota as declared."""
    constituencies: Items | None = None
    """Under the additional member system, the constituencies of the region by their ids:
    `sp.c.ayr.2021-05-06|sp.c.galloway.2021-05-06`."""
    threshold_per_cent: Annotated[int, BeforeValidator(whole), Field(ge=1, le=50)] | None = None
    """Per cent of the valid list votes below which a list gets no seat; none when empty."""
    seats_before: SeatsByParty | None = None
    """Of a contest by list, its list seats by party at the previous ordinary election: `PP102:4|PP53:3`."""
    elected_order: Listed | None = None
    """The same, lists in the order in which they were given the seats, each as often as it has one, by id, name or
    party: `PP53|PP102|PP53`."""
    question: Name | None = None
    """The question of a referendum, as printed on the ballot paper."""


class PersonRow(Row):
    """Somebody on a party's list. Columns that Democracy Club's exports have carry its names."""

    ELSEWHERE: ClassVar[Mapping[str, str]] = {
        "ballot_id": "ballot_paper_id",
        "name": "person_name",
        "candidate": "person_name",
        "party": "party_name",
        "position": "party_list_position",
        "list_position": "party_list_position",
    }

    ballot_paper_id: BallotId
    """The contest."""
    party_list: Name | None = None
    """The list, by its id or its name in the candidates' table; when empty, the one of the person's party."""
    party_id: Party | None = None
    """The person's party, for when `party_list` is empty."""
    party_name: Name | None = None
    """Its name, for when there is no id."""
    party_list_position: Annotated[int, BeforeValidator(whole), Field(ge=1, le=1000)] | None = None
    """The place on the list, from 1 on; needed but for an individual, who has a row among the candidates."""
    person_id: Person | None = None
    """Democracy Club's person id: the same as in a constituency, where the person stands in one, too."""
    person_name: PersonName
    """Name as printed on the ballot paper."""


class StageRow(Row):
    """The votes of one candidate when one stage of a count by single transferable vote was over."""

    ELSEWHERE: ClassVar[Mapping[str, str]] = {
        "ballot_id": "ballot_paper_id",
        "count": "stage",
        "person_id": "candidate",
        "person_name": "candidate",
        "name": "candidate",
        "transfers": "transfer",
        "votes": "total",
        "total_votes": "total",
    }

    ballot_paper_id: BallotId
    """The contest."""
    stage: Annotated[int, BeforeValidator(whole), Field(ge=2, le=1000)]
    """Its number, from 2 on: stage 1 is the first preferences, which are the candidates' `votes_cast`."""
    candidate: Name
    """The candidate's id or name; `non-transferable` for the votes that are not transferable when the stage is over."""
    total: TransferredTotal
    """The candidate's votes when the stage was over: `806.07214`; 0 for who was excluded. A row may be left out for who
    had been excluded before."""
    transfer: Transferred | None = None
    """Votes that the candidate received or, below zero, gave away."""
    action: Literal["surplus", "exclusion"] | None = None
    """On the row of whose votes were transferred, what was done: `surplus` or `exclusion`. When it is empty in all rows
    of a stage it follows from the totals: who falls to 0 was excluded, who falls to the quota had a surplus."""
    lot: Truth | None = None
    """`t` for who was chosen by lot at the stage among candidates with equal votes."""


class AnnouncementRow(Row):
    """When a stage was announced, where a count by single transferable vote is announced stage by stage."""

    ballot_paper_id: BallotId
    """The contest."""
    stage: Annotated[int, BeforeValidator(whole), Field(ge=1, le=1000)]
    """The last stage that was announced then; the one of the last stage of all is the declaration."""
    declared_at: DayOrMoment
    """When it was announced, with its hour."""


class BodyRow(Row):
    """A council or a parliament."""

    KEY: ClassVar[str] = "slug"

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
    vacant: Annotated[Count, BeforeValidator(whole)] | None = None
    """Seats that nobody holds and that are not up; none when empty. With those up and `not_up` they are all `seats`."""
    before: SeatsByParty | None = None
    """All seats by party at the last ordinary election of each."""
    control_before: Party | None = None
    """The party in control on the eve of poll, or `NOC`."""
    landmarks: Numbers | None = None
    """Numbers of seats worth a headline: `326`."""


class RegionRow(Row):
    """A grouping of contests that is neither an official region of England nor a country."""

    KEY: ClassVar[str] = "name"

    slug: RegionSlug | None = None
    """Its id; made of the name when empty."""
    name: Name
    """Its name as the contests have it."""
    kind: Literal["official", "country", "media", "council"]
    """`official`, `country`, `media` or `council`."""


class PartyRow(Row):
    """A party, or a description that candidates share."""

    KEY: ClassVar[str] = "party_id"

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


DeclaredColumn = Literal[
    "votes_cast",
    "final_round_votes",
    "elected",
    "tied_vote_winner",
    "areas",
    "rejected",
    "rejected_official_mark",
    "rejected_too_many_votes",
    "rejected_identifiable",
    "rejected_unmarked",
    "rejected_void_for_uncertainty",
    "rejected_in_part",
    "papers",
    "quota",
    "elected_order",
]
"""Columns that belong to the declaration: to correct them takes another revision."""


class CorrectionRow(Row):
    """One figure or fact that was said otherwise first. The other tables hold what is known to be right now."""

    ballot_paper_id: BallotId
    """The contest."""
    corrected_on: DayOrMoment
    """When it was corrected: a day, or a time with its offset."""
    candidate: Name | None = None
    """The candidate's person id, or else the name, where it is about one."""
    column: Literal[
        DeclaredColumn,
        "electorate",
        "contest_name",
        "returning_officer",
        "person_name",
        "party_id",
        "person_id",
        "stands",
    ]
    """The column that was corrected. Those up to `elected_order` belong to the declaration and make a revision of it;
    the others belong to the register and amend it. `stands`, with `f` before and `t` after, is for a candidate who was
    added; that and `person_id` only before the contest was declared."""
    before: Name | None = None
    """What was said first; empty where nothing was."""
    after: Name | None = None
    """What was said then: the value in the other table, or the `before` of a later correction."""
    note: Name | None = None
    """Why, in words."""
