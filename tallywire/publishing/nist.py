"""An election at a moment as NIST SP 1500-100 has it, version 2: Election Results Reporting, in JSON.

The classes are those of https://doi.org/10.6028/NIST.SP.1500-100r2. What is carried where, and what cannot be, is in
docs/nist.md.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import Any, Final

from jiter import from_json

from schemas import RELEASE
from schemas.register import Candidate, Contest, Party, Region, RegisterHead
from schemas.wire import NATIONAL
from services.rules.by_elections import is_by_election
from tallywire.publishing.documents import NOT_AWAITED, View
from tallywire.publishing.figures import papers_counted
from tallywire.publishing.history import polling_day

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

FLASH: Final = "flash"
"""Who has won is known, and the votes follow."""


def report(view: View, issuer: str) -> bytes:
    """Return the report of an election: one with nothing in it before its register is loaded.

    Args:
        view: the election at a moment.
        issuer: who publishes it: where the service is reached from outside; empty where nobody said.
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
        Status="pre-election",
        VendorApplicationId=f"Tallywire {RELEASE}",
        IsTest=view.test,
        ExternalIdentifier=[_identifier("tallywire-cursor", str(view.moment.cursor))],
        Notes="\n".join((f"Licence: {view.licence}", *(view.head.sources if view.head is not None else ()))),
    )
    if view.test:
        said["TestType"] = "rehearsal"
    if view.head is not None:
        said |= _Report(view, view.head).parts()
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


class _Report:
    """The parts of a report that come from a register and from results."""

    def __init__(self, view: View, head: RegisterHead) -> None:
        self._view = view
        self._head = head
        registered = view.history.registers
        self._contests = {each: registered.contest(each, view.ledger).contest for each in view.contests()}
        standing = view.history.standing("result", view.moment.cursor)
        self._results: dict[str, Data] = {each: from_json(event.content)["data"] for each, event in standing.items()}
        offices = dict.fromkeys((one.body, one.office) for one in self._contests.values())
        self._offices = {office: f"office_-{number}" for number, office in enumerate(offices, 1)}

    def parts(self) -> Json:
        """Return what an ElectionReport has besides its head."""
        return {
            "Status": self._status(),
            "GpUnit": [*self._regions(), *self._areas()],
            "Office": [
                _object("Office", office_id, Name=_words(office)) for (_, office), office_id in self._offices.items()
            ],
            "OfficeGroup": [
                _object("OfficeGroup", Name=body.name, OfficeIds=self._offices_of(slug))
                for slug, body in self._head.bodies.items()
            ],
            "Party": [_party(party_id, party) for party_id, party in self._head.parties.items()],
            "Person": [
                _object("Person", _id("person", ballot_id, each), FullName=_words(one.name))
                for ballot_id, contest in self._contests.items()
                for each, one in contest.candidates.items()
            ],
            "Election": [self._election()],
        }

    def _status(self) -> str:
        """Return how far the election is. Nothing here is certified: that is for returning officers."""
        if not self._results:
            return "pre-election"
        settled = (
            ballot_id in self._results
            and (self._results[ballot_id]["counts"] or self._results[ballot_id]["kind"] in _NONE_TO_COME)
            for ballot_id in self._contests
        )
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

    def _areas(self) -> Iterator[Json]:
        """Yield a unit for the area of each contest."""
        for ballot_id, contest in self._contests.items():
            area = _object(
                "ReportingUnit",
                _id("area", ballot_id),
                Type="other",
                OtherType="electoral area",
                Name=_words(contest.name),
            )
            if contest.area is not None:
                area["ExternalIdentifier"] = [_identifier("gss-code", contest.area)]
            if contest.electorate is not None:
                area["VotersRegistered"] = contest.electorate
            if (papers := papers_counted(self._results.get(ballot_id))) is not None:
                area["VotersParticipated"] = papers
            yield area

    def _offices_of(self, body: str) -> list[str]:
        return [office_id for (each, _), office_id in self._offices.items() if each == body]

    def _election(self) -> Json:
        day = self._view.history.election.rpartition(".")[2]
        counted = {each: _count_status(self._results.get(each)) for each in self._contests}
        statuses = set(counted.values())
        return _object(
            "Election",
            Name=_words(self._head.name),
            Type="special" if all(map(is_by_election, self._contests)) else "general",
            StartDate=day,
            EndDate=day,
            ElectionScopeId=_id("region", NATIONAL),
            ExternalIdentifier=[_identifier("democracy-club-election", self._view.history.election)],
            CountStatus=[_status_object(statuses.pop() if len(statuses) == 1 else "in-process")],
            BallotCounts=list(self._ballot_counts()),
            Contest=[
                self._contest(number, each, contest, counted[each])
                for number, (each, contest) in enumerate(self._contests.items(), 1)
            ],
            Candidate=[
                self._candidate(each, candidate_id, candidate)
                for each, contest in self._contests.items()
                for candidate_id, candidate in contest.candidates.items()
            ],
        )

    def _ballot_counts(self) -> Iterator[Json]:
        """Yield the papers of each contest, as far as they are known."""
        for ballot_id in self._contests:
            result = self._results.get(ballot_id)
            figures = {
                "BallotsCast": papers_counted(result),
                "BallotsRejected": None if result is None else result["rejected"],
            }
            known = {name: figure for name, figure in figures.items() if figure is not None}
            if known:
                yield _object("BallotCounts", GpUnitId=_id("area", ballot_id), Type="total", **known)

    def _contest(self, number: int, ballot_id: str, contest: Contest, status: str) -> Json:
        result = self._results.get(ballot_id)
        said = _object(
            "CandidateContest",
            _id("contest", ballot_id),
            Name=contest.name,
            ElectionDistrictId=_id("area", ballot_id),
            ExternalIdentifier=[_identifier("democracy-club-ballot", ballot_id)],
            OfficeIds=[self._offices[contest.body, contest.office]],
            SequenceOrder=number,
            NumberElected=contest.seats,
            VotesAllowed=contest.seats,
            **_variation(contest),
            CountStatus=[_status_object(status)],
            ContestSelection=[self._selection(ballot_id, contest, each, result) for each in _ranked(contest, result)],
        )
        if result is not None and result.get("areas_expected") is not None:
            said |= {"SubUnitsReported": result["areas_declared"] or 0, "TotalSubUnits": result["areas_expected"]}
        return said

    def _selection(self, ballot_id: str, contest: Contest, candidate_id: str, result: Data | None) -> Json:
        selection = _object(
            "CandidateSelection",
            _id("selection", ballot_id, candidate_id),
            CandidateIds=[_id("candidate", ballot_id, candidate_id)],
        )
        stated = _stated(result).get(candidate_id, {})
        # Two rounds are two counts, also where the first one has settled it.
        rounds = contest.voting_system == "supplementary-vote"
        counts = [
            _object(
                "VoteCounts",
                Count=stated[figure],
                GpUnitId=_id("area", ballot_id),
                Type="total",
                **({"Round": number} if rounds else {}),
            )
            for number, figure in enumerate(("votes", "final_votes"), 1)
            if stated.get(figure) is not None
        ]
        if counts:
            selection["VoteCounts"] = counts
        return selection

    def _candidate(self, ballot_id: str, candidate_id: str, candidate: Candidate) -> Json:
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
        result = self._results.get(ballot_id)
        if result is not None and (status := _candidate_status(result, candidate_id)) is not None:
            said["PostElectionStatus"] = status
        return said


