"""One entry for every fault in a register or an amendment, with what its sender is told."""

from typing import Final

from tests.services.declarations import LEFT_OUT, altered, entry
from tests.services.ingest.lives import people, register_of
from tests.services.ingest.refusals import AMENDED, DESCRIBED, Refused, amended, described
from tests.services.registers import NEWTOWN, TESTSHIRE, synthetic_contest

_NEW_PARTY: Final = {"name": "New Party", "spoken": "New Party", "abbreviation": "New"}
_NOWHERE: Final = "pcc.nowhere.2030-05-02"
_CONTEST: Final = f"data/contests/{TESTSHIRE}"
_REGION: Final = "pcc.r.east.2030-05-02"
_IN_CONTEST: Final = f"data.contests.{TESTSHIRE}"
_TWELVE: Final = tuple(f"person-{number}" for number in range(12))


def _contest(field: str, value: object, fault: str) -> Refused:
    return described(f"{_CONTEST}/{field}", value, f"register.{fault} {_IN_CONTEST}.{field.replace('/', '.')}")


def _with(**facts: object) -> dict[str, object]:
    return {**DESCRIBED["data"]["contests"][TESTSHIRE], **facts}


def _region(constituencies: list[str], fault: str) -> Refused:
    """Describe a region of the additional member system with such constituencies."""
    nobody = {"previous_election": None, "sitting": None}
    facts = {"voting_system": "additional-member", "constituencies": constituencies, "baseline": nobody}
    return described(f"data/contests/{_REGION}", _with(**facts, past_winners=None), f"register.{fault} data")


