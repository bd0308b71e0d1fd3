"""An election at a moment as NIST SP 1500-100 has it, version 2: Election Results Reporting, in JSON.

The classes are those of https://doi.org/10.6028/NIST.SP.1500-100r2. What is carried where, and what cannot be, is in
docs/nist.md.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC
from functools import partial
from typing import Any, Final

from jiter import from_json

from schemas import RELEASE
from schemas.register import ANSWER, INDEPENDENT, Candidate, Contest, Party, Region, RegisterHead
from schemas.wire import NATIONAL
from services.rules.by_elections import is_by_election
from tallywire.publishing.documents import IN_STAGES, NOT_AWAITED, View
from tallywire.publishing.event import Event
from tallywire.publishing.figures import papers_counted
from tallywire.publishing.history import polling_day
from tallywire.publishing.kept import Kept

Json = dict[str, Any]
Data = Mapping[str, Any]

LANGUAGE: Final = "en"
"""Of all texts: a register does not say of a name which language it is in."""

REGION_TYPES: Final[Mapping[str, Json]] = {
    "country": {"Type": "country"},
    "official": {"Type": "other", "OtherType": "official region"},
    "media": {"Type": "other", "OtherType": "broadcaster's region"},
    "council": {"Type": "other", "OtherType": "council area"},
}
"""The type of a region's unit, by its kind."""

VARIATIONS: Final[Mapping[str, Json]] = {
    "supplementary-vote": {"VoteVariation": "other", "OtherVoteVariation": "supplementary-vote"},
    "single-transferable-vote": {"VoteVariation": "rcv"},
    "additional-member": {"VoteVariation": "proportional"},
    "closed-list": {"VoteVariation": "proportional"},
    "referendum": {"VoteVariation": "plurality"},
}
"""How votes become winners, by voting system; of first past the post it depends on the seats."""

FLASH: Final = "flash"
"""Who has won is known, and the votes follow."""


@dataclass(frozen=True, slots=True)
class OfContest:
    """What a report says of a contest, as JSON; of several objects without the brackets of their list."""

    area: bytes
    contest: bytes
    candidates: bytes
    persons: bytes
    papers: bytes
    """Empty where nothing is known of them."""
    status: str
    """How far it is counted."""
    settled: bool
    """Whether no more is awaited."""


def report(view: View, issuer: str, kept: Kept[OfContest]) -> bytes:
    """Return the report of an election: one with nothing in it before its register is loaded.

    Args:
        view: the election at a moment.
        issuer: who publishes it: where the service is reached from outside; empty where nobody said.
        kept: what was said of contests before.
    """
    when = view.moment.accepted if view.place else polling_day(view.history.election)
    said = _object(
        "ElectionReport",
        Format="summary-contest",
        GeneratedDate=when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        Issuer=issuer or "Tallywire",
        IssuerAbbreviation="Tallywire",
        SequenceStart=1,
        SequenceEnd=1,
        VendorApplicationId=f"Tallywire {RELEASE}",
        IsTest=view.test,
        ExternalIdentifier=[_identifier("tallywire-cursor", str(view.moment.cursor))],
        Notes="\n".join((f"Licence: {view.licence}", *(view.head.sources if view.head is not None else ()))),
    )
    if view.test:
        said["TestType"] = "rehearsal"
    if view.head is None:
        return _with(said | {"Status": "pre-election"})
    return _Report(view, view.head, kept).written(said)


