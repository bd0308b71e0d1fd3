"""Control of councils and parliaments, in the order in which it becomes certain."""

import random
import re
from dataclasses import replace

from schemas.control import Control
from tests.services.notify.councils import NOC, Council
from tests.services.notify.headlines import headlines, texts
from tests.services.notify.results import CON, GREEN, IND, LAB, LD, PARTIES, SNP, contest

OPEN_AGAIN = "CORRECTION: control of Testing is open again"

CLAIM = re.compile(r", not \".*|,? with (?:.* on )?[0-9]+ seats, not [0-9]+$|, with seat totals corrected$")
"""What a correction says besides what is true now."""


def after(council: Council, *parties: str) -> Council:
    """Return the council after one seat each for these parties."""
    for party in parties:
        council = council.then(party)
    return council


def test_lost_at_certainty_then_clinched_then_gained() -> None:
    """Promise: each step once, at the first declaration that makes it certain."""
    council = after(Council(7, CON), LAB, LD, LAB)
    assert texts(council.states) == []
    council = after(council, GREEN)
    assert texts(council.states)[-1] == "Conservatives lose control of Testing"
    council = after(council, LAB, LAB, LAB)
    assert texts(council.states) == [
        "Conservatives lose control of Testing",
        "Labour clinches control of Testing",
        "Labour gains Testing from Conservatives",
    ]


def test_a_clinch_that_is_also_a_loss_is_one_headline() -> None:
    """Promise: who takes control says by that who lost it."""
    assert texts(after(Council(7, CON), LAB, LAB, LAB, LAB, CON, CON, CON).states) == [
        "Labour clinches control of Testing",
        "Labour gains Testing from Conservatives",
    ]


def test_lost_to_nobody_is_one_headline() -> None:
    """Promise: when the loss makes it certain that nobody has a majority, it is said at once, and once."""
    assert texts(after(Council(6, CON), CON, CON, LAB, LAB, LD, CON).states) == [
        "Conservatives lose Testing to no overall control",
        "Conservatives are the largest party in Testing, under no overall control",
    ]
    assert texts(after(Council(2, CON), CON, LAB).states) == ["Conservatives lose Testing to no overall control"]


def test_lost_and_then_nobody_gains_it() -> None:
    """Promise: after a loss that left it open, the end says that it was lost to nobody, and repeats nothing."""
    assert texts(after(Council(9, CON), LAB, LAB, LD, LD, LD, LD, LAB, CON, CON).states) == [
        "Conservatives lose control of Testing",
        "Conservatives lose Testing to no overall control",
    ]


def test_nothing_changes() -> None:
    """Promise: a council that stays hung is news at its end; parties that are level are not called largest."""
    assert texts(after(Council(4, NOC), CON, CON, LAB, LD).states) == [
        "Testing stays under no overall control, with Conservatives the largest party"
    ]
    assert texts(after(Council(4, NOC), CON, CON, LAB, LAB).states) == [
        "Testing stays under no overall control, with Conservatives and Labour level"
    ]


def test_that_nobody_can_win_is_said_when_it_is_certain() -> None:
    """Promise: no overall control and a hung parliament are certain, like a majority, before the last declaration.

    At the end the largest party is said besides.
    """
    council = after(Council(6, NOC), LAB, LAB, CON, CON, LD)
    assert texts(council.states) == ["Testing stays under no overall control"]
    said = headlines(after(council, LD).states)
    assert (said[0].data.kind, said[0].data.priority) == ("no_overall_control", 3)
    assert said[0].data.detail == (
        "No party can win a majority any more: Conservatives 2, Labour 2, Liberal Democrats 1, of six seats; four make "
        "a majority, with one still to be declared."
    )
    assert [one.data.text for one in said[1:]] == ["Testing stays under no overall control, with three parties level"]
    commons = Council(9, LAB, "House of Tests", "parliament")
    commons = after(commons, CON, CON, CON, GREEN, GREEN, LAB, LAB, GREEN)
    assert texts(commons.states) == [
        "Labour loses its majority in the House of Tests",
        "Hung parliament: no party can win a majority in the House of Tests",
    ]
    assert texts(after(commons, CON).states)[2:] == [
        "Hung parliament, with Conservatives the largest party in the House of Tests"
    ]
    lost = after(Council(9, CON), LAB, LAB, LAB, LD, LD, LD, CON, CON)
    assert texts(lost.states)[-2:] == [
        "Conservatives lose control of Testing",
        "Conservatives lose Testing to no overall control",
    ]


