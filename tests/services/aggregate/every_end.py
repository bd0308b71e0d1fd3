"""Every way in which the rest of a night may go, tried one by one: no line of it is the product's.

Read from the register and the last result of each contest, as they are published.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache
from itertools import combinations, product
from operator import add
from typing import Any

Json = dict[str, Any]
End = frozenset[tuple[str, int]]
"""Seats by main party."""

INDEPENDENT = "ynmp-party:2"
NEVER = ("postponed", "countermanded", "annulled")


def ends(register: Json, results: Mapping[str, Json]) -> set[tuple[int, ...]]:
    """Return every way in which the seats of the register's only body may be held in the end, by party in its order."""
    (body,) = register["bodies"].values()

    def in_order(end: Mapping[str, int]) -> tuple[int, ...]:
        return tuple(end.get(party, 0) for party in register["parties"])

    reached = {in_order(body["not_up"])}
    for ways in _independent(register, results):
        more = {in_order(dict(way)) for way in set(ways)}
        reached = {tuple(map(add, one, other)) for one in reached for other in more}
    return reached


def certain(register: Json, found: Iterable[tuple[int, ...]]) -> tuple[str | None, dict[str, bool]]:
    """Return who has control in every end, if that is one, and of each party whether it has a majority in none."""
    (body,) = register["bodies"].values()
    needed, parties = body["seats"] // 2 + 1, list(register["parties"])
    holders = {next((place for place, seats in enumerate(end) if seats >= needed), None) for end in found}
    lost = {party: place not in holders for place, party in enumerate(parties)}
    if len(holders) > 1:
        return None, lost
    (holder,) = holders
    return "NOC" if holder is None else parties[holder], lost


def surely_largest(register: Json, found: Iterable[tuple[int, ...]]) -> str | None:
    """Return the party that has more seats than any other in every end, if there is one."""
    first = set()
    for end in found:
        most = [place for place, seats in enumerate(end) if seats == max(end)]
        first.add(most[0] if len(most) == 1 and max(end) else None)
    (largest, *others) = first
    return None if others or largest is None else list(register["parties"])[largest]


def _end(seats: Counter[str]) -> End:
    return frozenset((+seats).items())


def _independent(register: Json, results: Mapping[str, Json]) -> Iterator[Iterable[End]]:
    """Yield the ends of what does not depend on anything else: a contest, or a region with its constituencies."""
    contests = register["contests"]
    regions = {one: contest for one, contest in contests.items() if contest.get("constituencies")}
    within = {one for contest in regions.values() for one in contest["constituencies"]}
    for ballot, contest in contests.items():
        if ballot in regions:
            yield _region(register, contest, results.get(ballot), results)
        elif ballot not in within:
            yield _alone(register, contest, results.get(ballot))


def _kind(result: Json | None) -> str:
    return "" if result is None else result["kind"]


def _alone(register: Json, contest: Json, result: Json | None) -> Iterator[End]:
    """Yield the ends of a contest: who is elected so far, and some of those who may be."""
    if _kind(result) in NEVER:
        yield _end(Counter())
        return
    elected = result["parties_elected"] if result is not None and result["counts"] else []
    if result is not None and result["counts"] and result["kind"] != "stage":
        yield _end(Counter(elected))
        return
    if contest["voting_system"] == "closed-list":
        yield from (_end(split) for split in _splits(register, contest, ()))
        return
    gone: set[str] = set()
    sure: set[str] = set()
    vacancies = contest["seats"] - len(elected)
    if result is not None and result["kind"] == "stage":
        gone = {one["candidate"] for one in result["candidates"] if one["elected"] or one.get("excluded_at")}
        sure = _sure(result, gone, vacancies) if vacancies else sure
    left = [one for one in contest["candidates"] if one not in gone]
    for chosen in combinations(left, min(vacancies, len(left))):
        if sure.issubset(chosen):
            parties = [_main(register, contest["candidates"][one]["party"]) for one in chosen]
            yield _end(Counter(elected) + Counter(parties))


def _sure(result: Json, gone: Collection[str], vacancies: int) -> set[str]:
    """Return who continues and has more votes than that so many others could have as many, whatever moves to them.

    All that could reach them are the votes that neither they have already nor the elected must keep.
    """
    totals = result["stages"][-1]["totals"] if result["stages"] else None
    votes = {
        one["candidate"]: Fraction(one["votes"] if totals is None else totals.get(one["candidate"], 0))
        for one in result["candidates"]
    }
    must_keep = result["quota"] * len(result["elected"])
    sure = set()
    for one in votes.keys() - set(gone):
        as_many = min(votes[one], Fraction(result["quota"]))
        others = sorted((votes[other] for other in votes.keys() - set(gone) - {one}), reverse=True)[:vacancies]
        enough = sum(max(as_many, other) for other in others)
        if len(others) == vacancies and enough > sum(votes.values()) - must_keep - as_many:
            sure.add(one)
    return sure


