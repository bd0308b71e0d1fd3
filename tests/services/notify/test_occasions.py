"""Every occasion for a headline: said as the table has it."""

from collections.abc import Sequence
from typing import get_args

import pytest

from schemas.events import ResultsEvent
from schemas.headline import Fact, Kind
from services.notify.rules.occasions import Occasion
from tests.services.notify.headlines import headlines
from tests.services.notify.headlines_document import DOCUMENT, headlines_document
from tests.services.notify.occasion_events import EVENTS

IDS = [occasion.name for occasion in EVENTS]


@pytest.mark.parametrize(("occasion", "events"), EVENTS.items(), ids=IDS)
def test_the_example_of_the_table_is_really_said(occasion: Occasion, events: Sequence[ResultsEvent]) -> None:
    """Promise: each row's example is the rules' own, with its kind and its priority."""
    row = occasion.value
    said = [(headline.data.kind, headline.data.priority, headline.data.text) for headline in headlines(events)]
    assert (row.kind, row.priority, row.example) in said


def test_every_kind_has_a_row_and_every_row_an_example() -> None:
    """Promise: the tables of kinds and of facts are complete, and list no kind that is never said."""
    assert {occasion.value.kind for occasion in Occasion} == set(get_args(Kind))
    assert EVENTS.keys() == set(Occasion)
    document = headlines_document()
    assert [fact for fact in get_args(Fact) if f"\n| `{fact}` |" not in document] == []


def test_a_result_has_one_headline_about_its_seats_and_it_comes_first() -> None:
    """Promise: the first one of a result is about its seats, and no other is, whatever else there is to say."""
    of_seats = {occasion.value.kind for occasion in Occasion if occasion.value.about == "seats"}
    for events in EVENTS.values():
        said = headlines(events)
        for result in (event for event in events if event.type == "tallywire.result.v1"):
            first, *others = (headline.data for headline in said if headline.data.result_id == result.id)
            assert first.kind in of_seats
            assert all(other.kind not in of_seats - {"correction"} for other in others)


def test_headlines_have_ids_of_their_own_and_name_their_cause() -> None:
    """Promise: no two headlines share an id; each carries its cause's id, time and test flag, and where it is news."""
    for events in EVENTS.values():
        said = headlines(events)
        causes = {event.id: event for event in events}
        assert len({headline.id for headline in said}) == len(said)
        for headline in said:
            cause, data = causes[headline.data.result_id], headline.data
            assert (headline.time, headline.test) == (cause.time, cause.test)
            assert headline.subject == (data.ballot_id or data.body or data.region)
            assert "uk" in data.regions


def test_the_document_shows_the_table() -> None:
    """Promise: docs/headlines.md has every kind with its priority and its example, and every field of the data."""
    written = DOCUMENT.read_text(encoding="utf-8") if DOCUMENT.exists() else ""
    assert written == headlines_document(), (
        "docs/headlines.md is stale: python -m tests.services.notify.headlines_document"
    )
