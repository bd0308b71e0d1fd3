"""The entry page: declarations entered by people with phones, against real services."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Route, expect

from schemas.register import Candidate
from tests.deploy.debian import debian_program
from tests.pages.looking import (
    ALL,
    TABLET,
    page_in,
    require_it_fits_enlarged,
    require_no_barrier,
    require_no_sideways_scrolling,
)
from tests.pipeline.hall import REHEARSAL, Hall, Visitor
from tests.pipeline.pipeline import Pipeline
from tests.services.registers import NEWTOWN, SAMPLEFORD, TESTSHIRE, synthetic_contest
from tests.waiting import wait_until

RIGHT: Final = {
    "votes_ann_example": "20,000",
    "votes_bob_sample": "30000",
    "votes_cay_specimen": "5 000 ",
    "head_official_mark": "4",
    "head_too_many_votes": "200",
    "head_identifiable": "30",
    "head_unmarked": "500",
    "head_void_for_uncertainty": "500",
    "papers": "56,234",
}
"""Testshire's figures, as somebody may write them."""

READ: Final = "Read it aloud, against the paper"
WIDE: Final[dict[str, Any]] = {"viewport": {"width": TABLET[0], "height": TABLET[1]}, "color_scheme": "dark"}
CLERK: Final = ("sam-okafor", "clerk", (TESTSHIRE,))
SECOND: Final = ("ilse-brandt", "second-person", (TESTSHIRE,))
OFFICER: Final = ("harriet-vane", "returning-officer", (TESTSHIRE,))


_SENT: Final = """async () => {
  const open = indexedDB.open('tallywire', 1)
  await new Promise(done => open.onsuccess = done)
  const asked = open.result.transaction('outbox').objectStore('outbox').getAll()
  await new Promise(done => asked.onsuccess = done)
  return asked.result[0]
}"""
"""Returns what a browser has signed and sent, with what became of it."""

_PASTE: Final = """(field, text) => {
  const data = new DataTransfer()
  data.setData('text', text)
  field.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}))
}"""
"""Pastes a text into a field."""


def look(*visitors: Visitor) -> None:
    """See that what is shown has no barrier and fits, enlarged four times, too."""
    for visitor in visitors:
        require_no_barrier(visitor.page)
        require_no_sideways_scrolling(visitor.page)
        require_it_fits_enlarged(visitor.page)


def test_two_people_enter_a_declaration(pipeline: Pipeline, browser: Browser) -> None:
    """Promise: a clerk types, a second person types blind, sees where they differ, and signs what both have typed."""
    hall = Hall(pipeline)
    with hall.person(browser, *CLERK) as clerk, hall.person(browser, *SECOND, **WIDE) as second:
        clerk.open("Testshire")
        clerk.type(**RIGHT)
        look(clerk)
        clerk.press("Read it through")
        clerk.heading(READ)
        clerk.press("Sign and send")
        clerk.heading("Sent")
        second.open("Testshire")
        expect(second.page.locator("body")).not_to_contain_text("30,000")
        second.type(**RIGHT | {"votes_bob_sample": "29,991", "votes_ann_example": "20,009"})
        second.press("Compare with the first reading")
        second.heading("2 of 9 figures differ")
        look(second)
        for field, first in (("Ann Example", "20,000"), ("Bob Sample", "30,000")):
            second.page.get_by_role("group", name=field).get_by_label(first).check()
        expect(second.page.get_by_role("status")).to_have_text("Adds up: 56,234 and 56,234 papers")
        second.press("Use these figures")
        second.heading(READ)
        assert hall.declared == 0
        look(second)
        second.press("Sign and send")
        second.heading("Sent")
        look(second)
        wait_until(lambda: hall.standing(TESTSHIRE), what="the result")
        standing = hall.standing(TESTSHIRE)
        assert standing is not None
        assert {one["candidate"]: one["votes"] for one in standing["candidates"]} == {
            "ann-example": 20_000,
            "bob-sample": 30_000,
            "cay-specimen": 5_000,
        }
        assert (standing["rejected"], standing["majority"], hall.declared) == (1_234, 10_000, 1)
        second.press("Next contest")
        expect(second.page.get_by_role("link", name="Testshire")).to_contain_text("Receipt")


