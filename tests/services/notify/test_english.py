"""Hundreds of headlines, held to the laws of the house style."""

import re

import pytest
from structlog.testing import capture_logs

from services.notify.rules.memory import Memory
from services.notify.rules.wording.english import TEXT_LENGTH_MAX, Spoken, agree, listed, number, place, seats
from services.notify.service import WIRING, notify_of_results
from streams.fold import Entry, fold
from tests.services.folding import with_restarts, without_restarts
from tests.services.notify.nights import night
from tests.services.notify.telling import tell

SINGULAR = r"(?:Labour|SNP|Workers Party|The Speaker|Independent)"
PLURAL = r"(?:Conservatives|Liberal Democrats|Greens|Independents)"
VERB = r"(?:gain|hold|win|lose|clinch|reach|take|keep)"
QUOTED = re.compile(r'"[^"]*"')


@pytest.mark.parametrize("seed", range(12))
def test_every_headline_keeps_the_house_style(seed: int) -> None:
    """Promise: no stray blanks, no leaked nulls, capitals and full stops in place, verbs that agree, short texts."""
    headlines = tell(night(seed))
    assert len(headlines) > 40
    for headline in headlines:
        text, detail = headline.data.text, headline.data.detail
        for said in (text, detail):
            assert not re.search(r"  |\b(?:None|null)\b|[{}\[\]]| [,.;:]|,,|\.\.|^ | $|PP\d|ynmp", said), said
            assert said[0].isupper() or said[0].isdigit() or said.startswith("FLASH"), said
        bare = QUOTED.sub("", text)
        assert not re.search(rf"(?<!and ){SINGULAR} {VERB}\b", bare), text
        assert not re.search(rf"{PLURAL} {VERB}(?:e?s)\b", bare), text
        assert len(text) <= TEXT_LENGTH_MAX, text
        assert not text.endswith("."), text
        assert detail.endswith("."), detail
        assert not re.search(r"\b(?:no|one) (?:votes|seats|contests|swings)\b", detail), detail
        assert not re.search(r"\b[02-9] (?:seats|votes)\b", detail), detail


@pytest.mark.parametrize("seed", range(6))
def test_a_restored_memory_goes_on_as_if_it_had_never_stopped(seed: int) -> None:
    """Promise: started again before every event, notify says what it says when it is never stopped."""
    events = [event.encode() for event in night(seed)]
    assert with_restarts(WIRING, notify_of_results, events) == without_restarts(WIRING, notify_of_results, events)


def test_an_event_of_an_unknown_type_is_passed_over() -> None:
    """Promise: of a type that only a later release knows nothing is said and nothing parked; the log has a line."""
    strange = Entry("1-0", {b"data": b'{"type":"tallywire.weather.v1"}'})
    known = Entry("2-0", {b"data": night(1)[0].encode()})
    with capture_logs() as logs:
        batch = fold(WIRING, notify_of_results, Memory("synthetic"), [strange, known])
    assert {emission.stream for emission in batch.emissions} == {"headlines"}
    assert [(line["event"], line["entry"]) for line in logs] == [("entry.passed_over", "1-0")]


def test_names_take_the_articles_that_they_are_spoken_with() -> None:
    """Promise: the SNP and the Workers Party, but Labour, UKIP and Plaid Cymru."""
    inside = {
        "Labour": "Labour",
        "SNP": "the SNP",
        "UKIP": "UKIP",
        "Plaid Cymru": "Plaid Cymru",
        "Workers Party": "the Workers Party",
        "Alliance": "Alliance",
        "The Speaker": "the Speaker",
        "Independent": "an independent",
    }
    assert {name: Spoken(name, plural=False).inside for name in inside} == inside
    assert Spoken("Conservatives", plural=True).inside == "the Conservatives"


def test_numbers_lists_verbs_and_places() -> None:
    """Promise: the small parts of English that every sentence is made of."""
    assert [number(count) for count in (1, 9, 10, 1_084)] == ["one", "nine", "10", "1,084"]
    assert [seats(count) for count in (1, 2)] == ["a seat", "two seats"]
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert [agree(verb, plural=False) for verb in ("gain", "reach", "have", "be")] == ["gains", "reaches", "has", "is"]
    regions = ("South West", "East of England", "House of Commons", "Senedd", "ITV Anglia", "South Yorkshire")
    assert [place(name) for name in regions] == [
        *("the South West", "the East of England", "the House of Commons", "the Senedd"),
        *("ITV Anglia", "South Yorkshire"),
    ]
