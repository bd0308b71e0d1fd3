"""An election moves between servers byte for byte, and whatever is in a file that is no ledger moves nowhere."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from redis import Redis

from streams.fold import Entry
from streams.ledger_tail import split
from tallywire.client.connection import open_connection
from tallywire.client.errors import RefusedError
from tallywire.embedded.server import EmbeddedServer
from tallywire.evidence.difference import Difference
from tallywire.evidence.ledger_file import Header, read_entries, read_header, write_export
from tallywire.evidence.restore import restore
from tests.tallywire.evidence.conftest import Night
from tests.tallywire.evidence.nights import ELECTION, declarations, derived, entries, key, payloads, settle, tallywire
from tests.waiting import wait_until

Damage = Callable[[bytes], bytes]


def test_an_election_moves_byte_for_byte(night: Night, exported: Path, services: str, redis_client: Redis) -> None:
    """Ledger with its ids, results, tallies, headlines and what stands: all as it was, and verified."""
    done = tallywire(services, "restore", str(exported))
    assert done.exit_code == 0, done.output
    settle(services)
    assert entries(redis_client, "ledger") == entries(night.client, "ledger")
    assert derived(redis_client) == derived(night.client)
    for table in ("ingest:register", "ingest:contests", "ingest:revisions", "ingest:stated", "ingest:taken"):
        assert redis_client.hgetall(key(table)) == night.client.hgetall(key(table))
    assert tallywire(services, "verify").exit_code == 0


def test_a_restored_election_goes_on(night: Night, exported: Path, services: str, tmp_path: Path) -> None:
    """What had been accepted is a duplicate, and what is new is taken as if nothing had happened."""
    restored = tallywire(services, "restore", str(exported), "--json")
    assert restored.exit_code == 0
    head = header(exported)
    assert json.loads(restored.stdout) == {
        "election": ELECTION,
        "size": head.size,
        "chain": head.chain,
        "file": str(exported),
    }
    sent = tmp_path / "again.jsonl"
    again = declarations()
    newer = json.loads(again[-1])
    newer["id"], newer["data"]["revision"] = "synthetic-newer", 4
    sent.write_bytes(b"\n".join([*again, json.dumps(newer).encode()]))
    done = tallywire(services, "declare", str(sent), "--json")
    statuses = [json.loads(line)["data"]["status"] for line in done.stdout.splitlines()]
    assert statuses == ["duplicate"] * len(again) + ["accepted"]
    settle(services)
    assert tallywire(services, "verify").exit_code == 0


def test_an_export_can_be_checked_without_a_server(exported: Path, night: Night) -> None:
    """The file alone gives chain and digests, the same that the server gives."""
    from_file = json.loads(tallywire("redis://127.0.0.1:1", "verify", "--json", "--file", str(exported)).stdout)
    assert from_file == json.loads(tallywire(night.url, "verify", "--json").stdout)


def test_an_export_is_what_the_page_says(exported: Path, night: Night) -> None:
    """A line for the whole; for each entry a line and its bytes. Only its owner may read it."""
    ledger = entries(night.client, "ledger")
    chain = json.loads(ledger[-1][1])["chain"]
    expected = f"tallywire-ledger 1 {ELECTION} {len(ledger)} {chain}\n".encode()
    expected += b"".join(b"%s %d\n%s\n" % (entry_id, len(data), data) for entry_id, data in ledger)
    assert exported.read_bytes() == expected
    assert exported.stat().st_mode & 0o077 == 0


def test_an_export_replaces_nothing(exported: Path, night: Night) -> None:
    """The file that is there may be evidence. No draft is left beside it."""
    before = exported.read_bytes()
    assert tallywire(night.url, "export", str(exported)).exit_code == 2
    assert exported.read_bytes() == before
    assert [path.name for path in exported.parent.iterdir() if path.name.startswith(".")] == []


def test_a_broken_ledger_is_not_exported(night: Night, tmp_path: Path) -> None:
    """A file that nobody could restore from is none; the difference is named."""
    first_id = entries(night.client, "ledger")[4][0]
    night.client.xdel(key("ledger"), first_id)
    done = tallywire(night.url, "export", str(tmp_path / "broken.ledger"))
    assert done.exit_code == 1
    assert "ledger entry 5 " in done.stderr
    assert list(tmp_path.iterdir()) == []


def _without_first(export: bytes) -> bytes:
    first, _, _, rest = export.split(b"\n", 3)
    return first + b"\n" + rest


def _another_chain(export: bytes) -> bytes:
    first, _, rest = export.partition(b"\n")
    return first[:-64] + b"0" * 64 + b"\n" + rest


def _last_id(entry_id: bytes) -> Damage:
    def changed(export: bytes) -> bytes:
        before, _, entry = export[:-1].rpartition(b"\n")
        return before.rpartition(b"\n")[0] + b"\n%s %d\n%s\n" % (entry_id, len(entry), entry)

    return changed


DAMAGES: dict[str, tuple[Damage, str]] = {
    "the last byte is missing": (lambda export: export[:-1], "entry 18"),
    "a half is missing": (lambda export: export[: len(export) // 2], "damaged or cut"),
    "an entry is missing": (_without_first, "entry 18"),
    "something follows": (lambda export: export + b"\n", "something follows"),
    "a word is another": (lambda export: export.replace(b"votes", b"vetos", 1), "ledger entry"),
    "it is of a later version": (lambda export: export.replace(b"ledger 1", b"ledger 2", 1), "first line"),
    "it says that it is shorter": (lambda export: export.replace(b" 18 ", b" 17 ", 1), "something follows"),
    "it says that it is another's": (lambda export: export.replace(b"pcc.2024", b"pcc.2025", 1), "ledger entry 1"),
    "it ends in another chain": (_another_chain, "first line"),
    "a length is wrong": (lambda export: export.replace(b"-0 ", b"-0 9", 1), "entry 1"),
    "it ends with the last possible id": (_last_id(b"%d-%d" % (2**64 - 1, 2**64 - 1)), "no server takes another entry"),
    "it ends in the last possible millisecond": (_last_id(b"%d-0" % (2**64 - 1)), "no server takes another entry"),
    "an id is none": (_last_id(b"1714700000000-%d" % 2**64), "no server takes another entry"),
    "it is an archive": (lambda export: b"PK\x03\x04" + export[:40] * 99, "first line"),
    "it is empty": (lambda export: export[:0], "first line"),
}


@pytest.mark.parametrize("how", DAMAGES)
def test_a_damaged_export_is_named_and_restored_nowhere(
    exported: Path, redis_client: Redis, server: EmbeddedServer, how: str
) -> None:
    """Everything is checked before anything is written. Exit code 1."""
    damage, said = DAMAGES[how]
    exported.write_bytes(damage(exported.read_bytes()))
    for command in (("restore", str(exported)), ("verify", "--file", str(exported))):
        done = tallywire(server.url, *command)
        assert done.exit_code == 1
        assert said in done.output
    assert redis_client.keys() == []


def test_an_export_is_restored_from_a_file_and_written_to_one(
    night: Night, redis_client: Redis, server: EmbeddedServer
) -> None:
    """A pipe or a device may be read once, and a restore reads twice; a dash would be a file of that name."""
    for arguments in (("restore", os.devnull), ("restore", "-"), ("export", "-")):
        done = tallywire(server.url if arguments[0] == "restore" else night.url, *arguments)
        assert done.exit_code == 2
        assert "is no file on a disk" in done.stderr
        assert "file." in done.stderr.split("disk. ")[1]
    assert redis_client.keys() == []
    assert not Path("-").exists()


def test_an_election_that_is_there_is_not_replaced(exported: Path, night: Night) -> None:
    """Nor is one that the catalogue has lost. Nothing is changed."""
    ledger = entries(night.client, "ledger")
    assert tallywire(night.url, "restore", str(exported)).exit_code == 1
    with open_connection(night.url) as connection, pytest.raises(RefusedError, match="is on this server already"):
        # Somebody else was faster than the check of the file.
        restore(connection, header(exported), chunks(exported))
    night.client.delete("tallywire:elections")
    done = tallywire(night.url, "restore", str(exported))
    assert done.exit_code == 1
    assert "catalogue" in done.stderr
    assert entries(night.client, "ledger") == ledger


def test_what_was_sent_in_the_meantime_is_read_after_a_restore(
    exported: Path, redis_client: Redis, services: str
) -> None:
    """A feeder that does not know of the loss goes on sending to the stream."""
    redis_client.xadd(key("declarations"), {"data": declarations()[0]})
    assert tallywire(services, "restore", str(exported)).exit_code == 0
    settle(services)
    (receipt,) = (json.loads(data) for _, data in entries(redis_client, "receipts"))
    assert receipt["data"]["status"] == "duplicate"


def chunks(path: Path, *, until: int | None = None) -> Iterator[list[Entry]]:
    """Read an export; end with an error after ``until`` entries."""
    with path.open("rb") as file:
        for chunk in read_entries(file, read_header(file)):
            yield chunk[:until]
            if until is not None:
                raise KeyboardInterrupt


def header(path: Path) -> Header:
    """Read the first line."""
    with path.open("rb") as file:
        return read_header(file)


def test_a_restore_that_was_cut_short_can_be_repeated(exported: Path, redis_client: Redis, services: str) -> None:
    """No service sees the half, nothing else can be begun on it, and the repeat is as if it were the first."""
    with open_connection(services) as connection, pytest.raises(KeyboardInterrupt):
        restore(connection, header(exported), chunks(exported, until=5))
    assert redis_client.xlen(key("ledger")) == 5
    assert tallywire(services, "verify").exit_code == 6
    assert tallywire(services, "restore", str(exported)).exit_code == 0
    settle(services)
    assert tallywire(services, "verify").exit_code == 0
    assert redis_client.exists(key("restoring")) == 0


def test_a_file_never_says_more_than_it_holds(exported: Path, tmp_path: Path) -> None:
    """A ledger that is cut while it is exported leaves no file."""
    with pytest.raises(Difference, match="ends elsewhere"):
        write_export(tmp_path / "short.ledger", header(exported), (chunk[:-1] for chunk in chunks(exported)))
    assert not (tmp_path / "short.ledger").exists()


def test_of_two_restores_at_once_the_later_wins(exported: Path, redis_client: Redis, server: EmbeddedServer) -> None:
    """The earlier one stops in a sentence, and mixes nothing in."""

    def overtaken() -> Iterator[list[Entry]]:
        (all_of_it,) = (chunk for chunk in chunks(exported) if chunk)
        yield all_of_it[:3]
        assert tallywire(server.url, "restore", str(exported)).exit_code == 0
        yield all_of_it[3:]

    with open_connection(server.url) as connection, pytest.raises(RefusedError, match="Somebody else"):
        restore(connection, header(exported), overtaken())
    assert tallywire(server.url, "verify").exit_code == 0


def test_ids_are_kept_and_need_not_be_believed(exported: Path, redis_client: Redis, server: EmbeddedServer) -> None:
    """Ids are not in the chain: a file whose ids were changed restores to the same events."""
    content = exported.read_bytes()
    first_id = content.split(b"\n")[1].split()[0]
    exported.write_bytes(content.replace(first_id, b"1-1", 1))
    assert tallywire(server.url, "restore", str(exported)).exit_code == 0
    assert entries(redis_client, "ledger")[0][0] == b"1-1"
    assert tallywire(server.url, "verify").exit_code == 0


def test_a_sent_message_is_in_the_ledger_byte_for_byte(night: Night) -> None:
    """What the count centre's machine sent can be cut out again, and is what ingest knows it by."""
    sent = [split(data)[0] for _, data in entries(night.client, "ledger")]
    assert sent[1:] == declarations()


def test_white_space_after_a_message_is_no_part_of_it(services: str, redis_client: Redis, tmp_path: Path) -> None:
    """A file ends in a newline; the ledger keeps the message without it, and sent again it is a duplicate."""
    sent, export = tmp_path / "norfolk.json", tmp_path / "night.ledger"
    sent.write_text(json.dumps(json.loads(declarations()[0]), indent=2) + "\n", "utf-8")
    assert tallywire(services, "election", "load", ELECTION).exit_code == 0
    assert tallywire(services, "declare", str(sent)).exit_code == 0
    settle(services)
    assert tallywire(services, "verify").exit_code == 0
    assert tallywire(services, "export", str(export)).exit_code == 0
    redis_client.flushall()
    wait_until(lambda: tallywire(services, "restore", str(export)).exit_code == 0, what="the restore")
    wait_until(lambda: tallywire(services, "declare", str(sent)).exit_code == 0, what="a duplicate")
    assert payloads(redis_client, "ledger")[1].startswith(sent.read_bytes().rstrip()[:-2])
