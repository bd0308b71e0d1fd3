"""Regions, and the whole election, with every contest declared."""

from tests.services.notify.headlines import headlines, kinds_and_texts
from tests.services.notify.occasion_events import LABOUR
from tests.services.notify.results import contest, progress


def test_a_region_is_complete_with_its_last_contest_and_not_before() -> None:
    """Promise: with one contest to come nothing is complete."""
    for declared, complete in ((8, False), (9, True)):
        last = contest(progress=(progress("north-testing", "North Testing", declared, 9),)).then(votes=LABOUR)
        assert ("region_complete" in dict(kinds_and_texts([last.event]))) == complete


def test_a_region_is_complete_once() -> None:
    """Promise: a withdrawal reopens it, and its completion is not announced a second time; one contest is no region."""
    whole = (progress("media-testing", "East Midlands", 2, 2), progress("lone", "Lone", 1, 1))
    partial = (progress("media-testing", "East Midlands", 1, 2),)
    done = contest(progress=whole).then(votes=LABOUR)
    gone = done.then("withdrawn", progress=partial)
    back = gone.then(votes=LABOUR, progress=whole)
    kinds = kinds_and_texts([done.event, gone.event, back.event])
    assert [text for kind, text in kinds if kind == "region_complete"] == [
        "Both contests in the East Midlands declared"
    ]


def test_a_postponement_may_complete_a_region() -> None:
    """Promise: when the last one outstanding is put off, nobody waits for it, and nobody is named as the last."""
    last = contest(progress=(progress("uk", "United Kingdom", 5, 5),)).then("postponed", reason="A candidate has died")
    headline = headlines([last.event])[1].data
    assert (headline.text, headline.detail) == (
        "All five contests declared",
        "No other contest is expected to declare now.",
    )
