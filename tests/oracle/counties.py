"""The 21 English county councils that voted in May 2021, as they were published, and synthetic divisions to match.

The totals are facts; which division voted how is invented, and its name says so. In every division every party
stands, so control is never certain before the seats are counted.
"""

from dataclasses import dataclass
from random import Random
from typing import Final

from tests.oracle.recount import Json

DAY: Final = "2021-05-06"
ELECTION: Final = f"local.{DAY}"
PARTIES: Final = {
    "Con": ("PP52", "Conservatives"),
    "Lab": ("PP53", "Labour"),
    "LD": ("PP90", "Liberal Democrats"),
    "Grn": ("PP63", "Greens"),
    "Ind": ("ynmp-party:2", "Independent"),
    "Others": ("others", "Others"),
}
"""By abbreviation: id and spoken name."""


@dataclass(frozen=True, slots=True)
class County:
    """What was published about one council."""

    seats: int
    """All seats."""
    before: str
    """Who had control."""
    label: str
    """What became of control, in our words."""
    parties: dict[str, tuple[int, int]]
    """Seats before and after by abbreviation; those nobody held as ``Vacant``."""

    @property
    def majority(self) -> int:
        """More than half of all seats."""
        return self.seats // 2 + 1

    def after(self) -> dict[str, int]:
        """Return the seats after the election by party id."""
        return {PARTIES[short][0]: seats for short, (_, seats) in self.parties.items() if short in PARTIES and seats}

    def changes(self) -> dict[str, int]:
        """Return the published seat changes by party id; they need not sum to zero."""
        named = {PARTIES[short][0]: now - was for short, (was, now) in self.parties.items() if short in PARTIES}
        return {party: change for party, change in named.items() if change}


_PUBLISHED: Final = """
Cambridgeshire  | 61 | Con | Con lose to NOC   | Con 36 28, LD 15 20, Lab 7 9, Ind 3 4
Derbyshire      | 64 | Con | Con hold          | Con 36 45, Lab 25 14, LD 3 4, Grn 0 1
Devon           | 60 | Con | Con hold          | Con 42 39, LD 7 9, Lab 7 7, Ind 3 3, Grn 1 2
East Sussex     | 50 | Con | Con hold          | Con 30 27, LD 11 11, Lab 4 5, Grn 0 4, Ind 5 3
Essex           | 75 | Con | Con hold          | Con 56 52, LD 7 8, Others 4 6, Lab 6 5, Ind 1 3, Grn 1 1
Gloucestershire | 53 | Con | Con hold          | Con 31 28, LD 14 16, Lab 5 5, Grn 2 4
Hampshire       | 78 | Con | Con hold          | Con 56 56, LD 19 17, Lab 2 3, Ind 0 2
Hertfordshire   | 78 | Con | Con hold          | Con 51 46, LD 19 23, Lab 8 7, Grn 0 1, Ind 0 1
Kent            | 81 | Con | Con hold          | Con 66 61, Lab 5 7, LD 7 6, Grn 1 4, Ind 0 1, Others 1 1, Vacant 1 1
Lancashire      | 84 | Con | Con hold          | Con 46 48, Lab 30 32, Grn 1 2, LD 4 2
Leicestershire  | 55 | Con | Con hold          | Con 36 42, LD 13 9, Lab 6 4
Lincolnshire    | 70 | Con | Con hold          | Con 58 54, Ind 5 9, Lab 6 4, LD 1 3
Norfolk         | 84 | Con | Con hold          | Con 55 58, Lab 16 11, LD 11 8, Grn 0 3, Ind 1 3, Vacant 1 1
Nottinghamshire | 66 | NOC | Con gain from NOC | Con 31 37, Lab 23 15, Ind 11 13, LD 1 1
Oxfordshire     | 63 | NOC | NOC no change     | Con 31 21, LD 13 21, Lab 14 16, Grn 0 3, Ind 4 2
Staffordshire   | 62 | Con | Con hold          | Con 51 57, Lab 10 4, Ind 1 1
Suffolk         | 75 | Con | Con hold          | Con 52 55, Grn 3 9, Lab 11 5, LD 5 4, Ind 4 2
Surrey          | 80 | Con | Con hold          | Con 61 47, LD 9 14, Others 8 12, Ind 1 4, Grn 0 1, Lab 1 2
Warwickshire    | 57 | Con | Con hold          | Con 36 42, Lab 10 6, LD 7 5, Grn 2 3, Others 1 1
West Sussex     | 70 | Con | Con hold          | Con 56 48, LD 9 10, Lab 5 9, Ind 0 2, Grn 0 1
Worcestershire  | 57 | Con | Con hold          | Con 40 45, LD 3 4, Grn 2 3, Lab 10 3, Ind 1 2
"""
"""Council, its seats, who had control, what became of it; then seats before and after by party."""


