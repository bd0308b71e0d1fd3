"""One entry for every fault in what an event says, with what its sender is told."""

from typing import Final

from tests.services.declarations import LEFT_OUT, altered, entry, synthetic_declaration
from tests.services.ingest.refusals import AMENDED, DECLARED, VOTES, Refused, as_written, declared
from tests.services.registers import NEWTOWN, synthetic_register

FIGURES: Final = {
    "a text": declared(
        VOTES,
        "1,833",
        "votes.text data.votes.ann-example",
        sentence='Ann Example\'s votes are "1,833", a text. Write a whole number without quotes or commas: 1833.',
    ),
    "an underscore": declared(VOTES, "1_833", "votes.text data.votes.ann-example"),
    "words": declared(
        VOTES,
        "many",
        "votes.text data.votes.ann-example",
        sentence='Ann Example\'s votes are "many", a text. Write a whole number without quotes or commas.',
    ),
    "1833.0": declared(
        VOTES,
        1833.0,
        "votes.fraction data.votes.ann-example",
        sentence="Ann Example's votes are 1833.0. Write a whole number, without a decimal point or exponent: 1833.",
    ),
    "an exponent": as_written("20000", "2e4", "votes.fraction data.votes.ann-example"),
    "half a vote": declared(VOTES, 0.5, "votes.fraction data.votes.ann-example"),
    "true": declared(VOTES, True, "votes.true_or_false data.votes.ann-example"),
    "null": declared(VOTES, None, "votes.null data.votes.ann-example"),
    "a list": declared(VOTES, [1], "votes.not_a_number data.votes.ann-example"),
    "negative": declared(VOTES, -77, "votes.negative data.votes.ann-example"),
    "10^30": declared(
        VOTES,
        10**30,
        "votes.too_large data.votes.ann-example",
        sentence="Ann Example's votes are 10000000000000000000… (31 digits). The largest possible is 1,000,000,000.",
    ),
    "1e400": as_written(
        "20000",
        "1e400",
        "votes.too_large data.votes.ann-example",
        sentence="Ann Example's votes are too large to be read. The largest possible is 1,000,000,000.",
    ),
    "no votes": declared("data/votes", LEFT_OUT, "votes.missing data.votes"),
    "votes a list": declared("data/votes", [1, 2, 3], "votes.not_an_object data.votes"),
    "all zero": declared(
        "data/votes",
        {"ann-example": 0, "bob-sample": 0, "cay-specimen": 0},
        "votes.all_zero data.votes",
        "papers.do_not_reconcile data.papers",
    ),
    "no revision": declared("data/revision", LEFT_OUT, "revision.missing data.revision"),
    "revision 0": declared("data/revision", 0, "revision.too_small data.revision"),
    "revision -1": declared("data/revision", -1, "revision.too_small data.revision"),
    "revision 1000": declared("data/revision", 1000, "revision.too_large data.revision"),
    "revision a text": declared(
        "data/revision",
        "1",
        "revision.text data.revision",
        sentence='The revision is "1", a text. Write a whole number without quotes or commas: 1.',
    ),
    "revision 1.0": declared("data/revision", 1.0, "revision.fraction data.revision"),
    "revision true": declared("data/revision", True, "revision.true_or_false data.revision"),
    "revision null": declared("data/revision", None, "revision.null data.revision"),
    "revision a list": declared("data/revision", [], "revision.not_a_number data.revision"),
    **{
        f"{part} {name}": declared(f"data/{part}", value, f"{part}.{code} data.{part}")
        for part in ("rejected", "papers")
        for name, value, code in (
            ("a text", "17", "text"),
            ("a fraction", 17.5, "fraction"),
            ("false", False, "true_or_false"),
            ("an object", {}, "not_a_number"),
            ("negative", -1, "negative"),
            ("too large", 2_000_000_000, "too_large"),
        )
    },
}

