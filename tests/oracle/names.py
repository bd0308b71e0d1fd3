"""How the contests of an election are told apart, found by trying ever longer names."""

from collections import Counter
from collections.abc import Iterator

from tests.oracle.recount import Json


def full_name(register: Json, ballot: str) -> str | None:
    """Return the name that tells a contest from all others and from the bodies; None where its short one does."""
    contests = register["contests"]
    places = {one: list(_places(register, one)) for one in contests}
    several = len({named[0] for named in places.values()}) > 1
    for one, contest in contests.items():
        # Its own name tells nothing.
        places[one] = [place for place in places[one] if place.lower() != contest["name"].lower()]
    names = {one: _named(register, one, places[one][:several], by=False) for one in contests}
    bodies = [body["name"].lower() for body in register["bodies"].values()]
    for more in range(5):
        said = Counter([*(name.lower() for name in names.values()), *bodies])
        for one, name in list(names.items()):
            if said[name.lower()] > 1:
                names[one] = _named(register, one, places[one][: more + several], by=".by." in one)
    return None if names[ballot] == contests[ballot]["name"] else names[ballot]


def _named(register: Json, ballot: str, places: list[str], *, by: bool) -> str:
    name = register["contests"][ballot]["name"] + (" by-election" if by else "")
    return f"{name} ({', '.join(places)})" if places else str(name)


def _places(register: Json, ballot: str) -> Iterator[str]:
    """Yield where a contest belongs, each once: council, office, council by its slug, id."""
    contest = register["contests"][ballot]
    council = ballot.split(".")[1].replace("-", " ").title()
    body = contest.get("body")
    yield from dict.fromkeys(
        [register["bodies"][body]["name"] if body else council, contest["office"], council, ballot]
    )
