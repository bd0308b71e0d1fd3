"""The entry page, for lists, counts by stages and referendums."""

import os
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, expect

from schemas.register import Candidate, Contest, ListedPerson
from tests.pages.looking import ALL, picture, require_no_barrier, require_no_sideways_scrolling
from tests.pipeline.hall import Hall, Visitor
from tests.pipeline.pipeline import Pipeline
from tests.services.ingest.referendums import ANSWERS
from tests.services.registers import synthetic_contest
from tests.waiting import wait_until

NORTH: Final = "nia.sampleford.2030-05-02"
WARD: Final = "local.testshire.harbour.2030-05-02"
REGION: Final = "sp.r.north-testing.2030-05-02"
SEAT: Final = "sp.c.newtown.2030-05-02"
REFERENDUM: Final = "ref.testshire.2030-05-02"

UNKNOWN: Final[dict[str, Any]] = {"previous_election": None, "sitting": None}
FOUR: Final = {
    "ann-example": Candidate(name="Ann Example", party="PP52"),
    "bob-sample": Candidate(name="Bob Sample", party="PP53"),
    "cay-specimen": Candidate(name="Cay Specimen", party="PP90"),
    "dan-trial": Candidate(name="Dan Trial", party="ynmp-party:2"),
}


def count(name: str, rules: str) -> Contest:
    """Return a contest of two seats by single transferable vote."""
    return synthetic_contest(
        name=name,
        office="member",
        voting_system="single-transferable-vote",
        counting_rules=rules,
        seats=2,
        electorate=2_000,
        candidates=FOUR,
        baseline=UNKNOWN,
        past_winners=None,
    )


def listed(*names: str) -> tuple[ListedPerson, ...]:
    """Return people of a list."""
    return tuple(ListedPerson(name=name) for name in names)


CONTESTS: Final = {
    NORTH: count("Sampleford", "northern-ireland"),
    WARD: count("Harbour", "scotland"),
    SEAT: synthetic_contest(name="Newtown", office="constituency member", baseline=UNKNOWN),
    REGION: synthetic_contest(
        name="North Testing",
        office="regional member",
        voting_system="additional-member",
        seats=3,
        electorate=None,
        candidates={
            "con": Candidate(
                name="Conservative and Unionist Party",
                party="PP52",
                people=listed("Ann Example", "Una Draft", "Vi Proof"),
            ),
            "lab": Candidate(name="Labour Party", party="PP53", people=listed("Wyn Mock", "Xan Pattern")),
            "dan": Candidate(name="Dan Trial", party="ynmp-party:2"),
        },
        constituencies=(SEAT,),
        baseline=UNKNOWN,
    ),
    REFERENDUM: synthetic_contest(
        name="Testshire governance",
        office="how the council is run",
        voting_system="referendum",
        question="How would you like Testshire to be run?",
        candidates={
            "yes": Candidate(name="By a mayor", party="answer:yes"),
            "no": Candidate(name="By a leader", party="answer:no"),
        },
        baseline=UNKNOWN,
    ),
}
SENEDD: Final = "senedd.sampleford.2030-05-02"
"""Of a national election of its own: lists alone."""

CLOSED: Final = {
    SENEDD: synthetic_contest(
        name="Sampleford",
        office="member",
        voting_system="closed-list",
        seats=3,
        electorate=90_000,
        candidates={
            "con": Candidate(name="Conservative Party", party="PP52", people=listed("Ann Example", "Una Draft")),
            "lab": Candidate(name="Labour Party", party="PP53", people=listed("Wyn Mock", "Xan Pattern")),
        },
        baseline=UNKNOWN,
    ),
    SEAT: synthetic_contest(name="Newtown"),
}
FIRST: Final = {"ann-example": "400", "bob-sample": "250", "cay-specimen": "200", "dan-trial": "150"}
SECOND: Final = {"bob-sample": "272", "cay-specimen": "233", "dan-trial": "161", "left": "0"}
THIRD: Final = {"bob-sample": "336.40", "cay-specimen": "285.20", "left": "44.40"}
SHOTS: Final = os.environ.get("SHOTS")


