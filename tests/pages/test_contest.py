"""The page of a contest in a browser: every kind of declaration, its commands, and on paper."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, expect

from tallywire.evidence.checkpoint import Checkpoint
from tallywire.evidence.signed_notes import Signer
from tallywire.publishing.deposits import Deposit
from tests.deploy.debian import debian_program
from tests.pages.looking import ALL, PHONE, TABLET, WALL, page_in, require_no_barrier, require_no_sideways_scrolling
from tests.pages.nights import Night
from tests.pipeline.board import Board
from tests.services.registers import TESTSHIRE
from tests.tallywire.publishing.board.contest_nights import COUNTED, DRAWN, counted_night, signed_night
from tests.tallywire.publishing.histories import (
    FLASH,
    POSTPONED,
    RECOUNT,
    SECOND,
    SILENT,
    STRANGE,
    UNCONTESTED,
    WARD,
    of_pack,
    strange_night,
)

PARLIAMENT: Final = "parl.2024-07-04"
RICHMOND_PARK: Final = "parl.richmond-park.2024-07-04"
NARROW: Final = (320, 640)
STATES: Final = (STRANGE, WARD, UNCONTESTED, SECOND, FLASH, RECOUNT, POSTPONED, SILENT)
SHEETS: Final = re.compile(rb"/Type\s*/Page\b")


@pytest.fixture(scope="module")
def board() -> Iterator[Board]:
    """Serve the night with strange names."""
    with Board(strange_night()).serving() as serving:
        yield serving


def address(board: Board, election: str, ballot_id: str) -> str:
    """Return where a contest's page is."""
    return f"{board.url}/elections/{election}/contests/{ballot_id}"


def require_whole(page: Page) -> None:
    """See that nobody is kept out, and nothing is cut off, on screens of every size."""
    require_no_barrier(page)
    for width, height in (NARROW, PHONE, TABLET, WALL):
        page.set_viewport_size({"width": width, "height": height})
        require_no_sideways_scrolling(page)


@ALL
def test_every_declaration_can_be_read_by_everybody(browser: Browser, board: Board) -> None:
    """Promise: whatever was declared, and whatever people are called: no barrier, and nothing wider than the screen."""
    with page_in(browser, PHONE) as page:
        for place, ballot_id in enumerate(STATES):
            page.emulate_media(color_scheme="dark" if place % 2 else "light")
            page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
            page.goto(address(board, "local.2030-05-02", ballot_id))
            require_whole(page)


@ALL
def test_signed_nights_local_counts_and_lots_as_well(browser: Browser) -> None:
    """Promise: a contest under review, one counted in areas and one decided by lot are whole, too."""
    signed, place = signed_night()
    with Board(signed, counted_night()).serving() as board, page_in(browser, PHONE) as page:
        reviewed = f"{address(board, 'pcc.2030-05-02', TESTSHIRE)}?at={signed.moments[place].cursor}"
        for url in (
            reviewed,
            address(board, "pcc.2030-05-02", TESTSHIRE),
            address(board, "local.2030-05-02", COUNTED),
            address(board, "local.2030-05-02", DRAWN),
        ):
            page.goto(url)
            require_whole(page)


def test_it_is_all_there_without_a_script(browser: Browser, board: Board) -> None:
    """Promise: a browser that runs no script shows everything."""
    with page_in(browser, java_script_enabled=False) as page:
        page.goto(address(board, "local.2030-05-02", STRANGE))
        expect(page.locator("#what .verdict")).to_contain_text("Liberal Democrats gain")
        expect(page.locator("#candidates tbody tr")).to_have_count(10)
        expect(page.locator("#history .hist > li")).to_have_count(4)
        expect(page.locator("#check")).to_contain_text("tallywire verify")


def test_a_declaration_shows_while_somebody_looks(browser: Browser) -> None:
    """Promise: a page that is open says what is declared, without being loaded again."""
    night = Night(strange_night())
    with Board(night.history).serving() as board, page_in(browser) as page:
        page.goto(address(board, "local.2030-05-02", STRANGE))
        expect(page.locator("#what .verdict")).to_have_text("Not declared yet")
        page.evaluate("document.getElementById('candidates').known = true")
        night.go(board)
        expect(page.locator("#what .verdict")).to_contain_text("Conservatives hold")
        night.go(board, 2)
        expect(page.locator("#notice")).to_contain_text("This declaration was withdrawn.")
        assert page.evaluate("document.getElementById('candidates').known")
        require_no_barrier(page)


@ALL
def test_a_contest_is_one_sheet_of_paper(browser: Browser, board: Board) -> None:
    """Promise: a contest, with its history and its digests, prints on one sheet."""
    with Board(of_pack(PARLIAMENT)).serving() as parliament, page_in(browser) as page:
        for url in (
            address(parliament, PARLIAMENT, RICHMOND_PARK),
            address(board, "local.2030-05-02", SECOND),
            address(board, "local.2030-05-02", SILENT),
        ):
            page.goto(url)
            assert len(SHEETS.findall(page.pdf(prefer_css_page_size=True))) == 1, url


@ALL
def test_the_commands_do_what_the_page_says(browser: Browser, tmp_path: Path) -> None:
    """Promise: each command works as it stands on the page, and shows the digest that the page shows."""
    debian_program("curl", "curl")
    history = strange_night()
    signer = Signer.draw("results.example.org")
    (tmp_path / "results.pub").write_text(signer.verifier.encode() + "\n", "utf-8")
    head = Checkpoint(history.election, len(history.ledger), history.ledger[-1].chain, datetime.now(UTC))
    with Board(history).serving() as board, page_in(browser) as page:
        board.publishing.elections.known[history.election].deposit = Deposit(
            head.signed(signer), datetime.now(UTC).isoformat()
        )
        page.goto(address(board, history.election, STRANGE))
        expect(page.locator("[data-command=verify]")).to_contain_text(board.url)
        digest = page.locator("#entry-sha256").inner_text()
        commands = {name: page.locator(f"[data-command={name}]").inner_text() for name in _COMMANDS}
        said = {name: _run(command, tmp_path) for name, command in commands.items()}
    assert said["entry"].strip() == digest
    assert f"{history.election}: verified" in said["verify"]
    assert "replaced the ledger" in said["verify"]
    assert f"{history.election}: verified" in said["verify-signed"]
    assert "replaced the ledger" not in said["verify-signed"]


_COMMANDS: Final = ("entry", "verify", "verify-signed")


def _run(command: str, folder: Path) -> str:
    """Return what a command prints, given to a shell as it stands."""
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    done = subprocess.run(  # noqa: S602  # as a reader would
        command,
        shell=True,
        cwd=folder,
        env={**os.environ, "PATH": path, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, (command, done.stdout, done.stderr)
    return " ".join(done.stdout.split())
