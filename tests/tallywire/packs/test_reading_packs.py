"""Packs are found by name or by place, and read byte for byte."""

import json
import shutil
from pathlib import Path

import pytest

from tallywire.demo.playback import declared_at
from tallywire.packs import pack as reading
from tallywire.packs.pack import bundled_packs, check_pack, find_pack, read_pack
from tallywire.packs.pack_fault import PackError

ELECTION = "pcc.2024-05-02"
REGISTER = "register.json"
LINES = "declarations.jsonl"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A pack of one's own: a copy of the bundled one."""
    return shutil.copytree(bundled_packs()[ELECTION], tmp_path / ELECTION)


def test_a_pack_is_read_byte_for_byte(pack: Path) -> None:
    """What is played is what is on disk: events keep the bytes that their sender chose."""
    read = read_pack(pack)
    assert read.path == pack
    assert read.register.election == ELECTION
    assert read.register_bytes == (pack / REGISTER).read_bytes()
    assert b"".join(line + b"\n" for line in read.declarations) == (pack / LINES).read_bytes()


def test_a_pack_is_found_by_folder_or_by_election(pack: Path) -> None:
    """A person names a bundled election by its id and their own by its folder."""
    assert find_pack(ELECTION) == bundled_packs()[ELECTION]
    assert find_pack(str(pack)) == find_pack(pack) == pack


def test_a_pack_that_is_not_found_is_answered_with_those_that_are() -> None:
    """Who mistypes an election sees what there is."""
    with pytest.raises(PackError, match=r"pcc\.2024-05-03.*bundled: .*pcc\.2024-05-02"):
        find_pack("pcc.2024-05-03")


def test_lines_without_a_time_of_declaration_are_played_in_their_places(pack: Path) -> None:
    """An amendment and a line that nobody can read hold nothing up: only a declaration says when it was declared."""
    line = read_pack(pack).declarations[0]
    event = json.loads(line)
    event["data"]["declared_at"] = "2024-05-03T12:00:00+01:00"
    timed = json.dumps(event).encode()
    event |= {"type": "tallywire.amendment.v1", "data": {"ballot_id": event["subject"], "electorate": 700_000}}
    lines = [line, json.dumps(event).encode(), b"no JSON", timed]
    assert [declared_at(one) for one in lines] == [None, None, None, "2024-05-03T12:00:00+01:00"]


def test_a_file_beyond_the_limit_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise: a file that is no pack's is named, not loaded into memory."""
    monkeypatch.setattr(reading, "FILE_BYTES_MAX", 100)
    (tmp_path / "register.json").write_bytes(b" " * 101)
    assert "register.json: is too large: a pack's file has 100 bytes at most" in map(str, check_pack(tmp_path))
