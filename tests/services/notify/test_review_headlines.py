"""That a result is under review, and what comes of it, in words."""

from schemas.events import LedgerEvent
from services.notify.rules.wording.english import TEXT_LENGTH_MAX
from tests.services.events import confirmation_event, declaration_event, hold_event, register_event
from tests.services.folding import aggregate_and_notify
from tests.services.notify.councils import Council
from tests.services.notify.headlines import headlines
from tests.services.notify.occasion_events import LABOUR, TORY
from tests.services.notify.results import CON, LAB, Contest, contest, progress, swing, votes, ward
from tests.services.registers import TESTSHIRE as BALLOT
from tests.services.registers import synthetic_register

TESTSHIRE = contest()
DECLARED = TESTSHIRE.then(votes=LABOUR)
DOUBTED = DECLARED.then(votes=LABOUR, amended=True, under_review=True)
WAITS = "A correction waits for a second person; until it is decided, this result stands"


def said(*contests: Contest) -> list[tuple[str, int, str, str]]:
    """Return what is said of the last of some results, after the others: kind, priority, text and detail."""
    events = [one.event for one in contests]
    found = (headline.data for headline in headlines(events) if headline.data.result_id == events[-1].id)
    return [(data.kind, data.priority, data.text, data.detail) for data in found]


def test_a_result_under_review_is_said_again_with_that() -> None:
    """Promise: it takes the place of the headline about the seats, names the same winner, and nothing of what waits."""
    assert said(DECLARED, DOUBTED) == [
        ("under_review", 2, "UNDER REVIEW: Labour gains Testshire", f"{WAITS} and counts.")
    ]
    first, second = (headline.data for headline in headlines([DECLARED.event, DOUBTED.event]))
    assert second.supersedes == f"{first.result_id}:headline"
    assert (second.winners, second.elected, second.facts) == (first.winners, first.elected, ("under_review",))


def test_a_flash_under_review_is_called_one() -> None:
    """Promise: nobody takes it for a declaration, which would count."""
    flash = TESTSHIRE.then("flash", elected=("bob",))
    doubted = flash.then("flash", elected=("bob",), amended=True, under_review=True)
    assert said(flash, doubted) == [("under_review", 2, "UNDER REVIEW: Labour gains Testshire by flash", f"{WAITS}.")]


def test_a_correction_that_is_not_taken_ends_the_review_as_loudly_as_it_began() -> None:
    """Promise: whoever heard of the review hears that the result stands."""
    ended = DOUBTED.then(votes=LABOUR, amended=True)
    text, detail = 'REVIEW ENDED: "Labour gains Testshire" stands', "The correction that waited was not taken"
    assert said(DECLARED, DOUBTED, ended) == [
        ("review_ended", 2, text, f"{detail}; the result stands as it is."),
    ]


def test_a_confirmed_correction_is_one_and_says_who_has_looked_at_it() -> None:
    """Promise: it takes the place of what was under review, quotes it, and is not headed by the end of a review."""
    corrected = DOUBTED.then(votes=TORY, confirmed=True)
    ((kind, priority, text, detail),) = said(DECLARED, DOUBTED, corrected)
    assert (kind, priority) == ("correction", 2)
    assert text == 'CORRECTION: Conservatives hold Testshire, not "Labour gains Testshire"'
    assert detail.endswith("A second person has confirmed it.")
    *_, doubt, last = headlines([one.event for one in (DECLARED, DOUBTED, corrected)])
    assert last.data.supersedes == doubt.id


def test_another_declaration_of_the_same_winner_ends_the_review_too() -> None:
    """Promise: it is said as loudly as the review, with the figures that have changed."""
    overtaken = DOUBTED.then(votes=LABOUR | {"bob": LABOUR["bob"] + 100})
    ((kind, priority, text, detail),) = said(DECLARED, DOUBTED, overtaken)
    assert (kind, priority, text) == ("review_ended", 2, 'REVIEW ENDED: "Labour gains Testshire" stands')
    assert "Bob Sample has 6,100 votes instead of 6,000. The result is no longer under review." in detail


def test_whatever_is_said_of_a_result_under_review_says_so() -> None:
    """Promise: another headline takes the place of the one that said it first, and does not hide it."""
    amended = DOUBTED.then(votes=LABOUR, amended=True, electorate=120_000, under_review=True)
    corrected = DOUBTED.then(votes=TORY, confirmed=True, under_review=True)
    for last in (amended, corrected):
        ((kind, _, _, detail),) = said(DECLARED, DOUBTED, last)
        assert kind == "correction"
        assert detail.endswith(f"{WAITS} and counts.")
        assert headlines([last.event])[-1].data.facts[-1] == "under_review"


