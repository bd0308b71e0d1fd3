"""Whatever the figures: a count that can be is taken, and one changed by a vote or a name is not."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from schemas.register import Register
from tests.services.ingest.examined import reasons_of
from tests.services.ingest.lives import UNKNOWN, message, people, register_of
from tests.services.registers import synthetic_contest

NAMES = ("ann-example", "bob-sample", "cay-specimen", "dan-trial", "eve-pattern")
AREAS = ("Northby", "Southby", "Westby")
Votes = dict[str, int]


@dataclass(frozen=True)
class Count:
    """A count that can be, and who won it."""

    register: Register
    data: dict[str, Any]

    def codes(self, **changes: object) -> set[str]:
        """Return why it is refused, with these fields changed."""
        fields = message("declared", **self.data | changes)
        return {reason.code for reason in reasons_of(fields, self.register)}


def _tied(votes: Votes, seats: int) -> tuple[list[str], list[str], int]:
    """Return who is surely elected, who ties for the last seats, and how many those are."""
    order = sorted(votes.values(), reverse=True)
    last = order[min(seats, len(order)) - 1]
    safe = [name for name in votes if votes[name] > last]
    return safe, [name for name in votes if votes[name] == last], seats - len(safe)


def _elected(draw: st.DrawFn, votes: Votes, seats: int) -> dict[str, object]:
    """Return the fields that say who won, with a lot where one is needed."""
    safe, tied, places = _tied(votes, seats)
    if len(tied) <= places:
        return {"elected": safe + tied}
    drawn = draw(st.permutations(tied))[:places]
    return {"elected": safe + drawn, "lot": drawn}


def _votes(draw: st.DrawFn, names_min: int = 2) -> Votes:
    names = NAMES[: draw(st.integers(names_min, len(NAMES)))]
    votes = {name: draw(st.integers(0, 12)) for name in names}
    votes[draw(st.sampled_from(names))] += 1
    return votes


@st.composite
def final_rounds(draw: st.DrawFn) -> Count:
    """Draw a supplementary vote that nobody won in round one, by the letter of the law."""
    first = _votes(draw, names_min=3)
    leader = max(first, key=lambda name: first[name])
    first[leader] = min(first[leader], sum(first.values()) - first[leader])
    order = sorted(first.values(), reverse=True)
    assume(order[1] > 0)
    final = {name: votes for name, votes in first.items() if votes >= order[1]}
    assume(len(final) < len(first))
    left = sum(first.values()) - sum(final.values())
    for name in final:
        moved = draw(st.integers(0, left))
        final[name] += moved
        left -= moved
    contest = synthetic_contest(voting_system="supplementary-vote", candidates=people(*first))
    data = {"votes": first, "final_round": final, **_elected(draw, final, 1)}
    return Count(register_of(contest), data)


@st.composite
def wards(draw: st.DrawFn) -> Count:
    """Draw a count for one to three seats on papers with as many votes."""
    votes, seats = _votes(draw), draw(st.integers(1, 3))
    contest = synthetic_contest(seats=seats, candidates=people(*votes), baseline=UNKNOWN)
    least = max(-(-sum(votes.values()) // seats), *votes.values())
    papers = least if seats == 1 else least + draw(st.integers(0, 3))
    rejected = draw(st.integers(0, 3))
    data = {"votes": votes, "papers": papers + rejected, "rejected": rejected, **_elected(draw, votes, seats)}
    return Count(register_of(contest), data)


@st.composite
def local_counts(draw: st.DrawFn) -> Count:
    """Draw a count in three areas."""
    names = NAMES[: draw(st.integers(2, len(NAMES)))]
    areas: list[dict[str, Any]] = [
        {"area": area, "votes": {name: draw(st.integers(0, 5)) for name in names}, "rejected": draw(st.integers(0, 2))}
        for area in draw(st.permutations(AREAS))
    ]
    areas[0]["votes"][draw(st.sampled_from(names))] += 1
    whole = {name: sum(area["votes"][name] for area in areas) for name in names}
    contest = synthetic_contest(candidates=people(*names), areas=AREAS)
    rejected = sum(area["rejected"] for area in areas)
    return Count(
        register_of(contest), {"votes": whole, "areas": areas, "rejected": rejected, **_elected(draw, whole, 1)}
    )


def _with(votes: Mapping[str, int], name: str, number: int) -> Votes:
    return {**votes, name: number}


@given(final_rounds(), st.data())
def test_rounds(count: Count, data: st.DataObject) -> None:
    """Promise: a final round by the law is taken; a vote from nowhere, a vote lost, another finalist is not."""
    assert count.codes() == set()
    first, final = count.data["votes"], count.data["final_round"]
    name = data.draw(st.sampled_from(sorted(final)))
    spare = sum(first.values()) - sum(final.values())
    assert "final_round.too_many_transferred" in count.codes(final_round=_with(final, name, final[name] + spare + 1))
    if first[name]:
        assert "final_round.below_first" in count.codes(final_round=_with(final, name, first[name] - 1))
    out = data.draw(st.sampled_from(sorted(first.keys() - final.keys())))
    swapped = {out if one == name else one: votes for one, votes in final.items()}
    assert "final_round.wrong_candidates" in count.codes(final_round=swapped)
    assert "final_round.missing" in count.codes(final_round=None)
    assert "final_round.not_needed" in count.codes(votes=_with(first, name, sum(first.values()) + 1))


@given(final_rounds(), st.data())
def test_only_the_final_round(count: Count, data: st.DataObject) -> None:
    """Promise: first preferences of the eliminated may be left out, of some or all, and of nobody else."""
    final = count.data["final_round"]
    first = {name: votes for name, votes in count.data["votes"].items() if name in final or data.draw(st.booleans())}
    assert count.codes(votes=first) == set()
    name = data.draw(st.sampled_from(sorted(final)))
    assert "candidate.missing" in count.codes(votes={one: votes for one, votes in first.items() if one != name})


@given(wards(), st.data())
def test_several_seats(count: Count, data: st.DataObject) -> None:
    """Promise: those with most votes are elected, and no set with another in it is."""
    assert count.codes() == set()
    elected = count.data["elected"]
    out = [name for name in count.data["votes"] if name not in elected]
    if out:
        winner, loser = data.draw(st.sampled_from(elected)), data.draw(st.sampled_from(out))
        swapped = [loser if name == winner else name for name in elected]
        assert count.codes(elected=swapped) == {"elected.not_most_votes"}
    if "lot" in count.data:
        assert count.codes(lot=None) == {"lot.missing"}


@given(wards())
def test_several_seats_and_too_few_papers(count: Count) -> None:
    """Promise: more votes than the papers can hold are refused, by the last vote."""
    votes, seats = count.data["votes"], next(iter(count.register.contests.values())).seats
    papers = -(-sum(votes.values()) // seats) - 1
    assert count.codes(papers=papers, rejected=None) <= {"votes.total_above_papers", "votes.above_papers"}
    assert count.codes(papers=papers, rejected=None) != set()


@given(local_counts(), st.data())
def test_areas(count: Count, data: st.DataObject) -> None:
    """Promise: local counts that add up are taken; changed by one, they are not; some of them are progress."""
    assert count.codes() == set()
    areas = count.data["areas"]
    place, name = data.draw(st.integers(0, 2)), data.draw(st.sampled_from(sorted(count.data["votes"])))
    more = [*areas[:place], areas[place] | {"votes": _with(areas[place]["votes"], name, 7)}, *areas[place + 1 :]]
    assert count.codes(areas=more) == {"areas.do_not_add_up"}
    assert count.codes(rejected=count.data["rejected"] + 1) == {"areas.rejected_do_not_add_up"}
    fewer = areas[:place] + areas[place + 1 :]
    assert count.codes(areas=fewer) == {"area.left_out"}
    assert reasons_of(message("progress", areas=fewer), count.register) == ()
