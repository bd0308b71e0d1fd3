"""The contract: strict, frozen, documented, generated; closed for what is sent, open for what is published."""

import json
from pathlib import Path
from typing import Final, get_args

import pytest
from faststream.specification.asyncapi.v3_0_0.schema import ApplicationSchema
from jsonschema import Draft202012Validator
from pydantic import BaseModel, ValidationError

import schemas
from schemas import generate
from schemas.declaration import AreaCount, Declaration, RejectedPapers, Stage
from schemas.events import EVENTS, DeclarationEvent, Event, SentEvent
from schemas.streams import STREAMS
from schemas.tables import TABLES
from schemas.wire import Published, Sent, field_docstrings

FOLDER = Path(schemas.__file__).parent


def models(of: type[BaseModel]) -> list[type[BaseModel]]:
    """Return every model of the contract with this base, the envelope's generic forms left out."""
    found = [model for child in of.__subclasses__() for model in (child, *models(child))]
    return [model for model in dict.fromkeys(found) if model.__module__.startswith("schemas.") and not _generic(model)]


def _generic(model: type[BaseModel]) -> bool:
    return "[" in model.__name__ or model in (Event, SentEvent)


def parts(model: type[BaseModel]) -> set[type[BaseModel]]:
    """Return a model and every model within it, at any depth."""
    found = {model}
    waiting: list[object] = [field.annotation for field in model.model_fields.values()]
    while waiting:
        each = waiting.pop()
        if isinstance(each, type) and issubclass(each, BaseModel) and each not in found:
            found.add(each)
            waiting.extend(field.annotation for field in each.model_fields.values())
        waiting.extend(get_args(each))
    return found


SENT: Final = [event for event in EVENTS if issubclass(event, SentEvent)]
PUBLISHED: Final = [event for event in EVENTS if not issubclass(event, SentEvent)]


def test_the_committed_documents_are_what_the_models_say() -> None:
    """Promise: JSON Schemas and AsyncAPI document are generated, and never out of date."""
    assert generate.stale() == []


def test_a_stale_document_is_noticed(tmp_path: Path) -> None:
    """Promise: a document that differs, is missing, or describes no event any more fails the check."""
    for path, text in generate.documents().items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    assert generate.stale(tmp_path) == []
    (tmp_path / "json" / "result.v1.json").write_text("{}", "utf-8")
    (tmp_path / "json" / "tally.v1.json").unlink()
    (tmp_path / "json" / "gone.v1.json").write_text("{}", "utf-8")
    assert generate.stale(tmp_path) == ["json/gone.v1.json", "json/result.v1.json", "json/tally.v1.json"]


@pytest.mark.parametrize(
    "model", list(dict.fromkeys([*models(Sent), *models(Published)])), ids=lambda model: model.__name__
)
def test_every_model_is_strict_frozen_and_documented(model: type[BaseModel]) -> None:
    """Promise: nothing is coerced or changed in silence, and every field says what it means."""
    assert (model.model_config["strict"], model.model_config["frozen"]) == (True, True)
    assert (model.__doc__ or "").strip()
    for name in model.model_fields:
        assert field_docstrings(model).get(name), f"{model.__name__}.{name} is not described"


