"""Results by lists and stages, recounted and compared with what is published."""

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Final

from tests.oracle.comparing import HALF_A_HUNDREDTH, differ
from tests.oracle.recount import BASELINES, Heard, counted_so_far, flow, kind_of, label, percent, rejected_papers
from tests.oracle.systems.dhondt import Seat, next_seat
from tests.oracle.systems.regions import carried_in, lists, people_of, seats_of, waits_for
from tests.oracle.systems.winners import LISTS, against_the_rule, checked_at, elected, followed, under_review
from tests.oracle.systems.written import decimal, figures, moved

Json = dict[str, Any]

ELECTING: Final = ("declared", "stage", "uncontested", "flash")


def differences(heard: Heard, ballot: str, published: Json) -> Iterator[str]:
    """Yield where a published result by lists, stages or answers differs from the recount."""
    contest, said = heard.register["contests"][ballot], heard.standing[ballot]
    expected = _common(heard, ballot)
    for name, value in expected.items():
        yield from differ(name, published.get(name), value)
    yield from _elected(heard, ballot, published)
    yield from differ("under_review", published.get("under_review", False), value_of_review(heard, ballot))
    yield from differ("confirmed", published.get("confirmed", False), "confirmedby" in heard.attributes[ballot])
    candidates = {one["candidate"]: one for one in published["candidates"]}
    votes = said.get("votes") or {}
    yield from differ(
        "votes",
        {one: who["votes"] for one, who in candidates.items()},
        {one: votes.get(one) for one in contest["candidates"]},
    )
    shares = {one: percent(votes[one], sum(votes.values())) if votes else None for one in contest["candidates"]}
    yield from differ("shares", {one: who["share"] for one, who in candidates.items()}, shares)
    won = {one for one, who in candidates.items() if who["elected"]}
    yield from differ("marked as elected", won, set(elected(heard, ballot)))
    if kind_of(said) in ELECTING and contest["voting_system"] in LISTS:
        yield from _lists(heard, ballot, published, candidates)
    if contest["voting_system"] == "single-transferable-vote" and kind_of(said) in ("declared", "stage"):
        yield from _stages(contest, said, published, candidates)


def waits(heard: Heard, ballot: str, published: Json) -> Iterator[str]:
    """Yield where a fresh result of a region names other constituencies, whose winner is unknown, than the recount.

    Where these change later, and nothing else does, there is no fresh result.
    """
    stated = published.get("allocation")
    if stated is not None:
        names = [] if checked_at(heard, ballot) else waits_for(heard, ballot)
        yield from differ(f"{ballot} waits for", stated.get("waits_for", []), names)
        if not stated["checked"]:
            carried = {} if names else carried_in(heard, ballot)
            yield from differ(f"{ballot} not checked, carried in", stated["carried_in"], carried)


def value_of_review(heard: Heard, ballot: str) -> bool:
    """Whether a result is under review: something waits for a second person, or its region is in doubt."""
    return ballot in heard.under_review() or under_review(heard, ballot)


def _common(heard: Heard, ballot: str) -> Json:
    contest, said = heard.register["contests"][ballot], heard.standing[ballot]
    winners = elected(heard, ballot)
    votes: dict[str, int] = said.get("votes") or {}
    valid = sum(votes.values()) if votes else None
    rejected = rejected_papers(said)
    papers = said.get("papers")
    if papers is None and valid is not None and rejected is not None:
        papers = valid + rejected
    by_person = contest["voting_system"] == "single-transferable-vote"
    # Who has lost a seat is not known before all are filled.
    compared = by_person and kind_of(said) != "stage"
    outcomes = {name: flow(heard, ballot, winners, name) if compared else None for name in BASELINES}
    found: Json = {
        "ballot_id": ballot,
        "revision": said["revision"],
        "kind": kind_of(said),
        "counts": kind_of(said) in ("declared", "stage", "uncontested"),
        "regions": [*contest["regions"], "uk"],
        "body": contest.get("body"),
        "outcomes": outcomes,
        "valid_votes": valid,
        "rejected": rejected,
        "electorate": contest["electorate"],
        "turnout": {
            "valid_votes": None if valid is None else percent(valid, contest["electorate"]),
            "papers": None if papers is None else percent(papers, contest["electorate"]),
        },
        "reason": said.get("reason"),
        "swing": None,
        "majority": None,
    }
    if contest["voting_system"] == "referendum" and votes:
        first, second = sorted(votes.values(), reverse=True)[:2]
        found |= {"majority": first - second, "question": contest["question"]}
    if kind_of(said) == "progress":
        found["counted_so_far"] = counted_so_far(contest, said)
        found["areas_declared"] = len(said["areas"])
    else:
        found["counted_so_far"] = None
    if by_person and contest["seats"] == 1:
        found["labels"] = {name: label(heard, outcomes[name]) for name in BASELINES}
    return found


def _elected(heard: Heard, ballot: str, published: Json) -> Iterator[str]:
    """Those elected, lists in the order of the seats; of people, those with equal votes at a stage in any order."""
    contest, winners = heard.register["contests"][ballot], elected(heard, ballot)
    told = list(published["elected"])
    if contest["voting_system"] in LISTS:
        yield from differ("elected", told, winners)
    else:
        yield from differ("elected", sorted(told), sorted(winners))
    parties = [heard.main(contest["candidates"][one]["party"]) for one in told]
    yield from differ("parties of the elected", published["parties_elected"], parties)


