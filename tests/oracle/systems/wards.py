"""Ballots for wards that nobody voted in: few papers, so that ties, exhausted papers and used-up parcels are common."""

from collections import Counter
from random import Random

from tests.oracle.systems.transfers import Count, Officer, northern_ireland, scotland


def ballots(chance: Random, candidates: list[str], papers: int) -> dict[tuple[str, ...], int]:
    """Return papers, many of them with the same few preferences, some with one only."""
    popular = [chance.random() ** 2 + 0.05 for _ in candidates]
    groups = [tuple(_preferences(chance, candidates, popular)) for _ in range(chance.choice((3, 6, 12)))]
    return dict(Counter(chance.choice(groups) for _ in range(papers)))


def _preferences(chance: Random, candidates: list[str], popular: list[float]) -> list[str]:
    left, found = list(candidates), []
    for _ in range(chance.randint(1, len(candidates))):
        one = chance.choices(left, [popular[candidates.index(name)] for name in left])[0]
        left.remove(one)
        found.append(one)
    return found


def scottish_count(chance: Random, candidates: list[str], seats: int) -> Count:
    """Return a whole count by the rules of Scotland."""
    return scotland(candidates, ballots(chance, candidates, chance.choice((12, 40, 97, 300))), seats, chance.choice)


def irish_count(chance: Random, candidates: list[str], seats: int) -> Count:
    """Return a whole count by the rules of Northern Ireland, with an officer who does what officers may do."""
    officer = Officer(
        defers_surpluses=chance.random() < 0.8,
        excludes_together=chance.random() < 0.7,
        leaves_surpluses=chance.random() < 0.4,
        transfers_last=chance.random() < 0.4,
    )
    papers = ballots(chance, candidates, chance.choice((12, 40, 97, 300)))
    return northern_ireland(candidates, papers, seats, chance.choice, officer)
