"""An election as it is described before the night: its register, and the amendments made to it."""

from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Final, Literal, get_args

from pydantic import Field, Strict, model_validator
from pydantic_core import PydanticCustomError

from schemas.wire import (
    MAY_GROW,
    Array,
    BallotId,
    CandidateId,
    Colour,
    ElectionId,
    Name,
    PartyId,
    PublicKey,
    RegionSlug,
    Sent,
    Timestamp,
    Votes,
)

VotingSystem = Literal[
    "first-past-the-post",
    "supplementary-vote",
    "single-transferable-vote",
    "additional-member",
    "closed-list",
    "referendum",
]
"""How votes become winners: a fact of each contest, never derived from its kind or date.

``additional-member`` is a region whose list seats make up for the seats of its constituencies, which are contests of
their own (``first-past-the-post``); ``closed-list`` is one that elects by list alone."""

SYSTEMS: Final[frozenset[str]] = frozenset(get_args(VotingSystem))
"""Every voting system."""

LISTS: Final[frozenset[str]] = frozenset({"additional-member", "closed-list"})
"""The systems that elect by list: who stands is a party's list, or an individual."""

CountingRules = Literal["scotland", "northern-ireland"]
"""Whose rules of the single transferable vote a contest follows; they differ in how votes are transferred."""

BodyKind = Literal["council", "parliament"]
"""A council has control and no overall control; a parliament has a majority or is hung."""

BaselineName = Literal["previous_election", "sitting"]
"""What a winner is compared with; see ``Baselines``."""

Count = Annotated[int, Field(ge=0, le=2_000)]
"""A number of seats; twice the largest chamber there is in the United Kingdom."""

Number = Literal["singular", "plural"]
"""How the verb agrees with a party's spoken name: Labour *gains*, Conservatives *gain*."""

INDEPENDENT: Final = "ynmp-party:2"
"""Democracy Club's id of all who stand for no party. They share it without being one."""

ANSWER: Final = "answer:"
"""What the id of a party begins with that is an answer of a referendum: it lends the answer its name and colour."""

SPEAKER: Final = "ynmp-party:12522"
"""Democracy Club's id of the Speaker, who seeks re-election for no party."""


class Party(Sent):
    """A party, or a description that candidates may share, as the register knows it."""

    name: Name
    """Registered name, or the words on the ballot paper."""
    spoken: Name
    """Name as spoken in a headline: ``Labour``, ``Conservatives``."""
    number: Number = "singular"
    """Grammatical number of the spoken name."""
    abbreviation: Name
    """Short form in labels, the House of Commons Library's where it has one: ``Lab``, ``Con``, ``PC``."""
    colour: Colour | None = None
    """Colour on charts, ``#RRGGBB``; null where none is known."""
    ec_id: Name | None = None
    """Electoral Commission id, or Democracy Club's for joint descriptions and independents; null if it has none."""
    counts_as: PartyId | None = None
    """Id of the party this one is counted as: a joint description's main party, the Great Britain twin of a
    Northern Ireland registration. Null when it counts as itself."""


class ListedPerson(Sent):
    """Somebody on a party's list."""

    name: Name
    """Name as printed on the ballot paper."""
    id: CandidateId | None = None
    """The person's id; that of the same person where they stand in a constituency, too. Null where unknown."""


class Candidate(Sent):
    """A person on the ballot paper; in a contest by list a list, or an individual; an answer of a referendum."""

    name: Name
    """Name as printed on the ballot paper."""
    party: PartyId
    """Key of the candidate's party or joint description in the register's ``parties``. In a contest by list, who stands
    for the party of independents is an individual. An answer of a referendum has a party of its own, which lends it
    name and colour."""
    people: Array[ListedPerson] | None = None
    """Who is on a party's list, in their order. Null for a person, and for a list whose names are unknown."""
    sitting: Annotated[bool, Strict()] | None = None
    """Whether the candidate was a sitting member on the eve of poll: of this seat or, where boundaries changed, of
    another one of the body. Null where unknown."""


class Holder(Sent):
    """Who held one seat."""

    party: PartyId
    """The holder's party."""
    name: Name | None = None
    """The holder's name where known: it tells one independent from another."""


class Baseline(Sent):
    """Who held a contest's seats at one moment before this election."""

    seats: Array[Holder]
    """One holder a seat; empty when it is known that the seat had no predecessor (a new post)."""
    notional: Annotated[bool, Strict()] = False
    """True when boundaries changed and the holder is an estimate for the new ones."""


