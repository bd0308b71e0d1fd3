"""One entry for every fault of a message's kind: what it needs, what is not for it, who is elected without votes."""

from collections.abc import Mapping
from typing import Final

from schemas.register import Baselines, Candidate, Contest, Register
from tests.services.declarations import entry, synthetic_declaration
from tests.services.ingest.refusals import REGISTER, Refused, declared
from tests.services.registers import TESTSHIRE, synthetic_contest, synthetic_register

UNKNOWN: Final = Baselines(previous_election=None, sitting=None)
"""For a contest about which nothing before matters."""

FIGURES: Final[Mapping[str, object]] = {
    "votes": {"ann-example": 20_000, "bob-sample": 30_000, "cay-specimen": 5_000},
    "final_round": {"ann-example": 20_000, "bob-sample": 30_000},
    "elected": ["bob-sample"],
    "lot": ["bob-sample"],
    "quota": 27_501,
    "stages": [],
    "rejected": 17,
    "rejected_by_head": {"unmarked": 17},
    "papers": 55_017,
    "areas": [],
}
"""Every field that is not for every kind."""


def register_of(contest: Contest) -> Register:
    """Return a register whose only contest is Testshire's."""
    return synthetic_register(contests={TESTSHIRE: contest})


def people(*names: str) -> dict[str, Candidate]:
    """Return candidates by id: ``ann-example`` is "Ann Example"."""
    return {name: Candidate(name=name.replace("-", " ").title(), party="PP52") for name in names}


def message(kind: str, **fields: object) -> dict[bytes, bytes]:
    """Return a message about Testshire that says nothing but ``fields``."""
    event = synthetic_declaration()
    event["data"] = {"ballot_id": TESTSHIRE, "revision": 1, "kind": kind, **fields}
    return entry(event)


def refused(fields: dict[bytes, bytes], *told: str, sentence: str = "", register: Register = REGISTER) -> Refused:
    """Return the refusal of a message; each of ``told`` is a code and a path."""
    pairs = tuple((code, path) for code, _, path in (each.partition(" ") for each in told))
    return Refused(fields, pairs, sentence, register)


TWO_SEATS: Final = register_of(synthetic_contest(seats=2, baseline=UNKNOWN))
TWO_STAND: Final = register_of(
    synthetic_contest(seats=3, baseline=UNKNOWN, candidates=people("ann-example", "bob-sample"))
)

_TOLD_WHY: Final = ("withdrawn", "postponed", "countermanded", "annulled")

KINDS: Final = {
    "no such kind": declared(
        "data/kind",
        "declard",
        "kind.not_one_of data.kind",
        sentence="data.kind is \"declard\". Did you mean declared? Write one of: 'declared', 'flash', 'progress', "
        "'stage', 'recount', 'uncontested', 'withdrawn', 'postponed', 'countermanded' or 'annulled'.",
    ),
    "kind null": declared("data/kind", None, "kind.not_one_of data.kind"),
    "kind a list": declared("data/kind", ["flash"], "kind.not_one_of data.kind"),
    "kind unreadable, and other faults": refused(
        message("flesh", votes={"ann-exampel": 1}, elected=["bob-sample", "bob-sample"]),
        "kind.not_one_of data.kind",
        "candidate.unknown data.votes.ann-exampel",
        *(f"candidate.missing data.votes.{name}" for name in ("ann-example", "bob-sample", "cay-specimen")),
        "elected.twice data.elected.1",
    ),
    "declared, without a figure": refused(
        message("declared", elected=["bob-sample"]),
        "votes.missing data.votes",
        sentence='A message of kind declared must have data.votes, like {"ann-example": 1833}.',
    ),
    "a flash of nobody": refused(
        message("flash"),
        "elected.missing data.elected",
        sentence='A message of kind flash must have data.elected, like ["ann-example"].',
    ),
    "progress without areas": refused(message("progress"), "areas.missing data.areas"),
    "nobody is elected, uncontested": refused(
        message("uncontested"), "elected.missing data.elected", register=TWO_STAND
    ),
    **{
        f"{kind}, and nobody says why": refused(
            message(kind, reason=None),
            "reason.missing data.reason",
            sentence=f'A message of kind {kind} must have data.reason, like "Two figures were swapped".',
        )
        for kind in _TOLD_WHY
    },
    **{
        f"{kind}, with {name}": refused(
            message(kind, reason="Synthetic", **{name: value}),
            f"{name}.not_for_kind data.{name}",
            sentence=f"data.{name} is not for a message of kind {kind}. Leave it out, or mend the kind.",
        )
        for kind in ("recount", *_TOLD_WHY)
        for name, value in FIGURES.items()
    },
    **{
        f"flash, with {name}": refused(
            message("flash", **{"elected": ["bob-sample"], name: value}), f"{name}.not_for_kind data.{name}"
        )
        for name, value in FIGURES.items()
        if name != "elected"
    },
    **{
        f"{kind}, with a reason": refused(
            message(kind, reason="Synthetic", **{needed: value}),
            "reason.not_for_kind data.reason",
            register=TWO_STAND,
        )
        for kind, needed, value in (
            ("flash", "elected", ["ann-example", "bob-sample"]),
            ("uncontested", "elected", ["ann-example", "bob-sample"]),
        )
    },
    "withdrawn, with figures that nobody can read": refused(
        message("withdrawn", reason="Synthetic", votes={"Ann Example": "1,833"}, elected="bob-sample"),
        "votes.not_for_kind data.votes",
        "votes.text data.votes.Ann Example",
        "elected.not_for_kind data.elected",
        "elected.not_a_list data.elected",
    ),
    "partial figures called declared": refused(
        message("progress", votes=FIGURES["votes"], areas=[]),
        "votes.not_for_kind data.votes",
        "areas.not_for_contest data.areas",
    ),
}