def test_the_seats_said_at_the_end_are_corrected_though_control_is_the_same() -> None:
    """Promise: totals are a claim like any other; one that is to be declared again takes the end back."""
    council = after(Council(5, LAB), LAB, LAB, LAB, LAB, CON)
    corrected = council.correct(LAB, CON)
    assert texts(corrected.states) == [
        "Labour clinches control of Testing",
        "Labour holds Testing",
        "CORRECTION: Labour holds Testing with 3 seats, not 4",
    ]
    said = headlines(corrected.states)
    assert said[2].data.supersedes == said[1].id
    assert said[2].data.detail.endswith("three make a majority. Corrected: Labour 3, not 4; Conservatives 2, not 1.")
    assert texts(council.correct(CON, GREEN).states)[2:] == [
        "CORRECTION: Labour holds Testing, with seat totals corrected"
    ]
    again = council.then(CON, -1).then(GREEN)
    assert texts(again.states)[2:] == [
        "CORRECTION: Labour holds Testing, with one seat to come",
        "Labour holds Testing",
    ]
    hung = after(Council(11, NOC), CON, CON, CON, CON, CON, LAB, LAB, LAB, LD, LD, LD).correct(CON, GREEN)
    assert texts(hung.states)[-1] == (
        "CORRECTION: Testing stays under no overall control, with Conservatives on 4 seats, not 5"
    )
    commons = after(Council(8, LAB, "House of Commons", "parliament"), CON, CON, CON, CON, LAB, LAB, LD, GREEN)
    assert texts(commons.correct(LAB, LD).correct(CON, GREEN).states)[-2:] == [
        "CORRECTION: Hung parliament in the House of Commons, with seat totals corrected",
        "CORRECTION: Hung parliament in the House of Commons, with Conservatives on 3 seats, not 4",
    ]
    hung = after(Council(4, NOC), CON, CON, LAB, LD)
    assert texts(hung.correct(LD, LAB).correct(LAB, LD).states)[1:] == [
        "CORRECTION: Testing stays under no overall control, with Conservatives and Labour level",
        "CORRECTION: Testing stays under no overall control, with Conservatives the largest party",
    ]
    assert texts(hung.correct(LAB, LD).correct(LD, GREEN).states)[2:] == [
        "CORRECTION: Testing stays under no overall control, with Conservatives the largest party"
    ]


def test_certain_before_the_first_declaration_is_clinched_by_nobody() -> None:
    """Promise: a majority among the seats not up is no news until the council is complete."""
    council = Council(9, CON, not_up={CON: 5})
    assert texts(after(council, LAB, LAB, LAB).states) == []
    assert texts(after(council, LAB, LAB, LAB, LAB).states) == ["Conservatives hold Testing"]


def test_where_nobody_knows_who_had_control_a_majority_is_said_once() -> None:
    """Promise: no gain and no hold is made up."""
    assert texts(after(Council(3, None), LAB, LAB, LAB).states) == ["Labour clinches control of Testing"]
    assert texts(after(Council(2, None), LAB, LAB).states) == ["Labour wins control of Testing"]
    assert texts(after(Council(2, None), LAB, CON).states) == [
        "Testing is under no overall control, with Conservatives and Labour level"
    ]
    again = after(Council(3, None), LAB, LAB, LAB).then(LAB, -1).then(CON)
    assert texts(again.states) == ["Labour clinches control of Testing"]


