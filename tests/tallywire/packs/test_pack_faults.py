"""Every fault of a pack is named: the file, the path, the reason; all of them at once."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from services.ingest.rules.limits import REGISTER_VALUES_MAX
from tallywire.client.messages import register_event
from tallywire.packs.pack import bundled_packs, check_pack, read_pack
from tallywire.packs.pack_fault import PackError
from tests.tallywire.packs.breaking import (
    LINES,
    REGISTER,
    Break,
    another,
    both,
    content,
    declared_at,
    event,
    norfolk,
    register,
    text,
)

ELECTION = "pcc.2024-05-02"
NORFOLK = "contests.pcc.norfolk.2024-05-02"

MOOT = {"name": "Synthetic Moot", "seats": 30}
"""A synthetic council."""


def register_line(pack: Path) -> None:
    """Break the declarations: put the register on their first line."""
    read = read_pack(pack)
    lines = (pack / LINES).read_bytes()
    (pack / LINES).write_bytes(register_event(read.register, read.register_bytes) + b"\n" + lines)


def amendment(**data: object) -> Callable[[Any], object]:
    """A change that makes an amendment of the declaration on a line, of the contest it was about."""
    return lambda value: value.update(
        type="tallywire.amendment.v1",
        subject=data.get("ballot_id", value["subject"]),
        data={"ballot_id": value["subject"]} | data,
    )


def corrects(sent: dict[str, Any]) -> None:
    """Make a declaration the next revision of itself, an hour before it."""
    sent.update(id="norfolk-2", time="2024-05-03T01:00:00Z")
    sent["data"].update(revision=2, declared_at=None)


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A good pack to break: a copy of the bundled one."""
    return shutil.copytree(bundled_packs()[ELECTION], tmp_path / ELECTION)