def look(visitor: Visitor, name: str) -> None:
    """See that what is shown has no barrier and fits."""
    if SHOTS:
        for scheme in ("light", "dark"):
            for width in (360, 1024):
                visitor.page.emulate_media(color_scheme=scheme)
                visitor.page.set_viewport_size({"width": width, "height": 740})
                picture(visitor.page, Path(SHOTS), f"{name}-{width}-{scheme}", whole=True)
        visitor.page.set_viewport_size({"width": 360, "height": 740})
    require_no_barrier(visitor.page)
    require_no_sideways_scrolling(visitor.page)


def fill(visitor: Visitor, fields: dict[str, str]) -> None:
    """Type into fields by their names."""
    for name, text in fields.items():
        visitor.page.locator(f'[id="f-{name}"]').fill(text)


def stage(visitor: Visitor, number: int, done: str, figures: dict[str, str]) -> None:
    """Add a stage, say what was done, and type it."""
    page = visitor.page
    visitor.press(f"Add stage {number}")
    page.locator(f'#stage-{number} input[value="{done}"]').click()
    fill(
        visitor,
        {f"stage.{number}.{'left' if name == 'left' else f'total.{name}'}": text for name, text in figures.items()},
    )


def begin(visitor: Visitor, contest: str) -> None:
    """Open a contest and type its first preferences and papers."""
    visitor.open(contest)
    fill(visitor, {f"votes.{name}": votes for name, votes in FIRST.items()})
    visitor.page.get_by_label("Only their total is stated").check()
    fill(visitor, {"rejected": "12", "papers": "1012"})


READ: Final = "Read it aloud, against the paper"
OFFICER: Final = ("harriet-vane", "returning-officer", None)


def send(visitor: Visitor) -> None:
    """Read it through, sign and send."""
    visitor.press("Read it through")
    visitor.heading(READ)
    visitor.press("Sign and send")
    visitor.heading("Sent")


@ALL
def test_a_count_is_entered_stage_by_stage(pipeline: Pipeline, browser: Browser) -> None:
    """Promise: a slip, or what the result would note, is told where it is; each stage goes on from those published."""
    hall = Hall(pipeline, contests=CONTESTS, parties=ANSWERS)
    with hall.person(browser, *OFFICER) as officer:
        page = officer.page
        begin(officer, "Sampleford")
        expect(page.locator("#quota")).to_have_text("334")
        expect(page.locator("#stage-1")).to_contain_text("Elected: Ann Example.")
        stage(officer, 2, "exclusion dan-trial", {"bob-sample": "300", "cay-specimen": "300", "left": "0"})
        expect(page.locator("#stage-2 .did .why")).to_contain_text("is transferred before Dan Trial is excluded")
        page.locator('#stage-2 input[value="surplus ann-example"]').click()
        expect(page.locator("#stage-2 .did .why")).to_have_count(0)
        fill(
            officer,
            {
                f"stage.2.{'left' if name == 'left' else f'total.{name}'}": text
                for name, text in (SECOND | {"cay-specimen": "223"}).items()
            },
        )
        expect(page.locator("#stage-2 .why")).to_contain_text("10 fewer than the 1,000 valid votes")
        look(officer, "2-slip")
        fill(officer, {"stage.2.total.cay-specimen": "233"})
        send(officer)
        wait_until(lambda: (hall.standing(NORTH) or {}).get("kind") == "stage", what="the second stage")
        standing = hall.standing(NORTH) or {}
        assert (standing["elected"], standing["quota"], len(standing["stages"])) == (["ann-example"], 334, 1)
        expect(page.get_by_role("button", name="Type stage 3")).to_be_visible()
        page.goto(f"{hall.url}/enter#/{hall.election}/{NORTH}/figures")
        expect(page.locator("#stage-2 > summary")).to_contain_text("(published)")
        stage(officer, 3, "exclusion cay-specimen", {})
        expect(page.locator("#stage-3 .did .why")).to_contain_text(
            "Dan Trial has fewer votes, 161, than Cay Specimen, 233"
        )
        page.locator('#stage-3 input[value="exclusion cay-specimen"]').uncheck()
        page.locator('#stage-3 input[value="exclusion dan-trial"]').check()
        fill(
            officer, {f"stage.3.{'left' if name == 'left' else f'total.{name}'}": text for name, text in THIRD.items()}
        )
        expect(page.locator("#says-3")).to_have_text("Elected: Bob Sample. Excluded: Dan Trial.")
        page.get_by_label("the transfers").check()
        expect(page.locator('[id="f-stage.3.move.cay-specimen"]')).to_have_value("52.20")
        look(officer, "3-transfers")
        officer.press("Read it through")
        officer.heading(READ)
        expect(page.get_by_text("this says stage 3")).to_be_visible()
        look(officer, "4-review")
        officer.press("Sign and send")
        officer.heading("Sent")
        wait_until(lambda: (hall.standing(NORTH) or {}).get("kind") == "declared", what="the whole count")
        assert (hall.standing(NORTH) or {})["elected"] == ["ann-example", "bob-sample"]


