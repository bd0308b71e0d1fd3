"""Every region's tally, counted again from what was heard."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import pairwise

from tests.oracle.recount import Heard, Json, elected_by, flow

MEASURES = ("won", "held", "gained", "lost", "votes")


def tally(heard: Heard, slug: str) -> Json:
    """Return the standing of one region, over the contests counted in it."""
    register = heard.register
    members = sorted(
        ballot for ballot, contest in register["contests"].items() if slug == "uk" or slug in contest["regions"]
    )
    counted, without = heard.counted(), heard.without_result()
    to_come = [ballot for ballot in members if ballot not in counted and ballot not in without]
    moments = [register["contests"][ballot].get("expected_at") for ballot in to_come]
    return {
        "region": slug,
        "baseline": register.get("headline_baseline", "previous_election"),
        "next_expected": min((datetime.fromisoformat(moment) for moment in moments if moment), default=None),
        **sums(heard, members),
    }


def sums(heard: Heard, ballots: Collection[str]) -> Json:
    """Return what a tally adds up, over some contests."""
    counted = sorted({*heard.counted()} & {*ballots})
    without = {*heard.without_result()} & {*ballots}
    seats = {ballot: heard.register["contests"][ballot]["seats"] for ballot in ballots}
    return {
        "declared": len(counted),
        "expected": len(ballots) - len(without),
        "seats_declared": sum(seats[ballot] for ballot in counted),
        "seats_expected": sum(seats[ballot] for ballot in ballots if ballot not in without),
        "postponed": len(without),
        "under_review": len({*heard.under_review()} & {*ballots}),
        "parties": _parties(heard, counted),
    }


def changed(moments: Sequence[Heard], slug: str) -> list[str]:
    """Return whose result changed a region's tally between some moment and the next, sorted."""
    register = moments[0].register
    return sorted(
        ballot
        for ballot, contest in register["contests"].items()
        if (slug == "uk" or slug in contest["regions"])
        and any(sums(before, [ballot]) != sums(after, [ballot]) for before, after in pairwise(moments))
    )


def tallies(heard: Heard) -> dict[str, Json]:
    """Return the standing of every region, the national one included."""
    return {slug: tally(heard, slug) for slug in {*heard.register["regions"], "uk"}}


def _parties(heard: Heard, counted: list[str]) -> dict[str, Json]:
    """Return every party that won, lost or was voted for."""
    counts: Counter[tuple[str, str]] = Counter()
    for ballot in counted:
        contest, said = heard.register["contests"][ballot], heard.standing[ballot]
        for candidate, votes in (said.get("votes") or {}).items():
            counts[heard.main(contest["candidates"][candidate]["party"]), "votes"] += votes
        winners, _ = elected_by(contest, said)
        for winner in winners:
            counts[heard.main(contest["candidates"][winner]["party"]), "won"] += 1
        found = flow(heard, ballot, winners, heard.register.get("headline_baseline", "previous_election"))
        for measure in ("held", "gained", "lost"):
            for party, seats in (found or {}).get(measure, {}).items():
                counts[party, measure] += seats
    return {
        party: {
            name: count
            for name, count in (
                *((measure, counts[party, measure]) for measure in MEASURES),
                ("net", counts[party, "gained"] - counts[party, "lost"]),
            )
            if count
        }
        for party in {party for (party, _), count in counts.items() if count}
    }
