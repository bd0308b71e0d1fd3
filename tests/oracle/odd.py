"""What is odd about a declaration, worked out again from what the ledger said before it: naive.

Source: docs/rules.md, "Figures that are odd". A figure that is a part is a number of millionths, rounded down.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from tests.oracle import recount

if TYPE_CHECKING:
    from tests.oracle.recount import Heard

Json = dict[str, Any]

DEFAULTS: Final[Json] = {
    "papers_apart_min": 15,
    "papers_apart_per_cent": 2,
    "rejected_per_cent": 5,
    "turnout_per_cent_min": 5,
    "turnout_per_cent_max": 95,
    "neighbours_min": 10,
    "spreads": 3,
    "national_spreads": 5,
    "turnout_spread_per_cent": 8,
    "change_spread_per_cent": 3,
    "turnout_from_last_points": 12,
    "council_turnout_per_cent": 35,
    "council_turnout_risen_per_cent": 75,
    "votes_of_last_per_cent_min": 33,
    "votes_of_last_per_cent_max": 150,
    "swing_points": 25,
    "swing_points_by_election": 40,
    "swing_points_step": 5,
    "swing_points_from_others": 22,
    "few_votes": 5_000,
    "swing_points_few_votes": 6,
    "votes_times": 2,
    "votes_part": 10,
}
"""The limits of a register that states none, as docs/rules.md has them."""
MILLION: Final = 1_000_000
NOBODYS: Final = ("ynmp-party:2", "ynmp-party:12522")
"""Independents and the Speaker: last time's votes may be another's."""

Count = Callable[["Heard", str, Json], int | None]
"""A figure of a declaration; None where it is not known."""


@dataclass(frozen=True)
class Moment:
    """A declaration, and how everything stood when it came."""

    heard: "Heard"
    """All that was heard before."""
    said: Json

    @property
    def ballot(self) -> str:
        """The contest."""
        return str(self.said["ballot_id"])

    @property
    def contest(self) -> Json:
        """The contest, as amended by then."""
        found: Json = self.heard.register["contests"][self.ballot]
        return found

    def limit(self, name: str) -> int:
        """Return one of the register's limits."""
        limits: Json = DEFAULTS | (self.heard.register.get("holds") or {})
        found: int = limits[name]
        return found

    def own(self, count: Count) -> int | None:
        """Return a figure of this declaration."""
        return count(self.heard, self.ballot, self.said)

    def others(self, count: Count, region: str | None) -> list[int]:
        """Return a figure of every other contest like this one that stands declared, in a region or everywhere."""
        numbers = [
            count(self.heard, ballot, said) for ballot, said, regions in self.alike if region in (None, *regions)
        ]
        return sorted(number for number in numbers if number is not None)

    @cached_property
    def alike(self) -> list[tuple[str, Json, list[str]]]:
        """What stands of the other contests for the office, by-elections apart from others, and their regions."""
        own, by_election, contests = self.contest, ".by." in self.ballot, self.heard.register["contests"]
        return [
            (ballot, said, contests[ballot]["regions"])
            for ballot, said in self.heard.standing.items()
            if ballot != self.ballot
            and contests[ballot]["office"] == own["office"]
            and contests[ballot]["voting_system"] == own["voting_system"]
            and (".by." in ballot) == by_election
            and _complete(self.heard, ballot, said)
        ]

    def around(self, count: Count, least: int | None = None) -> list[int]:
        """Return a figure of the smallest region of this contest's that has enough contests; nothing where none has."""
        regions = [(self.others(count, region), region) for region in self.contest["regions"] if region != "uk"]
        enough = [
            (len(numbers), region, numbers) for numbers, region in regions if len(numbers) >= (least or self.least)
        ]
        return min(enough)[2] if enough else []

    def few(self, count: Count) -> list[int]:
        """Return a figure of the others so far, however few: those around it, else all. None at a by-election."""
        if ".by." in self.ballot:
            return []
        return self.around(count, 1) or self.others(count, None)

    def everywhere(self, count: Count) -> list[int]:
        """Return a figure of all other contests, where they are enough; else nothing."""
        numbers = self.others(count, None)
        return numbers if len(numbers) >= self.least else []

    @property
    def by_election(self) -> bool:
        """Whether it is a by-election."""
        return ".by." in self.ballot

    @property
    def councillors(self) -> bool:
        """Whether councillors are elected, and not at a by-election."""
        return self.ballot.split(".")[0] == "local" and not self.by_election

    @property
    def least(self) -> int:
        """How many contests one is compared with at least."""
        return self.limit("neighbours_min")


def odd_notes(before: Sequence[Json], said: Json) -> Iterator[tuple[str, int | None]]:
    """Yield the codes of what is odd about a declaration, and of papers how many."""
    moment = Moment(recount.hear(before), said)
    missing = _papers_missing(moment)
    if missing:
        yield "papers.not_counted", missing
    if moment.own(votes) is not None:
        yield from ((code, None) for code in _turnout(moment))
        yield from (("turnout.far_from_last", None) for _ in _since_last_time(moment))
        yield from (("swing.beyond_limit", None) for _ in _swing(moment))
        yield from ((code, None) for code in _far_votes(moment))
    last = _last_winners(before, moment.ballot)
    elected, _ = recount.elected_by(moment.contest, said)
    if last and elected and last != elected:
        yield "winner.changed", None


