"""Hundreds of headlines, held to the rules of the house style."""

import re

import pytest

from services.notify.rules.wording.english import TEXT_LENGTH_MAX, Spoken, agree, listed, number, place, seats
from tests.services.notify.headlines import headlines
from tests.services.notify.nights import night

SINGULAR = r"(?:Labour|SNP|Workers Party|The Speaker|Independent)"
PLURAL = r"(?:Conservatives|Liberal Democrats|Greens|Independents)"
VERB = r"(?:gain|hold|win|lose|clinch|reach|take|keep)"
QUOTED = re.compile(r'"[^"]*"')


@pytest.mark.parametrize("seed", range(12))
def test_every_headline_keeps_the_house_style(seed: int) -> None:
    """Promise: no stray blanks, no leaked nulls, capitals and full stops in place, verbs that agree, short texts."""
    said = headlines(night(seed))
    assert len(said) > 30
    for headline in said:
        text, detail = headline.data.text, headline.data.detail
        for words in (text, detail):
            assert not re.search(r"  |\b(?:None|null)\b|[{}\[\]]| [,.;:]|,,|\.\.|^ | $|PP\d|ynmp", words), words
            assert words[0].isupper() or words[0].isdigit(), words
        bare = QUOTED.sub("", text)
        assert not re.search(rf"(?<!and ){SINGULAR} {VERB}\b", bare), text
        assert not re.search(rf"{PLURAL} {VERB}(?:e?s)\b", bare), text
        assert len(text) <= TEXT_LENGTH_MAX, text
        assert not text.endswith("."), text
        assert detail.endswith("."), detail
        assert not re.search(r"\b(?:no|one) (?:votes|seats|contests|swings)\b", detail), detail
        assert not re.search(r"\b[02-9] (?:seats|votes)\b", detail), detail


def test_names_take_the_articles_that_they_are_spoken_with() -> None:
    """Promise: the SNP and the Workers Party, but Labour, UKIP and Plaid Cymru."""
    inside = {
        "Labour": "Labour",
        "SNP": "the SNP",
        "UKIP": "UKIP",
        "Plaid Cymru": "Plaid Cymru",
        "Workers Party": "the Workers Party",
        "Green Party Northern Ireland": "the Green Party Northern Ireland",
        "Alliance": "Alliance",
        "The Yorkshire Party": "the Yorkshire Party",
        "Independent Network": "the Independent Network",
    }
    assert {name: Spoken(name, plural=False).inside for name in inside} == inside
    assert Spoken("Conservatives", plural=True).inside == "the Conservatives"
    assert Spoken("Independent", plural=False, category="independent").inside == "an independent"
    assert Spoken("Speaker", plural=False, category="speaker").inside == "the Speaker"


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
