"""The desk in Chromium, over real services: two clerks, a held correction, a withdrawal, a tie, a lost phone."""

import re
from pathlib import Path
from typing import Any, Final, Literal

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tallywire.demo.examples import invented_figures
from tests.pages.desks import OTHER_DESK, DeskNight
from tests.pages.looking import (
    ALL,
    PHONE,
    SIZES,
    WALL,
    page_in,
    require_it_fits_enlarged,
    require_no_barrier,
    require_no_sideways_scrolling,
)
from tests.pages.test_enter_systems import CONTESTS, NORTH, REFERENDUM, REGION, WARD
from tests.pipeline.hall import REHEARSAL, Hall
from tests.pipeline.pipeline import Pipeline
from tests.services.ingest.referendums import ANSWERS
from tests.services.ingest.signed_election import (
    CLERK,
    DESK,
    NOT_MOST_VOTES,
    OFFICER,
    OPERATOR,
    OTHER_CLERK,
    Person,
    enrolment,
    entered,
    message,
)
from tests.services.registers import PARTIES, TESTSHIRE, synthetic_contest, synthetic_register
from tests.waiting import wait_until

TIE: Final[dict[str, Any]] = {
    "votes": {"ann-example": 25_000, "bob-sample": 25_000, "cay-specimen": 5_000},
    "elected": None,
}
CHANGES_WINNER: Final[dict[str, Any]] = {
    "votes": {"ann-example": 30_000, "bob-sample": 20_000, "cay-specimen": 5_000},
    "elected": None,
}

WATCH_CASE: Final = """() => {
  const look = () => { window.heldAgain ||= document.querySelector('#case .reason') !== null }
  new MutationObserver(look).observe(document.getElementById('case'), { childList: true, subtree: true })
}"""


@pytest.fixture
def night(pipeline: Pipeline, tmp_path: Path) -> DeskNight:
    """Return a night with a desk."""
    return DeskNight(pipeline, tmp_path)


def decide(page: Page, what: str, reason: str) -> None:
    """Give a reason and press a button."""
    page.get_by_label("Reason, public").fill(reason)
    page.get_by_role("button", name=what, exact=True).click()


def test_a_night_at_the_desk(night: DeskNight, browser: Browser) -> None:
    """Promise: figures that differ, a tie, a held correction and a withdrawal are seen and decided with a reason."""
    election = night.election
    election.post(CLERK, entered("typed-1"))
    election.post(OTHER_CLERK, entered("typed-2", rejected=1_233, papers=56_233))
    election.declare(OFFICER, "tie", **TIE)
    with page_in(browser, WALL) as page:
        night.sit_down(page)
        expect(page.get_by_text("Two people have typed different figures")).to_be_visible()
        page.locator("#list").get_by_role("link", name="Refused").click()
        expect(page.locator(".history")).to_contain_text("equal votes (25,000)")
        election.declare(OFFICER, "lot", lot=["bob-sample"], **TIE)
        expect(page.locator("#case")).to_contain_text("Drawn by lot")
        expect(page.locator("#list").get_by_text("Refused", exact=True)).to_have_count(0)

        election.declare(OFFICER, "correction", revision=2, **CHANGES_WINNER)
        expect(page.locator("#case .reason")).to_be_visible()
        # Nothing works without a reason.
        page.get_by_role("button", name="Confirm as sent").click()
        expect(page.locator("#told")).to_contain_text("Give a reason first")
        decide(page, "Confirm as sent", "Read out by the returning officer at 03:16")
        expect(page.locator("#told")).to_contain_text("Done at")
        expect(page.locator(".history")).to_contain_text("Confirmed: hold")
        expect(page.locator("#case .reason")).to_have_count(0)

        decide(page, "Withdraw", "Figures of another ward")
        expect(page.locator("#told")).to_contain_text("Done at")
        expect(page.locator("#now")).to_contain_text("Figures of another ward")
        expect(page.locator("#case")).to_contain_text("withdrawn")