@ALL
def test_figures_are_returned_to_who_typed_them(pipeline: Pipeline, browser: Browser) -> None:
    """Promise: where the second person is right, the first gets the own figures back, marked, with a note."""
    hall = Hall(pipeline)
    with hall.person(browser, *CLERK) as clerk, hall.person(browser, *SECOND) as second:
        clerk.open("Testshire")
        clerk.type(**RIGHT | {"votes_cay_specimen": "500", "papers": "51,734"})
        clerk.press("Read it through")
        clerk.press("Sign and send")
        clerk.heading("Sent")
        second.open("Testshire")
        second.type(**RIGHT)
        second.press("Compare with the first reading")
        second.heading("2 of 9 figures differ")
        for group in second.page.locator("fieldset.diff").all():
            group.get_by_label("Second reading").check()
        second.press("Use these figures")
        second.page.get_by_label("What should be looked at?").fill("Cay Specimen: a nought is missing")
        second.press("Return it")
        second.heading("The two readings differ")
        clerk.page.reload()
        clerk.heading("The two readings differ")
        expect(clerk.page.locator("blockquote")).to_contain_text("a nought is missing")
        look(clerk, second)
        clerk.press("Correct your figures")
        expect(clerk.page.locator(".fig .marked")).to_have_count(2)
        clerk.type(votes_cay_specimen="5000", papers="56234")
        clerk.press("Read it through")
        clerk.press("Sign and send")
        clerk.heading("Sent")
        # The second person's page hears of it by itself, and goes on.
        second.heading(READ)
        second.press("Sign and send")
        second.heading("Sent")
        wait_until(lambda: hall.standing(TESTSHIRE), what="the result")


@contextmanager
def officer_in(
    pipeline: Pipeline,
    browser: Browser,
    **options: Any,  # noqa: ANN401  # Playwright's of a context
) -> Iterator[tuple[Hall, Visitor]]:
    """Let a returning officer in, at Testshire's figures, all of them typed."""
    hall = Hall(pipeline)
    with hall.person(browser, *OFFICER, **options) as officer:
        officer.open("Testshire")
        officer.type(**RIGHT)
        yield hall, officer


@ALL
def test_nothing_is_lost_and_nobody_is_unsure_whether_it_was_sent(pipeline: Pipeline, browser: Browser) -> None:
    """Promise: a reload, no connection and the end of the session lose nothing; what was tried is told, and taken once.

    Without a connection nothing was tried; where an answer is lost it is tried again.
    """
    hall = Hall(pipeline)
    with hall.person(browser, *OFFICER) as officer:
        officer.open("Testshire")
        officer.type(votes_ann_example="20,0")
        expect(officer.page.get_by_text("Not sent.")).to_be_visible()
        officer.page.evaluate("navigator.serviceWorker.ready")
        officer.page.reload()
        expect(officer.field("votes_ann_example")).to_have_value("20,0")
        officer.type(votes_ann_example="20,000")
        # The page opens without a connection.
        officer.context.set_offline(offline=True)
        officer.page.reload()
        expect(officer.field("votes_ann_example")).to_have_value("20,000")
        expect(officer.page.get_by_text("No connection")).to_be_visible()
        officer.type(**RIGHT)
        officer.press("Read it through")
        officer.heading(READ)
        officer.press("Sign and send")
        officer.heading("Not sent")
        expect(officer.page.get_by_text("Nothing has left this phone.")).to_be_visible()
        expect(officer.page.get_by_role("img", name="QR code")).to_be_visible()
        look(officer)
        officer.context.set_offline(offline=False)
        officer.context.clear_cookies()
        for key in pipeline.client.scan_iter("*:session:*"):
            pipeline.client.delete(key)
        hall.stop_posting()
        # The heading is the same as before: what is waited for is that it has asked.
        with officer.page.expect_event("requestfailed", lambda asked: "/loaded" in asked.url):
            officer.press("Send now")
        officer.heading("Not sent")
        hall.start_posting()
        lost: list[int] = []

        def lose_the_answer(route: Route) -> None:
            if not lost:
                lost.append(route.fetch().status)
            route.abort()

        officer.page.route("**/declarations", lose_the_answer)
        officer.press("Send now")
        officer.heading("Trying. Do not send again.")
        look(officer)
        wait_until(lambda: hall.declared == 1, what="it to arrive")
        assert lost == [200]
        # Closed and opened again, it goes on by itself.
        officer.page.reload()
        officer.heading("Trying. Do not send again.")
        officer.page.unroute("**/declarations")
        officer.heading("Sent")
        assert hall.declared == 1


