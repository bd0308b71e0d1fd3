"""``tallywire parked``: what a rule of ours failed on is listed, and is put back after the fix."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis as AsyncRedis

from services.aggregate.service import WIRING as AGGREGATE
from services.ingest.service import WIRING as INGEST
from streams.commit import Committer, read_mark
from streams.fold import Effects, Entry, Wiring, fold
from streams.keys import Partition
from tests.pipeline.services import Nursery
from tests.tallywire.evidence.conftest import Night
from tests.tallywire.evidence.nights import ELECTION, changed, declarations, entries, key, run_services, tallywire


def failing(_state: object, _entry: Entry) -> Iterator[Effects]:
    """Fail, as a rule with a fault in it does."""
    message = "a synthetic fault"
    raise RuntimeError(message)


def park(night: Night, wiring: Wiring[Any], entry_id: str) -> None:
    """Let a stage whose rule has a fault fold one entry."""

    async def commit() -> None:
        client = AsyncRedis.from_url(night.url)
        try:
            partition = Partition(ELECTION)
            mark = await read_mark(client, partition.key(wiring.stage))
            entry = Entry(entry_id, {})
            batch = fold(wiring, failing, wiring.state(ELECTION), [entry])
            assert await Committer(client, partition, wiring).commit(mark, entry_id, batch)
        finally:
            await client.aclose()

    asyncio.run(commit())


@pytest.fixture
def newer(night: Night) -> bytes:
    """Post a declaration that ingest parks, and return it."""
    sent = changed(json.loads(declarations()[2]), revision=2, note="Synthetic.")
    entry_id = night.client.xadd(key("declarations"), {"data": sent})
    park(night, INGEST, entry_id.decode())
    return sent


def test_parked_entries_are_listed_with_place_and_reason(night: Night, newer: bytes) -> None:
    """For people and for programs; of one service or of all."""
    last_id = entries(night.client, "declarations")[-1][0].decode()
    shown = tallywire(night.url, "parked").stdout
    assert f"ingest could not fold entry {last_id} of declarations" in shown
    assert "RuntimeError: a synthetic fault" in shown
    listed = json.loads(tallywire(night.url, "parked", "--json", "--stage", "ingest").stdout)
    assert (listed["stage"], listed["stream"], listed["entry_id"]) == ("ingest", "declarations", last_id)
    assert tallywire(night.url, "parked", "--stage", "notify").stdout == "Nothing is parked.\n"


def test_a_parked_declaration_is_put_back_after_the_fix(
    night: Night, newer: bytes, nursery: Nursery, tmp_path: Path
) -> None:
    """A copy goes onto the stream, the list is empty, and the fixed service accepts it; once."""
    assert tallywire(night.url, "parked", "retry").exit_code == 0
    assert [data for _, data in entries(night.client, "declarations")[-2:]] == [newer, newer]
    assert tallywire(night.url, "parked").stdout == "Nothing is parked.\n"
    assert tallywire(night.url, "parked", "retry", "--json").stdout == ""
    again = tallywire(night.url, "parked", "retry")
    assert (again.exit_code, again.stdout) == (0, "Nothing is parked.\n")
    size = len(entries(night.client, "ledger"))
    run_services(nursery, night.url, tmp_path)
    assert len(entries(night.client, "ledger")) == size + 1
    assert tallywire(night.url, "verify").exit_code == 0


def test_an_entry_that_was_accepted_after_all_is_a_duplicate(
    night: Night, newer: bytes, nursery: Nursery, tmp_path: Path
) -> None:
    """The sender may have sent it again in the meantime."""
    night.client.xadd(key("declarations"), {"data": newer})
    assert tallywire(night.url, "parked", "retry").exit_code == 0
    run_services(nursery, night.url, tmp_path)
    statuses = [json.loads(data)["data"]["status"] for _, data in entries(night.client, "receipts")]
    assert statuses[-2:] == ["accepted", "duplicate"]


def test_what_follows_from_the_ledger_is_rebuilt_instead(night: Night, tmp_path: Path) -> None:
    """Aggregate reads the ledger, onto which nothing is put twice: it is told what to do, exit code 1."""
    last_id = entries(night.client, "ledger")[-1][0].decode()
    night.client.xadd(key("ledger"), {"data": b"{}"}, id=f"{int(last_id.partition('-')[0]) + 1}-0")
    park(night, AGGREGATE, entries(night.client, "ledger")[-1][0].decode())
    night.client.xdel(key("ledger"), entries(night.client, "ledger")[-1][0])
    done = tallywire(night.url, "parked", "retry")
    assert done.exit_code == 1
    assert f"tallywire rebuild --election {ELECTION}" in done.stdout


def test_an_entry_that_is_gone_is_said_to_be(night: Night, newer: bytes) -> None:
    """It stays on the list: somebody has to have it sent again."""
    night.client.xdel(key("declarations"), entries(night.client, "declarations")[-1][0])
    done = tallywire(night.url, "parked", "retry")
    assert done.exit_code == 1
    assert "have it sent again" in done.stdout
    told = json.loads(tallywire(night.url, "parked", "retry", "--json").stdout)
    assert (told["stage"], told["outcome"], told["copy_id"]) == ("ingest", "gone", None)
    assert "ingest could not fold" in tallywire(night.url, "parked").stdout


@pytest.mark.parametrize("entry_id", ["nonsense", "-", "1-1-1", f"{2**64}-0"])
def test_notes_that_cannot_be_read_keep_nothing_from_being_put_back(night: Night, newer: bytes, entry_id: str) -> None:
    """One that is no note, or names no entry, is said to be one; what comes after it is put back; exit code 1."""
    ((note_id, note),) = entries(night.client, "parked-ingest")
    night.client.xdel(key("parked-ingest"), note_id)
    where = json.loads(note)["data"]["entry_id"]
    for data in (b"nonsense", note.replace(where.encode(), entry_id.encode()), note):
        night.client.xadd(key("parked-ingest"), {"data": data})
    done = tallywire(night.url, "parked", "retry")
    assert done.exit_code == 1, done.output
    assert done.stdout.count("cannot be read") == 2
    assert f"declarations {where} put back as" in done.stdout
    assert len(entries(night.client, "parked-ingest")) == 2


def test_a_note_that_cannot_be_read_is_listed(night: Night) -> None:
    """Whoever wrote it."""
    night.client.xadd(key("parked-notify"), {"data": b"nonsense"})
    assert "cannot be read" in tallywire(night.url, "parked").stdout
