"""Regions, and the whole election, with every contest declared."""

from tests.services.notify.headlines import headlines, kinds_and_texts, texts
from tests.services.notify.occasion_events import LABOUR
from tests.services.notify.results import contest, progress


def test_a_region_is_complete_with_its_last_contest_and_not_before() -> None:
    """Promise: with one contest to come nothing is complete."""
    for declared, complete in ((8, False), (9, True)):
        last = contest(progress=(progress("north-testing", "North Testing", declared, 9),)).then(votes=LABOUR)
        assert ("region_complete" in dict(kinds_and_texts([last.event]))) == complete


def test_a_region_that_opens_again_is_taken_back_and_may_be_complete_again() -> None:
    """Promise: what was said of a region stands while it holds; one contest is no region."""
    whole = (progress("media-testing", "East Midlands", 2, 2), progress("lone", "Lone", 1, 1))
    partial = (progress("media-testing", "East Midlands", 1, 2), progress("lone", "Lone", 0, 1))
    done = contest(progress=whole).then(votes=LABOUR)
    gone = done.then("withdrawn", progress=partial)
    back = gone.then(votes=LABOUR, progress=whole)
    said = [one for one in headlines([done.event, gone.event, back.event]) if one.data.region is not None]
    assert [one.data.text for one in said] == [
        "Both contests in the East Midlands declared",
        "CORRECTION: 1 of 2 contests in the East Midlands declared",
        "Both contests in the East Midlands declared",
    ]
    assert [one.data.supersedes for one in said] == [None, said[0].id, said[1].id]
    assert said[1].data.detail == (
        'Testshire is still to be declared; "Both contests in the East Midlands declared" no longer stands.'
    )


def test_a_correction_does_not_say_again_that_all_is_declared() -> None:
    """Promise: a region that is the whole election, or is called as another one, stays said when it changes later."""
    whole = (
        progress("anglia", "Anglia", 3, 3),
        progress("itv-anglia", "Anglia", 3, 3),
        progress("wales", "Wales", 5, 5),
        progress("uk", "United Kingdom", 5, 5),
    )
    done = contest(progress=whole).then(votes=LABOUR)
    assert [one.data.kind for one in headlines([done.event])][1:] == ["region_complete", "all_declared"]
    again = done.then(votes={**LABOUR, "bob": LABOUR["bob"] + 9}, progress=whole)
    assert [one.data.region for one in headlines([done.event, again.event])].count(None) == 2
    assert len(headlines([done.event, again.event])) == 4, "one about the seats each, and nothing of regions again"


def test_regions_of_one_name_are_complete_in_one_headline() -> None:
    """Promise: an official region and a broadcaster's of the same name and size are not said twice."""
    twice = (progress("anglia", "Anglia", 3, 3), progress("itv-anglia", "Anglia", 3, 3))
    said = texts([contest(progress=twice).then(votes=LABOUR).event])
    assert said == ["Labour gains Testshire", "All three contests in Anglia declared"]


def test_a_postponement_may_complete_a_region() -> None:
    """Promise: when the last one outstanding is put off, nobody waits for it, and nobody is named as the last."""
    last = contest(progress=(progress("uk", "United Kingdom", 5, 5),)).then("postponed", reason="A candidate has died")
    headline = headlines([last.event])[1].data
    assert (headline.text, headline.detail) == (
        "All five contests declared",
        "No other contest is expected to declare now.",
    )
