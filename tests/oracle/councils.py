"""Who controls a council, by trying every way in which the undeclared contests may end.

A way is a set of winners for each of them: as many as there are seats, from the candidates who stand. What all ways
have in common is certain, and nothing else is.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from tests.oracle.recount import Heard, Json, kind_of, once
from tests.oracle.systems.certainty import ways_by_votes, ways_of, ways_with_region
from tests.oracle.systems.winners import elected, in_doubt

PROPORTIONAL = ("additional-member", "closed-list", "single-transferable-vote")

Composition = frozenset[tuple[str, int]]
"""Seats by main party, hashable; a party without a seat is not in it."""


@dataclass(frozen=True, slots=True)
class Certainty:
    """What is certain about a council."""

    now: str | None
    """The party that has control however the rest goes, or NOC when nobody can; None while that is open."""
    holder_lost: bool
    """Whether the party that had control can no longer reach a majority, however the rest goes."""


def majority(body: Json) -> int:
    """Return the smallest number that is more than half of all seats: BBC, 2023."""
    return next(seats for seats in range(1, body["seats"] + 1) if 2 * seats > body["seats"])


def declared(heard: Heard, slug: str) -> Counter[str]:
    """Return the seats that are held for certain, by main party: those not up, and those declared."""
    seats: Counter[str] = Counter()
    for party, count in heard.register["bodies"][slug].get("not_up", {}).items():
        seats[heard.main(party)] += count
    for ballot in heard.counted():
        contest = heard.register["contests"][ballot]
        if contest.get("body") == slug:
            seats.update(heard.main(contest["candidates"][winner]["party"]) for winner in elected(heard, ballot))
    return +seats


@once
def settled(heard: Heard, slug: str) -> Counter[str]:
    """Return those of them that stay: the list seats of a region follow the constituencies that are open."""
    seats = declared(heard, slug)
    for region in _following(heard, slug):
        contest = heard.register["contests"][region]
        seats.subtract(heard.main(contest["candidates"][one]["party"]) for one in elected(heard, region))
    return +seats


def _following(heard: Heard, slug: str) -> dict[str, list[str]]:
    """Return the open constituencies of every declared region that has some."""
    left = undeclared(heard, slug)
    contests = heard.register["contests"]
    own = {
        region: [one for one in contests[region].get("constituencies", ()) if one in left]
        for region in heard.counted()
        if contests[region].get("body") == slug and heard.standing[region].get("votes")
    }
    return {region: constituencies for region, constituencies in own.items() if constituencies}


@once
def undeclared(heard: Heard, slug: str) -> list[str]:
    """Return the ballot ids of the body's contests that are still to be declared, in whole or in part."""
    whole = {ballot for ballot in heard.counted() if kind_of(heard.standing[ballot]) != "stage"}
    settled = {*whole, *heard.without_result()}
    return [
        ballot
        for ballot, contest in heard.register["contests"].items()
        if contest.get("body") == slug and ballot not in settled
    ]


def undescribed(heard: Heard, slug: str) -> int:
    """Return the seats of which the register says nothing: anybody may hold them, or nobody."""
    body = heard.register["bodies"][slug]
    up = [contest["seats"] for contest in heard.register["contests"].values() if contest.get("body") == slug]
    return int(body["seats"] - sum(up) - sum(body.get("not_up", {}).values()) - body.get("vacant", 0))


@once
def ways(heard: Heard, slug: str) -> list[Iterable[Composition]]:
    """Return every way in which each of a body's open contests may end; a region's with those of its constituencies."""
    left = undeclared(heard, slug)
    found: list[Iterable[Composition]] = []
    for region in [ballot for ballot in left if heard.register["contests"][ballot].get("constituencies")]:
        own = [one for one in heard.register["contests"][region]["constituencies"] if one in left]
        found.append(ways_with_region(heard, region, own))
        left = [ballot for ballot in left if ballot != region and ballot not in own]
    for region, own in _following(heard, slug).items():
        found.append(ways_by_votes(heard, region, own))
        left = [ballot for ballot in left if ballot not in own]
    return [*found, *(ways_of(heard, ballot) for ballot in left)]


def completions(heard: Heard, slug: str) -> set[Composition]:
    """Return every composition that the body may end with; for small bodies, their number grows fast."""
    reachable = {frozenset(settled(heard, slug).items())}
    for possible in ways(heard, slug):
        reachable = {_plus(seats, way) for seats in reachable for way in possible}
    holders = {heard.main(party) for party in heard.register["parties"]}
    anybodys = [frozenset(), *(frozenset({(party, 1)}) for party in holders)]
    for _ in range(undescribed(heard, slug)):
        reachable = {_plus(seats, way) for seats in reachable for way in anybodys}
    return reachable


@once
def reach(heard: Heard, slug: str) -> dict[str, set[int]]:
    """Return every number of seats that each party may end with: enough to settle control, and cheap in any body."""
    filled, unknown = settled(heard, slug), undescribed(heard, slug)
    open_contests = [[dict(way) for way in possible] for possible in ways(heard, slug)]
    found = {}
    for party in _parties_in_play(heard, slug):
        totals = {filled[party]}
        for possible in open_contests:
            own = {way.get(party, 0) for way in possible}
            totals = {total + more for total in totals for more in own}
        found[party] = {total + more for total in totals for more in range(unknown + 1)}
    return found


