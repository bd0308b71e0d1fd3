"""Makes the synthetic nights of `elections/`: a parliament elected by closed lists, and one with additional members.

`.venv/bin/python -m scripts.synthetic_nights` writes both packs anew, the same bytes each time: all is drawn with a
fixed seed, and nothing in them is real but the ways of voting.
"""

import csv
import sys
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from fractions import Fraction
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Final

ROOT: Final = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from schemas.slugs import slug  # noqa: E402  # the path has to be set first
from tallywire.packs.building.build import Sources, build, write  # noqa: E402
from tallywire.packs.building.register import Naming  # noqa: E402

SEED: Final = 2031

DAY: Final = "2031-05-01"

SOURCE: Final = "Synthetic: drawn by scripts/synthetic_nights.py; no person, party or place is real"

BRITISH_SUMMER_TIME: Final = timezone(timedelta(hours=1))

PARTIES: Final = {"Ash": "#7A9E3B", "Birch": "#D9A441", "Cedar": "#A63D40", "Damson": "#5D3A7A", "Elm": "#2E86AB"}
"""The parties by their names, with their colours."""

FIRST_NAMES: Final = tuple(
    # ruff: noqa: SIM905  # a line of names reads better than a line for each
    "Ann Bob Cleo Dan Eve Fred Gwen Huw Iona Jack Kate Liam Mair Neil Olwen Paul Rhian Sam Tess Una Vera Will".split()
)

LETTERS: Final = "ABCDEFGHIJKLMNOPRSTW"

Cells = dict[str, str]


@dataclass(slots=True)
class Tables:
    """The tables of a pack, row by row."""

    candidates: list[Cells] = field(default_factory=list)
    contests: list[Cells] = field(default_factory=list)
    people: list[Cells] = field(default_factory=list)
    bodies: list[Cells] = field(default_factory=list)
    parties: list[Cells] = field(default_factory=list)
    regions: list[Cells] = field(default_factory=list)
    corrections: list[Cells] = field(default_factory=list)

    def write(self, election: str, name: str) -> None:
        """Make the pack of them, in `elections/`."""
        with TemporaryDirectory() as folder:
            paths = {
                table: _written(Path(folder) / f"{table}.csv", rows)
                for table in self.__slots__
                if (rows := getattr(self, table))
            }
            built = build(Sources(**paths), Naming(election, name, test=True, sources=(SOURCE,)))
        write(built, ROOT / "elections" / election)


def _written(path: Path, rows: Sequence[Cells]) -> Path:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def party(name: str) -> str:
    """Return the id of a party."""
    return f"local:synthetic-{slug(name)}"


def described_parties() -> list[Cells]:
    """Return the table of parties."""
    return [
        {
            "party_id": party(name),
            "name": f"Synthetic {name} Party",
            "spoken": name,
            "abbreviation": name,
            "colour": colour,
        }
        for name, colour in PARTIES.items()
    ]