ONE_FAULT: dict[str, tuple[Break, tuple[str, str, str]]] = {
    "no register": (lambda pack: (pack / REGISTER).unlink(), (REGISTER, "", "is missing")),
    "no declarations": (lambda pack: (pack / LINES).unlink(), (LINES, "", "is missing")),
    "a register that is a folder": (
        both(lambda pack: (pack / REGISTER).unlink(), lambda pack: (pack / REGISTER).mkdir()),
        (REGISTER, "", "cannot be read"),
    ),
    "a register that is not JSON": (
        content(REGISTER, b'{\n  "election": "pcc.2024-05-02",\n  oops\n}'),
        (REGISTER, "", "at line 3, column 3"),
    ),
    "a register that is not UTF-8": (
        content(REGISTER, b'{\n"name": "\xff"}'),
        (REGISTER, "", "line 2 has the byte 0xff"),
    ),
    "a byte order mark": (content(REGISTER, b"\xef\xbb\xbf{}"), (REGISTER, "", "BOM")),
    "a register too deep to read": (content(REGISTER, b"[" * 100_000), (REGISTER, "", "nested too deeply")),
    "not a number": (content(REGISTER, b'{"seats": NaN}'), (REGISTER, "", "NaN is not a number in JSON")),
    "a number too long to hold": (
        content(REGISTER, b"1" * 5_000),
        (REGISTER, "", "is not JSON that can be used"),
    ),
    "a register that is no object": (content(REGISTER, b"[]"), (REGISTER, "", "object")),
    "a repeated key": (
        text(REGISTER, '"spoken": "Labour",', '"spoken": "Labour", "spoken": "Labour",'),
        (REGISTER, "parties.PP53.spoken", "more than once"),
    ),
    "a missing field": (
        norfolk(lambda contest: contest.pop("office")),
        (REGISTER, f"{NORFOLK}.office", "required"),
    ),
    "an unknown field": (
        norfolk(lambda contest: contest.update(winner="x")),
        (REGISTER, f"{NORFOLK}.winner", "extra"),
    ),
    "a figure as text": (
        norfolk(lambda contest: contest.update(electorate="1,000")),
        (REGISTER, f"{NORFOLK}.electorate", "integer"),
    ),
    "an id that is none": (
        norfolk(lambda contest: contest["candidates"].update({"Not An Id": {"name": "A", "party": "PP53"}})),
        (REGISTER, f"{NORFOLK}.candidates.Not An Id", "is not a usable key"),
    ),
    "several seats under the supplementary vote": (
        norfolk(lambda contest: contest.update(voting_system="supplementary-vote", seats=2)),
        (REGISTER, NORFOLK, "elects one person"),
    ),
    "no contests": (
        both(register(lambda value: value.update(contests={})), content(LINES, b"")),
        (REGISTER, "contests", "at least 1"),
    ),
    "no candidates": (
        norfolk(lambda contest: contest.update(candidates={})),
        (REGISTER, f"{NORFOLK}.candidates", "at least 1"),
    ),
    "a candidate of no described party": (
        norfolk(lambda contest: contest["candidates"]["john-crofts"].update(party="PP9999")),
        (REGISTER, f"{NORFOLK}.candidates.john-crofts.party", "the party PP9999"),
    ),
    "a candidate of a party in small letters": (
        norfolk(lambda contest: contest["candidates"]["john-crofts"].update(party="pp90")),
        (REGISTER, f"{NORFOLK}.candidates.john-crofts.party", "write PP90"),
    ),
    "a known party under another id": (
        register(lambda value: value["parties"].update({"labour": value["parties"]["PP53"]})),
        (REGISTER, "parties.labour", "is PP53, as PP53 is"),
    ),
    "independents under an id of their own": (
        register(
            lambda value: value["parties"].update(
                {
                    "ind": {
                        "name": "Independent",
                        "spoken": "Independent",
                        "abbreviation": "Ind",
                        "ec_id": "ynmp-party:2",
                    }
                }
            )
        ),
        (REGISTER, "parties.ind", "as ynmp-party:2 is"),
    ),
    "a known party as a new one": (
        both(
            register(lambda value: value["parties"].update({"labour": value["parties"]["PP53"] | {"ec_id": None}})),
            norfolk(lambda contest: contest["candidates"]["sarah-taylor"].update(party="labour")),
        ),
        (REGISTER, NORFOLK, "both are called Labour"),
    ),
    "past winners without the last one": (
        norfolk(lambda contest: contest.update(past_winners=[{"year": 2012, "party": "PP53"}])),
        (REGISTER, f"{NORFOLK}.past_winners", "won by Conservative and Unionist Party (PP52)"),
    ),
    "a seat that was won and that nobody ever held": (
        norfolk(lambda contest: contest["baseline"].update(sitting={"seats": []})),
        (
            REGISTER,
            f"{NORFOLK}.baseline.sitting",
            "previous_election was won by Conservative and Unionist Party (PP52)",
        ),
    ),
    "a seat of past winners that nobody ever held": (
        norfolk(lambda contest: contest["baseline"].update(previous_election=None, sitting={"seats": []})),
        (REGISTER, f"{NORFOLK}.baseline.sitting", "past_winners names who won before"),
    ),
    "somebody who sits where nobody was before": (
        norfolk(
            lambda contest: contest.update(
                past_winners=None,
                previous_votes=None,
                baseline={"previous_election": {"seats": []}, "sitting": {"seats": [{"party": "PP52"}]}},
            )
        ),
        (REGISTER, f"{NORFOLK}.baseline.previous_election", "sitting names Conservative and Unionist Party (PP52)"),
    ),
    "votes of an election that never was": (
        norfolk(
            lambda contest: contest.update(
                past_winners=None, baseline={"previous_election": {"seats": []}, "sitting": None}
            )
        ),
        (REGISTER, f"{NORFOLK}.previous_votes", "nobody held it before"),
    ),
    "a winner without votes": (
        norfolk(lambda contest: contest["previous_votes"].pop("PP52")),
        (REGISTER, f"{NORFOLK}.previous_votes", "has none for Conservative and Unionist Party (PP52)"),
    ),
    "a contest in two countries": (
        norfolk(lambda contest: contest.update(area="W05000001")),
        (REGISTER, NORFOLK, "W05000001 and east-of-england do not"),
    ),
    "boundaries of the year after": (
        norfolk(lambda contest: contest.update(boundary_date="2025-04-01")),
        (REGISTER, f"{NORFOLK}.boundary_date", "after polling day"),
    ),
    "control that the seats of the eve do not allow": (
        register(
            lambda value: value.update(bodies={"moot": MOOT | {"not_up": {"PP53": 30}, "control_before": "PP52"}})
        ),
        (REGISTER, "bodies.moot.control_before", "30 of the 30 seats are others"),
    ),
    "a party without the seats that it won": (
        both(
            register(
                lambda value: value.update(
                    bodies={"moot": MOOT | {"not_up": {"PP53": 29}, "before": {"PP53": 30}}},
                )
            ),
            norfolk(lambda contest: contest.update(body="moot")),
        ),
        (REGISTER, "bodies.moot.before", "has 0 for Conservative and Unionist Party (PP52), by whom 1 of the seats"),
    ),
    "no overall control beside a majority": (
        register(lambda value: value.update(bodies={"moot": MOOT | {"not_up": {"PP53": 30}, "control_before": "NOC"}})),
        (REGISTER, "bodies.moot.control_before", "Labour Party (PP53) has 30 of the 30"),
    ),
    "a former holder of no described party": (
        norfolk(lambda contest: contest["baseline"].update(sitting={"seats": [{"party": "PP9999"}]})),
        (REGISTER, f"{NORFOLK}.baseline.sitting.seats.0.party", "the party PP9999"),
    ),
    "a past winner of no described party": (
        norfolk(lambda contest: contest["past_winners"][1].update(party="PP9999")),
        (REGISTER, f"{NORFOLK}.past_winners.1.party", "the party PP9999"),
    ),
    "a region that is not described": (
        norfolk(lambda contest: contest["regions"].append("atlantis")),
        (REGISTER, f"{NORFOLK}.regions.3", "the region atlantis"),
    ),
    "a main party that is not described": (
        register(lambda value: value["parties"]["PP17"].update(counts_as="PP9999")),
        (REGISTER, "parties.PP17.counts_as", "the party PP9999"),
    ),
    "a main party that counts as another": (
        register(lambda value: value["parties"]["PP17"].update(counts_as="joint-party:53-119")),
        (REGISTER, "parties.PP17.counts_as", "name the main party"),
    ),
    "a line that is not JSON": (text(LINES, '{"specversion"', "specversion"), (f"{LINES}:1", "", "JSON")),
    "an empty line": (text(LINES, "\n", "\n\n"), (f"{LINES}:2", "", "")),
    "a repeated key on a line": (
        text(LINES, '"revision":1', '"revision":1,"revision":1'),
        (f"{LINES}:1", "", "revision"),
    ),
    "votes below zero": (
        event(12, lambda value: value["data"]["votes"].update({"katy-grant": -1})),
        (f"{LINES}:12", "data.votes.katy-grant", ""),
    ),
    "votes for a stranger": (
        event(12, lambda value: value["data"]["votes"].update(stranger=1)),
        (f"{LINES}:12", "data.votes.stranger", ""),
    ),
    "an id of two events": (
        event(2, lambda value: value.update(id="norfolk-1", source="/count-centres/norfolk")),
        (f"{LINES}:2", "id", "the id of line 1 too"),
    ),
    "a revision of two figures": (
        another(2, lambda value: (value.update(id="bedfordshire-2"), value["data"].update(rejected=1))),
        (
            f"{LINES}:15",
            "data.revision",
            "with other figures, and stands. To correct it, send revision 2. The first is on line 2.",
        ),
    ),
    "a register among the declarations": (
        register_line,
        (f"{LINES}:1", "data", "To change it, send an amendment."),
    ),
    "an amendment of a contest that is not there": (
        event(1, amendment(ballot_id="pcc.atlantis.2024-05-02")),
        (f"{LINES}:1", "data.ballot_id", "not a contest of"),
    ),
    "a body that is not described": (
        norfolk(lambda contest: contest.update(body="atlantis")),
        (REGISTER, f"{NORFOLK}.body", "the body atlantis"),
    ),
    "votes last time for no described party": (
        norfolk(lambda contest: contest["previous_votes"].update(PP9999=1)),
        (REGISTER, f"{NORFOLK}.previous_votes.PP9999", "the party PP9999"),
    ),
    "a body that a party not described controlled": (
        register(lambda value: value.update(bodies={"moot": MOOT | {"control_before": "PP9999"}})),
        (REGISTER, "bodies.moot.control_before", "the party PP9999"),
    ),
    "a body with seats of no described party": (
        register(lambda value: value.update(bodies={"moot": MOOT | {"not_up": {"PP9999": 1}}})),
        (REGISTER, "bodies.moot.not_up.PP9999", "the party PP9999"),
    ),
    "a body with too few seats": (
        register(lambda value: value.update(bodies={"moot": MOOT | {"not_up": {"PP53": 31}}})),
        (REGISTER, "", "fewer than those up, not up and vacant"),
    ),
    "a body with seats that nobody described": (
        register(lambda value: value.update(bodies={"moot": MOOT | {"not_up": {"PP53": 27}, "vacant": 2}})),
        (REGISTER, "bodies.moot.seats", "29 are described"),
    ),
    "a rehearsal among real declarations": (
        event(1, lambda value: value.update(test=True)),
        (f"{LINES}:1", "test", ""),
    ),
    "a declaration before polling day": (
        declared_at(1, "2003-05-03T03:12:00+01:00"),
        (f"{LINES}:1", "data.declared_at", "before polling day, 2024-05-02"),
    ),
    "a declaration of the year after": (
        declared_at(1, "2025-05-03T03:12:00+01:00"),
        (f"{LINES}:1", "data.declared_at", "more than 90 days after polling day"),
    ),
    "a correction earlier than what it corrects": (
        both(
            declared_at(1, "2024-05-03T03:12:00+01:00"),
            another(1, corrects),
        ),
        (f"{LINES}:15", "time", "was declared, on line 1"),
    ),
    "a day that does not exist": (
        norfolk(lambda contest: contest.update(boundary_date="2024-02-30")),
        (REGISTER, f"{NORFOLK}.boundary_date", "a day that does not exist"),
    ),
    "a declaration expected before the poll": (
        norfolk(lambda contest: contest.update(expected_at="2024-05-01T12:00:00+01:00")),
        (REGISTER, f"{NORFOLK}.expected_at", "before polling day"),
    ),
    "a past winner of a later year": (
        norfolk(lambda contest: contest["past_winners"][1].update(year=2042)),
        (REGISTER, f"{NORFOLK}.past_winners.1.year", "is 2042, after this election"),
    ),
    "times that go backwards": (
        both(declared_at(1, "2024-05-03T03:12:00+01:00"), declared_at(3, "2024-05-03T02:11:00Z")),
        (f"{LINES}:3", "data.declared_at", "earlier than on line 1"),
    ),
}