def test_a_withdrawal_that_undoes_a_clinch_is_said_once_and_it_may_be_clinched_again() -> None:
    """Promise: taken back once, and said again when it is certain again."""
    council = after(Council(9, NOC), *[LAB] * 5).then(LAB, -1).then(CON).then(CON, -1)
    assert texts(council.states) == ["Labour clinches control of Testing", OPEN_AGAIN]
    assert texts(after(council, LAB).states)[2:] == ["Labour clinches control of Testing"]


def test_a_loss_that_is_taken_back_may_be_said_again() -> None:
    """Promise: open again means that nothing said about control stands, and whatever becomes certain is said anew."""
    council = after(Council(7, CON), LAB, LD, LAB, GREEN, LAB, LAB)
    assert texts(council.states) == ["Conservatives lose control of Testing", "Labour clinches control of Testing"]
    council = council.then(LAB, -1).then(LAB, -1).then(LAB, -1)
    assert texts(council.states)[2:] == [
        "CORRECTION: control of Testing is open again; Conservatives have lost it",
        OPEN_AGAIN,
    ]
    assert texts(after(council, GREEN).states)[4:] == ["Conservatives lose control of Testing"]


def test_a_loss_that_is_still_certain_is_not_taken_back_with_who_gained() -> None:
    """Promise: where only the winner is open again, the correction says that the holder has lost, and it stands."""
    council = after(Council(6, CON), CON, CON, LAB, LAB, LD)
    assert texts(council.states) == ["Conservatives lose Testing to no overall control"]
    council = council.correct(CON, LAB)
    correction = headlines(council.states)[-1].data
    assert correction.text == "CORRECTION: control of Testing is open again; Conservatives have lost it"
    assert [loser.party for loser in correction.losers] == [CON]
    assert correction.detail.endswith('"Conservatives lose Testing to no overall control" no longer stands.')
    assert texts(council.then(LAB).states)[2:] == ["Labour gains Testing from Conservatives"]
    commons = after(Council(7, LAB, "House of Tests", "parliament"), CON, CON, CON, CON, GREEN).correct(CON, GREEN)
    assert texts(commons.states)[-1] == (
        "CORRECTION: the majority in the House of Tests is open again; Labour has lost its own"
    )


def test_a_correction_that_gives_control_to_somebody_else_says_both() -> None:
    """Promise: what no longer holds is quoted beside what does, in the text or else in the detail."""
    council = after(Council(3, NOC), LAB, LAB, CON).correct(LAB, CON)
    correction = headlines(council.states)[-1].data
    assert correction.text == "CORRECTION: Conservatives gain Testing from no overall control"
    assert correction.detail.endswith('; "Labour gains Testing from no overall control" no longer stands.')
    council = after(Council(3, CON), CON, CON, LAB).correct(CON, LAB)
    assert texts(council.states)[-1] == (
        'CORRECTION: Labour gains Testing from Conservatives, not "Conservatives hold Testing"'
    )


def test_a_correction_that_makes_another_party_largest_says_so() -> None:
    """Promise: a hung council's largest party is never left wrong."""
    council = after(Council(8, NOC), CON, CON, CON, LAB, LAB, LD, LD, GREEN).correct(CON, LAB)
    assert texts(council.states)[1:] == [
        "Testing stays under no overall control, with Conservatives the largest party",
        "CORRECTION: Testing stays under no overall control, with Labour the largest party",
    ]


def test_a_postponed_ward_leaves_the_majority_as_it_is() -> None:
    """Promise: with one seat vacant, half of all seats are still no majority."""
    council = after(Council(4, CON), CON, CON, LAB).postpone()
    assert texts(council.states) == ["Conservatives lose Testing to no overall control"]
    assert headlines(council.states)[-1].data.detail.startswith(
        "Conservatives 2, Labour 1, of four seats, one of them vacant"
    )