@dataclass(slots=True)
class Drawing:
    """Draws people and votes."""

    random: Random
    drawn: int = 0

    def person(self) -> tuple[str, str]:
        """Return the id and the name of somebody else each time."""
        self.drawn += 1
        first = FIRST_NAMES[self.drawn % len(FIRST_NAMES)]
        letter = LETTERS[self.drawn // len(FIRST_NAMES) % len(LETTERS)]
        return f"{910_000 + self.drawn}", f"{first} {letter}. Example"

    def votes(self, strength: Mapping[str, float], valid: int) -> dict[str, int]:
        """Return votes of about ``valid`` papers, by how strong everybody is."""
        weights = {one: weight * self.random.uniform(0.7, 1.3) for one, weight in strength.items()}
        return {one: int(valid * weight / sum(weights.values())) for one, weight in weights.items()}

    def some(self, least: int, most: int) -> int:
        """Return a number between two."""
        return self.random.randint(least, most)


def allocated(
    votes: Mapping[str, int],
    seats: int,
    carried_in: Mapping[str, int],
    most: Mapping[str, int],
    drawn: Collection[str] = (),
) -> list[str]:
    """Return the lists in the order of the seats by D'Hondt's rule: each to the highest figure.

    Args:
        votes: votes by list.
        seats: how many are given.
        carried_in: constituency seats by list.
        most: how many seats each can fill, where that is not all.
        drawn: whom the lot prefers among equal figures.
    """
    given: list[str] = []
    while len(given) < seats:
        has = Counter(given)
        figures = {
            one: Fraction(number, carried_in.get(one, 0) + has[one] + 1)
            for one, number in votes.items()
            if has[one] < most.get(one, seats)
        }
        highest = max(figures.values())
        first = [one for one, figure in figures.items() if figure == highest]
        given.append(next((one for one in drawn if one in first), first[0]))
    return given


def figures(votes: Mapping[str, int], drawing: Drawing) -> Cells:
    """Return electorate, rejected papers and papers of a contest that fit its votes."""
    valid = sum(votes.values())
    rejected = drawing.some(40, 400)
    return {
        "electorate": str(int((valid + rejected) * drawing.random.uniform(1.6, 2.1))),
        "rejected": str(rejected),
        "papers": str(valid + rejected),
    }


def at(minutes: int) -> str:
    """Return a time of the night, so many minutes after the close of poll at ten in the evening."""
    return (datetime(2031, 5, 1, 22, tzinfo=BRITISH_SUMMER_TIME) + timedelta(minutes=minutes)).isoformat()


SENEDD: Final = tuple(
    "Afon Bryn Cwm Dinas Eglwys Ffynnon Glan Hafod Iscoed Llan Maes Nant Pont Rhos Traeth Ynys".split()
)
"""The constituencies of the Synthetic Senedd."""


def senedd() -> Tables:
    """Return the Synthetic Senedd: 16 constituencies of six by closed lists.

    Afon elects an individual; in Cwm a list is used up; in Glan the last seat goes by lot; in Nant a recount gives the
    last seat to another list.
    """
    drawing, tables = Drawing(Random(SEED)), Tables(parties=described_parties())  # noqa: S311  # nothing is secret
    before: Counter[str] = Counter()
    for number, name in enumerate(SENEDD):
        ballot_id = f"senedd.synthetic-{slug(name)}.{DAY}"
        strength = {one: drawing.random.uniform(0.3, 1.0) for one in PARTIES}
        votes = drawing.votes(strength, drawing.some(60_000, 85_000))
        most = dict.fromkeys(PARTIES, 8)
        lot: list[str] = []
        if name == "Afon":
            votes["individual"] = max(votes.values()) // 2 + 1_234
            most["individual"] = 1
        if name == "Cwm":
            strongest = max(PARTIES, key=votes.__getitem__)
            most[strongest] = 1
        if name == "Glan":
            votes, lot = _equal_at_the_last(votes), ["Birch"]
        order = allocated(votes, 6, {}, most, lot)
        contest = {
            "ballot_paper_id": ballot_id,
            "contest_name": f"Synthetic {name}",
            "office": "member of the Synthetic Senedd",
            "voting_system": "closed-list",
            "seats": "6",
            "country": "Wales",
            "body": "synthetic-senedd",
            "declared_at": at(200 + 23 * number + drawing.some(0, 20)),
            **figures(votes, drawing),
        }
        last_time = Counter(drawing.random.choices(list(PARTIES), k=6))
        contest["seats_before"] = by_party(last_time)
        before += last_time
        keys = {one: slug(f"synthetic {one} party") for one in PARTIES}
        individual = drawing.person()
        keys["individual"] = individual[0]
        contest["elected_order"] = "|".join(keys[one] for one in order)
        tables.contests.append(contest)
        tables.candidates += list_rows(ballot_id, votes, keys, individual, lot)
        for one in PARTIES:
            tables.people += people_of(ballot_id, keys[one], [drawing.person() for _ in range(most[one])])
        if name == "Nant":
            tables.corrections += recount(ballot_id, votes, keys, order)
    tables.bodies.append(
        {
            "slug": "synthetic-senedd",
            "name": "Synthetic Senedd",
            "kind": "parliament",
            "seats": "96",
            "before": by_party(before),
            "control_before": control(before, 96),
        }
    )
    return tables


def people_of(ballot_id: str, key: str, people: Iterable[tuple[str, str]]) -> Iterator[Cells]:
    """Yield the people of a list, in their order."""
    for place, (person_id, name) in enumerate(people, 1):
        yield {
            "ballot_paper_id": ballot_id,
            "party_list": key,
            "party_list_position": str(place),
            "person_id": person_id,
            "person_name": name,
        }


def _equal_at_the_last(votes: Mapping[str, int]) -> dict[str, int]:
    """Return votes by which Ash and Birch have equal figures for the sixth of six seats."""
    return {**votes, "Ash": 30_000, "Birch": 20_000, "Cedar": 16_000, "Damson": 11_000, "Elm": 6_000}


def recount(ballot_id: str, votes: Mapping[str, int], keys: Mapping[str, str], order: Sequence[str]) -> Iterator[Cells]:
    """Yield what was said first of a contest: the last seat was another list's, with bundles that were not its own."""
    last = order[-1]
    missed = next(
        (other, moved)
        for moved in range(25, sum(votes.values()), 25)
        for other in PARTIES
        if other != last and Counter(allocated(_moved(votes, last, other, moved), 6, {}, {})) != Counter(order)
    )
    other, moved = missed
    wrong = _moved(votes, last, other, moved)
    said = {"ballot_paper_id": ballot_id, "corrected_on": at(760), "note": "Synthetic: a recount of mislaid bundles"}
    for one in (last, other):
        yield said | {
            "candidate": keys[one],
            "column": "votes_cast",
            "before": str(wrong[one]),
            "after": str(votes[one]),
        }
    first = allocated(wrong, 6, {}, {})
    yield said | {
        "column": "elected_order",
        "before": "|".join(keys[one] for one in first),
        "after": "|".join(keys[one] for one in order),
    }


def _moved(votes: Mapping[str, int], giver: str, taker: str, number: int) -> dict[str, int]:
    return {**votes, giver: votes[giver] - number, taker: votes[taker] + number}


PLACES: Final = tuple("Aber Auch Bal Dun Glen Inver Kil Kin Loch Strath".split())

REGIONS: Final = {"clyde": 9, "forth": 9, "tay": 9, "spey": 9, "tweed": 9, "dee": 9, "don": 9, "ness": 10}
"""The regions of the Synthetic Scottish Parliament, and how many constituencies each has."""

HELD: Final = 0.7
"""How many of the constituencies, about, stay with the party that won them last time."""

OF_HOLYROOD: Final = {
    "office": "member of the Synthetic Scottish Parliament",
    "country": "Scotland",
    "body": "synthetic-scottish-parliament",
}
"""What all contests of the Synthetic Scottish Parliament have in common."""


@dataclass(slots=True)
class Region:
    """A region while it is drawn."""

    name: str
    strength: Mapping[str, float]
    """How strong each party is there."""
    won: Counter[str] = field(default_factory=Counter)
    """Constituencies won, by party."""
    standing: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: {one: [] for one in PARTIES})
    """Who stands in the constituencies, by party."""
    listed: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """Who is on the lists, by party."""
    constituencies: list[str] = field(default_factory=list)
    latest: int = 0
    """When the last constituency was declared, in minutes after the close of poll."""


