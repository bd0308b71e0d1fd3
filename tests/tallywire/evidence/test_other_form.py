"""State that another release has written: no service misreads it, and ``tallywire rebuild`` makes it anew."""

import json
from pathlib import Path
from typing import Any

import pytest

from services.ingest.service import WIRING as INGEST
from tallywire.client.connection import open_connection
from tallywire.client.errors import RefusedError
from tallywire.evidence.ledger_walk import Walk
from tallywire.evidence.rebuild import await_stopped, rewrite_ingest
from tallywire.evidence.replay import IngestReplay
from tests.pipeline.faults import FAILED
from tests.pipeline.services import Nursery, Services
from tests.tallywire.evidence.conftest import Night, first_difference
from tests.tallywire.evidence.nights import (
    DERIVED_STREAMS,
    ELECTION,
    declarations,
    key,
    payloads,
    run_services,
    tallywire,
)


@pytest.fixture
def first_form(night: Night) -> Night:
    """Keep the night as releases before there were forms kept it: the whole register in one field."""
    client = night.client
    loaded = json.loads(payloads(client, "ledger")[0])["data"]
    register = json.dumps(loaded, ensure_ascii=False, separators=(",", ":"))
    for stage in ("ingest", "aggregate", "notify"):
        client.hdel(key(stage), "form")
    client.delete(key("ingest:register"), key("standing:register"), key("standing:contests"), key("aggregate:changed"))
    client.hset(key("ingest:register"), "register", register)
    client.hset(key("ingest:contests"), mapping=dict.fromkeys(loaded["contests"], ""))
    client.hset(key("aggregate:register"), "register", register)
    return night


def everything(client: Any) -> dict[bytes, bytes]:  # noqa: ANN401  # as in Night
    """Return every key but those by which services say that they live, as the server dumps it."""
    return {name: client.dump(name) for name in client.keys("*") if not name.startswith(b"tallywire:alive:")}


def test_a_service_does_not_start_on_state_of_another_form(first_form: Night, nursery: Nursery, tmp_path: Path) -> None:
    """Promise: it says what it found and what to do, ends, and has changed nothing."""
    before = everything(first_form.client)
    with Services(nursery, tmp_path, first_form.url) as services:
        for service in services.start_all():
            assert service.await_end() == FAILED
            words = service.log()
            assert f"{service.name} for {ELECTION} was written by another release: it is of form 1" in words
            assert f"`tallywire rebuild --election {ELECTION}`" in words
            assert "Traceback" not in words
    assert everything(first_form.client) == before


def test_verify_says_that_another_release_wrote_it(first_form: Night) -> None:
    """Promise: what was kept by another release is not taken for damage."""
    found = first_difference(first_form)
    assert (found["where"], found["expected"], found["found"]) == ("ingest, field form", str(INGEST.form), "1")
    assert "tallywire rebuild" in tallywire(first_form.url, "verify").stdout


def test_rebuild_makes_it_anew_from_the_ledger(first_form: Night, nursery: Nursery, tmp_path: Path) -> None:
    """Promise: then all is as if this release had kept it from the first entry, and the election goes on."""
    written = {stream: payloads(first_form.client, stream) for stream in (*DERIVED_STREAMS, "ledger")}
    done = tallywire(first_form.url, "rebuild")
    assert done.exit_code == 0, done.output
    assert not first_form.client.exists(key("aggregate:register"))
    first_form.client.xadd(key("declarations"), {"data": declarations()[0]})
    run_services(nursery, first_form.url, tmp_path)
    assert {stream: payloads(first_form.client, stream) for stream in written} == written
    assert json.loads(payloads(first_form.client, "receipts")[-1])["data"]["status"] == "duplicate"
    assert tallywire(first_form.url, "verify").exit_code == 0


def test_what_a_running_ingest_keeps_is_not_changed_under_its_hands(first_form: Night) -> None:
    """Promise: rebuild asks for ingest to be stopped as well, and does nothing where it has written meanwhile."""
    before = everything(first_form.client)
    with open_connection(first_form.url) as connection:
        with pytest.raises(RefusedError, match="Stop it first"):
            rewrite_ingest(connection, Walk(ELECTION), IngestReplay(ELECTION))
        first_form.client.set("tallywire:alive:ingest:synthetic-host:1", 1)
        with pytest.raises(RefusedError, match=r"Still running: ingest.*ingest, too"):
            await_stopped(connection, lambda _: None, deadline_s=0, ingest_too=True)
    assert everything(first_form.client) == before