class Baselines(Sent):
    """The two things a winner may be compared with. Null means unknown, which is not the same as none."""

    previous_election: Baseline | None
    """Who won the seats at the previous ordinary election (House of Commons Library, BBC)."""
    sitting: Baseline | None
    """Who held the seats on the eve of poll, by-elections and defections counted (PA)."""


class PastWinner(Sent):
    """A winner of the same contest at an earlier election."""

    year: Annotated[int, Field(ge=1800, le=2200)]
    """Calendar year of that election."""
    party: PartyId
    """The winner's party."""


class Contest(Sent):
    """One ballot: what is elected, who stands, and what was so before."""

    name: Name
    """Short name as said in a headline: ``Norfolk``."""
    office: Name
    """What is elected: ``police and crime commissioner``."""
    voting_system: Annotated[VotingSystem, MAY_GROW]
    """How votes become winners."""
    seats: Annotated[int, Field(ge=1, le=100)]
    """How many are elected."""
    candidates: Annotated[dict[CandidateId, Candidate], Field(min_length=1)]
    """Who stands, by candidate id."""
    regions: Array[RegionSlug]
    """The groupings it belongs to besides the national one, official and editorial ones alike."""
    electorate: Votes | None
    """People entitled to vote; null where unknown."""
    baseline: Baselines
    """Who won last time and who sat on the eve."""
    past_winners: Array[PastWinner] | None
    """Every earlier winner of this contest, oldest first; null where they are not all known."""
    area: Name | None = None
    """GSS code of the area."""
    boundary_date: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")] | None = None
    """Day the boundary set came into force: GSS codes are issued again."""
    returning_officer: Name | None = None
    """Who declares this contest."""
    body: RegionSlug | None = None
    """The council or parliament whose seats these are, by its slug in the register's `bodies`; null for an office."""
    areas: Array[Name] = ()
    """The local areas where it is counted, when it is added up centrally; empty when it is counted as one."""
    previous_votes: dict[PartyId, Votes] | None = None
    """Votes last time by main party, for share change and swing; under the supplementary vote, first preferences.
    Those of independents are taken to be the ones of the independent whom `previous_election` names. Null where unknown
    or not comparable."""
    expected_at: Timestamp | None = None
    """When the declaration is expected; null where nobody said."""
    counting_rules: Annotated[CountingRules | None, MAY_GROW] = None
    """Under the single transferable vote, whose rules the count follows; else null."""
    constituencies: Array[BallotId] = ()
    """Under the additional member system, the contests of the region's constituencies: the seats that a party wins
    there are carried into the allocation of its list seats."""
    threshold_per_cent: Annotated[int, Field(ge=1, le=50)] | None = None
    """Per cent of the valid list votes below which a list gets no seat (London Assembly: 5); null for none."""
    seats_before: dict[PartyId, Count] | None = None
    """Of a contest by list: list seats by main party at the previous ordinary election; null where unknown or not
    comparable. List seats are nobody's to gain or hold."""
    question: Name | None = None
    """The question of a referendum, as printed on the ballot paper; its answers are the candidates."""

    @property
    def votes_per_paper(self) -> int:
        """How many votes a ballot paper has at most: one for each seat where those with most votes win, else one."""
        return self.seats if self.voting_system == "first-past-the-post" else 1

    @property
    def by_list(self) -> bool:
        """Whether it elects by list."""
        return self.voting_system in LISTS

    def encode(self) -> bytes:
        """Return it as JSON."""
        return self.__pydantic_serializer__.to_json(self)

    @model_validator(mode="after")
    def _everything_fits_the_seats(self) -> "Contest":
        if self.voting_system == "supplementary-vote" and self.seats != 1:
            raise PydanticCustomError("seats_and_system", "elects one person under the supplementary vote")
        if self.voting_system == "referendum" and self.seats != 1:
            raise PydanticCustomError("seats_and_referendum", "is a referendum, which has one answer: write 1 as seats")
        for baseline in (self.baseline.previous_election, self.baseline.sitting):
            if baseline is not None and len(baseline.seats) not in (0, self.seats):
                raise PydanticCustomError(
                    "seats_and_baseline",
                    "has a baseline of {holders} seats, but elects {seats}: name one holder a seat, or none at all",
                    {"holders": len(baseline.seats), "seats": self.seats},
                )
        return self

    @model_validator(mode="after")
    def _every_answer_is_one(self) -> "Contest":
        """Refuse a referendum with fewer than two answers, or with answers that are no parties of their own."""
        parties = [one.party for one in self.candidates.values()]
        if self.voting_system == "referendum" and (
            len(set(parties)) < max(2, len(parties)) or not all(party.startswith(ANSWER) for party in parties)
        ):
            raise PydanticCustomError("answers", "is a referendum without two answers, each with a party of its own")
        return self

    @model_validator(mode="after")
    def _every_fact_fits_the_system(self) -> "Contest":
        """Refuse what only another voting system has, and a contest that lacks what its own needs."""
        system = self.voting_system
        if system not in SYSTEMS:
            return self  # read from a table, and of a later release
        stated = {
            "counting_rules": self.counting_rules is not None,
            "constituencies": bool(self.constituencies),
            "threshold_per_cent": self.threshold_per_cent is not None,
            "seats_before": self.seats_before is not None,
            "people": any(one.people is not None for one in self.candidates.values()),
            "question": self.question is not None,
            "previous_votes": self.previous_votes is not None,
            "body": self.body is not None,
        }
        baselines = (self.baseline.previous_election, self.baseline.sitting)
        stated["baseline"] = any(baseline is not None for baseline in baselines) or self.past_winners is not None
        for field, given in stated.items():
            if given and system not in HAS_FIELD[field]:
                raise PydanticCustomError(
                    "field_and_system", "has {field}, which is not for {system}", {"field": field, "system": system}
                )
        for field, needed_by in _NEEDED_BY_SYSTEM.items():
            if system == needed_by and not stated[field]:
                raise PydanticCustomError(
                    "system_needs_field", "lacks {field}, which {system} needs", {"field": field, "system": system}
                )
        return self


