"""One entry for every way in which a referendum cannot have been."""

import json
from typing import Final

from schemas.register import Baselines, Candidate, Contest, Party
from tests.services.declarations import altered, entry
from tests.services.ingest import refusals
from tests.services.ingest.lives import message, refused
from tests.services.ingest.refusals import Refused
from tests.services.registers import PARTIES, TESTSHIRE, synthetic_contest, synthetic_register

ANSWERS: Final = {
    "answer:yes": Party(name="Yes", spoken="Yes", abbreviation="Yes", colour="#208020"),
    "answer:no": Party(name="No", spoken="No", abbreviation="No", colour="#802020"),
}
"""Each answer as a party of its own."""


def question(**overrides: object) -> Contest:
    """Return a referendum in Testshire, whose electorate is 1,000."""
    fields: dict[str, object] = {
        "office": "governance referendum",
        "voting_system": "referendum",
        "question": "How should Testshire be run?",
        "candidates": {
            "yes": Candidate(name="By a mayor", party="answer:yes"),
            "no": Candidate(name="By a leader", party="answer:no"),
        },
        "electorate": 1_000,
        "baseline": Baselines(previous_election=None, sitting=None),
    }
    return synthetic_contest(**fields | overrides)


REGISTER: Final = synthetic_register(parties=PARTIES | ANSWERS, contests={TESTSHIRE: question()})


def answered(yes: int, no: int, **fields: object) -> dict[bytes, bytes]:
    """Return the declaration of a referendum."""
    return message("declared", votes={"yes": yes, "no": no}, **fields)


def _refused(fields: dict[bytes, bytes], *told: str, sentence: str = "") -> Refused:
    return refused(fields, *told, sentence=sentence, register=REGISTER)


DECLARED: Final = {
    "the answer with fewer votes": _refused(
        answered(300, 200, elected=["no"]),
        "elected.not_most_votes data.elected",
        sentence="Declared elected: By a leader. Most votes: By a mayor (300). One of the two is wrong: "
        "check for figures swapped.",
    ),
    "both answers": _refused(
        answered(300, 200, elected=["yes", "no"]),
        "elected.wrong_number data.elected",
    ),
    "no answer, though one has won": _refused(answered(300, 200, elected=[]), "elected.wrong_number data.elected"),
    "an answer, though votes are equal": _refused(
        answered(300, 300, elected=["no"]),
        "elected.no_answer data.elected",
        sentence="By a leader and By a mayor have equal votes (300), so that no answer has won. "
        "Leave elected out, or check the figures.",
    ),
    "a lot": _refused(
        answered(300, 300, lot=["no"]),
        "lot.not_for_contest data.lot",
        sentence="Testshire is a referendum, which no lot decides. Leave lot out.",
    ),
    "a final round": _refused(
        answered(300, 200, final_round={"yes": 300, "no": 200}), "final_round.not_for_contest data.final_round"
    ),
    "an answer that is none": _refused(
        message("declared", votes={"yes": 300, "no": 200, "perhaps": 3}), "candidate.unknown data.votes.perhaps"
    ),
    "more answers than electors": _refused(answered(600, 500), "votes.total_above_electorate data.votes"),
    "uncontested": _refused(message("uncontested", elected=["yes"]), "kind.contested data.kind"),
}

_CONTEST: Final = f"data/contests/{TESTSHIRE}"
_IN_CONTEST: Final = f"data.contests.{TESTSHIRE}"
_REGISTERED: Final = {**refusals.DESCRIBED, "data": json.loads(REGISTER.model_dump_json())}


def _described(path: str, value: object, fault: str, sentence: str = "") -> Refused:
    code, _, where = fault.partition(" ")
    return Refused(entry(altered(_REGISTERED, (path, value))), ((code, where),), sentence, None)


DESCRIBED: Final = {
    "without a question": _described(f"{_CONTEST}/question", None, f"register.system_needs_field {_IN_CONTEST}"),
    "with one answer": _described(
        f"{_CONTEST}/candidates",
        {"yes": {"name": "Yes", "party": "answer:yes"}},
        f"register.answers {_IN_CONTEST}",
        f"{_IN_CONTEST} is a referendum without two answers or more, each with a party of its own whose id begins with "
        "answer: (answer:yes). Mend candidates.",
    ),
    "with one party for both answers": _described(
        f"{_CONTEST}/candidates/no/party", "answer:yes", f"register.answers {_IN_CONTEST}"
    ),
    "with a party that stands": _described(
        f"{_CONTEST}/candidates/no/party", "PP53", f"register.answers {_IN_CONTEST}"
    ),
    "about seats of a council": _described(f"{_CONTEST}/body", "testshire", f"register.field_and_system {_IN_CONTEST}"),
    "with votes last time": _described(
        f"{_CONTEST}/previous_votes", {"answer:no": 3}, f"register.field_and_system {_IN_CONTEST}"
    ),
    "with a holder": _described(
        f"{_CONTEST}/baseline/sitting", {"seats": [{"party": "PP53"}]}, f"register.field_and_system {_IN_CONTEST}"
    ),
    "an answer that counts as another": _described(
        "data/parties/answer:no/counts_as",
        "answer:yes",
        "register.answer_counts_as data",
        "parties.answer:no is an answer of a referendum, which counts as itself. Leave counts_as out.",
    ),
}


def _amended(change: dict[str, object], told: str, sentence: str = "") -> Refused:
    return _amended_contest({"candidates": {"yes": change}}, told, sentence)


def _amended_contest(changes: dict[str, object], told: str, sentence: str) -> Refused:
    event = altered(refusals.AMENDED, ("data", {"ballot_id": TESTSHIRE, **changes}))
    return _refused(entry(event), told, sentence=sentence)


AMENDED: Final = {
    "another party": _amended({"party": "answer:no"}, "amendment.other_answers data.candidates.yes"),
    "who sits": _amended_contest(
        {"sitting": {"seats": [{"party": "PP53"}]}},
        "amendment.nobody_sits data.sitting",
        "Testshire (referendum): nobody holds its seats, which have no gain or hold. Leave sitting out.",
    ),
    "an answer taken out": _amended(
        {"stands": False},
        "amendment.other_answers data.candidates.yes",
        "Testshire is a referendum: its answers are those of the register, and only their names can be amended.",
    ),
}
