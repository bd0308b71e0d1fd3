"""``tallywire desk``: what waits for somebody, a contest's history, and deciding on what is held."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from schemas.streams import STREAMS
from tallywire.cli import app
from tests.pipeline.count_centre import connect
from tests.pipeline.pipeline import Pipeline
from tests.services.ingest.signed_election import (
    CLERK,
    DESK,
    NOT_MOST_VOTES,
    OFFICER,
    OTHER_CLERK,
    SECOND,
    SYSTEM,
    entered,
)
from tests.services.registers import ELECTION, NEWTOWN, TESTSHIRE
from tests.tallywire.desk.signed_desk import SignedDesk, expected_late

READABLE = ("standing:*", "ingest:holds", "ingest:keys", "ingest:revisions", "ingest", *(each.name for each in STREAMS))
"""What a user of the server may read who is not to see what is held."""


@pytest.fixture
def election(pipeline: Pipeline, tmp_path: Path) -> SignedDesk:
    """A signed election, one contest of which is overdue."""
    return SignedDesk(pipeline, tmp_path, expected_late())


def run(election: SignedDesk, *arguments: str, text: str = "") -> Result:
    """Run a command of the desk."""
    return CliRunner(env={"COLUMNS": "80"}).invoke(app, ["desk", "--redis", election.url, *arguments], input=text)


def seen(election: SignedDesk) -> dict[str, Any]:
    """Return what waits in the one election there is, as programs read it."""
    election.settle()
    return dict(json.loads(run(election, "--json").stdout)["elections"][0])


def test_what_is_held_is_confirmed_and_gone(election: SignedDesk) -> None:
    """Promise: the desk sees why it is held, by whom, and both readings; once confirmed it is published."""
    receipt = election.declare(OFFICER, "declared-1", **NOT_MOST_VOTES)
    (held,) = seen(election)["held"]
    assert (held["hold"], held["person"], held["role"]) == (receipt["hold"], OFFICER.name, "returning-officer")
    assert [reason["code"] for reason in held["reasons"]] == ["elected.not_most_votes"]
    shown = run(election).stdout
    assert f"hold {receipt['hold']}  Testshire, revision 1" in shown
    assert "Declared elected: Ann Example. Most votes: Bob Sample" in " ".join(shown.split())
    assert max(map(len, shown.splitlines())) <= 100
    confirm = ("confirm", str(receipt["hold"]), "--key", election.key_file(SECOND))
    refused = run(election, *confirm)
    assert (refused.exit_code, "--yes" in refused.stderr) == (2, True)
    confirmed = run(election, *confirm, "--yes")
    assert confirmed.exit_code == 0
    assert "declared elected" in confirmed.stdout
    assert "most votes" in confirmed.stdout
    assert confirmed.stdout.splitlines()[-1].startswith("accepted")
    waiting = seen(election)
    assert (waiting["held"], waiting["refused"]) == ([], [])
    assert run(election, *confirm, "--yes").exit_code == 0, "the same decision again is a duplicate"


def test_a_contest_is_under_review_while_its_winner_may_change(election: SignedDesk) -> None:
    """Promise: the desk names contest and hold, and shows what is published beside what is held."""
    election.declare(OFFICER, "declared-1")
    votes = {"ann-example": 30_000, "bob-sample": 20_000, "cay-specimen": 5_000}
    receipt = election.declare(OFFICER, "declared-2", revision=2, votes=votes, elected=None)
    waiting = seen(election)
    assert [(each["ballot_id"], each["hold"]) for each in waiting["under_review"]] == [(TESTSHIRE, receipt["hold"])]
    assert "Testshire since" in run(election).stdout
    confirmed = run(election, "confirm", str(receipt["hold"]), "--key", election.key_file(SECOND), "--yes")
    assert "Bob Sample     20,000      30,000" in confirmed.stdout
    assert "under review until this is decided" in confirmed.stdout
    assert seen(election)["under_review"] == []


@pytest.mark.parametrize(("decision", "ended"), [("reject", "hold.rejected"), ("return", "hold.returned")])
def test_what_is_held_is_turned_down_with_a_reason(election: SignedDesk, decision: str, ended: str) -> None:
    """Promise: the sender is told why, and what is turned down waits no longer; who decides again is told that."""
    receipt = election.declare(OFFICER, "declared-1", **NOT_MOST_VOTES)
    command = (decision, str(receipt["hold"]), "--key", election.key_file(DESK), "--yes")
    assert run(election, *command).exit_code == 2, "without a reason"
    assert run(election, *command, "--reason", "Look again", "--json").exit_code == 0
    assert f"[{ended}" in run(election, *command, "--reason", "Look once more").stdout
    assert seen(election)["held"] == []
    again = election.declare(OFFICER, "declared-1", **NOT_MOST_VOTES)
    assert [reason["code"] for reason in again["reasons"]] == [ended]
    assert (again["decided"]["person"], again["decided"]["reason"]) == (DESK.name, "Look again")
    hold = json.loads(run(election, "show", TESTSHIRE, "--json").stdout)["happenings"][1]
    assert (hold["what"], hold["kind"], hold["person"], hold["data"]) == ("hold", decision, OFFICER.name, None)


def test_nobody_decides_on_what_they_sent(election: SignedDesk) -> None:
    """Promise: the decision is refused, with exit code 1, and the hold waits on."""
    receipt = election.declare(OFFICER, "declared-1", **NOT_MOST_VOTES)
    own = run(election, "confirm", str(receipt["hold"]), "--key", election.key_file(OFFICER), "--yes")
    assert (own.exit_code, "[confirmation.own]" in " ".join(own.stdout.split())) == (1, True)
    assert len(seen(election)["held"]) == 1


def test_a_person_is_asked_and_may_say_no(election: SignedDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise: at a terminal nothing is decided before somebody has seen the figures and said yes."""
    monkeypatch.setattr("tallywire.cli.commands.desk.at_terminal", lambda: True)
    receipt = election.declare(OFFICER, "declared-1", **NOT_MOST_VOTES)
    confirm = ("confirm", str(receipt["hold"]), "--key", election.key_file(SECOND))
    no = run(election, *confirm, text="\n")
    assert (no.exit_code, "Nothing was decided." in no.stdout) == (0, True)
    assert len(seen(election)["held"]) == 1
    assert run(election, *confirm, text="y\n").exit_code == 0
    assert seen(election)["held"] == []


