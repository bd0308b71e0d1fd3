"""Every region's tally, counted again from what was heard."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import pairwise

from tests.oracle.recount import Heard, Json, flow, kind_of, once
from tests.oracle.systems.winners import elected, in_doubt

MEASURES = ("won", "held", "gained", "lost", "votes", "won_on_lists", "list_votes")


def tally(heard: Heard, slug: str) -> Json:
    """Return the standing of one region, over the contests counted in it."""
    register = heard.register
    members = sorted(
        ballot for ballot, contest in register["contests"].items() if slug == "uk" or slug in contest["regions"]
    )
    counted, without = heard.counted(), heard.without_result()
    whole = [ballot for ballot in counted if kind_of(heard.standing[ballot]) != "stage"]
    to_come = [ballot for ballot in members if ballot not in whole and ballot not in without]
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
    seats = {ballot: _seats(heard.register["contests"][ballot]) for ballot in ballots}
    whole = [ballot for ballot in counted if kind_of(heard.standing[ballot]) != "stage"]
    regions = {one for one in ballots if heard.register["contests"][one]["voting_system"] == "additional-member"}
    return {
        "declared": len(whole),
        "expected": len(ballots) - len(without),
        "seats_declared": sum(seats[ballot] if ballot in whole else len(elected(heard, ballot)) for ballot in counted),
        "seats_expected": sum(seats[ballot] for ballot in ballots if ballot not in without),
        "postponed": len(without),
        "under_review": len(in_doubt(heard) & {*ballots}),
        "lists_declared": len(regions & {*whole}),
        "lists_expected": len(regions - without),
        "parties": _parties(heard, counted),
    }


@once
def of_one(heard: Heard, ballot: str) -> Json:
    """Return what one contest adds to a tally."""
    return sums(heard, [ballot])


def _seats(contest: Json) -> int:
    return 0 if contest["voting_system"] == "referendum" else int(contest["seats"])


def changed(moments: Sequence[Heard], slug: str) -> list[str]:
    """Return whose result changed a region's tally between some moment and the next, sorted."""
    register = moments[0].register
    return sorted(
        ballot
        for ballot, contest in register["contests"].items()
        if (slug == "uk" or slug in contest["regions"])
        and any(of_one(before, ballot) != of_one(after, ballot) for before, after in pairwise(moments))
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
            measure = "list_votes" if contest["voting_system"] == "additional-member" else "votes"
            counts[heard.main(contest["candidates"][candidate]["party"]), measure] += votes
        winners = elected(heard, ballot)
        for winner in winners if contest["voting_system"] != "referendum" else ():
            counts[heard.main(contest["candidates"][winner]["party"]), "won"] += 1
            if contest["voting_system"] == "additional-member":
                counts[heard.main(contest["candidates"][winner]["party"]), "won_on_lists"] += 1
        if kind_of(said) == "stage":
            continue  # who has lost a seat is not known before all are filled
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