@ALL
def test_two_people_enter_a_count(pipeline: Pipeline, browser: Browser) -> None:
    """Promise: a second person types blind, and is told of other stages and of other figures of a stage."""
    hall = Hall(pipeline, contests=CONTESTS, parties=ANSWERS)
    clerk_of, second_of = ("sam-okafor", "clerk", (NORTH,)), ("ilse-brandt", "second-person", (NORTH,))
    with hall.person(browser, *clerk_of) as clerk, hall.person(browser, *second_of) as second:
        begin(clerk, "Sampleford")
        stage(clerk, 2, "surplus ann-example", SECOND)
        stage(clerk, 3, "exclusion dan-trial", THIRD)
        send(clerk)
        begin(second, "Sampleford")
        expect(second.page.locator("body")).not_to_contain_text("285.2")
        stage(second, 2, "surplus ann-example", SECOND)
        second.press("Compare with the first reading")
        second.heading("The two readings differ")
        expect(second.page.locator("main")).to_contain_text("Stage 3: first reading exclusion of Dan Trial")
        look(second, "6-other-stages")
        second.press("Correct your figures")
        stage(second, 3, "exclusion dan-trial", THIRD | {"cay-specimen": "258.20", "left": "71.40"})
        second.press("Compare with the first reading")
        second.heading("2 of 15 figures differ")
        look(second, "7-differences")
        for group in second.page.locator("fieldset.diff").all():
            group.get_by_label("First reading").check()
        second.press("Use these figures")
        second.heading(READ)
        second.press("Sign and send")
        second.heading("Sent")
        wait_until(lambda: (hall.standing(NORTH) or {}).get("kind") == "declared", what="the count")


@ALL
def test_seats_of_lists_are_entered(pipeline: Pipeline, browser: Browser) -> None:
    """Promise: seats are chosen in their order, with whose they are; a region says what it waits for, and is posted."""
    hall = Hall(pipeline, contests=CONTESTS, parties=ANSWERS)
    with hall.person(browser, *OFFICER) as officer:
        page = officer.page
        officer.open("North Testing")
        expect(page.get_by_text("1 constituency has no result yet: Newtown.")).to_be_visible()
        fill(officer, {"votes.con": "42000", "votes.lab": "30000", "votes.dan": "3000", "papers": "75120"})
        page.get_by_label("Only their total is stated").check()
        fill(officer, {"rejected": "120"})
        for place, one in enumerate(("con", "lab", "con"), 1):
            page.locator(f'[id="f-seat.{place}"]').select_option(one)
        expect(page.locator('[id="o-seat.3"]')).to_have_text("Una Draft")
        look(officer, "8-lists")
        officer.press("Read it through")
        officer.heading(READ)
        expect(page.locator(".deed ol")).to_contain_text("Labour Party, Wyn Mock")
        look(officer, "9-lists-review")
        officer.press("Sign and send")
        officer.heading("Sent")
        wait_until(lambda: hall.standing(REGION), what="the region")
        standing = hall.standing(REGION) or {}
        assert (standing["elected"], standing["allocation"]["waits_for"]) == (["con", "lab", "con"], [SEAT])
        officer.press("Next contest")
        officer.open("Newtown")
        officer.type(votes_ann_example="9,000", votes_bob_sample="30,000", votes_cay_specimen="5,000", papers="44,000")
        page.get_by_label("Rejected papers are not stated").check()
        send(officer)
        wait_until(
            lambda: not (hall.standing(REGION) or {})["allocation"]["waits_for"], what="the region to be checked"
        )
        # With the seat carried in, Labour has the figures 15,000 and 10,000: for the third seat all three are level.
        page.goto(f"{hall.url}/enter#/{hall.election}/{REGION}/figures")
        expect(page.locator("main")).to_contain_text("Constituency seats so far: Labour Party 1.")
        fill(officer, {"votes.con": "20000", "votes.lab": "30000", "votes.dan": "10000"})
        page.get_by_label("Rejected papers are not stated").check()
        page.get_by_label("The number of papers is not stated").check()
        for place, one in enumerate(("con", "lab", "dan"), 1):
            page.locator(f'[id="f-seat.{place}"]').select_option(one)
        expect(page.locator("#f-lot legend")).to_have_text(
            "Equal figures at the last seat: which list was chosen by lot?"
        )


