"""The pack that is made of a ledger."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tallywire.archive.pack import NightPack, pack_of
from tallywire.client.messages import register_event
from tallywire.packs.pack import check_pack, find_pack, read_pack
from tests.tallywire.packs.nights import pack_of as bundled
from tests.tallywire.publishing.board.contest_nights import signed_night
from tests.tallywire.publishing.histories import event, of_pack, played

ELECTION = "pcc.2024-05-02"
NORFOLK = "pcc.norfolk.2024-05-02"
KENT = "pcc.kent.2024-05-02"


def of_ledger(ledger: Sequence[bytes]) -> NightPack:
    """Return the pack of a ledger that has a register."""
    pack = pack_of(ledger)
    assert pack is not None
    return pack


def put(pack: NightPack, folder: Path) -> Path:
    """Write a pack."""
    folder.mkdir(parents=True)
    (folder / "register.json").write_bytes(pack.register)
    (folder / "declarations.jsonl").write_bytes(b"".join(line + b"\n" for line in pack.declarations))
    return folder


def test_a_night_that_is_archived_can_be_played_again_as_it_was(tmp_path: Path) -> None:
    """Promise: the pack has the register as loaded, and every declaration, byte for byte as it was sent."""
    pack = of_ledger([entry.content for entry in of_pack(ELECTION).ledger])
    folder = put(pack, tmp_path / ELECTION)
    assert check_pack(folder) == ()
    before, after = bundled(ELECTION), read_pack(folder)
    assert after.register == before.register
    assert after.declarations == before.declarations
    # Its name need not be known: that is how the pack of an archive is named.
    assert find_pack(tmp_path) == folder


def test_the_pack_of_a_signed_election_asks_for_no_signatures(tmp_path: Path) -> None:
    """Promise: keys, holds and decisions stay on the ledger, and what they have led to is in the pack."""
    history, _ = signed_night()
    pack = of_ledger([entry.content for entry in history.ledger])
    register = json.loads(pack.register)
    assert register.keys().isdisjoint({"signatures", "operator_key"})
    said: list[dict[str, Any]] = [json.loads(line) for line in pack.declarations]
    assert [each["data"]["revision"] for each in said] == [1, 3]
    # As the night was made up: a correction sent at a time before what it corrects was declared. A pack says so.
    assert [fault.path for fault in check_pack(put(pack, tmp_path / history.election))] == ["time"]


def test_lines_are_in_the_order_of_declaration(tmp_path: Path) -> None:
    """Promise: what came late is put where it was declared, and an amendment is there before what needs it."""
    first, second, third = (json.loads(line) for line in bundled(ELECTION).declarations[:3])
    times = ("2024-05-03T02:00:00+01:00", "2024-05-03T01:00:00+01:00", "2024-05-03T01:30:00+01:00")
    for said, time in zip((first, second, third), times, strict=True):
        said["data"]["declared_at"] = time
    amendment = event("amendment", ELECTION, {"ballot_id": third["subject"], "electorate": 990_000}, "amended-1")
    # Indented as a person may send it: in a pack it is one line.
    sent = [json.dumps(each, indent=1).encode() for each in (first, second)]
    history = played(ELECTION, _register(), [*sent, amendment, json.dumps(third).encode()])
    pack = of_ledger([entry.content for entry in history.ledger])
    ids = [json.loads(line)["id"] for line in pack.declarations]
    assert ids == [second["id"], "amended-1", third["id"], first["id"]]
    assert check_pack(put(pack, tmp_path / ELECTION)) == ()


def _register() -> bytes:
    pack = bundled(ELECTION)
    return register_event(pack.register, pack.register_bytes)