HAS_FIELD: Final[dict[str, frozenset[str]]] = {
    "counting_rules": frozenset({"single-transferable-vote"}),
    "constituencies": frozenset({"additional-member"}),
    "threshold_per_cent": LISTS,
    "seats_before": LISTS,
    "people": LISTS,
    "question": frozenset({"referendum"}),
    "baseline": frozenset({"first-past-the-post", "supplementary-vote", "single-transferable-vote"}),
    "previous_votes": SYSTEMS - {"referendum"},
    "body": SYSTEMS - {"referendum"},
}
"""By field, the systems that have it. List seats and answers have no holder to be compared with."""

_NEEDED_BY_SYSTEM: Final = {
    "counting_rules": "single-transferable-vote",
    "constituencies": "additional-member",
    "question": "referendum",
}
"""What a system cannot do without."""


class Region(Sent):
    """A grouping of contests."""

    name: Name
    """Name as printed: ``East of England``."""
    kind: Annotated[Literal["official", "country", "media", "council"], MAY_GROW]
    """An official region, a country, a broadcaster's region, or a council's area."""


class Body(Sent):
    """A council or a parliament: who controls it follows from all of its seats, up this time or not."""

    name: Name
    """Name as printed: ``Derbyshire``."""
    kind: Annotated[BodyKind, MAY_GROW] = "council"
    """A council has control and no overall control; a parliament has a majority or is hung."""
    seats: Annotated[int, Field(ge=1, le=2_000)]
    """All seats, up this time or not, vacant or not. A majority is more than half of them (BBC)."""
    not_up: dict[PartyId, Count] = Field(default_factory=dict)
    """Seats not up this time, by the main party that keeps them."""
    vacant: Count = 0
    """Seats that nobody holds and that are not up this time. With those up and those not up they are all seats: control
    stays open as long as it could be decided by seats that are none of these."""
    before: dict[PartyId, Count] = Field(default_factory=dict)
    """All seats by main party at the last ordinary election of each, notional after a boundary review: what seat
    changes are measured against. Empty where unknown."""
    control_before: PartyId | Literal["NOC"] | None = None
    """The party in control on the eve of poll, or NOC; null where unknown."""
    landmarks: Array[Count] = ()
    """Numbers of seats worth a headline when a party reaches one: 326 in the House of Commons."""