SLIPS: Final = {
    "swapped digits": ({"votes_bob_sample": "30,009", "papers": "56,234"}, "9 votes and rejected papers more", "nines"),
    "a point": ({"votes_bob_sample": "30.000"}, "Write 30000 or 30,000", ""),
    "a group of two": ({"votes_bob_sample": "300,00"}, "Write the number with digits only", ""),
    "a sum that is off": ({"votes_ann_example": "19,991"}, "9 papers more", "nines"),
    "papers left out": ({"papers": ""}, "nothing is typed", ""),
    "rejected papers as votes": ({"votes_cay_specimen": "6,234"}, "1,234 votes and rejected papers more", ""),
    "a negative figure": ({"votes_cay_specimen": "-5,000"}, "without a minus", ""),
    "two numbers in one field": ({"papers": "56,234 56,234"}, "Write the number with digits only", ""),
    "more than the electorate": (
        {"votes_ann_example": "200,000", "papers": "236,234"},
        "100,000: 136,234 too many",
        "",
    ),
    "a tie without a lot": ({"votes_ann_example": "30,000", "papers": "66,234"}, "say who was chosen by lot", ""),
}


@ALL
def test_no_slip_is_published(pipeline: Pipeline, browser: Browser) -> None:
    """Promise: each slip is explained in words, the list of them takes the focus, and nothing of it is sent."""
    with officer_in(pipeline, browser) as (hall, officer):
        summary = officer.page.locator("#faults .summary")
        for slip, (figures, said, more) in SLIPS.items():
            officer.type(**RIGHT | figures)
            officer.press("Read it through")
            expect(summary, slip).to_contain_text(said)
            expect(summary, slip).to_be_focused()
            if more:
                expect(officer.page.locator(".fig .why").first, slip).to_contain_text("two swapped digits")
            look(officer)
        # A column that is one short, and one that is too long.
        for column, told in (("20,000\n30,000", "2 lines, and there are 3 fields"), ("1\n2\n3\n4", "4 lines")):
            officer.field("votes_ann_example").evaluate(_PASTE, column)
            expect(summary).to_contain_text(told)
        assert hall.declared == 0
        # The paper says so, it seems: the service has the last word.
        officer.type(**RIGHT | {"votes_ann_example": "200,000", "papers": "236,234"})
        officer.press("Read it through")
        officer.press("The paper says so")
        officer.heading(READ)
        officer.press("Sign and send")
        officer.heading("Refused")
        expect(officer.page.locator(".reason").first).to_contain_text("more than the 100,000 electors")
        look(officer)
        officer.press("Correct the figures")
        expect(officer.field("papers")).to_have_value("236,234")
        # Figures in the wrong row: another winner than last time's votes say is held, so by a second person.
        assert hall.declared == 0


@ALL
def test_a_double_send_is_one(pipeline: Pipeline, browser: Browser) -> None:
    """Promise: pressed twice, and read through and sent once more, it is one declaration."""
    with officer_in(pipeline, browser, **WIDE, forced_colors="active") as (hall, officer):
        look(officer)
        officer.press("Read it through")
        officer.heading(READ)
        officer.page.get_by_role("button", name="Sign and send").dblclick()
        officer.heading("Sent")
        look(officer)
        assert hall.declared == 1
        assert pipeline.client.xlen(hall.keys.key("receipts")) == 3