def test_what_is_sent_is_closed_and_what_is_published_is_open_at_every_depth() -> None:
    """Promise: a misspelt field of a declaration is an error; a field that a later release publishes is none."""
    closed = {model for event in SENT for model in parts(event) if not issubclass(model, SentEvent)}
    opened = {model for event in PUBLISHED for model in parts(event)}
    assert {model.model_config["extra"] for model in closed} == {"forbid"}
    assert {model.model_config["extra"] for model in opened} == {"ignore"}
    used = closed | opened | set(SENT) | {table.value for table in TABLES}
    every = {*models(Sent), *models(Published)}
    assert used <= every
    assert every - used <= {base for model in used for base in model.__mro__[1:]}


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_a_schema_is_closed_for_what_is_sent_and_open_for_what_is_published(event: type[BaseModel]) -> None:
    """Promise: a reader in another language that validates by our schema lets a later release's fields pass."""
    name = generate.event_name(event.model_fields["type"].default)
    schema = json.loads((FOLDER / "json" / f"{name}.json").read_text("utf-8"))
    objects = [part for part in schema["$defs"].values() if "properties" in part]
    closed = [part.get("additionalProperties") is False for part in objects]
    assert closed == [event in SENT] * len(objects)
    assert schema.get("additionalProperties") is not False


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_every_schema_is_a_valid_json_schema(event: type[BaseModel]) -> None:
    """Promise: another language's validator can load it."""
    name = generate.event_name(event.model_fields["type"].default)
    schema = json.loads((FOLDER / "json" / f"{name}.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)


def test_the_asyncapi_document_names_every_stream_and_event() -> None:
    """Promise: one AsyncAPI 3 document opens in a viewer and leaves nothing out."""
    document = json.loads((FOLDER / generate.ASYNCAPI).read_text("utf-8"))
    ApplicationSchema.model_validate(document)
    assert set(document["channels"]) == {stream.name for stream in STREAMS}
    assert set(document["components"]["messages"]) == {event.__name__ for event in EVENTS}
    assert {event for stream in STREAMS for event in stream.events} == set(EVENTS)


def test_an_event_without_optional_attributes_leaves_them_out() -> None:
    """Promise: CloudEvents knows no null attribute; what is unknown inside `data` is null."""
    event = DeclarationEvent(
        id="1",
        source="/synthetic",
        subject="pcc.testshire.2030-05-02",
        data=Declaration(ballot_id="pcc.testshire.2030-05-02", revision=1, votes={}),
    )
    written = json.loads(event.encode())
    assert {"time", "sequence", "acceptedtime", "groupend"}.isdisjoint(written)
    assert written["data"]["declared_at"] is None


FIGURES: dict[str, object] = {
    "kind": "flash",
    "votes": {"ann-example": 2},
    "final_round": {"ann-example": 2},
    "elected": ("ann-example",),
    "lot": ("ann-example",),
    "rejected": 1,
    "rejected_by_head": RejectedPapers(unmarked=1),
    "papers": 3,
    "quota": 2,
    "stages": (Stage(action="exclusion", of=("bob-sample",), totals={"ann-example": "2"}),),
    "areas": (AreaCount(area="Testing", votes={"ann-example": 2}),),
}
NO_FIGURES = {"ballot_id", "revision", "declared_at", "returning_officer", "reason", "note", "entries"}


@pytest.mark.parametrize("field", sorted(Declaration.model_fields.keys() - NO_FIGURES))
def test_every_figure_tells_one_declaration_from_another(field: str) -> None:
    """Promise: what differs in any figure is no repeat; a new field is one, or is named among those that are not.

    Who is elected is one where there are no votes from which it follows.
    """
    votes = None if field == "elected" else {"ann-example": 1}
    plain = Declaration(ballot_id="pcc.testshire.2030-05-02", revision=1, votes=votes)
    assert plain.model_copy(update={field: FIGURES[field]}).figures() != plain.figures()


def stage(total: str, moved: str, left: str) -> tuple[object, ...]:
    """Return what is declared by a count with one stage."""
    totals, transfers = {"ann-example": total, "bob-sample": "0"}, {"ann-example": moved}
    one = Stage(action="surplus", of=("ann-example",), totals=totals, transfers=transfers, non_transferable=left)
    return Declaration(ballot_id="pcc.testshire.2030-05-02", revision=1, votes={}, stages=(one,)).figures()


def test_votes_of_a_stage_are_told_apart_as_numbers() -> None:
    """Promise: a count sent again by a program that writes `12.00` for `12` is a repeat; the last decimal counts."""
    assert stage("12", "-0.5", "0") == stage("12.00", "-00.50000", "0.0")
    others = {repr(stage(*votes)) for votes in (("12.00001", "-0.5", "0"), ("12", "0.5", "0"), ("12", "-0.5", "0.1"))}
    assert len(others - {repr(stage("12", "-0.5", "0"))}) == 3


@pytest.mark.parametrize("votes", [1833.0, "1833", True, None, -1, 10**30])
def test_a_count_of_votes_is_a_whole_number_and_nothing_else(votes: object) -> None:
    """Promise: Brighton Kemptown 2024 showed 1,833 as 1; here only 1833 is 1833."""
    with pytest.raises(ValidationError):
        Declaration.model_validate(
            {"ballot_id": "pcc.testshire.2030-05-02", "revision": 1, "votes": {"ann-example": votes}}
        )