class HoldLimits(Sent):
    """From which figures on a declaration is odd.

    Such a one is held for a second person where the election asks for signatures, and noted on its result where it does
    not: docs/verdicts.md. No amendment changes them. The defaults were measured on real nights: docs/rules.md, "Figures
    that are odd".
    """

    papers_apart_min: Annotated[int, Field(ge=1, le=1_000)] = 15
    """Papers by which papers verified differ at least from votes and rejected papers (Abacus, warning W.203)."""
    papers_apart_per_cent: Annotated[int, Field(ge=1, le=50)] = 2
    """Per cent of the papers verified by which they differ, too (Abacus, warning W.203)."""
    rejected_per_cent: Annotated[int, Field(ge=1, le=50)] = 5
    """Per cent of the papers verified that may have been rejected where nobody says how many were. In London 2021 more
    than 4 % were, under the supplementary vote; where there is one vote, one in two hundred is usual."""
    turnout_per_cent_min: Annotated[int, Field(ge=1, le=50)] = 5
    """Turnout, in per cent, below which any declaration is odd: the lowest of a police area was 10 % (2014)."""
    turnout_per_cent_max: Annotated[int, Field(ge=50, le=100)] = 95
    """Turnout, in per cent, above which any declaration is odd."""
    neighbours_min: Annotated[int, Field(ge=1, le=1_000)] = 10
    """Contests that must have been declared before another one is compared with them. What changed since last time is
    compared with fewer, too: beside those it must be as odd as it is alone."""
    spreads: Annotated[int, Field(ge=1, le=20)] = 3
    """Times the spread of the contests around it (from the lower to the upper quartile) by which a figure differs from
    the middle one of them: three times is what statisticians call far out (J. Tukey)."""
    national_spreads: Annotated[int, Field(ge=1, le=20)] = 5
    """The same for the change of votes since last time, where only the whole country can be compared: Scotland and
    Northern Ireland go ways of their own."""
    turnout_spread_per_cent: Annotated[int, Field(ge=1, le=50)] = 8
    """Least spread of turnouts, in per cent of the middle one: contests that happen to be alike make none odd."""
    change_spread_per_cent: Annotated[int, Field(ge=1, le=50)] = 3
    """Least spread of changes since last time, in per cent of the middle one."""
    turnout_from_last_points: Annotated[int, Field(ge=1, le=100)] = 12
    """Percentage points of turnout from what last time's votes would be of today's electorate, changed as they have in
    the contests around it as soon as there are enough."""
    council_turnout_per_cent: Annotated[int, Field(ge=1, le=100)] = 35
    """Turnout, in per cent, that is usual where councillors are elected and nobody else (25 to 45 % are). Until another
    contest is declared, fewer votes than last time are not odd where the turnout is within the points above of this:
    last time Parliament may have been elected on the same day."""
    council_turnout_risen_per_cent: Annotated[int, Field(ge=1, le=100)] = 75
    """Turnout, in per cent, up to which more votes than last time are not odd where councillors are elected: this time
    Parliament may be elected on the same day."""
    votes_of_last_per_cent_min: Annotated[int, Field(ge=1, le=100)] = 33
    """Votes in per cent of last time's, below which a by-election is odd, and any contest whose electorate is unknown:
    at by-elections 36 % came (Southend West 2022), at a police commissioner's 38 % (Dyfed-Powys 2024)."""
    votes_of_last_per_cent_max: Annotated[int, Field(ge=100, le=1_000)] = 150
    """Votes in per cent of last time's, above which the same are odd."""
    swing_points: Annotated[int, Field(ge=1, le=100)] = 25
    """Points from the party that lost most to the one that gained most, as long as there are too few contests to
    compare with: half the difference of their changes of share."""
    swing_points_by_election: Annotated[int, Field(ge=1, le=100)] = 40
    """The same at a by-election, where 34 points have been seen (North Shropshire 2021)."""
    swing_points_step: Annotated[int, Field(ge=0, le=100)] = 5
    """Points by which such a swing is beyond the largest to that party so far: of a landslide, only the first."""
    swing_points_from_others: Annotated[int, Field(ge=1, le=100)] = 22
    """Points of swing beyond that of the contests around it: of each party's change of share, the middle one of theirs
    is taken off."""
    few_votes: Annotated[int, Field(ge=0, le=1_000_000)] = 5_000
    """Votes last time below which a contest is small: the swings of wards vary more than those of constituencies."""
    swing_points_few_votes: Annotated[int, Field(ge=0, le=100)] = 6
    """Points by which `swing_points` and `swing_points_from_others` are larger for it, but at a by-election."""
    votes_times: Annotated[int, Field(ge=2, le=100)] = 2
    """Times the most votes of any contest so far, where the electorate is unknown: more is odd."""
    votes_part: Annotated[int, Field(ge=2, le=1_000)] = 10
    """Part of the fewest votes of any contest so far, a tenth, where the electorate is unknown: less is odd."""


