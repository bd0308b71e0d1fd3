"""What the board says: words and figures, as a count of the same results by other means has them."""

import json
from collections import Counter
from typing import Any, Final

import pytest

from tallywire.publishing.board.colours import party_class
from tallywire.publishing.board.shown import difference
from tallywire.publishing.documents import View
from tests.tallywire.publishing.board.pages import at, rows, shown, words
from tests.tallywire.publishing.histories import of_pack, strange_night, view

COMMONS: Final = "parl.2024-07-04"
COMMISSIONERS: Final = "pcc.2024-05-02"

Figures = dict[str, tuple[int, int, int, int]]
"""Seats won, gained and lost, and votes, by party."""


def counted(one: View, region: str) -> tuple[int, Figures]:
    """Return contests declared and each party's figures, counted from the results themselves."""
    last: dict[str, dict[str, Any]] = {}
    for event in one.history.events["results"][: one.moment.cursor.results]:
        if event.type == "result":
            data = json.loads(event.content)["data"]
            last[data["ballot_id"]] = data
    here = [data for data in last.values() if data["counts"] and region in data["regions"]]
    won, gained, lost, votes = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for data in here:
        won.update(data["parties_elected"])
        outcome = data["outcomes"][data["headline_baseline"]] or {"gained": {}, "lost": {}}
        gained.update(outcome["gained"])
        lost.update(outcome["lost"])
        for candidate in data["candidates"]:
            votes[data["parties"][candidate["party"]]["counts_as"]] += candidate["votes"] or 0
    parties = {*won, *gained, *lost, *votes}
    return len(here), {party: (won[party], gained[party], lost[party], votes[party]) for party in parties}


@pytest.mark.parametrize(
    ("election", "time", "region"),
    [
        (COMMONS, "2024-07-05T02:00:00+01:00", "uk"),
        (COMMONS, "2024-07-05T06:08:00+01:00", "scotland"),
        (COMMONS, None, "uk"),
        (COMMISSIONERS, None, "itv-anglia"),
    ],
)
def test_the_figures_of_the_parties_are_those_of_the_results(election: str, time: str | None, region: str) -> None:
    """Promise: seats won, gained, lost and net, votes and shares are those of the results; others are added up."""
    one = at(of_pack(election), time) if time else view(of_pack(election))
    declared, figures = counted(one, region)
    page = shown(one, "/regions/{slug}", slug=region)
    assert words(page.parts["count"]).startswith(f"{declared} of ")
    listed = rows(page.parts["parties"])
    total = sum(votes for *_, votes in figures.values())
    named = {party_class(party): party for party in figures if party_class(party) in listed}
    others = sum(votes for party, (*_, votes) in figures.items() if party_class(party) not in listed)

    def cells(won: int, gained: int, lost: int, votes: int) -> list[str]:
        net = f"{gained - lost:+}".replace("-", "−") if gained != lost else "0"
        share = f"{100 * votes / total:.1f}" if votes else "–"
        return [str(won), str(gained), str(lost), net, f"{votes:,}" if votes else "–", share]

    assert {name: listed[name][1:] for name in named} == {name: cells(*figures[party]) for name, party in named.items()}
    assert listed["p-oth"][1:] == cells(0, 0, 0, others)
    # Who has no row has won and lost nothing.
    assert not any(won or lost for party, (won, _, lost, _) in figures.items() if party not in named.values())
    silent = set(listed) - set(named) - {"p-oth"}
    assert all(listed[name][1:] == ["0", "0", "0", "0", "–", "–"] for name in silent)


def test_the_sentence_says_who_leads_what_is_missing_and_what_is_certain() -> None:
    """Promise: under the title stands what people came for."""
    night = of_pack(COMMONS)

    def lead(time: str) -> str:
        return words(shown(at(night, time)).parts["lead"])

    assert lead("2024-07-04T23:00:00+01:00") == "None of 650 contests has declared yet."
    assert lead("2024-07-05T02:00:00+01:00") == (
        "Labour 11, Liberal Democrats 1. 638 of 650 contests have not declared, and nobody is certain of a majority."
    )
    assert lead("2024-07-05T05:40:00+01:00").endswith(
        "The Conservatives can no longer reach a majority; nobody is certain of it."
    )
    assert lead("2024-07-05T06:10:00+01:00").endswith("but Labour is certain of a majority.")
    assert words(shown(view(night)).parts["lead"]) == (
        "Labour takes the House of Commons from the Conservatives: 411 of 650 seats, a majority of 172. "
        "Seven declarations were corrected."
    )
    anglia = shown(view(of_pack(COMMISSIONERS)), "/regions/{slug}", slug="itv-anglia")
    assert words(anglia.parts["lead"]) == "Conservatives 6, Labour 3. Labour gained 3, all from the Conservatives."


