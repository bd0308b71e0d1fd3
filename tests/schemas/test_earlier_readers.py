"""Who read the contract before there were lists, stages and referendums, reads on.

``two_systems.json`` holds the JSON Schemas of published events and of the tables of the register as they were when
first past the post and the supplementary vote were all there was, without their descriptions.
"""

import json
from pathlib import Path
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator

from schemas import tables
from schemas.register import Register
from services.ingest.rules.examining import Valid, examine
from tests.schemas.later import UNKNOWN_WORD
from tests.services.aggregate.test_counted_so_far import region_night
from tests.services.aggregate.test_stages import counted, so_far
from tests.services.declarations import altered
from tests.services.events import declaration_event, register_event
from tests.services.folding import aggregate_and_notify
from tests.services.ingest.referendums import REGISTER as QUESTION
from tests.services.ingest.refusals import DESCRIBED
from tests.services.ingest.stages import IRISH
from tests.services.registers import ELECTION, TESTSHIRE, synthetic_register
from tests.tallywire.publishing.histories import Json
from tests.tallywire.publishing.systems import every_system

EARLIER: Final[Json] = json.loads(Path(__file__).with_name("two_systems.json").read_text("utf-8"))
DOCUMENT: Final[Json] = json.loads((Path(tables.__file__).with_name("tables.json")).read_text("utf-8"))
TWO_SYSTEMS: Final = ("first-past-the-post", "supplementary-vote")


def faults(schema: Json, value: Any) -> list[str]:  # noqa: ANN401  # JSON
    """Return what an earlier reader objects to: where, and its schema's keyword."""
    found = Draft202012Validator(schema).iter_errors(value)
    return [f"{'.'.join(map(str, one.absolute_path))} {one.validator}" for one in found]


@pytest.mark.parametrize("stream", ["results", "tallies", "headlines"])
def test_an_earlier_reader_takes_every_event(stream: str) -> None:
    """Promise: results of lists, of counts by stages and of referendums are valid by the schemas of before."""
    said = [json.loads(event.content) for event in every_system().events[stream]]
    assert said
    for one in said:
        kind = one["type"].removeprefix("tallywire.")
        # Made by hand, they have no envelope.
        schema = EARLIER[kind] if "specversion" in one else _data(EARLIER[kind])
        assert faults(schema, one if "specversion" in one else one["data"]) == []


def test_an_earlier_reader_takes_a_count_that_goes_on() -> None:
    """Promise: the same of what the services publish of stages added, of areas counted, and of a referendum."""
    nights = (
        counted(so_far(0), so_far(1), {**IRISH, "kind": "declared"}),
        aggregate_and_notify([register_event(QUESTION), declaration_event(TESTSHIRE, {"yes": 200, "no": 300})]),
        aggregate_and_notify(region_night()),
    )
    events = [one for night in nights for stream in night.streams.values() for one in stream]
    kinds = {one["type"].removeprefix("tallywire.") for one in events}
    assert kinds == {"result.v1", "tally.v1", "control.v1", "headline.v1"}
    assert [faults(EARLIER[one["type"].removeprefix("tallywire.")], one) for one in events] == [[]] * len(events)


def _data(schema: Json) -> Json:
    """Return the schema of an event's data."""
    return {**schema["properties"]["data"], "$defs": schema["$defs"]}


def test_of_the_table_of_contests_the_word_for_the_system_is_all_that_is_new() -> None:
    """Promise: the one thing that a reader of the closed schema of before has to change is named in the contract."""
    contests = every_system().registers.contests.values()
    for contest in (json.loads(versions.at(1).content) for versions in contests):
        expected = [] if contest["voting_system"] in TWO_SYSTEMS else ["voting_system enum"]
        assert faults(EARLIER["standing:contests"], contest) == expected


def test_words_of_a_later_release_are_read_in_tables() -> None:
    """Promise: from now on a voting system, counting rules and kinds of region and body may be new in a table."""
    register = synthetic_register(bodies={"testshire": {"name": "Testshire", "seats": 3}})
    contest = json.loads(register.contests[TESTSHIRE].model_dump_json())
    contest |= {"voting_system": UNKNOWN_WORD, "counting_rules": UNKNOWN_WORD, "question": "How?"}
    head = json.loads(register.head().model_dump_json())
    head["bodies"]["testshire"]["kind"] = head["regions"]["uk"]["kind"] = UNKNOWN_WORD
    found = tables.CONTESTS.read(json.dumps(contest).encode())
    assert (found.voting_system, found.counting_rules, found.question) == (UNKNOWN_WORD, UNKNOWN_WORD, "How?")
    assert str(tables.REGISTER.read(json.dumps(head).encode()).bodies["testshire"].kind) == UNKNOWN_WORD
    for table, value in ((tables.CONTESTS, contest), (tables.REGISTER, head)):
        assert faults(DOCUMENT["tables"][table.name]["value"] | {"$defs": DOCUMENT["$defs"]}, value) == []


@pytest.mark.parametrize("field", ["voting_system", "counting_rules"])
def test_a_service_does_not_go_on_from_a_word_that_it_does_not_know(field: str) -> None:
    """Promise: nothing is counted by a system that this release does not know, nor sent."""
    contest = json.loads(synthetic_register().contests[TESTSHIRE].model_dump_json()) | {field: UNKNOWN_WORD}
    with pytest.raises(ValueError, match="Input should be"):
        tables.CONTESTS.restore(json.dumps(contest).encode())
    with pytest.raises(ValueError, match="Input should be"):
        Register.model_validate_json(json.dumps(altered(DESCRIBED, (f"data/contests/{TESTSHIRE}", contest))["data"]))
    sent = altered(DESCRIBED, (f"data/contests/{TESTSHIRE}/{field}", UNKNOWN_WORD))
    assert not isinstance(examine({b"data": json.dumps(sent).encode()}, ELECTION, None), Valid)