DEFAULT_HOLD_LIMITS: Final = HoldLimits()
"""Of a register that states none."""


class RegisterHead(Sent):
    """A register without its contests, as the public table ``standing:register`` holds it."""

    election: ElectionId
    """Id of the group of contests."""
    name: Name
    """Name as printed: ``Police and crime commissioners, 2 May 2024``."""
    test: bool = False
    """True for a rehearsal; every event of the election then says so."""
    headline_baseline: BaselineName = "previous_election"
    """Which baseline headlines and tallies use; results carry the label under both."""
    signatures: Literal["none", "required"] = "none"
    """Whether everything that is sent has to be signed (docs/signatures.md). No amendment changes it."""
    holds: HoldLimits = DEFAULT_HOLD_LIMITS
    """From which figures on a declaration is odd. No amendment changes it."""
    operator_key: PublicKey | None = None
    """The operator's key, which signs the register itself and enrols everybody else's; null where nothing is signed."""
    parties: dict[PartyId, Party]
    """Parties and descriptions, by id."""
    regions: dict[RegionSlug, Region]
    """Groupings, by slug. The national one, ``uk``, is always there and lists every contest."""
    bodies: dict[RegionSlug, Body] = Field(default_factory=dict)
    """Councils and parliaments whose seats are contested, by slug."""
    sources: Array[Name] = ()
    """Where the facts come from, with their licences."""

    def encode(self) -> bytes:
        """Return it as JSON."""
        return self.__pydantic_serializer__.to_json(self)

    def main_party(self, party: str) -> str:
        """Return the id of the party that ``party`` is counted as."""
        return self.parties[party].counts_as or party

    def by_main_party(self, numbers: Mapping[PartyId, int]) -> Counter[PartyId]:
        """Return votes or seats of parties as those of the parties that they are counted as."""
        counted: Counter[PartyId] = Counter()
        for party, number in numbers.items():
            counted[self.main_party(party)] += number
        return counted

    def with_contests(self, contests: dict[BallotId, Contest]) -> "Register":
        """Return the whole register. It is not checked again: it was, as a whole, when it was accepted.

        A contest that is put into ``contests`` later is in the register, too.
        """
        head = {name: getattr(self, name) for name in RegisterHead.model_fields}
        return Register.model_construct(**head, contests=contests)


