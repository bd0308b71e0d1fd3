"""A bit that flips in the server's own log: whatever it changes of the election is found, or nothing is served."""

import shutil
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest
from redis import Redis

from tallywire.embedded.errors import ServerFailed
from tallywire.embedded.server import start_server
from tests.pipeline.services import Nursery
from tests.tallywire.evidence.nights import ELECTION, derived, payloads, play, tallywire

FLIPS = 24
SEED = 20300502


@dataclass(frozen=True)
class Kept:
    """A server's folder after a night, what was on it, and its head, signed and kept outside."""

    folder: Path
    held: dict[str, Any]
    head: tuple[str, ...]


def held(client: Redis) -> dict[str, Any]:
    """Return the ledger, and everything that follows from it and that anyone may read."""
    return {"ledger": payloads(client, "ledger")} | derived(client)


@pytest.fixture(scope="module")
def kept(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """Play a night, sign its head, and stop the server."""
    outside = tmp_path_factory.mktemp("outside")
    key, head = outside / "night.key", outside / "night.head"
    assert tallywire("", "keys", "note", str(key)).exit_code == 0
    with start_server(outside / "server", ephemeral=True) as server, closing(Redis.from_url(server.url)) as client:
        play(nursery, server.url, outside)
        head.write_text(tallywire(server.url, "checkpoint", "--key", str(key)).stdout, "utf-8")
        was = held(client)
    return Kept(outside / "server", was, ("--checkpoint", str(head), "--public-key", f"{key}.pub"))


def became(folder: Path, kept: Kept) -> str:
    """Start a server on the folder and say what has become of the election."""
    try:
        with start_server(folder, ephemeral=True) as server, closing(Redis.from_url(server.url)) as client:
            if held(client) == kept.held:
                return "untouched"
            verified = tallywire(server.url, "verify", "--election", ELECTION, *kept.head)
            # What a command does not catch ends with 1, too.
            told = verified.exit_code == 1 and isinstance(verified.exception, SystemExit)
            return "found" if told else f"{verified.exception!r} {verified.output}"
    except ServerFailed as failed:
        return "not started" if "tallywire restore" in str(failed) else str(failed)


def test_a_flipped_bit_is_found_or_changes_nothing(kept: Kept, tmp_path: Path) -> None:
    """Promise: the server may not start, or start with less or with other bytes; then verify says so."""
    (log,) = kept.folder.glob("appendonlydir/*.incr.aof")
    content, draw = log.read_bytes(), Random(SEED)
    # A command that no server knows, entries without the field of their event, and wherever chance has it.
    flips = [(content.index(b"XADD"), 1)]
    flips += [(content.index(b"data\r\n", content.index(b":%s\r\n" % stream)), 1) for stream in (b"ledger", b"results")]
    flips += [(draw.randrange(len(content)), 1 << draw.randrange(8)) for _ in range(FLIPS)]
    fates = []
    for place, bit in flips:
        folder = tmp_path / str(place)
        shutil.copytree(kept.folder, folder)
        flipped = bytearray(content)
        flipped[place] ^= bit
        (folder / log.relative_to(kept.folder)).write_bytes(flipped)
        fates.append(became(folder, kept))
        shutil.rmtree(folder)
    assert fates[:3] == ["not started", "found", "found"]
    assert set(fates) <= {"untouched", "found", "not started"}
    assert "found" in fates