class _Report:
    """A report of what a register and results say."""

    def __init__(self, view: View, head: RegisterHead, kept: Kept[OfContest]) -> None:
        self._view = view
        self._head = head
        registered = view.history.registers
        self._contests = {each: registered.contest(each, view.ledger).contest for each in view.contests()}
        offices = dict.fromkeys((one.body, one.office) for one in self._contests.values() if one.question is None)
        self._offices = {office: f"office_-{number}" for number, office in enumerate(offices, 1)}
        results = view.history.standing("result", view.moment.cursor)
        self._begun = bool(results)
        self._parts = [
            kept.get(
                view.history.election,
                ballot_id,
                contest,
                results.get(ballot_id),
                partial(self._of_contest, number, ballot_id, contest, results.get(ballot_id)),
            )
            for number, (ballot_id, contest) in enumerate(self._contests.items(), 1)
        ]

    def written(self, head: Json) -> bytes:
        """Return the report behind its head, as JSON."""
        parts = self._parts
        said = head | {
            "Status": self._status(),
            "Office": [
                _object("Office", office_id, Name=_words(office)) for (_, office), office_id in self._offices.items()
            ],
            "OfficeGroup": [
                _object("OfficeGroup", Name=body.name, OfficeIds=self._offices_of(slug))
                for slug, body in self._head.bodies.items()
            ],
            "Party": [
                _party(party_id, party)
                for party_id, party in self._head.parties.items()
                if not party_id.startswith(ANSWER)
            ],
        }
        election = _with(
            self._election(),
            BallotCounts=[one.papers for one in parts if one.papers],
            Contest=[one.contest for one in parts],
            Candidate=[one.candidates for one in parts if one.candidates],
        )
        return _with(
            said,
            GpUnit=[*map(_json, self._regions()), *(one.area for one in parts)],
            Person=[one.persons for one in parts if one.persons],
            Election=[election],
        )

    def _status(self) -> str:
        """Return how far the election is. Nothing here is certified: that is for returning officers."""
        if not self._begun:
            return "pre-election"
        settled = (one.settled for one in self._parts)
        return "unofficial-complete" if all(settled) else "unofficial-partial"

    def _regions(self) -> Iterator[Json]:
        """Yield a unit for each region, made up of the areas of its contests."""
        tallies = self._view.history.standing("tally", self._view.moment.cursor)
        for slug, region in self._view.regions().items():
            members = [each for each, one in self._contests.items() if slug == NATIONAL or slug in one.regions]
            unit = _region(slug, region)
            unit["ComposingGpUnitIds"] = [_id("area", each) for each in members]
            if slug in tallies:
                tally = from_json(tallies[slug].content)["data"]
                unit |= {"SubUnitsReported": tally["declared"], "TotalSubUnits": tally["expected"]}
            yield unit

    def _offices_of(self, body: str) -> list[str]:
        return [office_id for (each, _), office_id in self._offices.items() if each == body]

    def _election(self) -> Json:
        """Return the election without what is said contest by contest."""
        day = self._view.history.election.rpartition(".")[2]
        statuses = {one.status for one in self._parts}
        return _object(
            "Election",
            Name=_words(self._head.name),
            Type="special" if all(map(is_by_election, self._contests)) else "general",
            StartDate=day,
            EndDate=day,
            ElectionScopeId=_id("region", NATIONAL),
            ExternalIdentifier=[_identifier("democracy-club-election", self._view.history.election)],
            CountStatus=[_status_object(statuses.pop() if len(statuses) == 1 else "in-process")],
        )

    def _of_contest(self, number: int, ballot_id: str, contest: Contest, event: Event | None) -> OfContest:
        result: Data | None = None if event is None else from_json(event.content)["data"]
        stand = [(each, one) for each, one in contest.candidates.items() if self._is_person(contest, one)]
        return OfContest(
            area=_json(_area(ballot_id, contest, result)),
            contest=_json(self._contest(number, ballot_id, contest, result)),
            candidates=b",".join(_json(_candidate(ballot_id, each, one, result)) for each, one in stand),
            persons=b",".join(
                _json(_object("Person", _id("person", ballot_id, each), FullName=_words(one.name)))
                for each, one in stand
            ),
            papers=_papers(ballot_id, result),
            status=_count_status(result),
            settled=result is not None and (_counted(result) or result["kind"] in NOT_AWAITED),
        )

    def _is_person(self, contest: Contest, candidate: Candidate) -> bool:
        """Whether who stands is a person: neither a party's list nor an answer."""
        individual = self._head.main_party(candidate.party) == INDEPENDENT
        return individual if contest.by_list else contest.question is None

    def _contest(self, number: int, ballot_id: str, contest: Contest, result: Data | None) -> Json:
        """Return a contest: of candidates, of parties where it elects by list, of a measure in a referendum."""
        said = _about(_class_of(contest), number, ballot_id, contest, result)
        if contest.question is not None:
            said |= {"Type": "referendum", "FullText": _words(contest.question)}
        elif not contest.by_list:
            said["OfficeIds"] = [self._offices[contest.body, contest.office]]
            said |= {"NumberElected": contest.seats, "VotesAllowed": contest.votes_per_paper}
        said["ContestSelection"] = [
            self._selection(ballot_id, contest, each, result) for each in _ranked(contest, result)
        ]
        return said

    def _selection(self, ballot_id: str, contest: Contest, candidate_id: str, result: Data | None) -> Json:
        selection_id, candidate = _id("selection", ballot_id, candidate_id), contest.candidates[candidate_id]
        if contest.question is not None:
            selection = _object("BallotMeasureSelection", selection_id, Selection=_words(candidate.name))
        elif self._is_person(contest, candidate):
            ids = [_id("candidate", ballot_id, candidate_id)]
            selection = _object("CandidateSelection", selection_id, CandidateIds=ids)
        else:
            selection = _object("PartySelection", selection_id, PartyIds=[_id("party", candidate.party)])
        if counts := _counts(ballot_id, contest, candidate_id, result):
            selection["VoteCounts"] = counts
        return selection


