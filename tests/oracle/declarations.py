"""What a returning officer may say about a drawn contest: every kind, all of it possible, ties and transfers often."""

from collections.abc import Mapping, Sequence
from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from tests.oracle.elections import below, rarely
from tests.oracle.recount import Json, best

KINDS: Final = (
    *("declared",) * 10,
    *("flash", "progress", "progress", "recount", "uncontested", "uncontested", "withdrawn", "withdrawn"),
    *("postponed", "countermanded", "annulled"),
)
kinds = st.sampled_from(KINDS)
FEW: Final = 7
"""Votes are drawn below it: so few that ties are common."""


@st.composite
def statement(draw: DrawFn, ballot: str, contest: Json, revision: int) -> Json:
    """Draw the data of one declaration."""
    kind = draw(kinds)
    if kind == "progress" and not contest["areas"]:
        kind = "declared"
    if kind == "uncontested" and len(contest["candidates"]) > contest["seats"]:
        kind = "declared"
    said: Json = {"ballot_id": ballot, "revision": revision, "kind": kind}
    match kind:
        case "declared":
            return said | draw(count(contest))
        case "flash":
            return said | {"elected": draw(_some_winners(contest))}
        case "uncontested":
            return said | {"elected": list(contest["candidates"])}
        case "progress":
            return said | {"areas": draw(_areas_so_far(contest))}
        case "recount":
            return said | ({"reason": "Two bundles were mixed up"} if rarely(draw, 2) else {})
        case _:
            return said | {"reason": "A synthetic reason"}


@st.composite
def count(draw: DrawFn, contest: Json) -> Json:
    """Draw a count whose figures can be true: rejected papers reconcile, lots are drawn, areas add up."""
    said: Json = {}
    names = list(contest["candidates"])
    by_area = {area: _votes(draw, names) for area in contest["areas"] or ["everywhere"]}
    next(iter(by_area.values()))[names[0]] += 1  # somebody voted
    votes = {name: sum(area[name] for area in by_area.values()) for name in names}
    if contest["areas"] and rarely(draw, 2):
        said["areas"] = [{"area": area, "votes": counted} for area, counted in by_area.items()]
    deciding = votes
    if contest["voting_system"] == "supplementary-vote":
        finalists = _finalists(votes)
        if finalists:
            deciding = said["final_round"] = draw(_transferred(votes, finalists))
            if rarely(draw, 2) and "areas" not in said:
                votes = {name: votes[name] for name in finalists}
    said["votes"] = votes
    lot = draw(_lot(deciding, contest["seats"]))
    if lot:
        said["lot"] = lot
    if rarely(draw, 2):
        said["elected"] = sorted(best(deciding, contest["seats"], lot)[0])
    return said | draw(_papers(contest, votes))


def _votes(draw: DrawFn, names: Sequence[str]) -> dict[str, int]:
    """Draw a few votes for each candidate, all in one number: its digits."""
    digits = draw(below(FEW ** len(names)))
    return {name: digits // FEW**place % FEW for place, name in enumerate(names)}


def _finalists(votes: Mapping[str, int]) -> list[str]:
    """Return the top two and all who tie for second; nobody when one has more than half."""
    if max(votes.values()) * 2 > sum(votes.values()):
        return []
    second = sorted(votes.values())[-2]
    return [name for name in votes if votes[name] >= second]


@st.composite
def _transferred(draw: DrawFn, votes: Mapping[str, int], finalists: list[str]) -> dict[str, int]:
    """Draw the final round: each of the others' voters has at most one second preference."""
    left = sum(votes.values()) - sum(votes[name] for name in finalists)
    final = {}
    # Whoever comes last of them is asked first, so that the leader often loses.
    for name in sorted(finalists, key=lambda name: votes[name]):
        transferred = left - draw(below(left + 1))
        left -= transferred
        final[name] = votes[name] + transferred
    return final


@st.composite
def _lot(draw: DrawFn, votes: Mapping[str, int], seats: int) -> list[str]:
    """Draw by lot among equal votes at the last seat; nobody where none is needed."""
    if len(votes) <= seats:
        return []
    order = sorted(votes.values(), reverse=True)
    if order[seats - 1] > order[seats]:
        return []
    tied = [name for name in votes if votes[name] == order[seats]]
    places = seats - sum(count > order[seats] for count in votes.values())
    return draw(rotated(tied))[:places]


@st.composite
def rotated(draw: DrawFn, names: list[str]) -> list[str]:
    """Draw who comes first; one draw, where a permutation takes as many as there are names."""
    first = draw(below(len(names)))
    return [*names[first:], *names[:first]]


@st.composite
def _papers(draw: DrawFn, contest: Json, votes: Mapping[str, int]) -> Json:
    """Draw rejected and verified papers that fit the votes, some of it left out; all out where votes are missing."""
    if votes.keys() != contest["candidates"].keys():
        return {}
    rejected = draw(below(FEW))
    heads = {"unmarked": rejected // 2, "void_for_uncertainty": rejected - rejected // 2}
    in_part = draw(below(FEW)) if contest["seats"] > 1 else 0
    valid_papers = sum(votes.values()) if contest["seats"] == 1 else sum(votes.values()) + draw(below(FEW))
    possible: tuple[Json, ...] = (
        {},
        {"rejected": rejected},
        {"rejected_by_head": heads},
        {"rejected": rejected, "rejected_by_head": heads},
        {"rejected": rejected + in_part, "rejected_by_head": heads | {"in_part": in_part}},
        {"rejected": rejected, "papers": valid_papers + rejected},
        {"papers": valid_papers + rejected},
        {"rejected": rejected, "papers": valid_papers + rejected + draw(below(FEW))},
        {"rejected": rejected + 1, "papers": valid_papers + rejected},
        {"rejected": rejected, "papers": valid_papers + rejected + 1},
    )
    return possible[draw(below(len(possible)))]


@st.composite
def _some_winners(draw: DrawFn, contest: Json) -> list[str]:
    return draw(rotated(list(contest["candidates"])))[: contest["seats"]]


@st.composite
def _areas_so_far(draw: DrawFn, contest: Json) -> list[Json]:
    so_far = contest["areas"][: 1 + draw(below(len(contest["areas"])))]
    return [{"area": area, "votes": _votes(draw, list(contest["candidates"]))} for area in so_far]