def certain_by_completions(heard: Heard, slug: str) -> Certainty:
    """Return what every completion of a small body has in common."""
    body = heard.register["bodies"][slug]
    needed = majority(body)
    holder = _holder(heard, body)
    all_ways = [dict(way) for way in completions(heard, slug)]
    controllers = {_controller(way, needed) for way in all_ways}
    return Certainty(
        now=controllers.pop() if len(controllers) == 1 else None,
        holder_lost=holder is not None and all(way.get(holder, 0) < needed for way in all_ways),
    )


def certain_by_party(heard: Heard, slug: str) -> Certainty:
    """Return the same from the numbers that each party may reach, for bodies of any size."""
    body = heard.register["bodies"][slug]
    needed = majority(body)
    holder = _holder(heard, body)
    reached = reach(heard, slug)
    sure = [party for party, totals in reached.items() if min(totals) >= needed]
    nobody = all(max(totals) < needed for totals in reached.values())
    return Certainty(
        now=sure[0] if sure else "NOC" if nobody else None,
        holder_lost=holder is not None and max(reached.get(holder, {0})) < needed,
    )


def surely_largest(heard: Heard, slug: str) -> str | None:
    """Return the party that will have most seats, alone; only where a majority is rare."""
    contests = [contest for contest in heard.register["contests"].values() if contest.get("body") == slug]
    if not any(contest["voting_system"] in PROPORTIONAL for contest in contests):
        return None
    reached = reach(heard, slug)
    for party, totals in reached.items():
        if all(min(totals) > max(others) for other, others in reached.items() if other != party) and min(totals) > 0:
            return party
    return None


def control(heard: Heard, slug: str, certain: Certainty) -> Json:
    """Return the state of one body, given what is certain about it."""
    body = heard.register["bodies"][slug]
    seats = declared(heard, slug)
    to_come = sum(_unfilled(heard, ballot) for ballot in undeclared(heard, slug))
    before = body.get("control_before")
    if before not in (None, "NOC"):
        before = heard.main(before)
    unknown = undescribed(heard, slug)
    change, label = _change(heard, before, certain.now)
    return {
        "body": slug,
        "name": body["name"],
        "kind": body.get("kind", "council"),
        "seats": body["seats"],
        "majority": majority(body),
        "composition": dict(seats),
        "undeclared": to_come,
        "undescribed": unknown,
        "under_review": sum(heard.register["contests"][one].get("body") == slug for one in in_doubt(heard)),
        "from_lists": _from_lists(heard, slug),
        "vacant": body["seats"] - seats.total() - to_come - unknown,
        "before": before,
        "now": certain.now,
        "holder_lost": certain.holder_lost,
        "final": to_come == 0,
        "change": change,
        "label": label,
        "largest": _largest(heard, seats, unknown),
        "largest_certain": surely_largest(heard, slug),
    }


def _unfilled(heard: Heard, ballot: str) -> int:
    """Return the seats that a contest has still to fill."""
    begun = ballot in heard.counted()
    return int(heard.register["contests"][ballot]["seats"]) - (len(elected(heard, ballot)) if begun else 0)


def _from_lists(heard: Heard, slug: str) -> dict[str, int]:
    """Return the list seats beside constituencies, by main party."""
    contests = heard.register["contests"]
    regions = [one for one in heard.counted() if contests[one]["voting_system"] == "additional-member"]
    return dict(
        Counter(
            heard.main(contests[ballot]["candidates"][one]["party"])
            for ballot in regions
            if contests[ballot].get("body") == slug
            for one in elected(heard, ballot)
        )
    )


def _largest(heard: Heard, seats: Counter[str], unknown: int) -> str | None:
    """Return the one party with most seats, whoever has those of which nobody knows who holds them."""
    ends = [seats + Counter({heard.main(party): unknown}) for party in heard.register["parties"]]
    leading = {frozenset(party for party in end if end[party] == max(end.values())) for end in (seats, *ends)}
    (first, *others) = leading
    return next(iter(first)) if len(first) == 1 and not others else None


def _change(heard: Heard, before: str | None, now: str | None) -> tuple[str | None, str | None]:
    """Return what happened to control, as a word and in short form; None while open or with nothing to compare."""
    if before is None or now is None:
        return None, None
    if now == before:
        return ("no change", "NOC no change") if now == "NOC" else ("hold", f"{heard.short(now)} hold")
    if now == "NOC":
        return "lose", f"{heard.short(before)} lose to NOC"
    return "gain", f"{heard.short(now)} gain from {'NOC' if before == 'NOC' else heard.short(before)}"


def _holder(heard: Heard, body: Json) -> str | None:
    before = body.get("control_before")
    return None if before in (None, "NOC") else heard.main(before)


def _controller(seats: dict[str, int], needed: int) -> str:
    return next((party for party, count in seats.items() if count >= needed), "NOC")


def _parties_in_play(heard: Heard, slug: str) -> Iterable[str]:
    found = set(declared(heard, slug))
    if undescribed(heard, slug):
        found.update(heard.main(party) for party in heard.register["parties"])
    for possible in ways(heard, slug):
        found.update(party for way in possible for party, _ in way)
    return found


def _plus(seats: Composition, way: Composition) -> Composition:
    return frozenset((Counter(dict(seats)) + Counter(dict(way))).items())
