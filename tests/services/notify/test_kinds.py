"""Every kind of headline: said on its occasion, in the words of the table."""

from collections.abc import Sequence
from typing import get_args

import pytest

from schemas.headline import Kind
from services.notify.rules.occasions import KINDS, Case
from tests.services.notify.headlines_document import DOCUMENT, headlines_document
from tests.services.notify.occasions import OCCASIONS
from tests.services.notify.telling import News, tell


@pytest.mark.parametrize(("case", "events"), OCCASIONS.items(), ids=OCCASIONS)
def test_the_example_of_the_table_is_really_said(case: Case, events: Sequence[News]) -> None:
    """Promise: each row's example is the rules' own, with its kind and its priority."""
    sort = KINDS[case]
    said = [(headline.data.kind, headline.data.priority, headline.data.text) for headline in tell(events)]
    assert (sort.kind, sort.priority, sort.example) in said


def test_every_kind_has_a_row_and_every_row_an_occasion() -> None:
    """Promise: the table is complete, and lists nothing that is never said."""
    assert {sort.kind for sort in KINDS.values()} == set(get_args(Kind))
    assert list(KINDS) == list(get_args(Case))
    assert OCCASIONS.keys() == KINDS.keys()


@pytest.mark.parametrize("events", OCCASIONS.values(), ids=OCCASIONS)
def test_a_result_has_one_headline_about_its_seats_and_it_comes_first(events: Sequence[News]) -> None:
    """Promise: exactly one of the kinds of seats for each result, whatever else there is to say."""
    of_seats = {sort.kind for sort in list(KINDS.values())[: list(KINDS).index("first_time")]}
    results = [event for event in events if event.type == "tallywire.result.v1"]
    headlines = tell(events)
    for result in results:
        kinds = [headline.data.kind for headline in headlines if headline.data.result_id == result.id]
        assert [kind in of_seats for kind in kinds] == [True] + [False] * (len(kinds) - 1)


def test_headlines_have_ids_of_their_own_and_name_their_cause() -> None:
    """Promise: no two headlines share an id; each carries its cause's id, time and test flag, and where it is news."""
    for events in OCCASIONS.values():
        headlines = tell(events)
        causes = {event.id: event for event in events}
        assert len({headline.id for headline in headlines}) == len(headlines)
        for headline in headlines:
            cause = causes[headline.data.result_id]
            assert (headline.time, headline.test) == (cause.time, cause.test)
            assert headline.subject in (headline.data.ballot_id, headline.data.body, *headline.data.regions)
            assert "uk" in headline.data.regions


def test_the_document_shows_the_table() -> None:
    """Promise: docs/headlines.md has every kind with its priority and its example."""
    written = DOCUMENT.read_text(encoding="utf-8") if DOCUMENT.exists() else ""
    assert written == headlines_document(), (
        "docs/headlines.md is stale: python -m tests.services.notify.headlines_document"
    )