def _main(register: Json, party: str) -> str:
    return register["parties"][party].get("counts_as") or party


def _region(register: Json, contest: Json, result: Json | None, results: Mapping[str, Json]) -> Iterator[End]:
    """Yield the ends of a region: all winners of its constituencies, with all seats that its lists may have then."""
    options: list[Sequence[tuple[str, Json] | None]] = []
    is_open = False
    for ballot in contest["constituencies"]:
        people, said = register["contests"][ballot]["candidates"], results.get(ballot)
        if said is not None and said["counts"]:
            options.append([(said["elected"][0], people[said["elected"][0]])])
        elif _kind(said) in NEVER:
            options.append([None])
        else:
            is_open = True
            options.append(list(people.items()))
    declared = result if result is not None and result["counts"] else None
    for chosen in product(*options):
        winners = [(one, who["name"], _main(register, who["party"])) for one, who in filter(None, chosen)]
        won = Counter(party for _, _, party in winners)
        if _kind(result) in NEVER:
            seats = [Counter[str]()]
        elif declared is None:
            seats = list(_splits(register, contest, winners))
        elif is_open:
            votes = {one["candidate"]: one["votes"] for one in declared["candidates"]}
            seats = list(_allocations(register, contest, votes, winners))
        else:
            seats = [Counter(declared["parties_elected"])]
        yield from (_end(won + more) for more in seats)


Winner = tuple[str, str, str]
"""Id, name and main party of who has won a constituency."""


def _people(register: Json, contest: Json, one: str, winners: Sequence[Winner]) -> int:
    """Return how many seats a list can fill."""
    who = contest["candidates"][one]
    if who["party"] == INDEPENDENT:
        return 1
    if who.get("people") is None:
        return int(contest["seats"])
    party = _main(register, who["party"])
    ids, names = {winner for winner, _, _ in winners}, {name for _, name, of in winners if of == party}
    return sum(person["id"] not in ids if person.get("id") else person["name"] not in names for person in who["people"])


def _splits(register: Json, contest: Json, winners: Sequence[Winner]) -> Iterator[Counter[str]]:
    """Yield every way in which list seats may fall while no votes are known: some lists may be below the threshold."""
    people = {one: _people(register, contest, one, winners) for one in contest["candidates"]}
    threshold = contest.get("threshold_per_cent")
    # So many lists can have votes enough.
    numbers = range(1, min(len(people), 100 // threshold) + 1) if threshold else [len(people)]
    for passing in (chosen for number in numbers for chosen in combinations(people, number)):
        most = {one: people[one] for one in passing}
        filled = min(contest["seats"], sum(most.values()))
        for split in product(*(range(min(filled, number) + 1) for number in most.values())):
            if sum(split) == filled:
                yield _by_party(register, contest, dict(zip(most, split, strict=True)))


def _by_party(register: Json, contest: Json, seats: Mapping[str, int]) -> Counter[str]:
    found = Counter[str]()
    for one, number in seats.items():
        found[_main(register, contest["candidates"][one]["party"])] += number
    return found


def _allocations(
    register: Json, contest: Json, votes: Mapping[str, int], winners: Sequence[Winner]
) -> Iterator[Counter[str]]:
    """Yield the seats that the rule gives, one after the other; of equal figures each may come first."""
    least = Fraction(contest.get("threshold_per_cent") or 0, 100) * sum(votes.values())
    most = {one: _people(register, contest, one, winners) for one in votes if votes[one] and votes[one] >= least}
    carried = Counter[str]()
    for _, _, party in winners:
        own = [
            one
            for one, who in contest["candidates"].items()
            if who["party"] != INDEPENDENT and _main(register, who["party"]) == party
        ]
        carried.update(own[:1])
    for seats in _given(contest["seats"], _end(Counter(votes)), _end(Counter(most)), _end(carried)):
        yield _by_party(register, contest, dict(seats))


@cache
def _given(seats: int, votes: End, most: End, carried: End) -> set[End]:
    reached: set[End] = {_end(Counter())}
    for _ in range(seats):
        reached = {
            after for given in reached for after in _one_more(dict(given), dict(votes), dict(most), dict(carried))
        }
    return reached


def _one_more(
    seats: dict[str, int], votes: Mapping[str, int], most: Mapping[str, int], carried: Mapping[str, int]
) -> Iterator[End]:
    figures = {
        one: Fraction(votes[one], carried.get(one, 0) + seats.get(one, 0) + 1)
        for one, limit in most.items()
        if seats.get(one, 0) < limit
    }
    if not figures:
        yield _end(Counter(seats))
    for one, figure in figures.items():
        if figure == max(figures.values()):
            yield _end(Counter(seats) + Counter([one]))
