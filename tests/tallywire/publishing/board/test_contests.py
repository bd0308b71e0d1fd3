"""The page of a contest, without a browser: its words and figures, and that nothing in it is taken for markup."""

import re
from hashlib import sha256
from html.parser import HTMLParser
from typing import Final

import pytest

from tallywire.publishing.board.contests import contest_page
from tallywire.publishing.board.shown import difference
from tallywire.publishing.history import History
from tests.services.registers import TESTSHIRE
from tests.tallywire.publishing.board.contest_nights import AREAS, COUNTED, DRAWN, counted_night, signed_night
from tests.tallywire.publishing.board.pages import shown, words
from tests.tallywire.publishing.histories import (
    FLASH,
    POSTPONED,
    RECOUNT,
    SECOND,
    SILENT,
    STRANGE,
    STRANGE_NAMES,
    UNCONTESTED,
    WARD,
    of_pack,
    strange_night,
    view,
)

ALL: Final = (STRANGE, WARD, UNCONTESTED, SECOND, FLASH, RECOUNT, POSTPONED, SILENT)
RICHMOND_PARK: Final = "parl.richmond-park.2024-07-04"

INLINE: Final = frozenset({"a", "b", "bdi", "del", "i", "ins", "span", "time"})
"""Elements whose text runs on."""


class Text(HTMLParser):
    """The text of a page, and its elements."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.elements.append((tag, dict(attrs)))
        if tag not in INLINE:
            self.said.append(" ")

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.said.append(data)

    @property
    def text(self) -> str:
        """Everything, with single spaces."""
        return " ".join("".join(self.said).split())


def text_of(history: History, ballot_id: str, part: str, place: int = -1) -> str:
    """Return the text of a part of a contest's page."""
    return Text(contest_page(view(history, place), {"ballot_id": ballot_id}).parts[part]).text


@pytest.mark.parametrize("ballot_id", ALL)
def test_nothing_of_a_name_is_taken_for_markup(ballot_id: str) -> None:
    """Promise: names are text whatever is in them, and each stands apart from the direction of what is around it."""
    page = Text(contest_page(view(strange_night()), {"ballot_id": ballot_id}).page())
    assert all(element[0] not in {"felin", "strange", "misread"} for element in page.elements)
    scripts = [attributes for tag, attributes in page.elements if tag == "script"]
    assert all((each.get("src") or "").startswith("/static/") for each in scripts)
    assert not [attributes for _, attributes in page.elements if "style" in attributes or "onclick" in attributes]
    if ballot_id == STRANGE:
        assert all(name in "".join(page.said) for name in STRANGE_NAMES)


@pytest.mark.parametrize(
    ("ballot_id", "part", "said"),
    [
        (STRANGE, "what", "Liberal Democrats gain Y Ward & <Felin> (Cyngor =Strange=) from Conservatives"),
        (STRANGE, "history", "Declared again, after a withdrawal"),
        (STRANGE, "history", "Corrected: another winner"),
        (STRANGE, "history", "Reason: A bundle was <misread>."),
        (WARD, "candidates", "W Number 2 elected"),
        (WARD, "figures", "Majority of the last elected 50"),
        (WARD, "figures", "Ballot papers verified 1,200"),
        (UNCONTESTED, "notice", "There was no vote."),
        (SECOND, "candidates", "Final round Nobody had more than half of the first preferences."),
        (SECOND, "candidates", "First preferences Revision 1. Shares are of 1,090 valid votes."),
        (FLASH, "notice", "This is a flash."),
        (FLASH, "candidates", "The votes are still to be declared."),
        (RECOUNT, "notice", "The votes are being counted again."),
        (RECOUNT, "notice", "Reason: Three votes apart."),
        (POSTPONED, "notice", "Reason: A candidate has died."),
        (SILENT, "what", "Not declared yet"),
        (SILENT, "history", "Nothing has been sent about this contest yet."),
        (SILENT, "check", "There are no figures yet."),
        (SILENT, "figures", "Won last time by Conservatives"),
    ],
)
def test_each_kind_of_declaration_has_its_words(ballot_id: str, part: str, said: str) -> None:
    """Promise: whatever was declared is said in words, and why, where a reason was sent."""
    assert said in text_of(strange_night(), ballot_id, part)