def sent_and_unanswered(officer: Visitor) -> Route:
    """Sign and send what is typed; return the request, which waits until it is told to go on."""
    waiting: list[Route] = []

    def keep_waiting(route: Route) -> None:
        waiting.append(route)

    officer.page.route("**/declarations", keep_waiting)
    officer.press("Read it through")
    officer.press("Sign and send")
    officer.heading("Trying. Do not send again.")
    return waiting[0]


def test_an_answer_that_comes_late_drops_no_other_draft(pipeline: Pipeline, browser: Browser) -> None:
    """Promise: what is typed while earlier figures are still under way is kept when these are taken."""
    with officer_in(pipeline, browser) as (hall, officer):
        under_way = sent_and_unanswered(officer)
        officer.page.goto(f"{hall.url}/enter#/{hall.election}/{TESTSHIRE}/figures")
        officer.type(votes_ann_example="19,000")
        under_way.continue_()
        wait_until(lambda: officer.page.evaluate(_SENT)["end"] == "sent", what="the answer")
        officer.page.reload()
        expect(officer.field("votes_ann_example")).to_have_value("19,000")


@ALL
def test_an_answer_that_comes_late_leaves_the_fields_in_which_somebody_types(
    pipeline: Pipeline, browser: Browser
) -> None:
    """Promise: what is typed is kept where earlier figures are taken while fields are shown, theirs or others."""
    hall = Hall(pipeline)
    with hall.person(browser, "harriet-vane", "returning-officer", None) as officer:
        figures = f"{hall.url}/enter#/{hall.election}"
        officer.open("Testshire")
        officer.type(**RIGHT)
        under_way = sent_and_unanswered(officer)
        officer.page.goto(f"{figures}/{TESTSHIRE}/figures")
        expect(officer.field("votes_ann_example")).to_be_visible()
        under_way.continue_()
        wait_until(lambda: officer.page.evaluate(_SENT)["end"] == "sent", what="the answer")
        officer.type(votes_ann_example="19,001")
        # What is still to be added up of one contest is not drawn into the fields of another.
        officer.page.goto(f"{figures}/{NEWTOWN}/figures")
        officer.type(votes_gus_draft="7,000")
        expect(officer.page.locator("#s-valid")).to_have_text("7,000")
        officer.page.reload()
        expect(officer.field("votes_gus_draft")).to_have_value("7,000")
        officer.page.goto(f"{figures}/{TESTSHIRE}/figures")
        expect(officer.field("votes_ann_example")).to_have_value("19,001")


@ALL
def test_the_officer_corrects_calls_a_recount_and_withdraws(pipeline: Pipeline, browser: Browser) -> None:
    """Promise: each is one revision more, a withdrawal says why, and what is held says so and what to do."""
    with officer_in(pipeline, browser) as (hall, officer):
        officer.press("Read it through")
        officer.press("Sign and send")
        officer.heading("Sent")
        officer.page.get_by_text("A figure was wrong after all?").click()
        officer.press("Correct a figure")
        # Another winner: held for another person.
        officer.type(votes_ann_example="30,000", votes_bob_sample="20,000")
        officer.press("Read it through")
        officer.heading(READ)
        expect(officer.page.get_by_text("a correction of revision 1")).to_be_visible()
        officer.press("Sign and send")
        officer.heading("Received, and held")
        expect(officer.page.locator(".reason")).to_contain_text("Declared elected before: ")
        look(officer)
        officer.page.goto(f"{hall.url}/enter#/{hall.election}/{TESTSHIRE}/other")
        officer.press("Withdraw the declaration")
        officer.press("Read it through")
        expect(officer.page.locator("#faults")).to_contain_text("Say why")
        officer.page.get_by_label("Why?").fill("Two bundles were counted twice")
        officer.press("Read it through")
        officer.heading(READ)
        officer.press("Sign and send")
        officer.heading("Refused")
        officer.press("Send it as revision 3, a correction")
        officer.press("Read it through")
        officer.press("Sign and send")
        officer.heading("Sent")
        wait_until(lambda: (hall.standing(TESTSHIRE) or {}).get("kind") == "withdrawn", what="the withdrawal")
        officer.page.goto(f"{hall.url}/enter#/{hall.election}/{TESTSHIRE}/other")
        officer.press("Recount")
        look(officer)
        officer.press("Read it through")
        officer.heading(READ)
        officer.press("Sign and send")
        officer.heading("Sent")
        wait_until(lambda: (hall.standing(TESTSHIRE) or {}).get("kind") == "recount", what="the recount")


