"""Many faults at once, and entries made to hurt."""

import json

import pytest

from schemas.register import Candidate
from services.ingest.rules import limits
from services.ingest.rules.examining import examine
from tests.services.declarations import altered, entry
from tests.services.ingest.examined import reasons_of
from tests.services.ingest.local_counts import IN_AREAS
from tests.services.ingest.refusals import AMENDED, DECLARED, DESCRIBED, REGISTER
from tests.services.registers import ELECTION, TESTSHIRE, synthetic_contest, synthetic_register


def test_five_faults_are_told_at_once_by_five_codes() -> None:
    """Promise: whoever mends a declaration mends it once: every fault is on the first receipt, by a code of its own."""
    event = altered(
        DECLARED,
        ("data/votes/ann-example", "1,833"),
        ("data/votes/dan-trial", 12),
        ("data/revision", 0),
        ("data/declared_at", "2030-05-03T03:10:00"),
        ("data/returning_officer", "Rita\u202e"),
    )
    codes = [reason.code for reason in reasons_of(entry(event), REGISTER)]
    assert sorted(codes) == [
        "candidate.unknown",
        "declared_at.no_offset",
        "revision.too_small",
        "text.invisible_character",
        "votes.text",
    ]


def test_a_wrong_field_hides_no_impossible_figure() -> None:
    """Promise: what can be read is checked against the contest, whatever else cannot be read."""
    event = altered(
        DECLARED,
        ("time", 0),
        ("data/votes/ann-example", 200_000),
        ("data/votes/cay-specimen", None),
        ("data/elected", ["bob-sample", "bob-sample"]),
        ("data/papers", 1),
        ("sequence", 1),
    )
    codes = {reason.code for reason in reasons_of(entry(event), REGISTER)}
    assert codes == {
        "time.not_text",
        "sequence.not_yours",
        "votes.null",
        "votes.above_electorate",
        "elected.twice",
        "rejected.above_papers",
    }


def test_a_missing_ballot_id_hides_no_unknown_candidate() -> None:
    """Promise: where ``data`` does not say which contest, the subject does."""
    event = altered(DECLARED, ("data/ballot_id", 7), ("data/votes/dan-trial", 1))
    codes = {reason.code for reason in reasons_of(entry(event), REGISTER)}
    assert codes == {"ballot_id.not_text", "candidate.unknown"}


@pytest.mark.parametrize(
    "votes",
    [
        pytest.param({str(number): "" for number in range(20_000)}, id="texts"),
        pytest.param({f"Dan {number}": 1 for number in range(15_000)}, id="names"),
        pytest.param({f"\u202e{number}": 1 for number in range(12_000)}, id="marks"),
        pytest.param([[]] * 60_000, id="brackets"),
    ],
)
def test_reasons_are_bounded(votes: object) -> None:
    """Promise: whatever is sent, the receipt is short: at most fifty reasons, the last of which counts the others."""
    sent = json.dumps(altered(DECLARED, ("data/votes", votes)), separators=(",", ":"), ensure_ascii=False).encode()
    assert len(sent) <= limits.DECLARATION_BYTES_MAX
    reasons = reasons_of({b"data": sent}, REGISTER)
    assert 0 < len(reasons) <= limits.REASONS_MAX
    if isinstance(votes, dict):
        assert reasons[-1].code == "entry.more_faults"
        assert "more faults" in reasons[-1].message
    assert sum(len(reason.model_dump_json()) for reason in reasons) < 40_000