def _area(ballot_id: str, contest: Contest, result: Data | None) -> Json:
    """Return the unit of a contest's area."""
    area = _object(
        "ReportingUnit", _id("area", ballot_id), Type="other", OtherType="electoral area", Name=_words(contest.name)
    )
    if contest.area is not None:
        area["ExternalIdentifier"] = [_identifier("gss-code", contest.area)]
    if contest.electorate is not None:
        area["VotersRegistered"] = contest.electorate
    if (papers := papers_counted(result)) is not None:
        area["VotersParticipated"] = papers
    return area


def _papers(ballot_id: str, result: Data | None) -> bytes:
    """Return the papers of a contest as JSON, as far as they are known; nothing where they are not."""
    figures = {
        "BallotsCast": papers_counted(result),
        "BallotsRejected": None if result is None else result["rejected"],
    }
    known = {name: figure for name, figure in figures.items() if figure is not None}
    if not known:
        return b""
    return _json(_object("BallotCounts", GpUnitId=_id("area", ballot_id), Type="total", **known))


def _class_of(contest: Contest) -> str:
    if contest.question is not None:
        return "BallotMeasureContest"
    return "PartyContest" if contest.by_list else "CandidateContest"


def _about(name: str, number: int, ballot_id: str, contest: Contest, result: Data | None) -> Json:
    """Return what a contest of each class has."""
    said = _object(
        name,
        _id("contest", ballot_id),
        Name=contest.name,
        ElectionDistrictId=_id("area", ballot_id),
        ExternalIdentifier=[_identifier("democracy-club-ballot", ballot_id)],
        SequenceOrder=number,
        **_variation(contest),
        CountStatus=[_status_object(_count_status(result))],
    )
    if result is not None and result.get("areas_expected") is not None:
        said |= {"SubUnitsReported": result["areas_declared"] or 0, "TotalSubUnits": result["areas_expected"]}
    return said


def _counts(ballot_id: str, contest: Contest, candidate_id: str, result: Data | None) -> list[Json]:
    """Return the counts of one who stands: of each round or stage, and of list seats."""
    stated = _stated(result).get(candidate_id, {})
    # Two rounds are two counts, also where the first one has settled it; so are stages.
    rounds = contest.voting_system in ("supplementary-vote", "single-transferable-vote")
    figures = [(1, stated.get("votes")), (2, stated.get("final_votes"))]
    for stage in (result or {}).get("stages") or ():
        votes = stage["totals"].get(candidate_id)
        figures.append((stage["stage"], None if votes is None else float(votes)))
    counts = [
        _object(
            "VoteCounts",
            Count=votes,
            GpUnitId=_id("area", ballot_id),
            Type="total",
            **({"Round": number} if rounds else {}),
        )
        for number, votes in figures
        if votes is not None
    ]
    if result is not None and result["counts"] and stated.get("seats") is not None:
        counts.append(_object("VoteCounts", Count=stated["seats"], GpUnitId=_id("area", ballot_id), Type="seats"))
    return counts