@ALL
def test_who_was_elected_is_said_without_figures(pipeline: Pipeline, browser: Browser) -> None:
    """Promise: after a flash the figures are asked for as the next revision; where nobody opposes there are none."""
    alone = {"una": Candidate(name="Una", party="PP53")}
    unknown = {"previous_election": None, "sitting": None}
    contests = {
        TESTSHIRE: synthetic_contest(),
        NEWTOWN: synthetic_contest(name="Newtown", candidates=alone, baseline=unknown),
    }
    hall = Hall(pipeline, contests=contests)
    with hall.person(browser, "harriet-vane", "returning-officer", None) as officer:
        officer.page.goto(f"{hall.url}/enter#/{hall.election}/{TESTSHIRE}/other")
        officer.press("Only who was elected")
        officer.page.get_by_label("Bob Sample").check()
        officer.press("Read it through")
        officer.page.get_by_label("When was it read out?").fill("2561")
        officer.press("Sign and send")
        expect(officer.page.locator("#faults")).to_contain_text("Write the time as 23:40")
        officer.page.get_by_label("When was it read out?").fill("0005")
        expect(officer.page.locator("#read-out-is")).to_contain_text("00:05")
        look(officer)
        officer.press("Sign and send")
        officer.heading("Sent")
        expect(officer.page.locator("main")).to_contain_text("Bob Sample: Elected; the figures follow")
        wait_until(lambda: (hall.standing(TESTSHIRE) or {}).get("kind") == "flash", what="the flash")
        assert (hall.standing(TESTSHIRE) or {})["declared_at"].endswith(":05:00Z")
        look(officer)
        officer.press("Type the figures")
        officer.type(**RIGHT)
        _send(officer)
        wait_until(lambda: (hall.standing(TESTSHIRE) or {}).get("kind") == "declared", what="the figures")
        officer.open("Newtown")
        officer.press("Elected unopposed")
        officer.page.get_by_label("Una").check()
        look(officer)
        _send(officer)
        wait_until(lambda: (hall.standing(NEWTOWN) or {}).get("kind") == "uncontested", what="the second result")