@pytest.mark.parametrize(
    "areas",
    [
        pytest.param([{}] * 60_000, id="nothing"),
        pytest.param([{"area": "x", "votes": {}}] * 10_000, id="unknown areas"),
        pytest.param([{"area": "Northby", "votes": {}}] * 8_000, id="one area"),
        pytest.param([{"area": "Northby", "votes": {str(number): 1 for number in range(20_000)}}], id="strangers"),
    ],
)
def test_reasons_against_areas_are_bounded(areas: list[object]) -> None:
    """Promise: a list of local counts, however long, is answered in fifty reasons."""
    sent = json.dumps(altered(DECLARED, ("data/areas", areas)), separators=(",", ":")).encode()
    assert len(sent) <= limits.DECLARATION_BYTES_MAX
    assert 0 < len(reasons_of({b"data": sent}, IN_AREAS)) <= limits.REASONS_MAX


def test_the_last_reason_counts_the_faults_that_are_not_told() -> None:
    """Promise: 60 unknown candidates are 49 reasons and "11 more"; 50 are 50 reasons."""
    for unknown, told in ((60, "There are 11 more faults."), (50, "")):
        event = altered(DECLARED, *((f"data/votes/unknown-{number}", 1) for number in range(unknown)))
        reasons = reasons_of(entry(event), REGISTER)
        assert len(reasons) == limits.REASONS_MAX
        assert reasons[-1].message.startswith(told)
        assert (reasons[-1].code == "entry.more_faults") == bool(told)


def test_a_long_value_is_not_repeated_whole() -> None:
    """Promise: a reason says which value is meant, not all of it."""
    event = altered(
        DECLARED, ("data/" + "x" * 9_000, 1), ("data/note", 10**4_000), ("data/votes/ann-example", "1" * 9_000)
    )
    for reason in reasons_of(entry(event), REGISTER):
        assert len(reason.path) <= limits.PATH_LENGTH_MAX
        assert len(reason.message) <= limits.PATH_LENGTH_MAX + 200


def test_many_names_are_not_listed() -> None:
    """Promise: a sentence about sixty candidates stays a sentence."""
    candidates = {f"candidate-{number}": Candidate(name=f"Synthetic {number}", party="PP52") for number in range(60)}
    register = synthetic_register(contests={TESTSHIRE: synthetic_contest(candidates=candidates)})
    event = altered(
        DECLARED, ("data/votes", dict.fromkeys(candidates, 1)), ("data/elected", None), ("data/papers", None)
    )
    (reason,) = reasons_of(entry(event), register)
    assert reason.message.startswith("60 candidates have equal votes (1)")


def test_of_an_event_of_unknown_type_only_the_envelope_is_examined() -> None:
    """Promise: what is not for us is told so, and not that its data are no declaration."""
    event = {**DECLARED, "type": "com.example.weather", "data": {"rain": True}, "id": 3}
    codes = {reason.code for reason in reasons_of(entry(event), REGISTER)}
    assert codes == {"type.unknown", "id.not_text"}


def test_an_event_of_unknown_type_is_examined_as_what_it_is_like() -> None:
    """Promise: a type left out or misspelt hides no other fault, whatever kind of message it is."""
    for sent, fault in (
        (altered(DECLARED, ("data/revision", 0)), "revision.too_small"),
        (altered(AMENDED, ("data/electorate", -1)), "amendment.negative"),
        (altered(DESCRIBED, ("data/contests", {})), "register.none_given"),
    ):
        codes = {reason.code for reason in reasons_of(entry({**sent, "type": "tallywire.misspelt.v1"}), REGISTER)}
        assert codes == {"type.unknown", fault}


def test_who_sent_what_is_known_of_a_refused_entry() -> None:
    """Promise: the receipt names the sender's event wherever its id can be read and printed."""
    examined = examine(entry(altered(DECLARED, ("data/revision", 0))), ELECTION, REGISTER)
    assert (examined.event_id, examined.source, examined.subject) == (DECLARED["id"], DECLARED["source"], TESTSHIRE)
    examined = examine(entry(altered(DECLARED, ("id", "a\u200b"), ("source", ""), ("subject", 1))), ELECTION, REGISTER)
    assert (examined.event_id, examined.source, examined.subject) == (None, None, TESTSHIRE)