def _lists(heard: Heard, ballot: str, published: Json, candidates: dict[str, Json]) -> Iterator[str]:
    contest, said = heard.register["contests"][ballot], heard.standing[ballot]
    has = Counter(elected(heard, ballot))
    yield from differ(
        "seats", {one: who["seats"] for one, who in candidates.items()}, {one: has[one] for one in candidates}
    )
    parties: Counter[str] = Counter()
    for one, number in has.items():
        parties[heard.main(contest["candidates"][one]["party"])] += number
    before = contest.get("seats_before")
    changes = published["seat_changes"]
    if before is None:
        yield from differ("seat changes", changes, None)
    else:
        was: Counter[str] = Counter()
        for party, number in before.items():
            was[heard.main(party)] += number
        expected = {party: parties[party] - was[party] for party in {*parties, *was} if parties[party] != was[party]}
        yield from differ("seat changes", {party: number for party, number in changes.items() if number}, expected)
        yield from differ("parties mentioned and not described", changes.keys() - published["parties"].keys(), set())
    yield from _allocation(heard, ballot, said, published["allocation"])
    noted = {note["code"] for note in published["notes"]}
    yield from differ("noted as declared otherwise", "allocation.differs" in noted, against_the_rule(heard, ballot))
    yield from differ("noted as in doubt", "allocation.not_by_constituencies" in noted, under_review(heard, ballot))


def _allocation(heard: Heard, ballot: str, said: Json, stated: Json) -> Iterator[str]:
    then = checked_at(heard, ballot)
    yield from differ("allocation checked", stated["checked"], then is not None)
    threshold = heard.register["contests"][ballot].get("threshold_per_cent")
    needed = (
        None
        if threshold is None
        else next(
            votes
            for votes in range(sum(said["votes"].values()) + 1)
            if 100 * votes >= threshold * sum(said["votes"].values())
        )
    )
    yield from differ("threshold", stated["threshold"], needed)
    if then is None:
        yield from differ("seats of an allocation not checked", stated["seats"], [])
        return
    counted = lists(then, ballot, said["votes"])
    seats = seats_of(then, ballot, said) or []
    yield from differ("carried in", stated["carried_in"], carried_in(then, ballot))
    people = people_of(then, ballot, seats)
    for place, (seat, given) in enumerate(zip(stated["seats"], seats, strict=True)):
        told = (seat["list"], seat["divisor"], seat["person"], seat.get("by_lot", False))
        yield from differ(f"seat {place}", told, (given.to, given.divisor, people[place], given.by_lot))
        if abs(Fraction(seat["figure"]) - given.figure) > HALF_A_HUNDREDTH:
            yield f"seat {place}: figure {seat['figure']}, recounted {given.figure}"
    last = next_seat(counted, seats)
    if last is None or stated["next"] is None:
        yield from differ("next", stated["next"], last)
        return
    following = people_of(then, ballot, [*seats, Seat(stated["next"]["list"], 1, last[1], by_lot=False)])[-1]
    yield from differ("next person", stated["next"]["person"], following)
    if stated["next"]["list"] not in last[0] or abs(Fraction(stated["next"]["figure"]) - last[1]) > HALF_A_HUNDREDTH:
        yield f"next: published {stated['next']}, recounted {last}"


def _stages(contest: Json, said: Json, published: Json, candidates: dict[str, Json]) -> Iterator[str]:
    count = followed(contest, said)
    yield from differ("quota", published["quota"], count.quota)
    if said.get("stages") is None:
        return
    yield from differ("number of stages", len(published["stages"]), len(said["stages"]))
    gone: set[str] = set()
    valid = sum(said["votes"].values())
    for number, (stage, stated) in enumerate(zip(published["stages"], said["stages"], strict=True), start=2):
        votes, before = count.history[number - 1], count.history[number - 2]
        excluded = set(stated["of"]) if stated["action"] == "exclusion" else set()
        gone |= excluded
        yield from differ(f"stage {number} number", stage["stage"], number)
        yield from differ(
            f"stage {number} done", (stage["action"], sorted(stage["of"])), (stated["action"], sorted(stated["of"]))
        )
        yield from differ(
            f"stage {number} totals", stage["totals"], figures({one: votes[one] for one in votes if one not in gone})
        )
        yield from differ(f"stage {number} transfers", stage["transfers"], moved(before, votes))
        lost = valid - sum(votes.values(), Fraction(0))
        yield from differ(f"stage {number} lost", stage["non_transferable"], decimal(lost))
        newly = {one for one, at in count.elected_at.items() if at == number}
        yield from differ(f"stage {number} elected", set(stage["elected"]), newly)
        yield from differ(f"stage {number} excluded", set(stage["excluded"]), excluded)
        yield from differ(f"stage {number} lot", list(stage.get("lot", [])), list(stated.get("lot", [])))
    yield from differ(
        "elected at",
        {one: who["elected_at"] for one, who in candidates.items()},
        {one: count.elected_at.get(one) for one in candidates},
    )
    excluded_at = {one: who["excluded_at"] for one, who in candidates.items() if one in count.excluded}
    yield from differ("excluded at", excluded_at, count.excluded_at)
    last = {
        one: decimal(count.history[count.excluded_at.get(one, len(count.history) + 1) - 2][one]) for one in candidates
    }
    yield from differ("last votes", {one: who["last_votes"] for one, who in candidates.items()}, last)
