"""Nights by every voting system: the services publish what the recount finds, after every entry and in any order."""

from collections import Counter
from collections.abc import Iterator
from random import Random

import pytest

from tests.oracle.agreeing import differently_read, disagreements, ingested, parked, statuses
from tests.oracle.conftest import EXAMPLES_WANTED, NORMAL_RUN
from tests.oracle.headlines import headline_faults
from tests.oracle.kinds import taken
from tests.oracle.mischief import Night, answers
from tests.oracle.playing import aggregate, notify
from tests.oracle.recount import Json
from tests.oracle.systems.confirming import CONFIRMATION_KINDS, confirmation_kinds, with_confirmations
from tests.oracle.systems.list_kinds import LIST_KINDS, list_kinds
from tests.oracle.systems.nights import night

NIGHTS = 500 if EXAMPLES_WANTED <= NORMAL_RUN else EXAMPLES_WANTED
"""The normal run tries the same ones each time."""


@pytest.mark.timeout(120 + EXAMPLES_WANTED)
def test_services_and_recount_agree_about_every_system() -> None:
    """Promise: counts by stages, list seats, referendums and what is certain are those of an independent recount.

    After every entry, and the same bytes however entries are batched. Headlines follow from them once each. Among
    the nights are corrections, withdrawals, stages that come late, ties, lots and repeats; constituencies that are
    corrected after their region, or postponed, used-up lists and individuals; and seats that the rule does not give,
    which a second person confirms or turns down.
    """
    met = Counter[str]()
    for seed in range(NIGHTS):
        met.update(set(_agrees(seed, night(seed))))
    rare = {kind: number for kind, number in met.items() if number < NIGHTS // 100}
    assert rare == {}
    assert sorted(met) == sorted(KINDS)


KINDS = (
    *(
        "amendment",
        *CONFIRMATION_KINDS,
        "correction",
        "duplicate",
        "late",
        "lot",
        *LIST_KINDS,
        "progress",
        "several excluded",
        "stage",
        "surplus",
        "withdrawn",
    ),
)
"""What the nights must have had, each in one of a hundred at least."""


def _agrees(seed: int, drawn: Night) -> Iterator[str]:
    """Play a night, compare everything, and yield what it had."""
    ingest = ingested(drawn, (1 + seed % 4, 2))
    assert statuses(ingest) == [verdict for verdict, _ in answers(drawn)], seed
    assert parked(ingest) == [], seed
    ledger = with_confirmations(Random(seed), ingest.written["ledger"])
    counted = aggregate()
    assert list(disagreements(counted, ledger)) == [], seed
    results, said = counted.written.get("results", []), notify()
    said.take(results)
    assert list(headline_faults(results, said.written.get("headlines", []))) == [], seed
    assert parked(counted, said) == [], seed
    assert list(differently_read(counted, aggregate(), ledger, (1, 2, 1))) == [], seed
    assert list(differently_read(said, notify(), results, (2, 1))) == [], seed
    yield from ("duplicate",) * ("duplicate" in statuses(ingest))
    declared = [entry for entry in taken(ledger) if entry["type"] == "tallywire.declaration.v1"]
    yield from _kinds([entry["data"] for entry in declared])
    yield from ("amendment",) * any(entry["type"] == "tallywire.amendment.v1" for entry in taken(ledger))
    yield from confirmation_kinds(taken(ledger))
    published = [event["data"] for event in taken(results) if event["type"] == "tallywire.result.v1"]
    yield from list_kinds(drawn.register, published)


def _kinds(declared: list[Json]) -> Iterator[str]:
    stands: dict[str, Json] = {}
    for said in declared:
        before = stands.get(said["ballot_id"], {"revision": 0, "kind": ""})
        if said["revision"] < before["revision"]:
            yield "late"
            continue
        stands[said["ballot_id"]] = said
        yield from ("correction",) * (before["kind"] == said["kind"] == "declared")
        yield from (said["kind"],) * (said["kind"] in KINDS)
        for stage in said.get("stages") or ():
            yield from ("surplus",) * (stage["action"] == "surplus")
            yield from ("several excluded",) * (len(stage["of"]) > 1)
            yield from ("lot",) * bool(stage.get("lot"))