@ALL
def test_two_desks_decide_the_same(night: DeskNight, browser: Browser) -> None:
    """Promise: whoever is second is told who was first, and changes nothing."""
    night.election.declare(OFFICER, "held", **NOT_MOST_VOTES)
    night.election.settle()
    with page_in(browser, WALL) as one, page_in(browser, WALL, "status of 422") as other:
        for page, who in ((one, DESK), (other, OTHER_DESK)):
            night.sit_down(page, who)
            page.locator("#list a").first.click()
        expect(one.locator("#case")).to_contain_text(f"{OTHER_DESK.name} has this open at another desk")
        # The second one has begun to write: nothing is taken from under the hand.
        other.get_by_label("Reason, public").fill("The paper says otherwise")
        decide(one, "Confirm as sent", "Read out at 03:16")
        expect(one.locator("#told")).to_contain_text("Done at")
        expect(other.locator("#changed")).to_be_visible()
        other.get_by_role("button", name="Reject").click()
        expect(other.locator("#told")).to_contain_text("Somebody else was first")
        expect(other.locator("#told")).to_contain_text(DESK.name)
        expect(other.locator(".history")).to_contain_text("Confirmed: hold")


@ALL
def test_the_desk_corrects_every_kind_of_count(pipeline: Pipeline, tmp_path: Path, browser: Browser) -> None:
    """Promise: all fields come back as declared, a correction needs a reason and is held; the rest is pressed, too."""
    contests = {**CONTESTS, TESTSHIRE: synthetic_contest(areas=("Northby", "Westby"))}
    night = DeskNight(pipeline, tmp_path, contests, ANSWERS)
    declares = Person("synthetic-everywhere")
    night.election.post(OPERATOR, enrolment(declares, "returning-officer", None))
    register = synthetic_register(contests=contests, parties={**PARTIES, **ANSWERS})
    north, west = {"ann-example": 12_000, "bob-sample": 10_000, "cay-specimen": 2_000}, (8_000, 20_000, 3_000)
    areas = [
        {"area": "Northby", "votes": north, "rejected": 5},
        {"area": "Westby", "votes": dict(zip(north, west, strict=True)), "rejected": 7},
    ]
    for ballot_id in sorted(contests, key=lambda one: one == REGION):
        figures = invented_figures(ballot_id, contests, register)
        if ballot_id == TESTSHIRE:
            figures |= {"votes": {"ann-example": 20_000, "bob-sample": 30_000, "cay-specimen": 5_000}, "areas": areas}
        data = {**figures, "revision": 1, "rejected": 12}
        assert night.election.post(declares, message("declaration", ballot_id, data, ballot_id))["status"] == "accepted"
    night.election.settle()
    with page_in(browser, PHONE) as page:
        night.sit_down(page)
        for ballot_id in (TESTSHIRE, NORTH, REGION, REFERENDUM):
            page.goto(f"{night.desk}?contest={ballot_id}")
            page.get_by_role("link", name="Correct", exact=True).click()
            expect(page.get_by_role("heading", level=1)).to_have_text("Correct the declaration")
            page.locator("#f-rejected").fill("13")
            if ballot_id == TESTSHIRE:
                page.locator('[id="f-area.0.rejected"]').fill("6")
            page.get_by_role("button", name="Read it through").click()
            page.get_by_role("button", name="Sign and send").click()
            expect(page.locator("#faults")).to_contain_text("Say why")
            page.get_by_label("Why is it corrected?").fill("One paper was under another head")
            require_no_barrier(page)
            page.get_by_role("button", name="Sign and send").click()
            expect(page.get_by_role("heading", level=1)).to_have_text("Received, and held")
            page.get_by_role("link", name="Back to the desk").click()
            expect(page.locator("#case .two tr.dif th")).to_have_text([re.compile("Rejected")])
        page.goto(f"{night.desk}?contest={WARD}")
        page.get_by_text("Postpone, countermand, annul; amend the register").click()
        page.get_by_text("What changes").click()
        page.get_by_label("Electorate").fill("2,100")
        pressed = (("Amend the register", "Register amended"), ("Postpone", "Postponed"), ("Annul", "Annulled"))
        for what, told in pressed:
            decide(page, what, "The court has said so")
            expect(page.locator(".history")).to_contain_text(told)


@ALL
def test_a_lost_phone(night: DeskNight, browser: Browser) -> None:
    """Promise: when its key is retired, an open desk shows nothing any more, and the key signs nobody in."""
    night.election.declare(OFFICER, "held", **NOT_MOST_VOTES)
    night.election.settle()
    with page_in(browser, PHONE, "status of 401") as lost, page_in(browser, WALL) as operators:
        night.sit_down(lost)
        expect(lost.locator("#list")).to_contain_text("Testshire")
        night.sit_down(operators, OPERATOR)
        operators.get_by_role("link", name="People and keys").click()
        operators.locator("#key-id").select_option(DESK.key_id)
        operators.get_by_label("Reason, public").fill("The phone is lost")
        operators.get_by_role("button", name="Retire this key").click()
        expect(operators.locator("#told")).to_contain_text("Done at")
        expect(lost.get_by_text("Signed out.")).to_be_visible()
        expect(lost.get_by_text("Testshire")).to_have_count(0)
        lost.get_by_role("button", name="Sign in").click()
        expect(lost.locator("#told")).to_contain_text("retired")