@ALL
def test_a_referendum_is_entered(pipeline: Pipeline, browser: Browser) -> None:
    """Promise: the question is shown, the votes of each answer are typed, and the answer with most votes stands."""
    hall = Hall(pipeline, contests=CONTESTS, parties=ANSWERS)
    with hall.person(browser, *OFFICER) as officer:
        page = officer.page
        officer.open("Testshire governance")
        expect(page.locator("main")).to_contain_text("How would you like Testshire to be run?")
        fill(officer, {"votes.yes": "12480", "votes.no": "9155", "papers": "21755"})
        page.get_by_label("Only their total is stated").check()
        fill(officer, {"rejected": "120"})
        look(officer, "10-referendum")
        send(officer)
        wait_until(lambda: hall.standing(REFERENDUM), what="the referendum")
        page.get_by_role("link", name="Cymraeg").click()
        page.goto(f"{hall.url}/enter#/{hall.election}/{WARD}/figures")
        fill(officer, {f"votes.{name}": votes for name, votes in FIRST.items()})
        expect(page.locator("#stage-1")).to_contain_text("Etholwyd: Ann Example.")
        look(officer, "11-welsh")


@ALL
def test_a_lot_is_asked_for_and_said(pipeline: Pipeline, browser: Browser) -> None:
    """Promise: with equal votes, or figures of lists, nothing is sent before it is said whom a lot chose."""
    hall = Hall(pipeline, contests=CLOSED)
    with hall.person(browser, *OFFICER) as officer:
        page = officer.page
        officer.open("Newtown")
        officer.type(votes_ann_example="9,000", votes_bob_sample="9,000", votes_cay_specimen="5,000", papers="23,000")
        page.get_by_label("Rejected papers are not stated").check()
        expect(page.locator("#f-lot legend")).to_have_text("Equal votes: who was chosen by lot?")
        officer.press("Read it through")
        expect(page.locator("#faults")).to_contain_text("Equal votes at the last seat: say who was chosen by lot")
        look(officer, "12-tie")
        page.get_by_label("Bob Sample").and_(page.locator("[name=lot]")).check()
        officer.press("Read it through")
        officer.heading(READ)
        expect(page.locator(".deed")).to_contain_text("that votes were equal, and that Bob Sample was chosen by lot")
        look(officer, "13-tie-review")
        officer.press("Sign and send")
        officer.heading("Sent")
        wait_until(lambda: hall.standing(SEAT), what="the tie")
        tie = hall.standing(SEAT) or {}
        assert (tie["elected"], tie["lot"], tie["majority"]) == (["bob-sample"], True, 0)
        officer.press("Next contest")
        officer.open("Sampleford")
        # Each has one seat for 20,000 votes: for the third both have the figure 10,000.
        fill(officer, {"votes.con": "20000", "votes.lab": "20000", "papers": "40100"})
        page.get_by_label("Only their total is stated").check()
        fill(officer, {"rejected": "100"})
        for place, one in enumerate(("con", "lab", "con"), 1):
            page.locator(f'[id="f-seat.{place}"]').select_option(one)
        expect(page.locator("#f-lot legend")).to_have_text(
            "Equal figures at the last seat: which list was chosen by lot?"
        )
        officer.press("Read it through")
        expect(page.locator("#faults")).to_contain_text("say which list was chosen by lot")
        page.locator("[name=lot]").nth(1).check()
        expect(page.locator(".why")).to_be_visible()
        look(officer, "14-lists-tie")
        page.locator('[id="f-seat.3"]').select_option("lab")
        officer.press("Read it through")
        officer.heading(READ)
        expect(page.locator(".deed")).to_contain_text("Figures were equal, and a lot decided for: Labour Party.")
        look(officer, "15-lists-tie-review")
        officer.press("Sign and send")
        officer.heading("Sent")
        wait_until(lambda: hall.standing(SENEDD), what="the lists")
        lists = hall.standing(SENEDD) or {}
        assert (lists["elected"], lists["lot"]) == (["con", "lab", "lab"], True)
        look(officer, "16-lists-sent")