def test_a_withdrawal_takes_back_what_was_under_review() -> None:
    """Promise: the result is quoted as it was said, not as it was doubted."""
    ((kind, _, text, _),) = said(DECLARED, DOUBTED, DOUBTED.then("withdrawn", reason="Synthetic"))
    assert (kind, text) == ("withdrawal", 'WITHDRAWN: "Labour gains Testshire"')


def test_a_review_is_news_of_the_seats_alone() -> None:
    """Promise: neither a swing nor a complete region is said again because a result is under review."""
    other = contest(name="Sampleford", ballot_id="pcc.sampleford.2030-05-02")
    regions = (progress("media-testing", "Media Testing", 2, 2), progress("uk", "United Kingdom", 2, 2))
    large = DECLARED.then(votes=LABOUR, amended=True, swing=swing(LAB, CON, 8.0))
    doubted = large.then(votes=LABOUR, amended=True, swing=swing(LAB, CON, 8.0), progress=regions, under_review=True)
    small = other.then(votes=LABOUR, swing=swing(LAB, CON, 3.0), progress=regions)
    assert [kind for kind, *_ in said(large, small, doubted)] == ["under_review"]


def test_a_long_name_is_still_said_to_be_under_review() -> None:
    """Promise: a headline fits, whatever else there is to tell of the seats."""
    name = "North Testing and South Sampleford with Newtown Regis"
    long = contest(name=name).then(votes=votes("bob", of=TESTSHIRE, margin=3))
    doubted = long.then(votes=votes("bob", of=TESTSHIRE, margin=3), amended=True, under_review=True)
    ended = doubted.then(votes=votes("bob", of=TESTSHIRE, margin=3), amended=True)
    for story in ((long, doubted), (long, doubted, ended)):
        ((_, _, text, _),) = said(*story)
        assert name in text
        assert len(text) <= TEXT_LENGTH_MAX


def test_several_seats_are_under_review_together() -> None:
    """Promise: whose seat is in doubt is not said: nobody may know before it is decided."""
    testward = ward(3, (CON, CON, CON))
    counted = votes("bobone", "bobtwo", "annone", of=testward)
    first = testward.then(votes=counted)
    ((_, _, text, _),) = said(first, first.then(votes=counted, amended=True, under_review=True))
    assert text == "UNDER REVIEW: Labour gains two seats in Testward from Conservatives"


def test_what_rests_on_results_under_review_says_how_many_there_are() -> None:
    """Promise: control, a landmark, a complete region, the end of the night: none hides that a result is in doubt."""
    regions = (progress("media-testing", "Media Testing", 9, 9), progress("uk", "United Kingdom", 14, 14))
    doubtful = tuple(
        region.model_copy(update={"under_review": number}) for region, number in zip(regions, (1, 2), strict=True)
    )
    details = {
        data.kind: data.detail
        for data in (one.data for one in headlines([contest(progress=doubtful).then(votes=LABOUR).event]))
    }
    assert details["region_complete"] == "Testshire was the last to declare; one result is under review."
    assert details["all_declared"] == "Testshire was the last to declare; two results are under review."
    parliament = Council(650, CON, "House of Tests", "parliament", landmarks=(326,)).then(LAB, 325).then(LAB, 1)
    before, now = parliament.states[-2:]
    now = now.model_copy(update={"data": now.data.model_copy(update={"under_review": 1})})
    found = [data for data in (one.data for one in headlines([before, now])) if data.result_id == now.id]
    assert {data.kind for data in found} == {"clinched", "landmark"}
    assert all(data.detail.endswith("; one result is under review.") for data in found)


def test_the_whole_story_from_the_ledger() -> None:
    """Promise: from the hold to its outcome each headline takes the place of the one before."""
    votes_by = {"ann-example": 20_000, "bob-sample": 21_000, "cay-specimen": 9_000}
    other = votes_by | {"ann-example": 22_000}
    start: list[LedgerEvent] = [
        register_event(synthetic_register()),
        declaration_event(BALLOT, votes_by, sequence=2),
        hold_event(BALLOT, sequence=3),
    ]
    rejected = [*start, confirmation_event(BALLOT, "reject", hold=3, sequence=4)]
    confirmed = [
        *start,
        confirmation_event(BALLOT, "confirm", hold=3, sequence=4, group_end=None),
        declaration_event(BALLOT, other, revision=2, sequence=5).model_copy(update={"confirmedby": "sam"}),
    ]
    for ledger, outcome in ((rejected, "review_ended"), (confirmed, "correction")):
        written = aggregate_and_notify(ledger)
        story = [event for event in written.streams["headlines"] if event["subject"] == BALLOT]
        assert [event["data"]["kind"] for event in story] == ["gain", "under_review", outcome]
        assert [event["data"]["supersedes"] for event in story] == [None, *(event["id"] for event in story[:-1])]
