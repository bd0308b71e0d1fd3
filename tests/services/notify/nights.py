"""Nights of several hundred headlines: contests and councils of all sorts, through lives of all sorts."""

import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from schemas.declaration import DeclarationKind
from schemas.events import ResultsEvent
from tests.services.notify.councils import NOC, Council
from tests.services.notify.results import (
    CON,
    GREEN,
    IND,
    LAB,
    LD,
    PEOPLE,
    SNP,
    SPEAKER,
    WORKERS,
    Contest,
    contest,
    progress,
    swing,
    votes,
    ward,
)
from tests.services.notify.systems import FOURTH, SECOND, THIRD, closed, count, lists, region, stv

PLACES = ("Norfolk", "Bishop Auckland", "The Wrekin", "Inverness, Skye and West Ross-shire", "St Helens")
MORE_PEOPLE = {
    "lin": ("Lin Specimen", SPEAKER),
    "gil": ("Gil James", WORKERS),
    "mor": ("Mor Pattern", SNP),
}
HOLDERS = (CON, LAB, LD, GREEN, IND, SNP, WORKERS, SPEAKER)

DECLARED: Final[DeclarationKind] = "declared"
KINDS: Final[tuple[DeclarationKind, ...]] = ("flash", "recount", "progress", "withdrawn", "postponed", "annulled")


def night(seed: int) -> list[ResultsEvent]:
    """Return what aggregate would publish in an invented night."""
    chance = random.Random(seed)
    events = [*_contests(chance), *_wards(chance), *_lists(chance), *_counts(chance)]
    for kind in ("council", "parliament"):
        events.extend(_bodies(chance, kind == "parliament"))
    return events


def _contests(chance: random.Random) -> Iterator[ResultsEvent]:
    for place, name in enumerate(PLACES):
        people = PEOPLE | MORE_PEOPLE
        by_election = place == 1
        slug = f"{'parl' if place % 2 else 'pcc'}.place-{place}{'.by' if by_election else ''}.2030-05-02"
        lone = contest(
            name=name,
            ballot_id=slug,
            by_election=by_election,
            people=people,
            before=chance.choice([None, (), *((party,) for party in HOLDERS)]),
            sitting=chance.sample(sorted(people), k=chance.choice((0, 1, 1, 2))),
            first_time=chance.choice((None, True, False)),
            progress=(
                progress("east", "East of England", place + 1, 5),
                progress("uk", "United Kingdom", place + 1, 9),
            ),
        )
        yield from _life(chance, lone)


def _life(chance: random.Random, lone: Contest) -> Iterator[ResultsEvent]:
    for _ in range(chance.randint(1, 5)):
        elected = chance.sample(sorted(lone.people), k=lone.seats)
        kind = chance.choice((*(DECLARED,) * 8, *KINDS))
        if kind == "declared":
            margin = chance.choice((1, 9, 120, 2_000))
            counted = votes(*elected, of=lone, margin=margin)
            two = chance.sample([LAB, CON, GREEN], k=2)
            swings = swing(two[0], two[1], chance.uniform(0.01, 20)) if chance.random() < 0.5 else None
            final = None
            if lone.seats == 1 and chance.random() < 0.2:
                first, second = sorted(counted, key=lambda one: -counted[one])[:2]
                final = {first: counted[first] + 10, second: counted[second] + chance.choice((5, 5_000))}
            lone = lone.then(votes=counted, final=final, swing=swings)
        elif kind == "flash":
            lone = lone.then("flash", elected=tuple(elected))
        elif kind == "progress":
            lone = lone.then("progress", areas_declared=chance.randint(1, 11), areas_expected=11)
        else:
            lone = lone.then(kind, reason="A synthetic reason.")
        yield lone.event


def _wards(chance: random.Random) -> Iterator[ResultsEvent]:
    for place in range(6):
        seats = chance.choice((2, 3))
        lone = ward(
            seats,
            chance.choice((None, (), tuple(chance.choices(HOLDERS[:5], k=seats)))),
            name=chance.choice(("Testward", "Cambourne and Papworth", "St Helens Town")),
            ballot_id=f"local.testing.ward-{place}.2030-05-02",
        )
        yield from _life(chance, replace(lone, sitting=chance.sample(sorted(lone.people), k=chance.choice((0, 1, 2)))))


def _lists(chance: random.Random) -> Iterator[ResultsEvent]:
    for place in range(4):
        name = chance.choice(("Glasgow", "Highlands and Islands", "Brycheiniog Tawe Nedd", "East of England"))
        lone = (region if place % 2 else closed)(name=name, ballot_id=f"sp.r.place-{place}.2030-05-02")
        changes = None if place < 2 else {LAB: 1, CON: -2, GREEN: 0, SNP: 1}  # half of them
        for _ in range(chance.randint(1, 5)):
            elected = chance.choices(sorted(lone.people), k=lone.seats)
            kind = chance.choice((*(DECLARED,) * 5, "flash", "recount", "withdrawn"))
            if kind in ("recount", "withdrawn"):
                lone = lone.then(kind, reason="A synthetic reason.")
            else:
                checked = kind == "declared" and chance.random() < 0.7
                people = chance.random() < 0.5
                lone = lists(lone, *elected, kind=kind, changes=changes, checked=checked, people=people)
            yield lone.event


def _counts(chance: random.Random) -> Iterator[ResultsEvent]:
    for place in range(4):
        name = chance.choice(("Belfast East", "Fermanagh and South Tyrone", "Testward (Glasgow)"))
        before = chance.choices(HOLDERS[:5], k=2)
        lone = stv(2, before, name=name, ballot_id=f"nia.place-{place}.2030-05-02")
        for _ in range(chance.randint(1, 3)):
            out = chance.choice(("dan", "eve"))
            third = replace(THIRD, of=[out])
            last = replace(FOURTH, elected=[chance.choice(("bob", "cay"))], of=["dan" if out == "eve" else "eve"])
            counted = (SECOND, third, last)
            for number in range(chance.randint(0, 1), 4):
                kind: DeclarationKind = "declared" if number == len(counted) else "stage"
                lone = count(lone, *counted[:number], kind=kind)
                yield lone.event
            if chance.random() < 0.3:
                lone = lone.then(chance.choice(("recount", "withdrawn")), reason="A synthetic reason.")
                yield lone.event


def _bodies(chance: random.Random, parliament: bool) -> Iterator[ResultsEvent]:
    parties = [CON, LAB, LD, IND]
    council = Council(
        chance.randint(4, 12),
        chance.choice((CON, LAB, NOC, None)),
        "House of Commons" if parliament else chance.choice(("Derbyshire", "Kingston upon Hull")),
        "parliament" if parliament else "council",
        landmarks=(3,),
        changed=chance.choice((None, {LAB: 2, CON: -1})),
    )
    while council.event.data.undeclared:
        declared = [party for party, number in council.declared.items() if number]
        if declared and chance.random() < 0.15:
            council = council.then(chance.choice(declared), -1)
        else:
            council = council.then(chance.choice(parties))
    yield from council.states
