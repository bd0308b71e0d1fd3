"""``tallywire rebuild``: all that follows from the ledger can be deleted, and comes back to the byte."""

from pathlib import Path

import pytest

from tallywire.client.connection import open_connection
from tallywire.client.errors import RefusedError
from tallywire.evidence.rebuild import await_stopped
from tests.pipeline.services import Nursery
from tests.tallywire.evidence.conftest import Night
from tests.tallywire.evidence.nights import alter_first, derived, entries, key, rewrite, run_services, tallywire


def test_what_was_deleted_is_derived_again_to_the_byte(night: Night, nursery: Nursery, tmp_path: Path) -> None:
    """Results, tallies, headlines and what stands, ids and times too; the ledger and its receipts are untouched."""
    before, ledger, receipts = derived(night.client), entries(night.client, "ledger"), entries(night.client, "receipts")
    done = tallywire(night.url, "rebuild")
    assert done.exit_code == 0, done.output
    assert all(value in ([], {}) for value in derived(night.client).values())
    run_services(nursery, night.url, tmp_path)
    assert derived(night.client) == before
    assert entries(night.client, "ledger") == ledger
    assert entries(night.client, "receipts") == receipts
    assert tallywire(night.url, "verify").exit_code == 0


def test_it_mends_what_verify_has_found(night: Night, nursery: Nursery, tmp_path: Path) -> None:
    """A headline that was touched is what follows from the ledger again."""
    before = derived(night.client)
    rewrite(night.client, "headlines", alter_first)
    assert tallywire(night.url, "verify").exit_code == 1
    assert tallywire(night.url, "rebuild").exit_code == 0
    run_services(nursery, night.url, tmp_path)
    assert derived(night.client) == before


def test_nothing_is_derived_from_a_broken_ledger(night: Night) -> None:
    """What is there may be the only trace of what the ledger was."""
    before = derived(night.client)
    rewrite(night.client, "ledger", alter_first)
    done = tallywire(night.url, "rebuild")
    assert done.exit_code == 1
    assert "ledger entry 1 " in done.stderr
    assert derived(night.client) == before


@pytest.mark.parametrize("service", ["aggregate", "notify"])
def test_a_running_service_keeps_it_from_being_done(night: Night, service: str) -> None:
    """It would take the loss of its state for the loss of the server."""
    night.client.set(f"tallywire:alive:{service}:synthetic-host:1", 1)
    waited_for: list[list[str]] = []
    with open_connection(night.url) as connection, pytest.raises(RefusedError, match=f"Still running: {service}"):
        await_stopped(connection, waited_for.append, deadline_s=0)
    assert waited_for == [[service]]


def test_ingest_may_run_on(night: Night) -> None:
    """Declarations are taken while the rest is derived again."""
    night.client.set("tallywire:alive:ingest:synthetic-host:1", 1)
    assert tallywire(night.url, "rebuild").exit_code == 0


def test_force_does_not_ask(night: Night) -> None:
    """For whoever knows that a key outlived its service."""
    night.client.set("tallywire:alive:notify:synthetic-host:1", 1)
    assert tallywire(night.url, "rebuild", "--force").exit_code == 0
    assert night.client.exists(key("headlines")) == 0