def test_the_majority_has_a_line_only_where_there_is_one_to_reach() -> None:
    """Promise: the bar is as long as all seats; only a whole parliament or council has a majority line."""
    night = of_pack(COMMONS)
    whole = shown(at(night, "2024-07-05T02:00:00+01:00")).parts["seats"]
    assert "326 for a majority" in words(whole)
    assert 'viewBox="0 0 650 40"' in whole
    assert 'class="line"' in whole
    for part in (
        shown(view(night), "/regions/{slug}", slug="wales"),
        shown(view(of_pack(COMMISSIONERS))),
        shown(view(strange_night())),
    ):
        assert 'class="line"' not in part.parts["seats"]


def test_control_says_what_is_certain_since_when_and_by_which_declaration() -> None:
    """Promise: before, now, and the declarations that settled it; the strip marks them and links to their moments."""
    one = view(of_pack(COMMONS))
    page = shown(one)
    said = words(page.parts["control"])
    assert "Before Conservatives, 372 of 650 seats (notional)" in said
    assert "Labour majority, certain since 06:08 BST on 5 July 2024, with 167 seats still to come" in said
    assert "Labour certain of a majority, with Halifax" in said
    assert "Conservatives can no longer reach 326, with York Central" in said
    strip = page.parts["night-known"]
    assert strip.count("<line") == 2
    assert strip.count("stroke-dasharray") == 1
    clinched = at(one.history, "2024-07-05T06:08:59+01:00").moment.cursor
    assert f"?at={clinched}" in page.parts["night-links"]


def test_a_page_of_the_past_shows_the_whole_night_and_its_links_stay() -> None:
    """Promise: at 02:00 what came later is marked on the strip; every link within the election keeps the moment."""
    one = at(of_pack(COMMONS), "2024-07-05T02:00:00+01:00")
    page = shown(one).page()
    assert "06:08 Labour certain" in words(page)
    assert f'href="/elections/{COMMONS}/regions/wales?at={one.moment.cursor}"' in page
    assert f'href="/elections/{COMMONS}/regions/wales"' not in page
    assert "data-live" not in page


def test_what_one_declaration_brought_about_is_one_story() -> None:
    """Promise: seat first, further facts below it in the same row; what is taken back or replaced is linked."""
    last = words(shown(view(of_pack(COMMISSIONERS))).parts["headlines"]).split("number ")[1]
    assert last.startswith("17 Conservatives hold Thames Valley by 2,343 votes")
    assert last.index("All 14 contests declared") > last.index("Matthew Barber keeps")
    html = shown(view(strange_night())).parts["headlines"]
    taken_back = next(item for item in html.split("<li ") if "Withdrawn" in item)
    assert "Takes back" in taken_back
    corrected = next(item for item in html.split("<li ") if ">Correction<" in item)
    number = corrected.partition('id="hl-')[2].partition('"')[0]
    assert f"/headlines#hl-{number}" in taken_back
    assert "Replaces" in corrected
    assert "CORRECTION" not in words(corrected).partition("Taken back")[0]


def test_many_amendments_of_a_day_are_one_line() -> None:
    """Promise: the amendments of a day are folded; their text is there, and none has a row of its own besides."""
    one = view(of_pack(COMMONS))
    html = shown(one, "/headlines").parts["headlines"]
    amended = [each for each in one.headlines() if each.kind == "correction" and each.priority == 5]
    assert words(html).count(f"{len(amended)} details corrected, winners unchanged") == 1
    assert all(html.count(f'id="hl-{each.sequence}"') == 1 for each in amended)


def test_every_moment_is_reached_by_what_differs() -> None:
    """Promise: a page that takes what differs from moment to moment is the page of the last one."""
    night = strange_night()
    places = range(2, len(night.moments))
    for suffix, names in (("", {}), ("/bodies/{slug}", {"slug": "strange"}), ("/headlines", {})):
        followed = dict(shown(view(night, 2), suffix, **names).parts)
        for place in places:
            changed = difference(
                shown(view(night, place - 1), suffix, **names), shown(view(night, place), suffix, **names)
            )
            followed |= {name: html for name, html in changed.items() if html is not None}
            assert None not in changed.values(), "a part that goes has no place to come back to"
        assert followed == shown(view(night), suffix, **names).parts


def test_names_are_written_and_never_run() -> None:
    """Promise: what a ballot paper says is text on every page, whatever it says."""
    for suffix, names in (("", {}), ("/bodies/{slug}", {"slug": "strange"}), ("/headlines", {})):
        page = shown(view(strange_night()), suffix, **names).page()
        assert "<script>alert" not in page
        assert "<b>Sons" not in page
        assert "<Strange>" not in page