def test_a_correction_shows_what_changed() -> None:
    """Promise: a corrected figure stands beside the one that it replaces, and the page of before can be had."""
    night = of_pack("parl.2024-07-04")
    page = contest_page(view(night), {"ballot_id": RICHMOND_PARK})
    assert "This declaration was corrected. Chas Warlow: 3,416, not 2,728." in Text(page.parts["notice"]).text
    assert "The winner and the majority are unchanged." in page.parts["notice"]
    history = page.parts["history"]
    assert "<del>2,728</del>" in history
    assert "<ins>3,416</ins>" in history
    assert "+688" in history
    before = re.search(rf"contests/{RICHMOND_PARK}\?at=(l\d+)\.", history)
    assert before is not None
    assert "2,728" in text_of(
        night,
        RICHMOND_PARK,
        "candidates",
        next(n for n, m in enumerate(night.moments) if f"l{m.cursor.ledger}" == before[1]),
    )


def test_why_no_change_is_known_is_said() -> None:
    """Promise: where a share cannot be compared with last time, the page says why."""
    assert "the register holds no earlier votes" in text_of(of_pack("parl.2024-07-04"), RICHMOND_PARK, "candidates")
    drawn = text_of(counted_night(), DRAWN, "candidates")
    assert "Change" in drawn
    assert "Change since last time" not in drawn


def test_local_areas_are_shown_as_far_as_they_are_counted() -> None:
    """Promise: a count in areas is never shown as whole: which areas are counted is said, and nobody is elected."""
    candidates = text_of(counted_night(), COUNTED, "candidates")
    assert "2 of 3 counted" in candidates
    assert f"{AREAS[1]} 401 500 901 1" in candidates
    assert f"{AREAS[2]} not counted yet" in candidates
    assert "2 of 3 areas 801 1,000 1,801 1" in candidates
    assert "2 of 3 local areas are counted. Nobody is elected yet." in text_of(counted_night(), COUNTED, "what")
    assert "This is not a result." in text_of(counted_night(), COUNTED, "notice")


def test_votes_so_far_are_said_to_be_of_some_areas() -> None:
    """Promise: most votes first, with how many areas they are of; no share and no bar, and nobody is marked."""
    page = Text(contest_page(view(counted_night()), {"ballot_id": COUNTED}).parts["candidates"])
    assert "1,801 votes so far, from 2 of 3 areas. Nobody is elected by them." in page.text
    assert "Votes so far BobLabour 1,000 AnnConservatives 801 Local areas" in page.text
    assert "Share" not in page.text
    assert not [attributes for _, attributes in page.elements if attributes.get("class") in ("el", "bar", "tag solid")]


def test_a_lot_is_said() -> None:
    """Promise: who was chosen by lot is marked, and papers rejected by head are in the figures."""
    assert "Bob elected by lot" in text_of(counted_night(), DRAWN, "candidates")
    assert "Labour elected, equal votes, turnout" in words(shown(view(counted_night())).parts["readout"])
    figures = text_of(counted_night(), DRAWN, "figures")
    assert "Majority 0" in figures
    assert "void for uncertainty 2" in figures


def test_a_signed_night_tells_roles_and_no_person() -> None:
    """Promise: the history says in which role somebody sent and decided, and why; ids of people stay out."""
    history, place = signed_night()
    under_review = contest_page(view(history, place), {"ballot_id": TESTSHIRE})
    assert "This result is under review." in Text(under_review.parts["notice"]).text
    assert "Revision 2 was received and is held" in Text(under_review.parts["history"]).text
    page = contest_page(view(history), {"ballot_id": TESTSHIRE})
    said = Text(page.parts["history"]).text
    assert "Not taken by another person" in said
    assert "Signed by the results desk. Reason: The first paper was read again." in said
    assert "Confirmed by another person" in said
    assert "Signed by a second person" in said
    assert "Signed by the returning officer" in said
    assert "synthetic-" not in page.page()
    assert "Signed by the returning officer, key" in Text(page.parts["check"]).text


def test_an_election_that_is_not_signed_says_so() -> None:
    """Promise: where nobody signs, the page does not pretend that anybody is known."""
    assert "nobody can prove who sent it" in text_of(strange_night(), STRANGE, "check")
    assert "Not signed; sent in the name of /synthetic" in text_of(strange_night(), STRANGE, "history")


def test_the_digests_are_those_of_the_ledger() -> None:
    """Promise: entry, digests and chain are of the declaration that stands."""
    night = strange_night()
    check = text_of(night, STRANGE, "check")
    last = night.ledger[-1]
    assert "11 of local.2030-05-02" in check
    assert sha256(last.content).hexdigest() in check
    assert last.chain in check


def test_a_contest_that_did_not_change_is_not_sent_again() -> None:
    """Promise: news about others changes nothing on a contest's page."""
    night = strange_night()
    before, after = (contest_page(view(night, place), {"ballot_id": WARD}) for place in (-3, -1))
    assert difference(before, after) == {}
    assert difference(contest_page(view(night, 2), {"ballot_id": WARD}), after).keys() == set(after.parts) - {
        "notice",
        "closed",
    }