ELECTED: Final = {
    "a flash of a stranger": refused(
        message("flash", elected=["ann-exampel"]), "elected.unknown_candidate data.elected.0"
    ),
    "a flash of one twice": refused(
        message("flash", elected=["ann-example", "ann-example"]), "elected.twice data.elected.1"
    ),
    "a flash of two for one seat": refused(
        message("flash", elected=["ann-example", "bob-sample"]),
        "elected.wrong_number data.elected",
        sentence="2 declared elected, but Testshire elects 1. Name those elected, no more and no fewer.",
    ),
    "a flash of one for two seats": refused(
        message("flash", elected=["ann-example"]), "elected.wrong_number data.elected", register=TWO_SEATS
    ),
    "a flash of nobody at all": refused(message("flash", elected=[]), "elected.wrong_number data.elected"),
    "uncontested, and three stand": refused(
        message("uncontested", elected=["ann-example"]),
        "kind.contested data.kind",
        sentence="Testshire has 3 candidates for 1 to elect, so it is contested. Send votes, or mend the kind.",
    ),
    "uncontested, and one of two is not named": refused(
        message("uncontested", elected=["ann-example"]),
        "elected.wrong_number data.elected",
        sentence="1 declared elected, but Testshire has 3 seats and fewer candidates, 2: all are elected unopposed, "
        "and 1 seat stays vacant. Name all of them.",
        register=TWO_STAND,
    ),
    "uncontested, and one does not stand": refused(
        message("uncontested", elected=["ann-example", "cay-specimen"]),
        "elected.unknown_candidate data.elected.1",
        register=TWO_STAND,
    ),
}

HEADS: Final = {
    "the heads are not the whole": declared(
        "data/rejected_by_head",
        {"too_many_votes": 1_000, "unmarked": 230},
        "rejected_by_head.do_not_add_up data.rejected_by_head",
        sentence="The heads add up to 1,230 rejected papers (a head left out is 0, those in part are apart), but "
        "rejected is 1,234. Check both.",
    ),
    "the heads do not reconcile": refused(
        message("declared", votes=FIGURES["votes"], rejected_by_head={"unmarked": 16}, papers=57_000),
        "papers.do_not_reconcile data.papers",
    ),
    "the heads are above the papers": refused(
        message("declared", votes=FIGURES["votes"], rejected_by_head={"unmarked": 56_000}, papers=55_017),
        "rejected.above_papers data.rejected_by_head",
        "votes.total_above_electorate data.votes",
    ),
    "the heads are above the electorate": refused(
        message("declared", votes=FIGURES["votes"], rejected_by_head={"unmarked": 60_000, "identifiable": 40_001}),
        "rejected.above_electorate data.rejected_by_head",
    ),
    "heads a number": declared("data/rejected_by_head", 17, "rejected_by_head.not_an_object data.rejected_by_head"),
    "a head misspelt": declared(
        "data/rejected_by_head",
        {"unmarkd": 1_234},
        "field.unknown data.rejected_by_head.unmarkd",
        sentence="data.rejected_by_head.unmarkd is not a field that Tallywire knows. Did you mean unmarked? "
        "Leave it out or rename it.",
    ),
    **{
        f"a head {name}": declared(
            "data/rejected_by_head",
            {"unmarked": value},
            f"rejected_by_head.{code} data.rejected_by_head.unmarked",
        )
        for name, value, code in (
            ("a text", "17", "text"),
            ("a fraction", 17.5, "fraction"),
            ("false", False, "true_or_false"),
            ("null", None, "null"),
            ("a list", [], "not_a_number"),
            ("negative", -1, "negative"),
            ("too large", 2_000_000_000, "too_large"),
        )
    },
}