TEXTS: Final = {
    "no ballot id": declared("data/ballot_id", LEFT_OUT, "ballot_id.missing data.ballot_id"),
    "ballot id a number": declared("data/ballot_id", 3, "ballot_id.not_text data.ballot_id"),
    "ballot id a name": declared(
        "data/ballot_id",
        "Testshire",
        "ballot_id.malformed data.ballot_id",
        sentence='data.ballot_id is "Testshire". Write it like "pcc.testshire.2030-05-02".',
    ),
    "ballot id too long": declared(
        "data/ballot_id", f"pcc.{'x' * 200}.2030-05-02", "ballot_id.too_long data.ballot_id"
    ),
    "declared_at a number": declared("data/declared_at", 3, "declared_at.not_text data.declared_at"),
    "declared_at the hour": declared("data/declared_at", "03:10", "declared_at.not_a_time data.declared_at"),
    "declared_at with a space": declared(
        "data/declared_at", "2030-05-03 03:10:00Z", "declared_at.not_a_time data.declared_at"
    ),
    "declared_at in Eastern digits": declared(
        "data/declared_at", "٢٠٣٠-05-03T03:10:00Z", "declared_at.not_a_time data.declared_at"
    ),
    "declared_at without offset": declared(
        "data/declared_at",
        "2030-05-03T03:10:00",
        "declared_at.no_offset data.declared_at",
        sentence='data.declared_at is "2030-05-03T03:10:00", without an offset from UTC. '
        "Add +01:00 in British summer, Z in winter.",
    ),
    "declared_at 30 February": declared(
        "data/declared_at", "2030-02-30T03:10:00Z", "declared_at.no_such_moment data.declared_at"
    ),
    **{
        f"{part} {name}": declared(f"data/{part}", value, f"{part}.{code} data.{part}")
        for part in ("returning_officer", "reason", "note")
        for name, value, code in (
            ("a number", 3, "not_text"),
            ("empty", "", "empty"),
            ("too long", "x" * 201, "too_long"),
        )
    },
    "a field misspelt": declared(
        "data/rejectd",
        17,
        "field.unknown data.rejectd",
        sentence="data.rejectd is not a field that Tallywire knows. Did you mean rejected? Leave it out or rename it.",
    ),
    "a field like no other": declared(
        "data/xyz",
        17,
        "field.unknown data.xyz",
        sentence="data.xyz is not a field that Tallywire knows. Leave it out or rename it.",
    ),
}

PEOPLE: Final = {
    "unknown candidate": declared(
        "data/votes/dan-trial",
        1,
        "candidate.unknown data.votes.dan-trial",
        sentence='"dan-trial" is not a candidate of Testshire.',
    ),
    "a candidate misspelt": Refused(
        entry(altered(DECLARED, (VOTES, LEFT_OUT), ("data/votes/ann-exampel", 20_000))),
        (("candidate.unknown", "data.votes.ann-exampel"), ("candidate.missing", "data.votes.ann-example")),
        '"ann-exampel" is not a candidate of Testshire. Did you mean ann-example?',
    ),
    "a candidate named as pydantic names a name": declared(
        "data/votes/[key]",
        "1",
        "candidate.unknown data.votes.[key]",
        "votes.text data.votes.[key]",
    ),
    "a name for an id": Refused(
        entry(altered(DECLARED, (VOTES, LEFT_OUT), ("data/votes/Ann Example", 20_000))),
        (("candidate.unknown", "data.votes.Ann Example"), ("candidate.missing", "data.votes.ann-example")),
        '"Ann Example" is not a candidate of Testshire. Did you mean ann-example?',
    ),
    "missing candidate": declared(
        VOTES,
        LEFT_OUT,
        "candidate.missing data.votes.ann-example",
        sentence="Ann Example (ann-example) has no figure. Give every candidate's votes; 0 if there were none.",
    ),
    "nobody at all": declared(
        "data/votes",
        {},
        *(f"candidate.missing data.votes.{name}" for name in ("ann-example", "bob-sample", "cay-specimen")),
    ),
    "elected not a list": declared("data/elected", "bob-sample", "elected.not_a_list data.elected"),
    "elected a number": declared("data/elected", [3], "elected.not_text data.elected.0"),
    "elected unknown": declared("data/elected", ["bob-sampel"], "elected.unknown_candidate data.elected.0"),
    "elected twice": declared("data/elected", ["bob-sample", "bob-sample"], "elected.twice data.elected.1"),
    "two elected": declared("data/elected", ["ann-example", "bob-sample"], "elected.wrong_number data.elected"),
    "two elected, and not who has most votes": declared(
        "data/elected",
        ["ann-example", "cay-specimen"],
        "elected.wrong_number data.elected",
        "elected.not_most_votes data.elected",
    ),
    "nobody elected": declared("data/elected", [], "elected.wrong_number data.elected"),
    "the loser elected": declared(
        "data/elected",
        ["ann-example"],
        "elected.not_most_votes data.elected",
        sentence="Declared elected: Ann Example. Most votes: Bob Sample (30,000). "
        "One of the two is wrong: check for figures swapped.",
    ),
    "lot not a list": declared("data/lot", "bob-sample", "lot.not_a_list data.lot"),
    "lot a number": declared("data/lot", [3], "lot.not_text data.lot.0"),
    "lot unknown": declared("data/lot", ["nobody"], "lot.unknown_candidate data.lot.0", "lot.no_tie data.lot"),
    "lot without a tie": declared("data/lot", ["bob-sample"], "lot.no_tie data.lot"),
}


