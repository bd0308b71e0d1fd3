"""What an event says, however it is written."""

import json

from schemas.events import SENT, DeclarationEvent, data_model
from services.ingest.rules.meaning import MOMENTS, meaning

BALLOT = "pcc.testshire.2030-05-02"


def test_every_moment_in_a_message_is_known_to_be_one() -> None:
    """Promise: a new field that holds a moment is compared as one."""
    found = set()
    for event in SENT.values():
        schema = data_model(event).model_json_schema()
        for part in (schema, *schema.get("$defs", {}).values()):
            for name, field in part.get("properties", {}).items():
                if '"date-time"' in json.dumps(field):
                    found.add(name)
    assert found == MOMENTS


def counted(*areas: dict[str, object]) -> str:
    """Return what a declaration with local counts says."""
    data = {"ballot_id": BALLOT, "revision": 1, "votes": {"ann": 5}, "areas": areas}
    event = {"id": "a", "source": "/synthetic", "subject": BALLOT, "data": data}
    return meaning(DeclarationEvent.model_validate(event))


def test_local_counts_say_the_same_in_any_order_and_nothing_else() -> None:
    """Promise: neither the order of areas nor that of candidates says anything; whose votes were counted where does."""
    north: dict[str, object] = {"area": "North", "votes": {"ann": 1, "bob": 2}, "rejected": 3}
    south: dict[str, object] = {"area": "South", "votes": {"ann": 4, "bob": 5}}
    same = counted(south, north | {"votes": {"bob": 2, "ann": 1}})
    others = (
        counted(north | {"votes": south["votes"]}, south | {"votes": north["votes"]}),
        counted(north, south | {"rejected": 0}),
        counted(north),
        counted(),
        counted(north, south, south | {"rejected": 0}),
    )
    assert same == counted(north, south)
    assert len({same, *others}) == 1 + len(others)


def test_a_repeat_is_known_after_an_upgrade() -> None:
    """Promise: both digests that an earlier release has stored of a declaration are those that this one makes of it."""
    areas = (
        {"area": "Süd", "votes": {"ann": 4, "bob": 5}},
        {"area": "North", "votes": {"bob": 2, "ann": 1}, "rejected": 3},
    )
    stage = {
        "action": "surplus",
        "of": ("ann",),
        "totals": {"ann": "3", "bob": "9.50"},
        "transfers": {"bob": "2.50"},
        "non_transferable": "0",
    }
    votes = {"ann": 5, "bob": 7}
    data = {"ballot_id": BALLOT, "revision": 1, "votes": votes, "areas": areas, "stages": (stage,), "quota": 3}
    event = DeclarationEvent.model_validate({"id": "a", "source": "/synthetic", "subject": BALLOT, "data": data})
    assert (event.data.figures_digest, meaning(event)) == (
        "fbe7f2e9816478cd1bec23d62a79caef",
        "f65e0a8759e1269bb6ae5ada94b087d9",
    )
