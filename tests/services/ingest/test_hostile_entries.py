"""Many faults at once, and entries made to hurt."""

import json

import pytest

from schemas.events import SENT
from schemas.register import Candidate
from services.ingest.rules import limits
from services.ingest.rules.examining import examine
from services.ingest.rules.intake import Intake
from services.ingest.rules.judgement import Accepted, Duplicate, Refused
from services.ingest.rules.judging import judge
from services.ingest.rules.messages import MESSAGES
from services.ingest.rules.reasons import wording
from streams.entries import _fields
from tests.services.declarations import altered, entry
from tests.services.events import ACCEPTED
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
    ("votes", "code"),
    [
        pytest.param({str(number): "" for number in range(4_000)}, "entry.too_many_values", id="texts"),
        pytest.param({f"Dan {number}": 1 for number in range(3_900)}, "field.too_many", id="names"),
        pytest.param({f"\u202e{number}": 1 for number in range(500)}, "entry.too_many_faults", id="marks"),
        pytest.param({f"\u202e{number}": 1 for number in range(100)}, "entry.more_faults", id="fewer marks"),
        pytest.param([[]] * 20_000, "entry.too_many_values", id="brackets"),
    ],
)
def test_reasons_are_bounded(votes: object, code: str) -> None:
    """Promise: whatever is sent, the receipt is short: at most fifty reasons, the last of which counts the others."""
    sent = json.dumps(altered(DECLARED, ("data/votes", votes)), separators=(",", ":"), ensure_ascii=False).encode()
    assert len(sent) <= limits.CONTEST_BYTES_MAX
    reasons = reasons_of({b"data": sent}, REGISTER)
    assert 0 < len(reasons) <= limits.REASONS_MAX
    assert reasons[-1].code == code
    assert sum(len(reason.model_dump_json()) for reason in reasons) < 40_000


def test_a_hint_is_looked_for_among_so_many_names_for_the_whole_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise: 49 unknown candidates beside 200 known ones cost five hints, not 49."""
    compared: list[str] = []
    errors = wording._errors

    def counted(one: str, other: str, most: int) -> int | None:
        compared.append(other)
        return errors(one, other, most)

    monkeypatch.setattr(wording, "_errors", counted)
    candidates = {f"person-{number:03}": Candidate(name=f"P {number}", party="PP52") for number in range(200)}
    register = synthetic_register(contests={TESTSHIRE: synthetic_contest(candidates=candidates)})
    event = altered(DECLARED, ("data/votes", {f"persxn-{number:03}": 1 for number in range(49)}))
    reasons = reasons_of(entry(event), register)
    assert reasons[0].message.endswith("Did you mean person-000?")
    assert sum("Did you mean" in reason.message for reason in reasons) == limits.NEAREST_AMONG_MAX // 200
    assert len(compared) <= limits.NEAREST_AMONG_MAX


def test_a_second_register_is_not_looked_into(monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise: whoever sends megabytes of register to a loaded election costs the others no validation of it.

    The same one again is a repeat all the same.
    """
    intake = Intake(ELECTION)
    sent = json.dumps(DESCRIBED).encode()
    accepted = judge(intake, "1-0", {b"data": sent}, ACCEPTED)
    assert isinstance(accepted, Accepted)
    for remembered in accepted.remembered:
        intake.keep(remembered)
    # Neither validated nor checked.
    for table in (SENT, MESSAGES):
        monkeypatch.setitem(table, "tallywire.register.v1", None)
    other = json.dumps({**DESCRIBED, "id": "another", "data": {"contests": 0}}).encode()
    refused = judge(intake, "2-0", {b"data": other}, ACCEPTED)
    assert isinstance(refused, Refused)
    assert [reason.code for reason in refused.reasons] == ["register.already_loaded"]
    assert isinstance(judge(intake, "3-0", {b"data": sent}, ACCEPTED), Duplicate)


def test_of_fields_without_end_the_first_are_read() -> None:
    """Promise: of 20,000 fields a thousand are read, and a hundred kept; a field of many values is joined once."""
    intake = Intake(ELECTION)
    same = judge(intake, "1-0", _fields([b"data", b"{}"] * 20_000), ACCEPTED)
    assert isinstance(same, Refused)
    assert [reason.code for reason in same.reasons] == ["entry.data_twice"]
    names = judge(
        intake, "2-0", _fields([word for number in range(20_000) for word in (b"%d" % number, b"")]), ACCEPTED
    )
    assert isinstance(names, Refused)
    assert names.reasons[0].message.startswith("The entry has no field data, it has more than 6 fields.")
    assert (len(names.fields), names.cut) == (limits.FIELDS_KEPT_MAX, True)


def test_a_place_is_told_by_steps_that_are_cut_one_by_one() -> None:
    """Promise: a name of 200,000 letters with fifty faults in it is not put into words fifty times."""
    assert len(wording.path_of(("data", "x" * 200_000, "votes"))) == limits.PATH_LENGTH_MAX
    assert wording.path_of(("data", 3, "votes")) == "data.3.votes"


def test_of_a_large_event_the_first_field_given_twice_is_told() -> None:
    """Promise: a large event is not read a third time to find every field that it has twice; a small one is."""
    small = json.dumps(DECLARED).encode()[:-1] + b',"x":1,"x":2,"y":1,"y":2}'
    assert [reason.message.split()[2] for reason in reasons_of(entry(small), REGISTER)] == ['"x"', '"y"']
    large = small.replace(b'"x":1', b'"z":"%s","x":1' % (b"z" * limits.REPEATED_BYTES_MAX))
    told = [reason.message for reason in reasons_of(entry(large), REGISTER) if reason.code == "json.duplicate_key"]
    assert told == ['The field "x" is given more than once in one object. Keep the one that is right.']


def test_a_number_without_end_is_told_by_its_length() -> None:
    """Promise: nobody waits until a number of thousands of digits is written out, fifty times."""
    assert wording.shown(10**3_999) == "a number of some 4,000 digits"
    assert wording.shown(-(10**29)) == "-1000000000000000000… (30 digits)"


@pytest.mark.parametrize(
    "areas",
    [
        pytest.param([{}] * 7_000, id="nothing"),
        pytest.param([{"area": "x", "votes": {}}] * 900, id="unknown areas"),
        pytest.param([{"area": "Northby", "votes": {}}] * 900, id="one area"),
        pytest.param([{"area": "Northby", "votes": {str(number): 1 for number in range(3_900)}}], id="strangers"),
    ],
)
def test_reasons_against_areas_are_bounded(areas: list[object]) -> None:
    """Promise: a list of local counts, however long, is answered in fifty reasons."""
    sent = json.dumps(altered(DECLARED, ("data/areas", areas)), separators=(",", ":")).encode()
    reasons = reasons_of({b"data": sent}, IN_AREAS)
    assert 0 < len(reasons) <= limits.REASONS_MAX
    assert not {"entry.too_large", "json.invalid"} & {reason.code for reason in reasons}


def test_an_extension_that_is_no_text_is_not_searched() -> None:
    """Promise: what is refused for not being plain costs no search for characters that nobody can see."""
    sent = altered(DECLARED, ("desk", [{"a": "A\u202e"}]))
    assert [reason.code for reason in reasons_of(entry(sent), REGISTER)] == ["attribute.not_plain"]


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