def _tie(**overrides: object) -> dict[bytes, bytes]:
    votes = {"ann-example": 1_084, "bob-sample": 1_084, "cay-specimen": 500}
    return entry(synthetic_declaration(votes=votes, elected=None, rejected=None, papers=None, **overrides))


TIES: Final = {
    "no lot": Refused(
        _tie(),
        (("lot.missing", "data.lot"),),
        "Ann Example and Bob Sample have equal votes (1,084), and only 1 can be elected. "
        "Name who was drawn by lot in data.lot.",
    ),
    "an empty lot": Refused(_tie(lot=[]), (("lot.missing", "data.lot"),)),
    "a lot that cannot be read": Refused(_tie(lot=[3]), (("lot.not_text", "data.lot.0"),)),
    "both drawn": Refused(_tie(lot=["ann-example", "bob-sample"]), (("lot.wrong_number", "data.lot"),)),
    "one drawn twice": Refused(_tie(lot=["ann-example", "ann-example"]), (("lot.twice", "data.lot.1"),)),
    "somebody else drawn": Refused(
        _tie(lot=["cay-specimen"]),
        (("lot.not_tied", "data.lot.0"),),
        "Cay Specimen is recorded as drawn by lot, but the lot was between Ann Example and Bob Sample.",
    ),
}

_REHEARSAL: Final = synthetic_register(test=True)


def _moved(ballot_id: str) -> dict[bytes, bytes]:
    return entry(altered(DECLARED, ("subject", ballot_id), ("data/ballot_id", ballot_id)))


CONTESTS: Final = {
    "another election's": Refused(_moved("pcc.testshire.2029-05-02"), (("contest.other_election", "data.ballot_id"),)),
    "another kind's": Refused(_moved("mayor.testshire.2030-05-02"), (("contest.other_election", "data.ballot_id"),)),
    "unknown": Refused(
        _moved("pcc.testshir.2030-05-02"),
        (("contest.unknown", "data.ballot_id"),),
        '"pcc.testshir.2030-05-02" is not a contest of pcc.2030-05-02. Did you mean pcc.testshire.2030-05-02?',
    ),
    "another contest's candidates": Refused(
        entry(
            altered(
                DECLARED,
                ("subject", NEWTOWN),
                ("data/ballot_id", NEWTOWN),
                ("data/elected", None),
                ("data/papers", None),
            )
        ),
        (
            *(("candidate.unknown", f"data.votes.{name}") for name in ("ann-example", "bob-sample", "cay-specimen")),
            *(("candidate.missing", f"data.votes.{name}") for name in ("gus-draft", "hal-proof")),
        ),
    ),
    "no register yet": Refused(
        entry(DECLARED),
        (("register.not_loaded", ""),),
        "The register of pcc.2030-05-02 is not loaded yet. Load it and send this again.",
        None,
    ),
    "no register yet, and faults of its own": Refused(
        entry(
            altered(
                DECLARED,
                ("data/votes/Ann Example", 1),
                ("data/votes/" + "x" * 201, 1),
                ("data/elected", ["A b", "x" * 201]),
                ("data/lot", ["A b", "x" * 201]),
            )
        ),
        (
            ("register.not_loaded", ""),
            ("candidate.malformed", "data.votes.Ann Example"),
            ("candidate.too_long", f"data.votes.{'x' * 188}…"),
            ("elected.malformed", "data.elected.0"),
            ("elected.too_long", "data.elected.1"),
            ("lot.malformed", "data.lot.0"),
            ("lot.too_long", "data.lot.1"),
        ),
        register=None,
    ),
    "an amendment without a register": Refused(entry(AMENDED), (("register.not_loaded", ""),), register=None),
    "what is meant for the rehearsal": declared("election", "rehearsal.pcc.2030-05-02", "election.other election"),
    "a rehearsal in a real election": declared("test", True, "test.rehearsal_in_live test"),
    "a real declaration in a rehearsal": Refused(
        entry(DECLARED), (("test.live_in_rehearsal", "test"),), register=_REHEARSAL
    ),
}