@pytest.mark.parametrize(("broken", "fault"), ONE_FAULT.values(), ids=ONE_FAULT.keys())
def test_a_fault_is_named_by_file_path_and_reason(pack: Path, broken: Break, fault: tuple[str, str, str]) -> None:
    """One broken thing is one fault, at its place, with its reason; nothing else is blamed for it."""
    assert check_pack(pack) == ()
    broken(pack)
    (found,) = check_pack(pack)
    assert (found.file, found.path) == fault[:2]
    assert fault[2] in found.reason
    assert found.reason


def test_several_faults_are_all_named(pack: Path) -> None:
    """A writer mends a pack in one go: no fault hides another, in one file or across files."""
    names = ["a missing field", "a figure as text", "a repeated key", "a past winner of no described party"]
    names += ["a region that is not described", "a main party that is not described", "votes below zero"]
    # A repeated key is a fault of the text, which a change to the value would write anew: it comes last.
    for name in sorted(names, key="a repeated key".__eq__):
        ONE_FAULT[name][0](pack)
    text(LINES, '{"specversion"', "specversion")(pack)
    places = {(fault.file, fault.path) for fault in check_pack(pack)}
    assert places == {ONE_FAULT[name][1][:2] for name in names} | {(f"{LINES}:1", "")}


def test_lines_are_checked_even_while_the_register_cannot_be_used(pack: Path) -> None:
    """A broken register hides no fault of the declarations that can be seen without it, and makes up none."""
    ONE_FAULT["a missing field"][0](pack)
    assert len(check_pack(pack)) == 1
    ONE_FAULT["votes below zero"][0](pack)
    places = [(fault.file, fault.path) for fault in check_pack(pack)]
    assert places == [ONE_FAULT[name][1][:2] for name in ("a missing field", "votes below zero")]