_NONE_TO_COME: Final = (*NOT_AWAITED, "countermanded")
"""Kinds of a result after which none is awaited."""


def _stated(result: Data | None) -> dict[str, Data]:
    """Return what a result says of each candidate."""
    return {} if result is None else {one["candidate"]: one for one in result["candidates"]}


def _ranked(contest: Contest, result: Data | None) -> list[str]:
    """Return the candidates of a contest, most votes first where votes are known."""
    return [each for each in dict.fromkeys((*_stated(result), *contest.candidates)) if each in contest.candidates]


def _candidate_status(result: Data, candidate_id: str) -> str | None:
    """Return what became of a candidate; None while that is open, or where nothing stands."""
    elected = candidate_id in result["elected"]
    if result["counts"]:
        return "winner" if elected else "defeated"
    return "projected-winner" if result["kind"] == FLASH and elected else None


def _count_status(result: Data | None) -> str:
    if result is None or result["kind"] in _NONE_TO_COME:
        return "not-processed"
    return "completed" if result["counts"] else "in-process"


def _status_object(status: str) -> Json:
    return _object("CountStatus", Type="total", Status=status)


def _variation(contest: Contest) -> Json:
    """Return how votes become winners."""
    if contest.voting_system == "supplementary-vote":
        return {"VoteVariation": "other", "OtherVoteVariation": "supplementary-vote"}
    return {"VoteVariation": "plurality" if contest.seats == 1 else "n-of-m"}


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