REGISTERS: Final = {
    "another election's": described("data/election", "pcc.2029-05-02", "register.other_election data.election"),
    "subject a contest": described("subject", TESTSHIRE, "subject.not_the_election subject"),
    "a rehearsal that does not say so outside": described("data/test", True, "test.live_in_rehearsal test"),
    "a rehearsal that does not say so inside": described("test", True, "test.rehearsal_in_live test"),
    "no contests": described("data/contests", {}, "register.none_given data.contests"),
    "contests left out": described("data/contests", LEFT_OUT, "register.missing data.contests"),
    "contests a list": described("data/contests", [], "register.not_an_object data.contests"),
    "sources a text": described("data/sources", "invented", "register.not_a_list data.sources"),
    "test a text": described("data/test", "no", "register.not_true_or_false data.test"),
    "a party's number": described("data/parties/PP53/number", "both", "register.not_one_of data.parties.PP53.number"),
    "a party without a main party": described("data/parties/PP53/counts_as", "PP99", "register.unknown_reference data"),
    "a party id": described(
        "data/parties/Labour Party",
        {"name": "Labour Party", "spoken": "Labour", "abbreviation": "Lab"},
        "register.malformed data.parties.Labour Party",
    ),
    "an unknown party": described(
        f"{_CONTEST}/candidates/ann-example/party", "PP99", "register.unknown_reference data"
    ),
    "an unknown region": described(f"{_CONTEST}/regions", ["nowhere"], "register.unknown_reference data"),
    "an unknown field": described(f"{_CONTEST}/seatz", 1, f"field.unknown {_IN_CONTEST}.seatz"),
    "a name empty": _contest("name", "", "empty"),
    "a name too long": _contest("name", "x" * 201, "too_long"),
    "a name null": _contest("name", None, "not_text"),
    "no seats": _contest("seats", 0, "too_small"),
    "too many seats": _contest("seats", 101, "too_large"),
    "seats a text": _contest("seats", "1", "text"),
    "seats a fraction": _contest("seats", 1.5, "fraction"),
    "seats true": _contest("seats", True, "true_or_false"),
    "seats null": _contest("seats", None, "null"),
    "seats a list": _contest("seats", [], "not_a_number"),
    "electorate negative": _contest("electorate", -1, "negative"),
    "an unknown party last time": described(
        f"{_CONTEST}/previous_votes", {"PP99": 1}, "register.unknown_reference data"
    ),
    "votes last time of a party that is no id": described(
        f"{_CONTEST}/previous_votes", {"the blues": 1}, f"register.malformed {_IN_CONTEST}.previous_votes.the blues"
    ),
    "an unknown body": described(
        f"{_CONTEST}/body",
        "nowhere",
        "register.unknown_reference data",
        sentence="The register names nowhere in contests.pcc.testshire.2030-05-02, but not among its bodies. "
        "Describe it or mend the id.",
    ),
    "an unknown party in a body": described(
        "data/bodies",
        {"testshire": {"name": "Testshire", "seats": 3, "before": {"PP99": 3}}},
        "register.unknown_reference data",
        sentence="The register names PP99 in bodies.testshire, but not among its parties. Describe it or mend the id.",
    ),
    "a body with a landmark for every seat": described(
        "data/bodies",
        {"testshire": {"name": "Testshire", "seats": 2_000, "landmarks": list(range(101))}},
        "register.too_many data.bodies.testshire.landmarks",
        sentence="data.bodies.testshire.landmarks has 101 entries, more than the 100 possible. Split the election, or "
        "leave some out.",
    ),
    "more local counts than a declaration may have": Refused(
        entry(
            altered(
                DESCRIBED,
                (f"{_CONTEST}/candidates", {f"c{n}": {"name": "C", "party": "PP53"} for n in range(11)}),
                (f"{_CONTEST}/areas", [f"Area {number}" for number in range(500)]),
            )
        ),
        (("register.too_many_local_counts", f"{_IN_CONTEST}.areas"),),
        f"contests.{TESTSHIRE} would have 5,500 local counts, one of each candidate in each area, more than the 5,000 "
        "possible. Describe fewer, larger areas.",
        None,
    ),
    "more people on lists than may be elected": Refused(
        entry(
            altered(
                DESCRIBED,
                (f"{_CONTEST}/voting_system", "closed-list"),
                (f"{_CONTEST}/baseline", {"previous_election": None, "sitting": None}),
                (
                    f"{_CONTEST}/candidates",
                    {
                        f"list-{n}": {
                            "name": "List",
                            "party": "PP53",
                            "people": [{"name": f"Synthetic Person {m}"} for m in range(96)],
                        }
                        for n in range(27)
                    },
                ),
            )
        ),
        (("register.too_many_listed", f"{_IN_CONTEST}.candidates"),),
        f"The lists of contests.{TESTSHIRE} name 2,592 people, more than the 2,500 possible. Leave out those who are "
        "too far down to be elected.",
        None,
    ),
    "an unknown party in control": described(
        "data/bodies",
        {"testshire": {"name": "Testshire", "seats": 3, "control_before": "PP99"}},
        "register.unknown_reference data",
    ),
    "a body with too few seats": Refused(
        entry(
            altered(
                DESCRIBED,
                (f"{_CONTEST}/body", "testshire"),
                ("data/bodies", {"testshire": {"name": "Testshire", "seats": 3, "not_up": {"PP53": 1}, "vacant": 2}}),
            )
        ),
        (("register.too_many_seats", "data"),),
        "bodies.testshire has 3 seats, fewer than those up, not up and vacant together. "
        "Mend seats, not_up, vacant or the contests.",
        register=None,
    ),
    "a body misspelt": described(
        "data/bodies",
        {"testshire": {"name": "Testshire", "seats": 3, "not_upp": {}}},
        "field.unknown data.bodies.testshire.not_upp",
        sentence="data.bodies.testshire.not_upp is not a field that Tallywire knows. Did you mean not_up? "
        "Leave it out or rename it.",
    ),
    "expected without offset": _contest("expected_at", "2030-05-03T03:10:00", "no_offset"),
    "expected in words": _contest("expected_at", "about 3", "not_a_time"),
    "expected on 30 February": _contest("expected_at", "2030-02-30T03:10:00Z", "no_such_moment"),
    "two holders of one seat": described(
        f"{_CONTEST}/baseline/sitting/seats",
        [{"party": "PP52"}, {"party": "PP53"}],
        f"register.seats_and_baseline {_IN_CONTEST}",
        sentence=f"{_IN_CONTEST} elects 1, but its baseline names 2 holders. Name one for each seat, none if it is "
        "new, or write null if they are unknown.",
    ),
    "supplementary vote for two": described(
        _CONTEST,
        {**DESCRIBED["data"]["contests"][TESTSHIRE], "voting_system": "supplementary-vote", "seats": 2},
        f"register.seats_and_system {_IN_CONTEST}",
    ),
    "a referendum with two answers that count": described(
        _CONTEST, _with(voting_system="referendum", seats=2), f"register.seats_and_referendum {_IN_CONTEST}"
    ),
    "a question beside candidates": described(
        _CONTEST,
        _with(question="Should there be a mayor?"),
        f"register.field_and_system {_IN_CONTEST}",
        sentence=f"{_IN_CONTEST} has question, which is not for first-past-the-post. Leave it out, or mend "
        "voting_system.",
    ),
    "a transferable vote by nobody's rules": described(
        _CONTEST,
        _with(voting_system="single-transferable-vote"),
        f"register.system_needs_field {_IN_CONTEST}",
        sentence=f"{_IN_CONTEST} lacks counting_rules, which single-transferable-vote needs. State it, or mend "
        "voting_system.",
    ),
    "a constituency that is not described": _region(["pcc.nowhere.2030-05-02"], "unknown_reference"),
    "a constituency that is a region": _region([_REGION], "no_constituency"),
    "a constituency named twice": _region([TESTSHIRE, TESTSHIRE], "two_regions"),
}