def _county(row: str) -> tuple[str, County]:
    name, seats, before, label, parties = (cell.strip() for cell in row.split("|"))
    of_party = (party.split() for party in parties.split(","))
    return name, County(int(seats), before, label, {short: (int(was), int(now)) for short, was, now in of_party})


COUNTIES: Final = dict(_county(row) for row in _PUBLISHED.strip().splitlines())
"""By name. Seats that nobody held afterwards had their poll postponed in Norfolk; Kent's is played as a vacancy."""


def divisions(name: str) -> dict[str, str | None]:
    """Return who wins each synthetic division, by ballot id; None where the poll is put off."""
    winners: list[str | None] = []
    for short, (_, seats) in COUNTIES[name].parties.items():
        if short in PARTIES:
            winners += [short] * seats
        elif name == "Norfolk":
            winners += [None] * seats
    place = name.lower().replace(" ", "-")
    return {
        f"local.{place}.synthetic-division-{number}.{DAY}": winner for number, winner in enumerate(winners, start=1)
    }


def register(name: str) -> Json:
    """Return a register of the county alone, its seats before as published, spread over the divisions by lot."""
    county = COUNTIES[name]
    slug = name.lower().replace(" ", "-")
    before: list[str | None] = [short for short, (seats, _) in county.parties.items() for _ in range(seats)]
    ballots = divisions(name)
    before += [None] * (len(ballots) - len(before))
    Random(name).shuffle(before)
    contests = {
        ballot: _division(f"Synthetic Division {number} of {name}", slug, holder)
        for number, (ballot, holder) in enumerate(zip(ballots, before, strict=False), start=1)
    }
    return {
        "election": ELECTION,
        "name": f"{name} with synthetic divisions, 6 May 2021",
        "parties": {
            party: {"name": spoken, "spoken": spoken, "abbreviation": short, "number": "plural"}
            for short, (party, spoken) in PARTIES.items()
        },
        "regions": {},
        "contests": contests,
        "bodies": {
            slug: {
                "name": name,
                "seats": county.seats,
                "vacant": county.seats - len(ballots),
                "before": {PARTIES[short][0]: was for short, (was, _) in county.parties.items() if short in PARTIES},
                "control_before": "NOC" if county.before == "NOC" else PARTIES[county.before][0],
            }
        },
    }


def _division(name: str, body: str, holder: str | None) -> Json:
    known = holder in PARTIES
    was = {"seats": [{"party": PARTIES[str(holder)][0]}]} if known else None
    return {
        "name": name,
        "office": "synthetic county councillor",
        "voting_system": "first-past-the-post",
        "seats": 1,
        "candidates": {
            short.lower(): {"name": f"Synthetic {short} Candidate", "party": party}
            for short, (party, _) in PARTIES.items()
        },
        "regions": [],
        "electorate": None,
        "baseline": {"previous_election": was, "sitting": was},
        "past_winners": None,
        "body": body,
    }


def declaration(ballot: str, winner: str | None) -> Json:
    """Return the division's declaration: invented votes, or that its poll is put off."""
    if winner is None:
        return {"ballot_id": ballot, "revision": 1, "kind": "postponed", "reason": "A candidate has died"}
    votes = {short.lower(): 1_000 if short == winner else 100 for short in PARTIES}
    return {"ballot_id": ballot, "revision": 1, "votes": votes}