def _last_winners(before: Sequence[Json], ballot: str) -> set[str]:
    """Return who was elected by the last message that stood and elected somebody."""
    last: set[str] = set()
    register: Json = {}
    highest = 0
    for event in before:
        data = event["data"]
        match event["type"]:
            case "tallywire.register.v1":
                register = data
            case "tallywire.amendment.v1":
                register = recount.amended(register, data)
            case "tallywire.declaration.v1" if data["ballot_id"] == ballot and data["revision"] > highest:
                highest = data["revision"]
                elected, _ = recount.elected_by(register["contests"][ballot], data)
                last = elected or last
    return last


# --- figures --------------------------------------------------------------------------------------------------


def _complete(heard: "Heard", ballot: str, said: Json) -> bool:
    counted = said.get("votes") or {}
    return (
        recount.kind_of(said) == "declared"
        and set(counted) == set(heard.register["contests"][ballot]["candidates"])
        and sum(counted.values()) > 0
    )


def _places(contest: Json) -> int:
    return min(int(contest["seats"]), len(contest["candidates"]))


def votes(heard: "Heard", ballot: str, said: Json) -> int | None:
    """Return the votes, for one seat where several are up."""
    if not _complete(heard, ballot, said):
        return None
    return int(sum(said["votes"].values()) // _places(heard.register["contests"][ballot]))


def turnout(heard: "Heard", ballot: str, said: Json) -> int | None:
    """Return the same by electorate, in millionths."""
    contest = heard.register["contests"][ballot]
    if not contest["electorate"] or not _complete(heard, ballot, said):
        return None
    return int(MILLION * sum(said["votes"].values()) // (_places(contest) * contest["electorate"]))


def _last(contest: Json) -> int:
    return sum((contest.get("previous_votes") or {}).values()) if contest["seats"] == 1 else 0


def change(heard: "Heard", ballot: str, said: Json) -> int | None:
    """Return the votes by last time's, in millionths."""
    last = _last(heard.register["contests"][ballot])
    if not _complete(heard, ballot, said) or not last:
        return None
    return int(MILLION * sum(said["votes"].values()) // last)


def _shares(heard: "Heard", ballot: str, said: Json) -> dict[str, int]:
    """Return by party how its share changed, in millionths."""
    contest = heard.register["contests"][ballot]
    last = _last(contest)
    if not _complete(heard, ballot, said) or not last:
        return {}
    before: dict[str, int] = {}
    for party, number in contest["previous_votes"].items():
        before[heard.main(party)] = before.get(heard.main(party), 0) + number
    parties = [heard.main(candidate["party"]) for candidate in contest["candidates"].values()]
    valid = sum(said["votes"].values())
    found = {}
    for candidate, standing in contest["candidates"].items():
        party = heard.main(standing["party"])
        if parties.count(party) == 1 and party in before and party not in NOBODYS:
            found[party] = MILLION * said["votes"][candidate] // valid - MILLION * before[party] // last
    return found


def share_of(party: str) -> Count:
    """Return the figure that is a party's change of share."""

    def count(heard: "Heard", ballot: str, said: Json) -> int | None:
        return _shares(heard, ballot, said).get(party)

    return count


def swing_to(party: str) -> Count:
    """Return the figure that is twice the swing, where this party gained most."""

    def count(heard: "Heard", ballot: str, said: Json) -> int | None:
        shares = _shares(heard, ballot, said)
        if len(shares) > 1 and _winner(shares) == party:
            return max(shares.values()) - min(shares.values())
        return None

    return count


def _winner(shares: dict[str, int]) -> str:
    most = max(shares.values())
    return max(party for party, gained in shares.items() if gained == most)


# --- rules ----------------------------------------------------------------------------------------------------


def _papers_missing(moment: Moment) -> int:
    """Return papers verified of which nobody knows what became, where these are many."""
    said, contest = moment.said, moment.contest
    counted, papers, rejected = said.get("votes"), said.get("papers"), recount.rejected_papers(said)
    if not counted or papers is None or set(counted) != set(contest["candidates"]):
        return 0
    missing = int(papers - sum(counted.values()) - (rejected or 0))
    if missing < moment.limit("papers_apart_min") or (contest["seats"] == 1 and rejected is not None):
        return 0
    part = moment.limit("papers_apart_per_cent")
    if 100 * missing < part * papers or (
        rejected is None and 100 * missing <= moment.limit("rejected_per_cent") * papers
    ):
        return 0
    return missing


def _far(moment: Moment, own: int, numbers: list[int], spreads: str, least_spread: str) -> bool:
    """Whether a figure is far from the middle one of some."""
    size = len(numbers)
    middle, width = numbers[size // 2], numbers[3 * size // 4] - numbers[size // 4]
    # In hundredths of a millionth, so that all of it is whole.
    spread = max(100 * width, middle * moment.limit(least_spread))
    return abs(own - middle) * 100 * size > moment.limit(spreads) * (size + 3) * spread


def _turnout(moment: Moment) -> Iterator[str]:
    own = moment.own(turnout)
    if own is None:
        return
    least, most = moment.limit("turnout_per_cent_min"), moment.limit("turnout_per_cent_max")
    if 100 * own < least * MILLION or 100 * own > most * MILLION:
        yield "turnout.beyond_limits"
    numbers = moment.around(turnout) or moment.everywhere(turnout)
    if numbers and _far(moment, own, numbers, "spreads", "turnout_spread_per_cent"):
        yield "turnout.far_from_others"


def _since_last_time(moment: Moment) -> Iterator[None]:
    own = moment.own(change)
    if own is None:
        return
    around, everywhere = moment.around(change), moment.everywhere(change)
    last, electorate = _last(moment.contest), moment.contest["electorate"]
    if around or everywhere:
        numbers = around or everywhere
        far = _far(moment, own, numbers, "spreads" if around else "national_spreads", "change_spread_per_cent")
        if around and electorate and not moment.by_election:
            far = far or _points_away(moment, last * _middle(numbers) // MILLION) != 0
        above = own > _middle(numbers)
    else:
        expected = [last]
        if changes := moment.few(change):
            expected.append(last * _middle(changes) // MILLION)
        if electorate and (turnouts := moment.few(turnout)):
            expected.append(electorate * _middle(turnouts) // MILLION)
        apart = _points_away if electorate and not moment.by_election else _times_away
        sides = {apart(moment, number) for number in expected}
        far = sides in ({1}, {-1})
        above = sides == {1}
        if moment.councillors and electorate and len(expected) == 1 and not above:
            usual = moment.limit("council_turnout_per_cent") * electorate // 100
            far = far and apart(moment, usual) != 0
        if moment.councillors and not electorate and above:
            far = False
    if moment.councillors and electorate and above:
        valid = sum(moment.said["votes"].values())
        far = far and 100 * valid > moment.limit("council_turnout_risen_per_cent") * electorate
    if far:
        yield None


def _middle(numbers: list[int]) -> int:
    return numbers[len(numbers) // 2]


def _points_away(moment: Moment, expected: int) -> int:
    """Whether the turnout is so many points above (1) or below (-1) what the votes expected would be, or near (0)."""
    apart = sum(moment.said["votes"].values()) - expected
    far = 100 * abs(apart) > moment.limit("turnout_from_last_points") * moment.contest["electorate"]
    return (1 if apart > 0 else -1) if far else 0


def _times_away(moment: Moment, expected: int) -> int:
    """Whether the votes are a multiple (1) or a part (-1) of those expected that hardly ever is, or neither (0)."""
    own = 100 * sum(moment.said["votes"].values())
    if own > moment.limit("votes_of_last_per_cent_max") * expected:
        return 1
    return -1 if own < moment.limit("votes_of_last_per_cent_min") * expected else 0


def _swing(moment: Moment) -> Iterator[None]:
    shares = _shares(moment.heard, moment.ballot, moment.said)
    beyond = _beyond(shares, moment.around)
    small = _last(moment.contest) < moment.limit("few_votes") and not moment.by_election
    more = 20_000 * moment.limit("swing_points_few_votes") if small else 0
    if len(beyond) > 1:
        if _apart(beyond) > 20_000 * moment.limit("swing_points_from_others") + more:
            yield None
    elif len(shares) > 1:
        limit = 20_000 * moment.limit("swing_points_by_election" if moment.by_election else "swing_points") + more
        largest = max(moment.others(swing_to(_winner(shares)), None), default=0)
        first = not largest or _apart(shares) > largest + 20_000 * moment.limit("swing_points_step")
        few = _beyond(shares, moment.few)
        if first and _apart(shares) > limit and (len(few) < 2 or _apart(few) > limit):
            yield None


def _beyond(shares: dict[str, int], others: Callable[[Count], list[int]]) -> dict[str, int]:
    """Return by how much more than elsewhere each party's share changed, where that is known."""
    found = {party: others(share_of(party)) for party in shares}
    return {party: shares[party] - _middle(numbers) for party, numbers in found.items() if numbers}


def _apart(changes: dict[str, int]) -> int:
    """Return twice the swing."""
    return max(changes.values()) - min(changes.values())


def _far_votes(moment: Moment) -> Iterator[str]:
    if moment.contest["electorate"] is not None:
        return
    own, numbers = moment.own(votes), moment.everywhere(votes)
    if own is None or not numbers:
        return
    if own > moment.limit("votes_times") * max(numbers):
        yield "votes.far_above_others"
    if own * moment.limit("votes_part") < min(numbers):
        yield "votes.far_below_others"