AMENDMENTS: Final = {
    "an unknown contest": Refused(
        entry(altered(AMENDED, ("subject", _NOWHERE), ("data/ballot_id", _NOWHERE))),
        (("contest.unknown", "data.ballot_id"),),
    ),
    "a ballot id that is a name": amended("data/ballot_id", "Testshire", "ballot_id.malformed data.ballot_id"),
    "subject another contest": amended("subject", NEWTOWN, "subject.not_the_contest subject"),
    "an unknown candidate": amended(
        "data/candidates/ann-exampel", {"name": "Anne"}, "candidate.unknown data.candidates.ann-exampel"
    ),
    "an unknown party": amended(
        "data/candidates/ann-example/party", "PP99", "amendment.unknown_party data.candidates.ann-example.party"
    ),
    "a party of the register described anew": amended(
        "data/parties", {"PP53": _NEW_PARTY}, "amendment.party_exists data.parties.PP53"
    ),
    "a new party that counts as a stranger": amended(
        "data/parties",
        {"PP99": _NEW_PARTY | {"counts_as": "PP98"}},
        "amendment.no_main_party data.parties.PP99.counts_as",
    ),
    "a new party without a name": amended(
        "data/parties",
        {"PP99": {"spoken": "New"}},
        "amendment.missing data.parties.PP99.name",
        "amendment.missing data.parties.PP99.abbreviation",
    ),
    "a candidate without change": amended(
        "data/candidates/ann-example", {}, "amendment.no_change data.candidates.ann-example"
    ),
    "no change": Refused(
        entry(altered(AMENDED, ("data/candidates", LEFT_OUT), ("data/electorate", None))),
        (("amendment.no_change", "data"),),
    ),
    "a rehearsal's": amended("test", True, "test.rehearsal_in_live test"),
    "an unknown field": amended("data/seats", 2, "field.unknown data.seats"),
    "candidates a list": amended("data/candidates", [], "amendment.not_an_object data.candidates"),
    "a party that is no id": amended(
        "data/candidates/ann-example/party", "the blues", "amendment.malformed data.candidates.ann-example.party"
    ),
    "electorate a text": amended("data/electorate", "100,100", "amendment.text data.electorate"),
    "electorate a fraction": amended("data/electorate", 1.5, "amendment.fraction data.electorate"),
    "electorate true": amended("data/electorate", True, "amendment.true_or_false data.electorate"),
    "electorate a list": amended("data/electorate", [], "amendment.not_a_number data.electorate"),
    "electorate negative": amended("data/electorate", -1, "amendment.negative data.electorate"),
    "electorate too large": amended("data/electorate", 2_000_000_000, "amendment.too_large data.electorate"),
    "name a number": amended("data/name", 3, "amendment.not_text data.name"),
    "a candidate added without a name": amended(
        "data/candidates/new-example",
        {"party": "PP53", "stands": True},
        "amendment.candidate_incomplete data.candidates.new-example.name",
    ),
    "a candidate added for no described party": amended(
        "data/candidates/new-example",
        {"name": "New Example", "party": "PP99", "stands": True},
        "amendment.unknown_party data.candidates.new-example.party",
    ),
    "a candidate added who stands already": amended(
        "data/candidates/bob-sample",
        {"name": "Bob Sample", "party": "PP53", "stands": True},
        "amendment.candidate_exists data.candidates.bob-sample.stands",
    ),
    "the id of another candidate": amended(
        "data/candidates/ann-example",
        {"id": "bob-sample"},
        "amendment.candidate_exists data.candidates.ann-example.id",
    ),
    "an id for a stranger": amended(
        "data/candidates/ann-exampel", {"id": "ann"}, "candidate.unknown data.candidates.ann-exampel"
    ),
    "an id that is none": amended(
        "data/candidates/ann-example/id", "Ann Example", "amendment.malformed data.candidates.ann-example.id"
    ),
    "nobody stands": amended(
        "data/candidates",
        {name: {"stands": False} for name in ("ann-example", "bob-sample", "cay-specimen")},
        "amendment.nobody_stands data.candidates",
    ),
    "more candidates than there may be": amended(
        "data/candidates",
        {f"c{n}": {"name": "C", "party": "PP53", "stands": True} for n in range(500)},
        "register.too_many data.candidates",
    ),
    "a candidate more than its areas leave room for": Refused(
        entry(altered(AMENDED, ("data/candidates", {"dan": {"name": "Dan", "party": "PP53", "stands": True}}))),
        (("register.too_many_local_counts", "data.candidates"),),
        "Testshire would have 5,408 local counts, one of each candidate in each area, more than the 5,000 possible. "
        "Describe fewer, larger areas.",
        register_of(
            synthetic_contest(areas=tuple(f"Area {number}" for number in range(416)), candidates=people(*_TWELVE))
        ),
    ),
    "headlines compared with a third baseline": amended(
        "data/headline_baseline", "2010", "amendment.not_one_of data.headline_baseline"
    ),
    "a candidate who stands, perhaps": amended(
        "data/candidates/ann-example/stands", "yes", "amendment.not_true_or_false data.candidates.ann-example.stands"
    ),
    "two who sit in one seat": amended(
        "data/sitting",
        {"seats": [{"party": "PP52"}, {"party": "PP53"}]},
        "amendment.holders_and_seats data.sitting.seats",
    ),
    "nobody ever sat where somebody won": amended(
        "data/sitting", {"seats": []}, "amendment.held_before data.sitting.seats"
    ),
    "somebody sits for an unknown party": amended(
        "data/sitting", {"seats": [{"party": "PP99"}]}, "amendment.unknown_party data.sitting.seats.0.party"
    ),
    "somebody sits for nobody": amended(
        "data/sitting", {"seats": [{"name": "Ann Example"}]}, "amendment.missing data.sitting.seats.0.party"
    ),
    "who sits without a list": amended(
        "data/sitting", {"seats": {"party": "PP53"}}, "amendment.not_a_list data.sitting.seats"
    ),
    "who sits, in words": amended("data/sitting", "Ann Example", "amendment.not_an_object data.sitting"),
    "name empty": amended("data/name", "", "amendment.empty data.name"),
    "name too long": amended("data/name", "x" * 201, "amendment.too_long data.name"),
}
