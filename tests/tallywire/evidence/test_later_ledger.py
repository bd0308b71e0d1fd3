"""A ledger on which a later release has written: this one says which entry it does not understand, and does nothing."""

import json
from pathlib import Path
from typing import Any

import pytest

from schemas import RELEASE
from tests.tallywire.evidence.conftest import Night
from tests.tallywire.evidence.nights import ELECTION, Entries, chained, derived, entries, key, rewrite, tallywire

NEW_TYPE = {"type": "tallywire.foo.v1"}
UNKNOWN = [
    pytest.param(NEW_TYPE, {}, "an event of type tallywire.foo.v1", id="type"),
    pytest.param({}, {"turned_away": 3}, "a field data.turned_away", id="field"),
    pytest.param({}, {"kind": "provisional"}, 'the word "provisional" for data.kind', id="word"),
]


def goes_on(ledger: Entries, event: dict[str, Any], data: dict[str, Any]) -> Entries:
    """Return a ledger with one more entry: the last one with another id, attributes and data."""
    last = json.loads(ledger[-1][1].rpartition(b',"sequence":')[0] + b"}")
    altered = {**last, "id": "later", **event, "data": {**last["data"], "revision": 9, **data}}
    # `chained` gives sequence and chain.
    written = json.dumps(altered, separators=(",", ":")).encode()[:-1] + b',"sequence":0}'
    milliseconds = int(ledger[-1][0].partition(b"-")[0])
    return chained([*ledger, (b"%d-0" % (milliseconds + 1), written)])


def sentence(what: str, ledger: Entries) -> str:
    """Return what is said of the ledger's last entry."""
    return (
        f"The ledger of {ELECTION} has {what} at entry {len(ledger)}, which this release ({RELEASE}) does not "
        f"know. Start a release that does (see the changelog)."
    )


@pytest.mark.parametrize(("event", "data", "what"), UNKNOWN)
def test_aggregate_stops_at_what_only_a_later_release_knows(
    night: Night, event: dict[str, Any], data: dict[str, Any], what: str
) -> None:
    """Promise: nothing is parked and nothing derived; the service ends, names the entry, and what to start instead."""
    before = derived(night.client)
    rewrite(night.client, "ledger", lambda ledger: goes_on(ledger, event, data))
    done = tallywire(night.url, "aggregate")
    assert done.exit_code == 5
    assert sentence(what, entries(night.client, "ledger")) in done.stderr
    assert derived(night.client) == before
    assert not night.client.exists(key("parked-aggregate"))


def test_aggregate_stops_when_what_stands_is_of_a_later_release(night: Night) -> None:
    """Promise: an older release that takes over again does not call damaged what is only new."""
    (stored,) = goes_on(entries(night.client, "ledger")[-1:], {}, {"kind": "provisional"})[1:]
    ballot_id = json.loads(stored[1])["data"]["ballot_id"]
    night.client.hset(key("aggregate:declarations"), ballot_id, stored[1])
    done = tallywire(night.url, "aggregate")
    assert done.exit_code == 5
    assert 'has the word "provisional" for data.kind at entry' in done.stderr


@pytest.mark.parametrize(("event", "data", "what"), UNKNOWN)
def test_verify_and_restore_name_what_only_a_later_release_knows(
    night: Night, tmp_path: Path, event: dict[str, Any], data: dict[str, Any], what: str
) -> None:
    """Promise: neither a fault of ours nor a ledger found at fault: exit code 5, and a sentence. It can be exported."""
    rewrite(night.client, "ledger", lambda ledger: goes_on(ledger, event, data))
    written = entries(night.client, "ledger")
    last = json.loads(written[-1][1])
    night.client.hset(key("ingest"), mapping={"sequence:ledger": last["sequence"], "chain": last["chain"]})
    file = tmp_path / "later.ledger"
    assert tallywire(night.url, "export", str(file)).exit_code == 0
    on_server = tallywire(night.url, "verify")
    in_file = tallywire("redis://127.0.0.1:1", "verify", "--file", str(file))
    night.client.flushall()
    restored = tallywire(night.url, "restore", str(file))
    for done in (on_server, in_file, restored):
        assert (done.exit_code, done.stdout) == (5, "")
        assert sentence(what, written) in done.stderr
    assert night.client.dbsize() == 0
