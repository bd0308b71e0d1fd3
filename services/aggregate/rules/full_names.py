"""Names by which the contests of an election, and its bodies, are told apart when one is spoken of alone.

A ward names its council, and a contest for an office of one its office, where the election has more than one of these.
What is called like another contest or a body even so says that it is a by-election, and then more of where it belongs.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Final

from schemas.register import Contest, Register, RegisterHead
from schemas.wire import NAME_LENGTH_MAX
from services.rules.by_elections import is_by_election

SMALL_WORDS: Final = frozenset(("and", "by", "in", "of", "on", "the", "under", "upon", "with"))
"""Words of a place's name that have no capital."""

_PLACES: Final = 4
"""Things that can be said of where a contest belongs; the last is its ballot id, which no other has."""


def full_body_names(register: RegisterHead) -> dict[str, str]:
    """Return the name of each council and parliament, by slug; of two with one name, each with its slug's words."""
    taken = Counter(body.name.casefold() for body in register.bodies.values())
    return {
        slug: body.name if taken[body.name.casefold()] == 1 else _with(body.name, [in_words(slug)])
        for slug, body in register.bodies.items()
    }


def full_contest_names(register: Register, contests: Mapping[str, Contest]) -> dict[str, str]:
    """Return the full name of each contest that its short one does not tell from every other, by ballot id.

    Args:
        register: the election: its bodies and regions.
        contests: its contests, which may differ from the register's.
    """
    bodies = full_body_names(register)
    places = {one: _places(register, bodies, one, contest) for one, contest in contests.items()}
    several = len({of_contest[0] for of_contest in places.values()}) > 1
    # Its own name tells nothing: a ward may be called as its council.
    belonging = {
        one: [place for place in places[one] if place.casefold() != contests[one].name.casefold()] for one in contests
    }
    reserved = {name.casefold() for name in bodies.values()}
    names = {one: _with(contest.name, belonging[one][: int(several)]) for one, contest in contests.items()}
    for attempt in range(_PLACES + 1):
        taken = Counter(name.casefold() for name in names.values())
        alike = [one for one, name in names.items() if taken[name.casefold()] > 1 or name.casefold() in reserved]
        for one in alike:
            name = contests[one].name
            if is_by_election(one):
                name = f"{name} by-election"
            names[one] = _with(name, belonging[one][: attempt + int(several)])
    return {one: name for one, name in names.items() if name != contests[one].name}


def in_words(slug: str) -> str:
    """Return the words of a slug: ``Barking and Dagenham``."""
    words = slug.split("-")
    return " ".join(word if place and word in SMALL_WORDS else word.capitalize() for place, word in enumerate(words))


def _places(register: RegisterHead, bodies: Mapping[str, str], ballot_id: str, contest: Contest) -> list[str]:
    """Return where a contest belongs, the first thing to say of it first."""
    kind, *rest = ballot_id.split(".")
    council = in_words(rest[0]) if kind == "local" else None
    if contest.body is not None:
        first: str | None = bodies[contest.body]
    elif kind == "local":
        areas = (register.regions[slug] for slug in contest.regions if slug in register.regions)
        first = next((area.name for area in areas if area.kind == "council"), council)
    else:
        first = None
    return [place for place in dict.fromkeys((first, contest.office, council, ballot_id)) if place is not None]


def _with(name: str, places: list[str]) -> str:
    """Return a name with where it belongs, as far as a name may be long."""
    full = f"{name} ({', '.join(places)})" if places else name
    return full if len(full) <= NAME_LENGTH_MAX else name