@dataclass(slots=True)
class Holyrood:
    """Draws the Synthetic Scottish Parliament: 73 constituencies, and 8 regions of seven."""

    drawing: Drawing = field(default_factory=lambda: Drawing(Random(SEED + 1)))  # noqa: S311  # nothing is secret
    tables: Tables = field(default_factory=lambda: Tables(parties=described_parties()))
    before: Counter[str] = field(default_factory=Counter)

    def drawn(self) -> Tables:
        """Return the tables.

        In Tay an individual is elected from the region; in Don a list is used up; the first constituency of Spey is
        corrected after its region was declared, which gives that region's last seat to another list.
        """
        for number, (region, constituencies) in enumerate(REGIONS.items()):
            self._region(number, region, constituencies)
        self.tables.bodies.append(
            {
                "slug": "synthetic-scottish-parliament",
                "name": "Synthetic Scottish Parliament",
                "kind": "parliament",
                "seats": "129",
                "before": by_party(self.before),
                "control_before": control(self.before, 129),
            }
        )
        return self.tables

    def _region(self, number: int, name: str, constituencies: int) -> None:
        region = Region(name, {one: self.drawing.random.uniform(0.25, 1.0) for one in PARTIES})
        for place in PLACES[:constituencies]:
            self._constituency(region, f"{place}{name}")
        self._list_seats(region, region.latest + 45 + number)

    def _constituency(self, region: Region, name: str) -> None:
        ballot_id = f"sp.c.synthetic-{name.lower()}.{DAY}"
        strength = {one: weight * self.drawing.random.uniform(0.6, 1.5) for one, weight in region.strength.items()}
        votes = self.drawing.votes(strength, self.drawing.some(28_000, 42_000))
        winner = max(votes, key=votes.__getitem__)
        held = winner if self.drawing.random.random() < HELD else self.drawing.random.choice(list(PARTIES))
        declared = 150 + self.drawing.some(0, 240)
        self.before[held] += 1
        region.won[winner] += 1
        region.constituencies.append(ballot_id)
        region.latest = max(region.latest, declared)
        self.tables.contests.append(
            {
                "ballot_paper_id": ballot_id,
                "contest_name": f"Synthetic {name}",
                "voting_system": "first-past-the-post",
                "seats": "1",
                "previous_election": party(held),
                "declared_at": at(declared),
                **OF_HOLYROOD,
                **figures(votes, self.drawing),
            }
        )
        for one in PARTIES:
            person_id, person = self.drawing.person()
            region.standing[one].append((person_id, person))
            self.tables.candidates.append(
                {
                    "ballot_paper_id": ballot_id,
                    "person_id": person_id,
                    "person_name": person,
                    "party_id": party(one),
                    "votes_cast": str(votes[one]),
                    "elected": "t" if one == winner else "f",
                }
            )

    def _list_seats(self, region: Region, minutes: int) -> None:
        ballot_id = f"sp.r.synthetic-{region.name}.{DAY}"
        votes = self.drawing.votes(region.strength, self.drawing.some(290_000, 340_000))
        for one, people in region.standing.items():
            # Half of those who stand in constituencies are on the list, too, behind four others.
            region.listed[one] = [*(self.drawing.person() for _ in range(4)), *people[: len(people) // 2]]
        keys = {one: slug(f"synthetic {one} party") for one in PARTIES}
        individual = self.drawing.person()
        if region.name == "don":
            fewest = min(PARTIES, key=region.won.__getitem__)
            region.listed[fewest] = region.listed[fewest][:1]
        if region.name == "tay":
            votes["individual"] = min(votes.values()) + 21_345
            keys["individual"] = individual[0]
        order = self._allocated(votes, region, region.won)
        last_time = Counter(self.drawing.random.choices(list(PARTIES), k=7))
        self.before += last_time
        self.tables.contests.append(
            {
                "ballot_paper_id": ballot_id,
                "contest_name": f"Synthetic {region.name.title()}",
                "voting_system": "additional-member",
                "seats": "7",
                "constituencies": "|".join(region.constituencies),
                "seats_before": by_party(last_time),
                "elected_order": "|".join(keys[one] for one in order),
                "declared_at": at(minutes),
                **OF_HOLYROOD,
                **figures(votes, self.drawing),
            }
        )
        self.tables.candidates += list_rows(ballot_id, votes, keys, individual, ())
        for one, people in region.listed.items():
            self.tables.people += people_of(ballot_id, keys[one], people)
        if region.name == "spey":
            self._correct(region, ballot_id, votes, minutes)

    def _allocated(self, votes: Mapping[str, int], region: Region, won: Mapping[str, int]) -> list[str]:
        """Return the lists in the order of the seats: who was elected in a constituency is struck off the list."""
        elected = {row["person_id"] for row in self.tables.candidates if row["elected"] == "t"}
        most = {one: sum(person_id not in elected for person_id, _ in people) for one, people in region.listed.items()}
        return allocated(votes, 7, won, {**most, "individual": 1})

    def _correct(self, region: Region, ballot_id: str, votes: Mapping[str, int], minutes: int) -> None:
        """Note that a constituency was declared for somebody else first, and its region with other list seats.

        Of the region's constituencies it is the first that makes a difference to them.
        """
        after = self._allocated(votes, region, region.won)
        exchanged = ((one, *self._exchanged(region, votes, one)) for one in region.constituencies)
        constituency, winner, second, before = next(one for one in exchanged if Counter(one[-1]) != Counter(after))
        said = {"ballot_paper_id": constituency, "corrected_on": at(minutes + 55), "column": "votes_cast"}
        said["note"] = "Synthetic: the figures of two candidates had been exchanged"
        for one, other in ((winner, second), (second, winner)):
            figures_of = {"before": other["votes_cast"], "after": one["votes_cast"]}
            self.tables.corrections.append(said | {"candidate": one["person_id"]} | figures_of)
        self.tables.corrections.append(
            {
                "ballot_paper_id": ballot_id,
                "corrected_on": at(minutes + 95),
                "column": "elected_order",
                "before": "|".join(slug(f"synthetic {one} party") for one in before),
                "after": "|".join(slug(f"synthetic {one} party") for one in after),
                "note": "Synthetic: a constituency of the region was corrected",
            }
        )

    def _exchanged(self, region: Region, votes: Mapping[str, int], constituency: str) -> tuple[Cells, Cells, list[str]]:
        """Return who won a constituency, who was second, and the list seats if their figures are exchanged."""
        rows = [row for row in self.tables.candidates if row["ballot_paper_id"] == constituency]
        winner, second = sorted(rows, key=lambda row: -int(row["votes_cast"]))[:2]
        names = {party(one): one for one in PARTIES}
        first = region.won - Counter([names[winner["party_id"]]]) + Counter([names[second["party_id"]]])
        winner["elected"], second["elected"] = "f", "t"
        seats = self._allocated(votes, region, first)
        winner["elected"], second["elected"] = "t", "f"
        return winner, second, seats


def control(seats: Mapping[str, int], of: int) -> str:
    """Return the party with more than half of all seats, or that none has."""
    return next((party(one) for one, number in seats.items() if 2 * number > of), "NOC")


def by_party(seats: Mapping[str, int]) -> str:
    """Return seats as the cell of a table has them."""
    return "|".join(f"{party(one)}:{number}" for one, number in sorted(seats.items()))


def list_rows(
    ballot_id: str,
    votes: Mapping[str, int],
    keys: Mapping[str, str],
    individual: tuple[str, str],
    lot: Iterable[str],
) -> Iterator[Cells]:
    """Yield the candidates of a contest by list: parties' lists, and an individual where there is one."""
    for one, number in votes.items():
        named = (
            {"person_name": individual[1], "party_id": "ynmp-party:2"}
            if one == "individual"
            else {"person_name": f"Synthetic {one} Party", "party_id": party(one)}
        )
        row = {"ballot_paper_id": ballot_id, "person_id": keys[one], "votes_cast": str(number), "elected": "", **named}
        yield row | ({"tied_vote_winner": "t"} if one in lot else {})


def main() -> None:
    """Write both packs."""
    senedd().write(f"senedd.{DAY}", "Synthetic Senedd, 1 May 2031")
    Holyrood().drawn().write(f"sp.{DAY}", "Synthetic Scottish Parliament, 1 May 2031")


if __name__ == "__main__":
    main()
