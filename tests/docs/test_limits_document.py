"""The table of limits is what the code says."""

from importlib import import_module
from itertools import chain

from services.ingest.rules.reasons.table import REASONS, names_a_limit
from tallywire.posting.rates import BY_ADDRESS, BY_KEY, FAILURES, SIGN_INS
from tests.docs.limits_document import DOCUMENT, ROOT, SHOWN, TABLES, constants, limits_document, reason

LISTED = list(chain.from_iterable(TABLES.values()))


def test_every_limit_in_the_code_is_in_the_table() -> None:
    """Promise: a new limit is written down, one that is gone leaves the table, and none is there twice."""
    assert sorted([*LISTED, *SHOWN]) == sorted(constants())


def test_the_table_has_the_values_of_the_code() -> None:
    """Promise: docs/limits.md is not stale."""
    written = DOCUMENT.read_text("utf-8") if DOCUMENT.exists() else ""
    assert written == limits_document(), "docs/limits.md is stale: python -m tests.docs.limits_document"


def test_every_limit_is_a_number_with_a_reason_and_its_test_is_there() -> None:
    """Promise: no limit is there without somebody having thought about it."""
    for rows in TABLES.values():
        for place, limit in rows.items():
            module, _, name = place.partition(":")
            assert getattr(import_module(module), name) > 0
            assert len(reason(place)) > 30, place
            assert limit.reached
            assert not limit.test or (ROOT / "tests" / limit.test).exists()


def test_the_labels_in_the_table_are_those_that_are_counted() -> None:
    """Promise: whoever looks for a label of the table finds it."""
    labels = {limit.counted for rows in TABLES.values() for limit in rows.values()}
    codes = {label for label in labels if label and "`" not in label}
    ours = {"catalogue.full", "lag.entries", "refusal.cut", "connections", "readers", "requests"}
    ours |= {f"rate.{rate.name}" for rate in (BY_ADDRESS, BY_KEY, SIGN_INS, FAILURES)}
    assert {code for code in codes - ours if code not in REASONS or not names_a_limit(code)} == set()
