"""A ledger written by an older release is read by this one, and what follows from it is what followed then."""

import json

import pytest

from tests.tallywire.evidence.making import FOLLOWS, LEDGER, follows_from
from tests.tallywire.evidence.nights import settle, tallywire

pytestmark = pytest.mark.skipif(
    not LEDGER.exists(), reason="made with the first release: python -m tests.tallywire.evidence.making"
)


def test_a_ledger_of_an_older_release_is_verified() -> None:
    """Chain, every entry, and the same results, tallies and headlines to the byte.

    Where a rule or a wording was changed on purpose: ``python -m tests.tallywire.evidence.making --digests``.
    """
    assert follows_from(LEDGER) == json.loads(FOLLOWS.read_text("utf-8"))


def test_a_ledger_of_an_older_release_is_restored_and_folded(services: str) -> None:
    """The services of this release derive from it what verify says must follow."""
    assert tallywire(services, "restore", str(LEDGER)).exit_code == 0
    settle(services)
    done = tallywire(services, "verify", "--json")
    assert (done.exit_code, json.loads(done.stdout)) == (0, json.loads(FOLLOWS.read_text("utf-8")))
