"""Councils on the board: who held them, who holds them now, and which declaration settled it."""

from typing import Any, Final

from schemas.register import Body, Candidate, Contest
from tests.services.registers import synthetic_contest, synthetic_register
from tests.tallywire.publishing.board.pages import rows, shown, words
from tests.tallywire.publishing.histories import ELECTION, Played, event, view

WARDS: Final = [f"local.testing.ward-{number}.2030-05-02" for number in range(4)]


def ward(number: int) -> Contest:
    """Return a ward of a council in which two parties stand."""
    stand = {"con": Candidate(name="Con Example", party="PP52"), "lab": Candidate(name="Lab Example", party="PP53")}
    return synthetic_contest(name=f"Ward {number}", office="councillor", candidates=stand, body="testing")


def night(**overrides: Any) -> Played:  # noqa: ANN401  # fields of a body
    """Return a council of seven seats, four of them up, that the Conservatives held."""
    fields: dict[str, Any] = {
        "name": "Testing",
        "seats": 7,
        "not_up": {"PP52": 1, "PP53": 2},
        "before": {"PP52": 5, "PP53": 2},
        "control_before": "PP52",
    }
    register = synthetic_register(
        election=ELECTION,
        contests={ballot_id: ward(number) for number, ballot_id in enumerate(WARDS)},
        bodies={"testing": Body(**(fields | overrides))},
    )
    return Played(ELECTION, event("register", ELECTION, register.model_dump(mode="json"), "register"))


def declare(played: Played, number: int, winner: str, revision: int = 1) -> None:
    """Let a party win a ward."""
    votes = {"con": 900 if winner == "con" else 400, "lab": 900 if winner == "lab" else 400}
    said = {"ballot_id": WARDS[number], "revision": revision, "votes": votes}
    played.send(event("declaration", ELECTION, said, f"d-{number}-{revision}"))


def test_a_council_says_which_declaration_settled_its_control() -> None:
    """Promise: before, now, composition; and clinched, lost and open again, each with the declaration that did it."""
    played = night()
    declare(played, 0, "lab")
    declare(played, 1, "lab")
    page = shown(view(played.history), "/bodies/{slug}", slug="testing")
    assert words(page.parts["lead"]) == (
        "Labour 4, Conservatives 1. 2 of 4 contests have not declared, but Labour is certain of control."
    )
    assert rows(page.parts["parties"]) == {
        "p-pp53": ["Labour", "2", "4", "+2", "2", "2"],
        "p-pp52": ["Conservatives", "5", "1", "−2", "1", "0"],
    }
    said = words(page.parts["control"])
    assert "Before Conservatives" in said
    assert "Labour control, certain since" in said
    assert "Labour certain of control" in said
    assert "With Ward 1" in said
    assert 'class="line"' in page.parts["seats"]
    declare(played, 1, "con", revision=2)
    open_again = words(shown(view(played.history), "/bodies/{slug}", slug="testing").parts["control"])
    assert "Open again" in open_again
    declare(played, 2, "lab")
    declare(played, 3, "con")
    final = shown(view(played.history), "/bodies/{slug}", slug="testing")
    assert words(final.parts["lead"]).startswith("Labour takes Testing from the Conservatives: 4 of 7 seats")
    assert "Lab gain from Con" in words(final.parts["control"])


def test_a_council_without_a_winner_says_so() -> None:
    """Promise: no overall control is said, with the largest party; vacant seats count in the majority."""
    played = night(not_up={"PP52": 1, "PP53": 1}, vacant=1)
    for number, winner in enumerate(("con", "con", "lab", "con")):
        declare(played, number, winner)
    page = shown(view(played.history), "/bodies/{slug}", slug="testing")
    assert "4 for control" in words(page.parts["seats"])
    assert "Vacant 1 seat, counted in the majority" in words(page.parts["control"])
    assert words(page.parts["lead"]).startswith("The Conservatives hold Testing: 4 of 7 seats")
    played = night(not_up={"PP52": 1}, vacant=2)
    for number, winner in enumerate(("con", "con", "lab", "lab")):
        declare(played, number, winner)
    first = shown(view(played.history), "/bodies/{slug}", slug="testing")
    assert words(first.parts["lead"]) == (
        "The Conservatives are the largest party in Testing, with 3 of 7 seats, −2: no overall control."
    )
    assert "Now The Conservatives largest, with 3 of 7 seats, −2; no overall control" in words(first.parts["control"])


def test_two_that_are_level_are_both_named() -> None:
    """Promise: where two parties have most seats, neither leads."""
    played = night(not_up={"PP52": 1, "PP53": 1}, vacant=1)
    for number, winner in enumerate(("con", "con", "lab", "lab")):
        declare(played, number, winner)
    lead = words(shown(view(played.history), "/bodies/{slug}", slug="testing").parts["lead"])
    assert lead.startswith("The Conservatives and Labour are level in Testing, with 3 of 7 seats each")


def test_a_night_of_several_councils_lists_them() -> None:
    """Promise: each council has a row: before, now, seats, what is still to come, and what settled it."""
    register = synthetic_register(
        election=ELECTION,
        contests={
            WARDS[0]: ward(0),
            WARDS[1]: ward(1).model_copy(update={"body": "other"}),
        },
        bodies={
            "testing": Body(name="Testing", seats=1, control_before="PP52", before={"PP52": 1}),
            "other": Body(name="Other", seats=1, control_before="NOC"),
        },
    )
    played = Played(ELECTION, event("register", ELECTION, register.model_dump(mode="json"), "register"))
    declare(played, 0, "lab")
    page = shown(view(played.history))
    listed = rows(page.parts["bodies"])
    assert listed["bo-testing"][1] == "Conservatives"
    assert listed["bo-testing"][2].startswith("Lab gain from Con")
    assert listed["bo-testing"][3:] == ["Lab 1", "0 of 1"]
    assert listed["bo-other"][1:] == ["No overall control", "Nobody is certain of control", "none yet", "1 of 1"]
    assert "Certain in 1 of 2" in words(page.parts["control"])
    assert 'class="line"' not in page.parts["seats"]
