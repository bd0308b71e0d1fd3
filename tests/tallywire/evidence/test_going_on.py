"""What the ledger says nothing of, and the services need to go on: verify names it, and its advice mends it."""

import json
from pathlib import Path

import pytest

from tests.pipeline.services import Nursery
from tests.tallywire.evidence.conftest import Night, first_difference
from tests.tallywire.evidence.nights import changed, declarations, entries, key, payloads, run_services, tallywire

NEWER = changed(json.loads(declarations()[0]), revision=3)
"""A declaration that the night has not seen."""


def advised(night: Night, what: str) -> None:
    """See that a person is told to do that."""
    assert what in tallywire(night.url, "verify").stdout


@pytest.mark.parametrize("cursor", ["99999999999999-0", f"{2**64}-0", "nonsense"])
def test_a_cursor_that_lets_ingest_read_nothing_is_found(
    night: Night, nursery: Nursery, tmp_path: Path, cursor: str
) -> None:
    """Every command would say that all is well. As advised, ingest goes on; what was sent meanwhile is taken."""
    night.client.hset(key("ingest"), "cursor", cursor)
    night.client.xadd(key("declarations"), {"data": NEWER})
    found = first_difference(night)
    assert (found["where"], found["found"]) == ("ingest, field cursor", cursor)
    advised(night, f"`HSET {key('ingest')} cursor ENTRY_ID`")
    last = json.loads(payloads(night.client, "receipts")[-1])
    night.client.hset(key("ingest"), "cursor", last["data"]["entry_id"])
    size = night.client.xlen(key("ledger"))
    run_services(nursery, night.url, tmp_path)
    assert tallywire(night.url, "verify").exit_code == 0
    assert night.client.xlen(key("ledger")) == size + 1


def test_a_cursor_on_an_entry_that_was_removed_is_no_fault(night: Night) -> None:
    """Whoever trims the declarations stream, or deletes it, takes nothing from the ledger."""
    night.client.xtrim(key("declarations"), maxlen=0)
    assert tallywire(night.url, "verify").exit_code == 0
    night.client.delete(key("declarations"))
    assert tallywire(night.url, "verify").exit_code == 0


@pytest.mark.parametrize(
    "part", ["ledger", "ingest", "ingest:refused", "standing:tallies", "headlines", "declarations"]
)
def test_a_key_that_will_vanish_is_found(night: Night, part: str) -> None:
    """Named with what is left of it, before it is gone; as advised, it stays."""
    if part == "ingest:refused":
        night.client.hset(key(part), "bytes", 1)
    night.client.expire(key(part), 100_000)
    found = first_difference(night)
    assert (found["where"], found["expected"]) == (part, "no time to live")
    advised(night, f"`PERSIST {key(part)}`")
    night.client.persist(key(part))
    assert tallywire(night.url, "verify").exit_code == 0


@pytest.mark.parametrize("part", ["declarations", "receipts", "refusals", "parked-notify", "ingest:refused"])
def test_a_key_of_another_kind_that_no_event_follows_from_is_found(night: Night, part: str) -> None:
    """No service could write to it; as advised, it is put aside and nothing is lost."""
    night.client.delete(key(part))
    night.client.set(key(part), "synthetic")
    found = first_difference(night)
    assert (found["where"], found["what"], found["found"]) == (part, "The key is of another kind.", "string")
    advised(night, f"`RENAME {key(part)} {key(part)}-aside`")
    night.client.rename(key(part), f"{key(part)}-aside")
    assert tallywire(night.url, "verify").exit_code == 0


@pytest.mark.parametrize(
    ("part", "field", "value", "advice"),
    [
        ("ingest", b"sequence:receipts", b"abc", "`HSET {pcc.2024-05-02}:ingest sequence:receipts NUMBER`"),
        ("notify", b"sequence:parked-notify", b"", "`HSET {pcc.2024-05-02}:notify sequence:parked-notify NUMBER`"),
        ("ingest", b"sequence:re\xe3eipts", b"3", '`HDEL {pcc.2024-05-02}:ingest "sequence:re\\xe3eipts"`'),
        ("aggregate", b"token", b"0123\xff", '`HDEL {pcc.2024-05-02}:aggregate "token"`'),
        ("ingest:refused", b"bytes", b"many", "`DEL {pcc.2024-05-02}:ingest:refused`"),
    ],
)
def test_a_field_that_keeps_a_service_from_starting_is_found(
    night: Night, part: str, field: bytes, value: bytes, advice: str
) -> None:
    """A running service does not notice; the next one could not begin."""
    night.client.hset(key(part), field, value)
    assert first_difference(night)["where"] == f"{part}, field {field.decode(errors='backslashreplace')}"
    advised(night, advice)


def test_a_number_put_right_as_advised_is_continued(night: Night, nursery: Nursery, tmp_path: Path) -> None:
    """Receipts are numbered on as if nothing had happened."""
    night.client.hset(key("ingest"), "sequence:receipts", "abc")
    last = json.loads(payloads(night.client, "receipts")[-1])
    night.client.hset(key("ingest"), "sequence:receipts", last["sequence"])
    night.client.xadd(key("declarations"), {"data": NEWER})
    run_services(nursery, night.url, tmp_path)
    numbers = [json.loads(receipt)["sequence"] for _, receipt in entries(night.client, "receipts")]
    assert numbers == list(range(1, len(numbers) + 1))
    assert tallywire(night.url, "verify").exit_code == 0