def test_a_contest_with_a_fault_hides_nothing_of_the_others(pack: Path) -> None:
    """Promise: lines are judged by what can be read of the register, and a contest left out is no unknown one."""
    norfolk(lambda contest: contest.pop("office"))(pack)
    event(2, lambda value: value["data"]["votes"].update(stranger=1))(pack)
    assert [(fault.file, fault.path) for fault in check_pack(pack)] == [
        (REGISTER, f"{NORFOLK}.office"),
        (f"{LINES}:2", "data.votes.stranger"),
    ]


def test_a_register_that_the_services_would_refuse_has_a_fault(pack: Path) -> None:
    """No pack passes the check and is refused when it is loaded: here, a register beyond the services' limits."""
    register(lambda value: value.update(sources=["x"] * (REGISTER_VALUES_MAX + 1)))(pack)
    (fault,) = check_pack(pack)
    assert (fault.file, fault.path) == (REGISTER, "")
    assert "values" in fault.reason


def test_every_unknown_reference_is_named(pack: Path) -> None:
    """A party forgotten in the register is named at each place that needs it."""
    register(lambda value: value["parties"].pop("PP63"))(pack)
    standing = json.loads((pack / REGISTER).read_bytes())["contests"]
    expected = {
        f"contests.{ballot}.candidates.{candidate}.party"
        for ballot, contest in standing.items()
        for candidate, person in contest["candidates"].items()
        if person["party"] == "PP63"
    }
    expected |= {
        f"contests.{ballot}.previous_votes.PP63"
        for ballot, contest in standing.items()
        if "PP63" in (contest["previous_votes"] or ())
    }
    assert len(expected) > 1
    assert {fault.path for fault in check_pack(pack)} == expected