def test_a_landmark_is_said_once_unless_it_is_taken_back() -> None:
    """Promise: reached, passed in silence, taken back, reached again."""
    council = Council(9, None, landmarks=(2, 3))
    council = after(council, LAB, LAB, LAB, CON).then(LAB, -1).then(CON).then(LAB).then(LAB)
    assert texts(council.states) == [
        "Labour reaches 2 seats in Testing",
        "Labour reaches 3 seats in Testing",
        "CORRECTION: Labour is back below 3 seats in Testing",
        "Conservatives reach 2 seats in Testing",
        "Labour reaches 3 seats in Testing",
    ]


def test_a_first_seat_may_be_a_landmark() -> None:
    """Promise: one seat is one seat, reached and taken back."""
    council = after(Council(9, None, landmarks=(1,)), GREEN)
    assert texts(council.then(GREEN, -1).states) == [
        "Greens reach 1 seat in Testing",
        "CORRECTION: Greens are back below 1 seat in Testing",
    ]


def test_a_body_is_news_where_all_its_contests_are() -> None:
    """Promise: a council's control is news in its own region and nowhere that only some of its wards lie."""
    wards = [
        contest(ballot_id=f"local.testing.{name}.2030-05-02", body="testing", regions=(*regions, "uk"))
        for name, regions in {"a": ("testing", "north"), "b": ("testing", "south")}.items()
    ]
    results = [ward.then(votes={"bob": 300, "ann": 100}).event for ward in wards]
    council = after(Council(2, NOC), LAB, LAB)
    said = headlines([results[0], council.states[1], results[1], council.states[2]])[-1].data
    assert (said.kind, said.regions, said.body) == ("control_gained", ("testing", "uk"), "testing")


def holds(text: str, control: Control) -> bool:
    """Return whether a headline about control is true of a state of control."""
    by_name = {named.spoken: party for party, named in PARTIES.items()}
    for name, party in by_name.items():
        if text.startswith(name):
            if "control of" in text and "lose" not in text:
                return control.now == party
            if "to no overall control" in text:
                return control.now == NOC and control.holder_lost
            if "lose" in text:
                return control.holder_lost and control.before == party
            if "largest party" in text:
                return control.now == NOC and (control.largest == party or not control.final)
            return control.now == party
    return control.now == NOC


def test_whatever_happens_no_headline_is_repeated_and_none_is_left_wrong() -> None:
    """Promise: what was said and not taken back is true, and nothing is said twice unless it was taken back between.

    Over 300 nights of declarations, withdrawals and corrections.
    """
    for seed in range(300):
        _play(random.Random(seed))


def _play(chance: random.Random) -> None:
    seats = chance.randint(2, 9)
    parties = chance.sample([CON, LAB, LD, GREEN], k=chance.randint(2, 4))
    council = Council(seats, chance.choice([*parties, NOC, None]))
    standing: list[str] = []
    said: list[str] = []
    for _ in range(3 * seats):
        state = council.event.data
        declared = [party for party, number in council.declared.items() if number]
        mishap = declared and chance.random() < 0.2
        if mishap and chance.random() < 0.5:
            council = council.then(chance.choice(declared), -1)
        elif mishap:
            council = council.correct(chance.choice(declared), chance.choice(parties))
        elif state.undeclared:
            council = council.then(chance.choice(parties))
        else:
            continue
        now = texts(council.states)
        new, said = now[len(said) :], now
        assert len(new) <= 1, new
        for text in new:
            if text.startswith("CORRECTION: "):
                standing = []
                text = CLAIM.sub("", text.removeprefix("CORRECTION: "))  # noqa: PLW2901  # the claim in it
            assert text not in standing, said
            # What is to come is said again once it is declared.
            if "is open again" not in text and "to come" not in text:
                standing.append(text)
        assert all(holds(text, council.event.data) for text in standing), (said, council.event.data)


def proportional(seats: int, before: str, *declared: tuple[str, int], **fields: object) -> Council:
    """Return a body that is elected by proportion, after these seats."""
    given = {"name": "Testshire", "changed": {SNP: 3, LAB: -3}} | fields
    body = Council(seats, before, **given)  # type: ignore[arg-type]  # the fields are the class's own
    for party, number in declared:
        body = body.then(party, number)
    return body


