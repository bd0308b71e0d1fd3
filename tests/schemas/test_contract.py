"""The contract: strict, frozen, documented, generated, and growing by optional fields only."""

import json
from pathlib import Path

import pytest
from faststream.specification.asyncapi.v3_0_0.schema import ApplicationSchema
from jsonschema import Draft202012Validator
from pydantic import BaseModel, ValidationError

import schemas
from schemas import generate
from schemas.declaration import AreaCount, Declaration, RejectedPapers
from schemas.events import EVENTS, DeclarationEvent
from schemas.streams import STREAMS
from schemas.wire import Wire

FOLDER = Path(schemas.__file__).parent


def models(of: type[BaseModel] = Wire) -> list[type[BaseModel]]:
    """Return every model of the contract, the envelope's generic forms left out."""
    found = [model for child in of.__subclasses__() for model in (child, *models(child))]
    return [model for model in found if "[" not in model.__name__]


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


@pytest.mark.parametrize("model", models(), ids=lambda model: model.__name__)
def test_every_model_is_strict_frozen_closed_and_documented(model: type[BaseModel]) -> None:
    """Promise: nothing is coerced, changed or added in silence, and every field says what it means."""
    config = model.model_config
    assert (config["strict"], config["frozen"], config["extra"]) == (True, True, "forbid")
    assert (model.__doc__ or "").strip()
    for name, field in model.model_fields.items():
        assert field.description, f"{model.__name__}.{name} is not described"


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
    "areas": (AreaCount(area="Testing", votes={"ann-example": 2}),),
}
NO_FIGURES = {"ballot_id", "revision", "declared_at", "returning_officer", "reason", "note"}


@pytest.mark.parametrize("field", sorted(Declaration.model_fields.keys() - NO_FIGURES))
def test_every_figure_tells_one_declaration_from_another(field: str) -> None:
    """Promise: what differs in any figure is no repeat; a new field is one, or is named among those that are not."""
    plain = Declaration(ballot_id="pcc.testshire.2030-05-02", revision=1, votes={"ann-example": 1})
    assert plain.model_copy(update={field: FIGURES[field]}).figures() != plain.figures()


@pytest.mark.parametrize("votes", [1833.0, "1833", True, None, -1, 10**30])
def test_a_count_of_votes_is_a_whole_number_and_nothing_else(votes: object) -> None:
    """Promise: Brighton Kemptown 2024 showed 1,833 as 1; here only 1833 is 1833."""
    with pytest.raises(ValidationError):
        Declaration.model_validate(
            {"ballot_id": "pcc.testshire.2030-05-02", "revision": 1, "votes": {"ann-example": votes}}
        )