@ALL
def test_every_kind_of_count(pipeline: Pipeline, browser: Browser) -> None:
    """Promise: the supplementary vote, several seats, local areas and a lot are typed where they are needed."""
    seats = {name: Candidate(name=name.title(), party="PP53") for name in ("una", "vic", "wyn")}
    seats["xan"] = Candidate(name="Llanfairpwllgwyngyll" * 9, party="PP53")
    contests = {
        TESTSHIRE: synthetic_contest(voting_system="supplementary-vote"),
        SAMPLEFORD: synthetic_contest(
            name="Sampleford",
            seats=2,
            electorate=3_000,
            candidates=seats,
            baseline={"previous_election": None, "sitting": None},
        ),
        NEWTOWN: synthetic_contest(name="Newtown", areas=("Northby", "Westby")),
    }
    hall = Hall(pipeline, contests=contests)
    with hall.person(browser, "harriet-vane", "returning-officer", None) as officer:
        officer.open("Testshire")
        officer.type(**RIGHT | {"votes_bob_sample": "22,000", "papers": "48,234"})
        officer.type(final_ann_example="22,500", final_bob_sample="23,100")
        look(officer)
        _send(officer)
        officer.open("Sampleford")
        heads = {name: "0" for name in RIGHT if name.startswith("head")} | {"head_in_part": "7"}
        officer.type(votes_una="900", votes_vic="800", votes_wyn="800", votes_xan="100", papers="1400", **heads)
        officer.page.get_by_role("radio", name="Wyn").check()
        look(officer)
        _send(officer)
        officer.open("Newtown")
        officer.type(**RIGHT)
        officer.page.get_by_label("Type the count of each area, too").check()
        look(officer)
        officer.page.get_by_text("Westby", exact=True).click()
        for area, votes in enumerate(((12_000, 10_000, 2_000, 600), (8_000, 20_000, 2_990, 634))):
            for name, number in zip(("ann-example", "bob-sample", "cay-specimen", "rejected"), votes, strict=True):
                officer.page.locator(f'[id="f-area.{area}.{name}"]').fill(str(number))
        officer.press("Read it through")
        expect(officer.page.locator("#faults")).to_contain_text("4,990 in the areas together, and 5,000 as a whole")
        officer.page.locator('[id="f-area.1.cay-specimen"]').fill("3,000")
        _send(officer)
        wait_until(lambda: hall.standing(NEWTOWN), what="the last result")
        standing = [hall.standing(ballot) or {} for ballot in contests]
    assert [one["elected"] for one in standing] == [["bob-sample"], ["una", "wyn"], ["bob-sample"]]
    assert [(one["rounds"], one["lot"]) for one in standing] == [(2, False), (1, True), (1, False)]


def _send(officer: Visitor) -> None:
    officer.press("Read it through")
    officer.heading(READ)
    officer.press("Sign and send")
    officer.heading("Sent")
    officer.press("Next contest")


@ALL
def test_another_phone_sends_what_was_signed(pipeline: Pipeline, browser: Browser, tmp_path: Path) -> None:
    """Promise: the picture of what was not sent is a URL, from which any phone sends it; the first then knows."""
    with officer_in(pipeline, browser) as (hall, officer):
        officer.press("Read it through")
        officer.context.set_offline(offline=True)
        officer.press("Sign and send")
        officer.heading("Not sent")
        picture = tmp_path / "code.png"
        picture.write_bytes(officer.page.locator("svg.qr").screenshot())
        reader = debian_program("zbarimg", "zbar-tools")
        read = subprocess.run([reader, "--quiet", "--raw", str(picture)], capture_output=True, text=True, check=True)
        with page_in(browser) as other:
            other.goto(read.stdout.strip())
            require_no_barrier(other)
            other.get_by_role("button", name="Send it").click()
            expect(other.get_by_role("heading", level=1)).to_have_text("Sent")
            assert "#" not in other.url
        officer.context.set_offline(offline=False)
        officer.press("Send now")
        officer.heading("Sent")
        assert hall.declared == 1


@ALL
def test_welsh_keeps_what_was_typed(pipeline: Pipeline, browser: Browser) -> None:
    """Promise: the language is a switch on every page that loses nothing; a rehearsal says what it is in each."""
    hall = Hall(pipeline, election=REHEARSAL)
    with hall.person(browser, *OFFICER, **WIDE) as officer:
        officer.open("Testshire")
        expect(officer.page.get_by_role("region", name="REHEARSAL")).to_be_visible()
        officer.type(**RIGHT)
        officer.page.get_by_role("link", name="Cymraeg").click()
        officer.heading("Teipiwch y ffigurau o'r datganiad")
        expect(officer.field("papers")).to_have_value("56,234")
        expect(officer.page.get_by_role("region", name="YMARFER")).to_be_visible()
        expect(officer.page).to_have_title(
            "YMARFER: Teipiwch y ffigurau o'r datganiad, Testshire - Cofnodi datganiad - Tallywire"
        )
        look(officer)
        officer.press("Darllen drwyddo")
        officer.press("Llofnodi ac anfon")
        officer.heading("Anfonwyd")
        look(officer)