def test_a_folder_has_to_be_named_after_its_election(pack: Path) -> None:
    """A pack found by its folder's name is the election of that name."""
    renamed = pack.rename(pack.with_name("mayor.2024-05-02"))
    (fault,) = check_pack(renamed)
    assert (fault.file, fault.path) == (REGISTER, "election")
    assert "mayor.2024-05-02" in fault.reason


def test_a_pack_may_be_checked_from_within(pack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``.`` is as good a path as any other."""
    monkeypatch.chdir(pack)
    assert check_pack(Path()) == ()


def test_a_pack_that_is_no_folder_is_one_fault(tmp_path: Path) -> None:
    """A mistyped path is answered, not thrown back as a traceback."""
    (fault,) = check_pack(tmp_path / "nowhere")
    assert "is not a folder" in fault.reason


@pytest.mark.parametrize(
    "allowed",
    [
        content(LINES, b""),
        lambda pack: (pack / LINES).write_bytes((pack / LINES).read_bytes() * 2),
        lambda pack: (pack / LINES).write_bytes((pack / LINES).read_bytes().replace(b"\n", b"\r\n")),
        event(1, lambda value: value["data"].update(revision=2)),
        another(1, lambda value: value.update(id="norfolk-again")),
        both(declared_at(1, "2024-05-03T03:12:00+01:00"), declared_at(3, "2024-05-03T02:12:00Z")),
        lambda pack: (pack / "README.md").unlink(),
        another(1, lambda value: (value.update(id="norfolk-amended"), amendment(electorate=700_000)(value))),
    ],
    ids=[
        "before the night",
        "lines twice",
        "CRLF",
        "a late revision first",
        "said twice",
        "one moment, two offsets",
        "no README",
        "an amendment",
    ],
)
def test_what_is_no_fault_is_not_reported(pack: Path, allowed: Break) -> None:
    """The checker refuses nothing that the services would take."""
    allowed(pack)
    assert check_pack(pack) == ()
    read_pack(pack)


def test_lines_are_judged_by_the_register_as_amended_so_far(pack: Path) -> None:
    """An electorate that is amended in the middle of a night counts from there on, as it would for the services."""
    more = {"papers": 300_000, "revision": 2}
    small = another(1, lambda value: (value.update(id="norfolk-amended"), amendment(electorate=200_000)(value)))
    corrected = another(1, lambda value: (value.update(id="norfolk-2"), value["data"].update(more)))
    corrected(pack)
    assert check_pack(pack) == ()
    (pack / LINES).write_text("".join((pack / LINES).read_text("utf-8").splitlines(keepends=True)[:-1]), "utf-8")
    small(pack)
    corrected(pack)
    (fault,) = check_pack(pack)
    assert (fault.file, fault.path) == (f"{LINES}:16", "data.papers")
    assert "200,000" in fault.reason


def test_a_pack_that_cannot_be_loaded_is_not_read(pack: Path) -> None:
    """Who asks for a pack whose register is unusable gets every reason why, one a line."""
    (pack / REGISTER).write_text("{", "utf-8")
    event(1, lambda value: value.pop("source"))(pack)
    with pytest.raises(PackError) as error:
        read_pack(pack)
    assert error.value.faults == check_pack(pack)
    _, *reasons = str(error.value).splitlines()
    assert {line.split(":")[0] for line in reasons} == {REGISTER, LINES}


def test_faulty_lines_and_a_folder_of_another_name_can_be_played(pack: Path) -> None:
    """A line that cannot be a declaration is for ingest to refuse, as on the night; nothing else is held up."""
    event(1, lambda value: value.pop("source"))(pack)
    moved = pack.rename(pack.with_name("another-name"))
    assert len(check_pack(moved)) > 1
    assert len(read_pack(moved).declarations) > 1