def _counted(result: Data) -> bool:
    """Whether a result counts, and no stage is to come."""
    return bool(result["counts"]) and result["kind"] != IN_STAGES


def _candidate(ballot_id: str, candidate_id: str, candidate: Candidate, result: Data | None) -> Json:
    said = _object(
        "Candidate",
        _id("candidate", ballot_id, candidate_id),
        BallotName=_words(candidate.name),
        PersonId=_id("person", ballot_id, candidate_id),
        PartyId=_id("party", candidate.party),
        ExternalIdentifier=[_identifier("democracy-club-person-or-slug", candidate_id)],
    )
    if candidate.sitting is not None:
        said["IsIncumbent"] = candidate.sitting
    if result is not None and (status := _candidate_status(result, candidate_id)) is not None:
        said["PostElectionStatus"] = status
    return said


def _stated(result: Data | None) -> dict[str, Data]:
    """Return what a result says of each candidate."""
    return {} if result is None else {one["candidate"]: one for one in result["candidates"]}


def _ranked(contest: Contest, result: Data | None) -> list[str]:
    """Return the candidates of a contest, most votes first where votes are known."""
    return [each for each in dict.fromkeys((*_stated(result), *contest.candidates)) if each in contest.candidates]


def _candidate_status(result: Data, candidate_id: str) -> str | None:
    """Return what became of a candidate; None while that is open, or where nothing stands."""
    elected = candidate_id in result["elected"]
    if result["kind"] == IN_STAGES and not elected:
        excluded = _stated(result).get(candidate_id, {}).get("excluded_at") is not None
        return "defeated" if excluded else None
    if result["counts"]:
        return "winner" if elected else "defeated"
    return "projected-winner" if result["kind"] == FLASH and elected else None


def _count_status(result: Data | None) -> str:
    if result is None or result["kind"] in NOT_AWAITED:
        return "not-processed"
    return "completed" if _counted(result) else "in-process"


def _status_object(status: str) -> Json:
    return _object("CountStatus", Type="total", Status=status)


def _variation(contest: Contest) -> Json:
    """Return how votes become winners."""
    most_votes = {"VoteVariation": "plurality" if contest.seats == 1 else "n-of-m"}
    return VARIATIONS.get(contest.voting_system, most_votes)


def _region(slug: str, region: Region) -> Json:
    return _object("ReportingUnit", _id("region", slug), Name=_words(region.name), **REGION_TYPES[region.kind])


def _party(party_id: str, party: Party) -> Json:
    said = _object("Party", _id("party", party_id), Name=_words(party.name), Abbreviation=_words(party.abbreviation))
    if party.colour is not None:
        said["Color"] = party.colour.removeprefix("#").lower()
    if party.ec_id is not None:
        said["ExternalIdentifier"] = [_identifier("electoral-commission-party", party.ec_id)]
    return said


def _identifier(kind: str, value: str) -> Json:
    return _object("ExternalIdentifier", Type="other", OtherType=kind, Value=value)


def _words(text: str) -> Json:
    """Return a text in the one language that is known."""
    content = _object("LanguageString", Content=text, Language=LANGUAGE)
    return _object("InternationalizedText", Text=[content])


def _id(kind: str, *parts: str) -> str:
    """Return an id that is one of XML, too, for the same model is written in XML."""
    return "_-".join((kind, *(part.replace("_", "__").replace(":", "_.") for part in parts)))


def _object(name: str, object_id: str | None = None, /, **members: object) -> Json:
    """Return an object of a class."""
    named = {} if object_id is None else {"@id": object_id}
    return {"@type": f"ElectionResults.{name}", **named, **members}


def _with(members: Json, /, **lists: list[bytes]) -> bytes:
    """Return an object as JSON, with lists of what is JSON already."""
    more = b"".join(b',"%b":[%b]' % (name.encode(), b",".join(items)) for name, items in lists.items())
    return b"%b%b}" % (_json(members).removesuffix(b"}"), more)


def _json(value: Json) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
