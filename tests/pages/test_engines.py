"""The pages in Firefox and in WebKit, which phones in the hall may have: what a person does there from end to end."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final

import pytest

from tests.pages.engines import Tab, firefox, webkit
from tests.pages.looking import ALL
from tests.pages.nights import Night
from tests.pages.test_enter import OFFICER, RIGHT
from tests.pipeline.board import Board
from tests.pipeline.hall import Hall
from tests.pipeline.pipeline import Pipeline
from tests.services.registers import TESTSHIRE
from tests.tallywire.publishing.histories import of_pack
from tests.waiting import wait_until

pytestmark = ALL

COMMISSIONERS: Final = "pcc.2024-05-02"

Engine = Callable[[Path], AbstractContextManager[Tab]]

engines = pytest.mark.parametrize("engine", [firefox, webkit], ids=["firefox", "webkit"])


def come_in(tab: Tab, hall: Hall, person: str, role: str, contests: tuple[str, ...]) -> None:
    """Make a key by an invitation, be enrolled, and open the form of Testshire."""
    tab.goto(hall.invitation(person, role, contests))
    tab.await_text("Your name")
    tab.run("document.querySelector('input').id = 'name'")
    tab.fill("name", person)
    tab.press("Make this phone")
    tab.await_text("Say this to the operator")
    hall.enrol()
    tab.press("Enter a declaration")
    tab.press("Testshire")
    tab.await_text("Type the figures")


@engines
def test_a_declaration_is_entered(pipeline: Pipeline, tmp_path: Path, engine: Engine) -> None:
    """Promise: a key is made there and stays there; figures are typed, read, signed and sent, and taken as typed."""
    hall = Hall(pipeline)
    with engine(tmp_path) as tab:
        come_in(tab, hall, *OFFICER)
        for name, figure in RIGHT.items():
            part, _, rest = name.partition("_")
            tab.fill(f"f-{part}.{rest if part == 'head' else rest.replace('_', '-')}".rstrip("."), figure)
        tab.await_text("Adds up: 56,234 and 56,234 papers")
        tab.press("Read it through")
        tab.await_text("Read it aloud")
        tab.press("Sign and send")
        tab.await_text("Received and accepted")
        assert tab.faults() == []
        wait_until(lambda: hall.standing(TESTSHIRE), what="the result")
        standing = hall.standing(TESTSHIRE)
        assert standing is not None
        assert (standing["elected"], standing["majority"]) == (["bob-sample"], 10_000)
        # The page loaded anew, as after a lost phone signal, finds its key and what it has sent.
        tab.goto(str(tab.run("return location.href")))
        tab.await_text("Received and accepted")


@engines
def test_the_board_follows_the_night(tmp_path: Path, engine: Engine) -> None:
    """Promise: the board is whole there, and what is declared comes by itself, in words, table and map."""
    night = Night(of_pack(COMMISSIONERS))
    with Board(night.history).serving() as board, engine(tmp_path) as tab:
        tab.goto(f"{board.url}/elections/{COMMISSIONERS}")
        tab.await_text("0 of 14 declared")
        night.go(board, 3)
        tab.await_text("3 of 14 declared")
        assert tab.run("return document.documentElement.scrollWidth <= innerWidth")
        tab.press("Pause updates")
        tab.await_text("Go on")
        assert tab.faults() == []