def held_back(page: Page, address: str) -> list[Route]:
    """Let the next request to an address wait until it is told to go on."""
    waiting: list[Route] = []

    def keep_waiting(route: Route) -> None:
        waiting.append(route)

    page.route(address, keep_waiting, times=1)
    return waiting


@ALL
def test_an_answer_that_comes_late_drops_nothing_of_the_case(night: DeskNight, browser: Browser) -> None:
    """Promise: what is typed while a decision is under way stays, and how it ended is said where it was made."""
    night.election.declare(OFFICER, "declared")
    night.election.settle()
    with page_in(browser, WALL) as page:
        night.sit_down(page)
        page.goto(f"{night.desk}?contest={TESTSHIRE}")
        page.get_by_text("Postpone, countermand, annul; amend the register").click()
        page.get_by_text("What changes").click()
        page.get_by_label("Electorate").fill("90,100")
        under_way = held_back(page, "**/declarations")
        decide(page, "Amend the register", "Counted twice")
        expect(page.locator("#told")).to_contain_text("Do not send again")
        page.get_by_label("Returning officer").fill("Ann Returning")
        # Something happens meanwhile: it is shown when the decision is known.
        night.election.declare(OFFICER, "correction", revision=2, **CHANGES_WINNER)
        page.locator("#changed").get_by_role("button", name="Show it").click()
        expect(page.locator("#told")).to_contain_text("Do not send again")
        under_way[0].continue_()
        expect(page.locator("#told")).to_contain_text("Done at")
        expect(page.locator(".history")).to_contain_text("Register amended")
        expect(page.locator("#case .reason")).to_be_visible()
        expect(page.locator("#told")).to_contain_text("Done at")
        expect(page.get_by_label("Returning officer")).to_have_value("Ann Returning")
        expect(page.get_by_label("Electorate")).to_have_value("90100")
        expect(page.get_by_label("Reason, public")).to_have_value("")


@ALL
def test_an_answer_from_before_a_decision_is_not_drawn_after_it(night: DeskNight, browser: Browser) -> None:
    """Promise: how a case stood before it was decided is not shown again when that answer comes late."""
    night.election.declare(OFFICER, "held", **NOT_MOST_VOTES)
    night.election.settle()
    with page_in(browser, WALL) as page:
        night.sit_down(page)
        page.goto(f"{night.desk}?contest={TESTSHIRE}")
        waiting = held_back(page, "**/changes?**")
        # It has something to tell: somebody else has opened the contest.
        with page_in(browser, WALL) as other:
            night.sit_down(other, OTHER_DESK)
            other.goto(page.url)
            wait_until(lambda: page.evaluate("true") and waiting, what="the desk to ask")
            late = waiting[0].fetch()
        decide(page, "Confirm as sent", "Read out at 03:16")
        expect(page.locator(".history")).to_contain_text("Confirmed: hold")
        page.evaluate(WATCH_CASE)
        waiting[0].fulfill(response=late)
        # The desk asks again once it has had that answer.
        with page.expect_response("**/changes?**"):
            pass
        assert not page.evaluate("window.heldAgain")


@ALL
def test_an_answer_that_comes_late_leaves_the_next_key_to_be_retired(night: DeskNight, browser: Browser) -> None:
    """Promise: another key and its reason, chosen while the first is under way, stay, and can be sent afterwards."""
    with page_in(browser, WALL) as page:
        night.sit_down(page, OPERATOR)
        page.get_by_role("link", name="People and keys").click()
        key, reason = page.locator("#key-id"), page.get_by_label("Reason, public")
        retire = page.get_by_role("button", name="Retire this key")
        under_way = held_back(page, "**/declarations")
        key.select_option(DESK.key_id)
        reason.fill("The phone is lost")
        retire.click()
        expect(page.locator("#told")).to_contain_text("Do not send again")
        key.select_option(CLERK.key_id)
        reason.fill("The laptop, too")
        expect(retire).to_be_disabled()
        under_way[0].continue_()
        expect(page.locator("#told")).to_contain_text("Done at")
        expect(key).to_have_value(CLERK.key_id)
        expect(reason).to_have_value("The laptop, too")
        retire.click()
        expect(retire).to_be_disabled()
        expect(page.locator("#told")).to_contain_text("Done at")
        # The same key is not sent twice.
        key.select_option(DESK.key_id)
        expect(retire).to_be_disabled()