HUNG = proportional(40, NOC, (LAB, 10), (SNP, 19), (CON, 11))


def test_where_no_majority_is_usual_the_largest_party_leads() -> None:
    """Promise: its seats and its change; two that are level are said so; independents are a group."""
    assert texts(HUNG.states) == ["SNP largest party in Testshire with 19 seats, up three; no overall control"]
    level = proportional(40, NOC, (LAB, 14), (SNP, 14), (CON, 12))
    assert texts(level.states) == ["Labour and SNP level in Testshire with 14 seats each; no overall control"]
    group = proportional(40, NOC, (LAB, 12), (IND, 18), (CON, 10), changed={IND: -1})
    assert texts(group.states) == [
        "Independents largest group in Testshire with 18 seats, down one; no overall control"
    ]


def test_who_is_certain_to_be_the_largest_party_is_said_once_unless_it_is_taken_back() -> None:
    """Promise: before the end and before a majority, with who it is; open again or another one is a correction."""
    body = proportional(40, NOC, (LAB, 6), (SNP, 16), (CON, 8), (LAB, 4), (CON, 1))
    assert texts(body.states) == ["SNP certain to be the largest party in Testshire"]
    assert headlines(body.states)[-1].data.detail == (
        "The SNP has 16 of 40 seats (21 make a majority), with five still to be declared."
    )
    assert texts(body.then(SNP, -2).then(LAB, 5).then(LAB, 2).states)[1:] == [
        "CORRECTION: SNP no longer certain to be the largest party in Testshire",
        "Testshire stays under no overall control",
        "Labour largest party in Testshire with 17 seats, down three; no overall control",
    ]
    other = replace(body, declared={SNP: 10, LAB: 16, CON: 9})
    assert texts(other.then(LD, 0).states)[1:] == [
        "CORRECTION: Labour certain to be the largest party in Testshire, not SNP"
    ]


def test_a_corrected_seat_there_says_who_has_another_number() -> None:
    """Promise: what was said of the largest party never stands with a number that is wrong."""
    assert texts(HUNG.correct(SNP, CON).states)[-1] == (
        "CORRECTION: SNP has 18 seats in Testshire, not 19; Conservatives 12, not 11"
    )
    small = proportional(12, NOC, (LAB, 4), (SNP, 6), (CON, 2), changed={}).correct(SNP, LD)
    assert texts(small.states)[-1] == "CORRECTION: SNP has 5 seats in Testshire, not 6; Liberal Democrats 1, not 0"
    level = HUNG.correct(SNP, CON).then(SNP, -6)
    assert texts(level.states)[-1] == "CORRECTION: Testshire stays under no overall control, with six seats to come"
    assert texts(level.then(LAB, 6).states)[-1] == (
        "Labour largest party in Testshire with 16 seats, down three; no overall control"
    )


def test_a_parliament_with_lists_says_how_far_from_a_majority_it_is() -> None:
    """Promise: seats of constituencies and lists apart; how many seats are short is said at the end alone."""
    lists: dict[str, object] = {
        "name": "Scottish Parliament",
        "kind": "parliament",
        "from_lists": {SNP: 2, CON: 26},
        "changed": {SNP: 1},
    }
    short = proportional(129, NOC, (SNP, 63), (CON, 65), (SNP, 1), **lists)
    assert not any("short" in text for text in texts(short.states[:-1]))
    short = proportional(129, NOC, (SNP, 64), (CON, 33), (LAB, 32), **lists)
    last = headlines(short.states)[-1].data
    assert last.text == "SNP largest party in the Scottish Parliament with 64 seats, one short of a majority"
    assert last.detail.startswith("SNP 64 (62 + 2), +1; Conservatives 33 (7 + 26); Labour 32 (32 + 0), of 129 seats")
    won = proportional(129, NOC, (CON, 40), (SNP, 65), (LAB, 24), **lists)
    assert texts(won.states) == [
        "SNP wins a majority in the Scottish Parliament",
        "SNP has a majority in the Scottish Parliament with 65 seats",
    ]
