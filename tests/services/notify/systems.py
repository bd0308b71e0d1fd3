"""Synthetic results of the other voting systems: lists, counts by stages, referendums."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from schemas.declaration import DeclarationKind
from schemas.result import Allocation, CandidateResult, ListSeat, Note, PartyName, StageResult
from tests.services.notify.results import CON, GREEN, IND, LAB, LD, PARTIES, PEOPLE, SNP, Contest, contest

LISTS: Final = {
    "lab": ("Labour", LAB),
    "con": ("Conservatives", CON),
    "green": ("Greens", GREEN),
    "snp": ("Scottish National Party", SNP),
    "ld": ("Liberal Democrats", LD),
    "margo": ("Margo Specimen", IND),
}
VOTES: Final = {"lab": 90_000, "con": 70_000, "snp": 65_000, "green": 30_000, "ld": 9_000, "margo": 6_000}
REGION_BALLOT: Final = "sp.r.testing.2030-05-02"
OF_CONSTITUENCIES: Final = Note(
    code="allocation.constituencies_changed", text="A constituency of the region has another winner than before."
)
CHANGES: Final = {LAB: 1, CON: 0, GREEN: -1}


def region(**fields: object) -> Contest:
    """Return a region of the additional member system with seven list seats."""
    given: dict[str, object] = {
        "name": "Testing",
        "ballot_id": REGION_BALLOT,
        "seats": 7,
        "people": LISTS,
        "before": None,
        "system": "additional-member",
        "electorate": 600_000,
    }
    return contest(**(given | fields))


def closed(**fields: object) -> Contest:
    """Return a constituency of six seats that elects by closed list."""
    given = {"name": "Testfordshire", "ballot_id": "senedd.testfordshire.2030-05-02", "seats": 6}
    return region(**(given | {"system": "closed-list"} | fields))


def lists(
    of: Contest,
    *elected: str,
    kind: DeclarationKind = "declared",
    changes: Mapping[str, int] | None = None,
    checked: bool = True,
    people: bool = True,
    following: str | None = "con",
    **fields: object,
) -> Contest:
    """Return a contest by list after a declaration of seats in this order, one list for each."""
    named = Counter[str]()
    seats = []
    for place, one in enumerate(elected):
        named[one] += 1
        name = f"{of.people[one][0].split()[0]} Person {named[one]}" if people and of.people[one][1] != IND else None
        seats.append(ListSeat(list=one, person=name, divisor=named[one], figure=20_000.5 - 1_000 * place))
    given: dict[str, object] = {
        "majority": None,
        "seat_changes": changes,
        "allocation": Allocation(
            checked=checked,
            carried_in={"snp": 9} if checked and of.system == "additional-member" else {},
            seats=tuple(seats) if checked else (),
            next=None
            if following is None or not checked
            else ListSeat(list=following, person=None, divisor=3, figure=9_500.25),
            waits_for=() if checked else ("sp.c.one.2030-05-02", "sp.c.two.2030-05-02"),
        ),
    }
    votes = VOTES if kind == "declared" else None
    return of.then(kind, votes, elected=elected, **(given | fields))  # type: ignore[arg-type]  # fields of a result


@dataclass(frozen=True)
class S:
    """A stage: what was done, to whom, and what everybody has then."""

    action: str
    of: Sequence[str]
    totals: dict[str, str]
    elected: Sequence[str] = ()
    lot: Sequence[str] = ()


ONE: Final[dict[str, int]] = {"ann": 1_200, "bob": 900, "cay": 500, "dan": 300, "eve": 102}
"""First preferences: two seats, 3,002 valid votes, a quota of 1,001."""
SECOND: Final = S("surplus", ["ann"], {"ann": "1001", "bob": "990.5", "cay": "560", "dan": "330", "eve": "112"})
THIRD: Final = S("exclusion", ["dan"], {"ann": "1001", "bob": "995.5", "cay": "700", "eve": "130"})
FOURTH: Final = S("exclusion", ["eve"], {"ann": "1001", "bob": "998.5", "cay": "710"}, ["bob"])


def count(
    of: Contest,
    *stages: S,
    kind: DeclarationKind = "stage",
    first: Mapping[str, int] = ONE,
    elected: Sequence[str] = ("ann",),
    quota: int = 1_001,
    **fields: object,
) -> Contest:
    """Return a contest after the declaration of a count: first preferences, who they elect, and later stages."""
    everybody = [*elected, *(one for stage in stages for one in stage.elected)]
    at = dict.fromkeys(elected, 1) | {one: number for number, stage in enumerate(stages, 2) for one in stage.elected}
    out = {one: number for number, stage in enumerate(stages, 2) if stage.action == "exclusion" for one in stage.of}
    last = _last_votes(first, stages)
    order = sorted(first, key=lambda one: (-first[one], one))
    given: dict[str, object] = {
        "majority": None,
        "counts": True,
        "quota": quota,
        "candidates": tuple(
            CandidateResult(
                candidate=one,
                name=of.people[one][0],
                party=of.people[one][1],
                votes=first[one],
                share=None,
                elected=one in everybody,
                sitting=one in of.sitting,
                elected_at=at.get(one),
                excluded_at=out.get(one),
                last_votes=last[one],
            )
            for one in order
        ),
        "stages": tuple(
            StageResult(
                stage=number,
                action=stage.action,
                of=tuple(stage.of),
                totals=dict(stage.totals),
                transfers={},
                non_transferable="0",
                elected=tuple(stage.elected),
                excluded=tuple(stage.of) if stage.action == "exclusion" else (),
                lot=tuple(stage.lot),
            )
            for number, stage in enumerate(stages, 2)
        ),
    }
    fields = given | fields
    return of.then(kind, first, elected=everybody, nobody=not everybody, **fields)  # type: ignore[arg-type]  # the same


def _last_votes(first: Mapping[str, int], stages: Sequence[S]) -> dict[str, str]:
    """Return the last votes of everybody."""
    found = {one: str(votes) for one, votes in first.items()}
    for stage in stages:
        found |= stage.totals
    return found


def stv(seats: int = 2, before: Sequence[str] | None = (CON, CON), **fields: object) -> Contest:
    """Return a contest by single transferable vote in Testford."""
    given: dict[str, object] = {
        "name": "Testford",
        "ballot_id": "nia.testford.2030-05-02",
        "seats": seats,
        "people": PEOPLE,
        "before": before,
        "system": "single-transferable-vote",
    }
    return contest(**(given | fields))


ANSWERS: Final = {
    f"answer:{word.lower()}": PartyName(
        name=word, spoken=word, number="singular", abbreviation=word, counts_as=f"answer:{word.lower()}", colour=None
    )
    for word in ("Yes", "No")
}
QUESTION: Final = "Should Testborough have a directly elected mayor?"


def referendum(**fields: object) -> Contest:
    """Return a referendum in Testborough."""
    given: dict[str, object] = {
        "name": "Testborough",
        "ballot_id": "ref.testborough.2030-05-02",
        "people": {"yes": ("Yes", "answer:yes"), "no": ("No", "answer:no")},
        "before": None,
        "system": "referendum",
    }
    return contest(**(given | fields))


def answer(of: Contest, yes: int, no: int, **fields: object) -> Contest:
    """Return a referendum after a declaration."""
    fields = {"parties": PARTIES | ANSWERS, "question": QUESTION} | fields
    return of.then(votes={"yes": yes, "no": no}, nobody=yes == no, **fields)  # type: ignore[arg-type]  # the same
