"""Another release under load: services are exchanged one by one while declarations come in, forth and back again."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from schemas import RELEASE
from tests.pipeline.count_centre import CountCentre
from tests.pipeline.night import Night, event, night
from tests.pipeline.pipeline import Pipeline
from tests.pipeline.services import ROOT, Nursery, Service, Services

OLDER: Final = "0.0.9"
"""The release that is made of the sources: this one, before it knew of polls that are called off."""

FORTH: Final = ("notify", "aggregate", "ingest")
"""The order of an upgrade: whoever reads is exchanged before whoever writes what is read."""

SHARE: Final = 8
"""Declarations that come in between two steps."""


@pytest.fixture(scope="module")
def older_nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    """Make an older release, and run what starts its services."""
    sources = tmp_path_factory.mktemp("older")
    for package in ("schemas", "services", "streams", "tallywire", "tests"):
        shutil.copytree(ROOT / package, sources / package, ignore=shutil.ignore_patterns("*.export", "samples"))
    for file, newer, older in (
        ("schemas/__init__.py", f'RELEASE: Final = "{RELEASE}"', f'RELEASE: Final = "{OLDER}"'),
        ("schemas/declaration.py", '    "countermanded",\n', ""),
    ):
        text = (sources / file).read_text("utf-8")
        assert text.count(newer) == 1
        (sources / file).write_text(text.replace(newer, older), "utf-8")
    with Nursery(sources) as started:
        yield started


class Rolling:
    """A night on which declarations come in, and services are exchanged.

    Args:
        centre: who declares.
        sent: what is declared, a few before and after each step.
        running: the services that are at work.
    """

    def __init__(self, centre: CountCentre, sent: Night, running: dict[str, Service]) -> None:
        self._centre, self._running = centre, running
        self._coming = list(sent.declarations)

    def exchange(self, services: Services, order: tuple[str, ...]) -> None:
        """Exchange one service after another: the new one is at work beside the old one before that ends."""
        for name in order:
            self._come_in()
            new = services.start(name)
            new.await_saying("service.started")
            self._come_in()
            assert self._running[name].end() == 0
            self._running[name] = new
        assert self._coming, "Not all may be in before the last step."

    def come_in(self) -> None:
        """Let everything come in that is left."""
        self._centre.send(self._coming)
        self._centre.settle()

    def _come_in(self) -> None:
        self._centre.send(self._coming[:SHARE])
        del self._coming[:SHARE]


def test_services_are_exchanged_one_by_one_under_load(
    pipeline: Pipeline, older_nursery: Nursery, tmp_path: Path
) -> None:
    """Promise: an upgrade (notify, aggregate, ingest), the way back, and the upgrade again leave each figure exact.

    Once the later ingest has written what the older release does not know, the older aggregate does not start: it names
    the entry and its release, changes nothing, and the later one goes on.
    """
    (tmp_path / "older").mkdir()
    sent = night(23, contests=12, declarations=200)
    called_off, *_ = sent.contests
    others = tuple(message for message in sent.declarations if json.loads(message)["subject"] != called_off)
    sent = replace(sent, declarations=others)
    with Services(older_nursery, tmp_path / "older", pipeline.server.url) as older:
        running = {service.name: service for service in older.start_all()}
        for service in running.values():
            service.await_saying("service.started")
        centre = pipeline.open(sent)
        rolling = Rolling(centre, sent, running)
        rolling.exchange(pipeline.services, FORTH)
        rolling.exchange(older, FORTH[::-1])
        rolling.exchange(pipeline.services, FORTH)
        rolling.come_in()
        centre.check_exact(sent)
        _call_off(centre, called_off)
        _goes_back_no_more(pipeline, older_nursery, centre)
        assert pipeline.services.end() == [0, 0, 0]


def _call_off(centre: CountCentre, ballot: str) -> None:
    """Declare something that the older release does not know."""
    said = {"ballot_id": ballot, "revision": 1, "kind": "countermanded", "reason": "Synthetic: a candidate has died."}
    centre.send([event("declaration", "called-off", ballot, said)])
    centre.settle()
    assert centre.receipts()[-1]["status"] == "accepted", centre.receipts()[-1]


def _goes_back_no_more(pipeline: Pipeline, older: Nursery, centre: CountCentre) -> None:
    """See that the older aggregate ends, and what it says."""
    before = {stream: centre.length(stream) for stream in ("ledger", "results", "tallies", "headlines")}
    (aggregate,) = pipeline.services.alive("aggregate")
    assert aggregate.end() == 0
    settings = {"TALLYWIRE_REDIS_URL": pipeline.server.url}
    back = older.run(["aggregate"], settings, pipeline.services.folder / "back.log")
    assert back.await_end() == 5
    what = f'has the word "countermanded" for data.kind at entry {before["ledger"]}, which this release ({OLDER})'
    assert what in back.log().splitlines()[-1]
    assert before == {stream: centre.length(stream) for stream in before}
    assert not centre.length("parked-aggregate")
    pipeline.start("aggregate").await_saying("service.started")
    centre.settle()