@ALL
def test_a_key_opens_its_own_contests_alone(pipeline: Pipeline, browser: Browser) -> None:
    """Promise: another contest is not offered, and its address says so; a phone that is lost is told."""
    hall = Hall(pipeline)
    with hall.person(browser, *CLERK) as clerk:
        expect(clerk.page.get_by_role("link", name="Newtown")).to_have_count(0)
        clerk.page.goto(f"{hall.url}/enter#/{hall.election}/{NEWTOWN}/figures")
        clerk.heading("Not your contest")
        clerk.page.goto(f"{hall.url}/enter#/{hall.election}/{TESTSHIRE}/other")
        clerk.heading("Type the figures from the declaration")
        hall.close()
        clerk.page.reload()
        for path in (f"/{TESTSHIRE}/figures", ""):
            clerk.page.goto(f"{hall.url}/enter#/{hall.election}{path}")
            expect(clerk.page.locator("#closed")).to_contain_text("is closed since")
            look(clerk)
        hall.close(closed=False)
        expect(clerk.page.locator("#closed")).to_be_hidden()
        hall.retire("sam-okafor")
        clerk.page.reload()
        clerk.heading("Not signed in")
        look(clerk)


@ALL
def test_an_invitation_makes_one_key(pipeline: Pipeline, browser: Browser) -> None:
    """Promise: its token leaves the address at once, whoever comes second is told, and plain HTTP says why not."""
    hall = Hall(pipeline)
    link = hall.invitation("sam-okafor", "clerk", (TESTSHIRE,))
    with page_in(browser) as first:
        first.goto(link)
        assert first.url == f"{hall.url}/enrol"
        expect(first.get_by_text("Synthetic police and crime commissioners")).to_be_visible()
        first.get_by_role("button", name="Make this phone").click()
        expect(first.get_by_label("Your name")).to_be_focused()
        require_no_barrier(first)
        first.get_by_label("Your name").fill("Sam Okafor")
        first.get_by_role("button", name="Make this phone").click()
        expect(first.get_by_role("heading", name="Say this to the operator")).to_be_visible()
        require_no_barrier(first)
        key_id = (first.locator(".kid").text_content() or "").replace(" ", "")
        assert hall.enrol() == [key_id]
        expect(first.get_by_role("heading", name="This phone is known")).to_be_visible()
    context = browser.new_context()
    second = context.new_page()
    second.goto(link)
    second.get_by_label("Your name").fill("Somebody Else")
    second.get_by_role("button", name="Make this phone").click()
    expect(second.get_by_role("heading", name="It was not taken")).to_be_visible()
    expect(second.get_by_text("used for another key")).to_be_visible()
    # It would be refused again.
    expect(second.get_by_role("button", name="Try again")).to_have_count(0)
    context.close()
    with page_in(browser, color_scheme="dark") as plain:
        plain.add_init_script("Object.defineProperty(window, 'isSecureContext', { value: false })")
        plain.goto(link)
        expect(plain.get_by_role("heading", name="Not over this connection")).to_be_visible()
        require_no_barrier(plain)


@pytest.mark.parametrize("script", [True, pytest.param(False, marks=ALL)])
def test_who_has_no_key_is_told_what_to_do(pipeline: Pipeline, browser: Browser, script: bool) -> None:
    """Promise: without a key, and without its script, the page says what is needed, and where figures are entered."""
    hall = Hall(pipeline)
    with page_in(browser, java_script_enabled=script, color_scheme="dark") as page:
        page.goto(f"{hall.url}/enter")
        expect(page.get_by_text("Synthetic police and crime commissioners")).to_be_visible()
        expect(page.get_by_text("by people with a key")).to_be_visible()
        expect(page.get_by_text("scripts are switched off" if not script else "has no key")).to_be_visible()
        if script:
            require_no_barrier(page)
            page.goto(f"{hall.url}/enrol")
            expect(page.get_by_role("heading", level=1)).to_have_text("No invitation in this address")
