"""Writes the examples of the OpenAPI document: answers of a real service about a small synthetic election.

python -m tests.tallywire.publishing.examples
"""

import json
import tempfile
from pathlib import Path
from typing import Any, Final

from tallywire.embedded.server import start_server
from tallywire.publishing.resources import EXAMPLE, JSON, RESOURCES
from tests.pipeline.night import Night, event, night
from tests.pipeline.pipeline import pipeline_on
from tests.pipeline.services import ROOT, Nursery
from tests.pipeline.subscriber import Publisher

KEPT: Final = ROOT / "tallywire" / "publishing" / "examples.json"


def small_night() -> Night:
    """Return a night of one contest with two candidates, declared once, and expected long ago."""
    drawn = night(5, contests=1, declarations=1)
    register = json.loads(drawn.register)["data"]
    ((ballot_id, contest),) = register["contests"].items()
    contest["candidates"] = dict(list(contest["candidates"].items())[2:4])
    contest["expected_at"] = "2030-05-02T23:30:00Z"
    contest["regions"] = ["england"]
    named = {candidate["party"] for candidate in contest["candidates"].values()}
    register["parties"] = {party: one for party, one in register["parties"].items() if party in {*named, "PP53"}}
    register["regions"] = {"england": register["regions"]["england"]}
    register["bodies"]["council-0"] |= {"seats": 2, "not_up": {"PP53": 1}}
    contest["previous_votes"] = {"PP53": 800}
    votes = dict(zip(contest["candidates"], (2_274, 1_179), strict=True))
    declared = event("declaration", "declared-1", ballot_id, {"ballot_id": ballot_id, "revision": 1, "votes": votes})
    return Night(EXAMPLE, event("register", "register", EXAMPLE, register), (declared,), (declared,))


def answers(publisher: Publisher) -> dict[str, Any]:
    """Return what a service answers at every address with JSON of a shape."""
    found = {}
    for resource in RESOURCES:
        if resource.shape is not None and JSON in resource.media_types and resource.example is None:
            path = resource.path.format(**{name: resource.example_of(name) for name in resource.path_parameters})
            found[resource.path] = publisher.get(path).json
    return found


def main() -> None:
    """Write them."""
    with (
        tempfile.TemporaryDirectory() as name,
        Nursery() as nursery,
        start_server(Path(name), ephemeral=True) as server,
        pipeline_on(server, nursery, Path(name)) as pipeline,
    ):
        pipeline.start_all()
        drawn = small_night()
        centre = pipeline.open(drawn)
        centre.send(drawn.declarations)
        centre.settle()
        publisher = Publisher(pipeline)
        publisher.await_ready()
        publisher.await_cursor(EXAMPLE, headlines=1)
        KEPT.write_text(json.dumps(answers(publisher), indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