def test_each_kind_is_counted_before_it_is_listed(election: SignedDesk) -> None:
    """Promise: numbers first; on 40 columns every word is there, and JSON names each kind also where nothing waits."""
    election.declare(OFFICER, "declared-1", **NOT_MOST_VOTES)
    waiting = seen(election)
    assert {"held", "refused", "overdue", "under_review", "entries", "parked", "signed", "private"} <= waiting.keys()
    wide, narrow = (
        CliRunner(env={"COLUMNS": columns, "FORCE_COLOR": "1"}).invoke(app, ["desk", "--redis", election.url]).stdout
        for columns in ("200", "40")
    )
    assert "1 held   0 refused   1 overdue   0 under review   0 typed   0 parked" in unstyled(wide)
    # Time goes on between the two, and what is longer than a line is broken.
    told = [word for word in unstyled(wide).split() if word.isalpha() and len(word) < 30]
    assert [word for word in told if word not in unstyled(narrow).split()] == []


def unstyled(text: str) -> str:
    """Return what a terminal shows, without its colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def test_an_unknown_hold_is_a_mistake(election: SignedDesk) -> None:
    """Promise: those that are open are named, and nothing is sent."""
    receipt = election.declare(OFFICER, "declared-1", **NOT_MOST_VOTES)
    election.settle()
    unknown = run(election, "confirm", "99", "--key", election.key_file(SECOND), "--yes")
    assert (unknown.exit_code, f"Open: {receipt['hold']}." in unknown.stderr) == (6, True)


def test_what_is_overdue_is_known_by_the_servers_clock(election: SignedDesk) -> None:
    """Promise: a contest is overdue from its expected time on until a result counts; a flash is none."""
    (late,) = seen(election)["overdue"]
    assert (late["ballot_id"], late["declared"]) == (TESTSHIRE, None)
    assert 7_260 <= late["late_s"] < 7_800
    assert "Testshire  expected" in run(election).stdout
    assert "2 h 1 min ago (nothing declared)" in " ".join(run(election).stdout.split())
    flash: dict[str, Any] = {"kind": "flash", "votes": None, "rejected": None, "papers": None}
    election.declare(OFFICER, "flash", **flash)
    assert [each["declared"] for each in seen(election)["overdue"]] == ["flash"]
    election.declare(OFFICER, "declared", revision=2)
    assert seen(election)["overdue"] == []


def test_a_refusal_is_left_out_once_it_is_mended(election: SignedDesk) -> None:
    """Promise: refusals are grouped by sender and contest; one that its sender has mended since is not told again."""
    wrong: dict[str, Any] = {"votes": {"ann-example": 1}}
    for number in range(3):
        election.declare(SYSTEM, f"wrong-{number}", **wrong)
    election.declare(OFFICER, "also-wrong", **wrong)
    by_sender = {each["sender"]: each for each in seen(election)["refused"]}
    assert {sender: (each["count"], each["mended"]) for sender, each in by_sender.items()} == {
        SYSTEM.name: (3, False),
        OFFICER.name: (1, False),
    }
    assert "3 times since" in " ".join(run(election).stdout.split())
    election.declare(OFFICER, "right")
    # The other one sends from the same source: only its key tells that somebody else has mended this.
    mended = {each["sender"]: each["mended"] for each in seen(election)["refused"]}
    assert mended == {SYSTEM.name: False, OFFICER.name: True}


def test_figures_that_people_type_are_told_without_a_figure(election: SignedDesk) -> None:
    """Promise: who has typed, and where two differ; neither figure, and nothing once it is declared."""
    election.post(CLERK, entered("typed-1"))
    (waiting,) = seen(election)["entries"]
    assert (waiting["people"], waiting["agree"]) == ([CLERK.name], None)
    election.post(OTHER_CLERK, entered("typed-2", rejected=1_233, papers=56_233))
    found = run(election, "--json").stdout
    (differ,) = json.loads(found)["elections"][0]["entries"]
    assert (differ["agree"], differ["differences"]) == (False, ["data.papers", "data.rejected"])
    assert not any(figure in found for figure in ("30000", "30,000", "1234", "1233"))
    election.declare(OFFICER, "declared-1")
    assert seen(election)["entries"] == []


def test_a_contest_tells_its_whole_history(election: SignedDesk) -> None:
    """Promise: who, when, what: of what was taken with its figures, and of what was not with the reasons."""
    election.declare(SYSTEM, "wrong", votes={"ann-example": 1})
    held = election.declare(OFFICER, "declared-1", **NOT_MOST_VOTES)
    before = json.loads(run(election, "show", TESTSHIRE, "--json").stdout)["happenings"]
    assert [(each["what"], each["published"]) for each in before] == [
        ("register", True),
        ("refused", False),
        ("hold", False),
    ]
    assert before[2]["data"]["votes"]["bob-sample"] == 30_000
    assert "not published: " in run(election, "show", TESTSHIRE).stdout
    run(election, "confirm", str(held["hold"]), "--key", election.key_file(SECOND), "--yes")
    election.settle()
    after = json.loads(run(election, "show", TESTSHIRE, "--json").stdout)["happenings"]
    assert [each["what"] for each in after] == ["register", "refused", "hold", "confirmation", "declaration"]
    declared = after[-1]
    assert (declared["person"], declared["confirmed_by"]) == (OFFICER.name, SECOND.name)
    assert (declared["published"], declared["data"]["votes"]["bob-sample"]) == (True, 30_000)
    shown = run(election, "show", TESTSHIRE).stdout
    assert "Bob Sample 30,000" in " ".join(shown.split())
    assert f"confirmed by {SECOND.name}" in " ".join(shown.split())


def test_what_is_held_is_hidden_from_who_may_not_read_it(election: SignedDesk) -> None:
    """Promise: a user without the permission sees that something is held, and nothing of what it says."""
    held = election.declare(OFFICER, "declared-1", **NOT_MOST_VOTES)
    admin = connect(election.url)
    readable = [f"{{{ELECTION}}}:{name}" for name in READABLE]
    keys = [f"%R~{pattern}" for pattern in ("tallywire:*", *readable)]
    admin.execute_command("ACL", "SETUSER", "reader", "on", ">secret", "+@all", "resetkeys", *keys)
    admin.close()
    election.url = election.url.replace("://", "://reader:secret@")
    shown = run(election, "--json")
    assert shown.exit_code == 0
    (each,) = json.loads(shown.stdout)["elections"][0]["held"]
    assert (each["hold"], each["person"], each["reasons"]) == (held["hold"], None, None)
    history = json.loads(run(election, "show", TESTSHIRE, "--json").stdout)["happenings"]
    assert [each["data"] for each in history if each["what"] == "hold"] == [None]
    confirm = run(election, "confirm", str(held["hold"]), "--key", election.key_file(SECOND))
    assert (confirm.exit_code, "nobody has seen" in confirm.stderr) == (1, True)


def test_an_election_without_signatures_says_so(pipeline: Pipeline, tmp_path: Path) -> None:
    """Promise: every screen says that nobody knows who sent what; senders are told as the messages say."""
    election = SignedDesk(pipeline, tmp_path, signed=False)
    election.declare(OFFICER, "wrong", votes={"ann-example": 1})
    election.declare(
        OFFICER, "right", ballot_id=NEWTOWN, votes={"gus-draft": 10, "hal-proof": 20}, elected=None, papers=None
    )
    pipeline.client.xadd("{pcc.2029-05-02}:declarations", {"data": "{}"})
    pipeline.client.xadd("{PCC.2029-05-02}:declarations", {"data": "{}"})
    pipeline.client.lpush("{pcc.2028-05-02}:declarations", "no stream")
    found = json.loads(run(election, "--json").stdout)
    assert found["misdirected"] == [
        {"election": "PCC.2029-05-02", "entries": 1},
        {"election": "pcc.2029-05-02", "entries": 1},
    ]
    (each,) = found["elections"]
    assert (each["signed"], each["refused"][0]["sender"], each["refused"][0]["signed"]) == (
        False,
        "/count-centres/testshire",
        False,
    )
    shown = run(election).stdout
    assert "Unsigned" in shown
    assert "pcc.2029-05-02: 1. Is a day misspelt, or the key?" in shown
    assert "Unsigned" in run(election, "show", TESTSHIRE).stdout
    election.settle()
    election.declare(OFFICER, "wrong")
    assert json.loads(run(election, "--json").stdout)["elections"][0]["refused"][0]["mended"]
