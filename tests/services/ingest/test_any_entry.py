"""Anything may be on the stream: properties that hold for every entry."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.declaration import Declaration
from schemas.events import DeclarationEvent
from schemas.register import Register
from services.ingest.rules.examining import Examined, Invalid, Valid, examine
from services.ingest.rules.reasons.table import REASONS
from tests.services.ingest.local_counts import IN_AREAS
from tests.services.ingest.refusals import DECLARED, REGISTER
from tests.services.ingest.two_rounds import SECOND_PREFERENCES
from tests.services.registers import ELECTION

SENT = json.dumps(DECLARED).encode()
PATIENT = settings(deadline=None)
"""A slow machine is no fault."""

OTHERWISE = {"field.not_understood", "id.reused", "revision.conflict"}

REGISTERS = [REGISTER, SECOND_PREFERENCES, IN_AREAS]

field_names = st.sampled_from(
    [*DECLARED, *Declaration.model_fields, *DECLARED["data"]["votes"], "area", "sequence", "contests", "[key]"]
)
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(
        [
            "1,833",
            "ann-example",
            "Northby",
            "flash",
            "progress",
            "withdrawn",
            "2030-02-30T00:00:00Z",
            "\u202e",
            10**30,
            -0.0,
            30_000,
            "tallywire.register.v1",
        ]
    )
)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8) | field_names, inner, max_size=4),
    max_leaves=12,
)


def assert_answered(examined: Examined) -> None:
    """Check that an entry that is no event is told why, with codes of the table."""
    if isinstance(examined, Invalid):
        assert {reason.code for reason in examined.reasons} <= REASONS.keys() - OTHERWISE
        assert all(reason.message.isprintable() and reason.path.isprintable() for reason in examined.reasons)


def assert_means_what_it_says(sent: bytes, event: DeclarationEvent) -> None:
    """Check an accepted declaration against its bytes, read by another parser, and against Testshire by hand."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len(dict(pairs)) == len(pairs)
        return dict(pairs)

    stated = json.loads(sent, object_pairs_hook=once)
    known = {*DECLARED, "test", "datacontenttype", "dataschema"}
    assert event.model_dump(mode="json", exclude_unset=True) == {name: stated[name] for name in stated if name in known}
    assert all(type(stated[name]) in (str, int, bool) for name in stated if name not in known)
    data = stated["data"]
    votes = data["votes"]
    assert votes.keys() == {"ann-example", "bob-sample", "cay-specimen"}
    assert all(type(count) is int and count >= 0 for count in votes.values())
    assert 0 < sum(votes.values()) + (data.get("rejected") or 0) <= 100_000
    assert type(data["revision"]) is int
    if data.get("papers") is not None and data.get("rejected") is not None:
        apart = abs(sum(votes.values()) + data["rejected"] - data["papers"])
        assert apart < 15 or 50 * apart < data["papers"]
    if data.get("elected") is not None:
        assert len(data["elected"]) == 1
        assert votes[data["elected"][0]] == max(votes.values())


@PATIENT
@given(st.dictionaries(st.binary(max_size=5) | st.just(b"data"), st.binary(max_size=60), max_size=3))
def test_any_bytes_are_answered(fields: dict[bytes, bytes]) -> None:
    """Promise: no bytes whatever stop the line."""
    assert_answered(examine(fields, ELECTION, REGISTER))


@PATIENT
@given(anything, st.sampled_from([REGISTER, None]))
def test_any_json_is_answered(value: object, register: Register | None) -> None:
    """Promise: no JSON whatever stops the line."""
    assert_answered(examine({b"data": json.dumps(value).encode()}, ELECTION, register))


@PATIENT
@given(
    st.dictionaries(field_names, anything, max_size=6), st.dictionaries(field_names, anything, max_size=6), st.data()
)
def test_any_fields_in_a_declaration_are_answered(
    outer: dict[str, Any], inner: dict[str, Any], data: st.DataObject
) -> None:
    """Promise: no field whatever in an event of a known type stops the line."""
    kind = data.draw(st.sampled_from(["declaration", "register", "amendment"]))
    event = {**DECLARED, "type": f"tallywire.{kind}.v1", "data": {**DECLARED["data"], **inner}, **outer}
    register = data.draw(st.sampled_from(REGISTERS))
    assert_answered(examine({b"data": json.dumps(event).encode()}, ELECTION, register))


@PATIENT
@given(st.lists(st.dictionaries(st.sampled_from(["area", "votes", "rejected"]), anything) | anything), st.data())
def test_any_areas_are_answered(areas: list[object], data: st.DataObject) -> None:
    """Promise: nothing whatever among local counts stops the line."""
    kind = data.draw(st.sampled_from(["declared", "progress"]))
    event = {**DECLARED, "data": {**DECLARED["data"], "kind": kind, "areas": areas}}
    assert_answered(examine({b"data": json.dumps(event).encode()}, ELECTION, data.draw(st.sampled_from(REGISTERS))))


@settings(PATIENT, max_examples=400)
@given(st.integers(0, len(SENT)), st.integers(0, 4), st.text(alphabet='0123456789-+.eE,:"{}[] \\ntrue', max_size=4))
def test_no_mischief_in_the_bytes_changes_the_meaning(start: int, cut: int, put: str) -> None:
    """Promise: a declaration with bytes cut out and put in is refused, or is taken and means what its bytes say."""
    sent = SENT[:start] + put.encode() + SENT[start + cut :]
    examined = examine({b"data": sent}, ELECTION, REGISTER)
    assert_answered(examined)
    if isinstance(examined, Valid):
        assert isinstance(examined.event, DeclarationEvent)
        assert_means_what_it_says(sent, examined.event)


@settings(PATIENT, max_examples=300)
@given(st.sampled_from([*DECLARED["data"], *(f"votes/{name}" for name in DECLARED["data"]["votes"])]), anything)
def test_no_mischief_in_a_field_changes_the_meaning(path: str, value: object) -> None:
    """Promise: a declaration with anything in one of its fields is refused, or is taken and means what it says."""
    event = json.loads(SENT)
    outer, _, candidate = path.partition("/")
    if candidate:
        event["data"][outer][candidate] = value
    else:
        event["data"][outer] = value
    sent = json.dumps(event).encode()
    examined = examine({b"data": sent}, ELECTION, REGISTER)
    assert_answered(examined)
    if isinstance(examined, Valid):
        assert isinstance(examined.event, DeclarationEvent)
        assert_means_what_it_says(sent, examined.event)