@ALL
def test_new_rows_wait_while_somebody_reads(night: DeskNight, browser: Browser) -> None:
    """Promise: nothing moves under the reader; the number in the title is a switch, the sound is off."""
    night.election.declare(OFFICER, "held", **NOT_MOST_VOTES)
    night.election.settle()
    with page_in(browser, WALL) as page:
        night.sit_down(page)
        assert page.title().startswith("(1) Desk")
        assert not page.get_by_label("a sound").is_checked()
        page.locator("#list a").first.focus()
        night.election.declare(OFFICER, "wrong", votes={"ann-example": 1})
        expect(page.get_by_role("button", name="Show 1 new")).to_be_visible()
        expect(page.locator("#list .work > li")).to_have_count(1)
        page.get_by_role("button", name="Show 1 new").click()
        expect(page.locator("#list .work > li")).to_have_count(2)
        page.get_by_label("a number in the title").uncheck()
        assert page.title().startswith("Desk")


@ALL
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_desk_has_no_barrier(night: DeskNight, browser: Browser, scheme: str) -> None:
    """Promise: axe finds nothing at any size, nothing scrolls sideways, and all of it reads without script."""
    night.election.declare(OFFICER, "declared")
    night.election.declare(OFFICER, "correction", revision=2, **CHANGES_WINNER)
    night.election.post(OPERATOR, message("amendment", TESTSHIRE, {"ballot_id": TESTSHIRE, "name": LONG}, "amended"))
    night.election.settle()
    with page_in(browser, PHONE, color_scheme=scheme) as page:
        page.goto(night.desk)
        require_no_barrier(page)
        night.sit_down(page)
        page.locator("#list a").first.click()
        expect(page.locator("#c-h")).to_have_text(LONG)
        for width, height in SIZES.values():
            page.set_viewport_size({"width": width, "height": height})
            require_no_barrier(page)
            require_no_sideways_scrolling(page)
        require_it_fits_enlarged(page)
        if scheme == "light":
            page.emulate_media(forced_colors="active")
            require_no_barrier(page)
            page.emulate_media(forced_colors="none")
        page.goto(f"{night.desk}/people")
        require_no_barrier(page)
        cookies: Any = page.context.cookies()
    with page_in(browser, PHONE, color_scheme=scheme, java_script_enabled=False) as page:
        page.context.add_cookies(cookies)
        page.goto(f"{night.desk}?contest={TESTSHIRE}")
        expect(page.get_by_text("To decide, this page needs script")).to_be_visible()
        expect(page.locator(".two")).to_contain_text("30,000")
        expect(page.get_by_role("button", name="Confirm as sent")).to_have_count(0)


@ALL
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_readiness_of_a_rehearsal_has_no_barrier(
    pipeline: Pipeline, browser: Browser, scheme: Literal["light", "dark"]
) -> None:
    """Promise: who is ready reads at every size, a phone's without scrolling sideways; axe finds nothing."""
    hall = Hall(pipeline, REHEARSAL, desk=True)
    with hall.person(browser, "the-results-desk", "desk", None, color_scheme=scheme) as desk:
        desk.page.goto(f"{hall.url}/desk/{hall.election}")
        desk.page.get_by_role("button", name="Sign in").or_(desk.page.locator("#list")).first.wait_for()
        if desk.page.get_by_role("button", name="Sign in").count():
            desk.page.get_by_role("button", name="Sign in").click()
        expect(desk.page.get_by_role("heading", name="Readiness")).to_be_visible()
        for width, height in SIZES.values():
            desk.page.set_viewport_size({"width": width, "height": height})
            require_no_barrier(desk.page)
            require_no_sideways_scrolling(desk.page)
            shown = desk.page.locator(".fitting").bounding_box()
            around = desk.page.locator(".scroll").bounding_box()
            assert shown is not None
            assert around is not None
            assert shown["width"] <= around["width"]
        require_it_fits_enlarged(desk.page)


LONG: Final = "<b>O'Ddôl</b> \u05e7\u05dc\u05e4\u05d9 " + "Llanfairpwllgwyngyll" * 8
"""A name with HTML, an apostrophe, Welsh letters, right-to-left text, and 180 characters."""