class Register(RegisterHead):
    """An election before the night. First entry of its ledger."""

    contests: Annotated[dict[BallotId, Contest], Field(min_length=1)]
    """Contests, by ballot id."""

    def head(self) -> RegisterHead:
        """Return the register without its contests."""
        return RegisterHead.model_construct(**{name: getattr(self, name) for name in RegisterHead.model_fields})

    @model_validator(mode="after")
    def _every_reference_leads_somewhere(self) -> "Register":
        """Refuse a register whose contests name parties or regions that it does not describe."""
        for party_id, party in self.parties.items():
            main = party.counts_as
            if main is not None and (main not in self.parties or self.parties[main].counts_as is not None):
                raise PydanticCustomError(
                    "unknown_reference",
                    "parties.{party}.counts_as names {main}, which is not a main party of this register",
                    {"party": party_id, "main": main},
                )
            if main is not None and party_id.startswith(ANSWER):
                raise PydanticCustomError("answer_counts_as", "parties.{party} is an answer", {"party": party_id})
        for ballot_id, contest in self.contests.items():
            named = {candidate.party for candidate in contest.candidates.values()}
            for baseline in (contest.baseline.previous_election, contest.baseline.sitting):
                named.update(holder.party for holder in (baseline.seats if baseline else ()))
            named.update(winner.party for winner in contest.past_winners or ())
            named.update(contest.previous_votes or ())
            named.update(contest.seats_before or ())
            for kind, missing in (
                ("party", sorted(named - self.parties.keys())),
                ("region", sorted(set(contest.regions) - self.regions.keys())),
                ("body", [contest.body] if contest.body is not None and contest.body not in self.bodies else []),
            ):
                if missing:
                    raise PydanticCustomError(
                        "unknown_reference",
                        "contests.{ballot} names the {kind} {missing}, which this register does not describe",
                        {"ballot": ballot_id, "kind": kind, "missing": missing[0]},
                    )
        return self

    @model_validator(mode="after")
    def _every_constituency_fits_its_region(self) -> "Register":
        """Refuse a region whose constituencies are no single seats of the same body, or are another region's, too."""
        region_of: dict[str, str] = {}
        for ballot_id, contest in self.contests.items():
            for constituency in contest.constituencies:
                found = self.contests.get(constituency)
                if found is None:
                    raise PydanticCustomError(
                        "unknown_reference",
                        "contests.{ballot} names the {kind} {missing}, which this register does not describe",
                        {"ballot": ballot_id, "kind": "constituency", "missing": constituency},
                    )
                if found.voting_system != "first-past-the-post" or found.seats != 1 or found.body != contest.body:
                    raise PydanticCustomError(
                        "no_constituency",
                        "contests.{ballot} names the constituency {other}, which is not one seat of the same body, "
                        "elected first past the post",
                        {"ballot": ballot_id, "other": constituency},
                    )
                if constituency in region_of:
                    raise PydanticCustomError(
                        "two_regions",
                        "contests.{ballot} names the constituency {other}, which belongs to {region}, too",
                        {"ballot": ballot_id, "other": constituency, "region": region_of[constituency]},
                    )
                region_of[constituency] = ballot_id
        return self

    def described_seats(self, body: str) -> int:
        """Return how many of a body's seats are described: up, not up or vacant."""
        up = sum(contest.seats for contest in self.contests.values() if contest.body == body)
        return up + sum(self.bodies[body].not_up.values()) + self.bodies[body].vacant

    @model_validator(mode="after")
    def _every_body_adds_up(self) -> "Register":
        """Refuse a body that names unknown parties, or has fewer seats than are accounted for."""
        for slug, body in self.bodies.items():
            named = {*body.not_up, *body.before}
            if body.control_before not in (None, "NOC"):
                named.add(body.control_before)
            if missing := sorted(party for party in named if party not in self.parties):
                raise PydanticCustomError(
                    "unknown_reference",
                    "bodies.{body} names the party {missing}, which this register does not describe",
                    {"body": slug, "missing": missing[0]},
                )
            if self.described_seats(slug) > body.seats:
                raise PydanticCustomError(
                    "too_many_seats",
                    "bodies.{body} has {seats} seats, fewer than those up, not up and vacant together",
                    {"body": slug, "seats": body.seats},
                )
        return self


class CandidateAmendment(Sent):
    """What changes about one candidate; a field left out stays as it was."""

    name: Name | None = None
    """The name as it should have been."""
    party: PartyId | None = None
    """The party as it should have been."""
    id: CandidateId | None = None
    """The candidate's id from now on. Only while nothing is declared about the contest, or nothing but that its poll is
    postponed or countermanded."""
    stands: Annotated[bool, Strict()] | None = None
    """True for a candidate who is added, with name and party; false for one who stands no longer. Only while
    nothing is declared about the contest, or nothing but that its poll is postponed or countermanded."""

    @property
    def changes_who_stands(self) -> bool:
        """Whether declarations made before would not fit the contest any more."""
        return self.id is not None or self.stands is not None


class Amendment(Sent):
    """A change to one contest of a loaded register; a field left out stays as it was."""

    ballot_id: BallotId
    """The contest."""
    electorate: Votes | None = None
    """People entitled to vote."""
    name: Name | None = None
    """Short name of the contest."""
    returning_officer: Name | None = None
    """Who declares this contest."""
    candidates: dict[CandidateId, CandidateAmendment] = Field(default_factory=dict)
    """Changes to candidates, by candidate id."""
    parties: dict[PartyId, Party] = Field(default_factory=dict)
    """Parties that the register does not have yet, by id, for who is added or sits now. What it says of its parties
    stays as it is."""
    headline_baseline: BaselineName | None = None
    """Which baseline headlines and tallies use, in the whole election. Only while nothing is declared in it,
    or nothing but that polls are postponed or countermanded."""
    sitting: Baseline | None = None
    """Who sits now: a vacancy was filled, by co-option or by a by-election before this one."""
    reason: Name | None = None
    """Why, in words."""
