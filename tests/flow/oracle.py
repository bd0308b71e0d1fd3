"""What an election must come to, recomputed from its register and declarations in the plainest way.

It shares no code with the services and reads JSON, not models. One seat, first past the post.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

Facts = dict[str, Any]

BASELINES = ("previous_election", "sitting")


def standing_declarations(declarations: Iterable[bytes]) -> tuple[dict[str, Facts], dict[str, list[int]]]:
    """Return the declaration that stands for each contest, and the revisions that stood, one after another.

    The first declaration of a revision is the one that counts; a revision stands when it is above all before it.
    """
    stands: dict[str, Facts] = {}
    history: dict[str, list[int]] = defaultdict(list)
    for raw in declarations:
        declared = json.loads(raw)["data"]
        ballot = declared["ballot_id"]
        if ballot not in stands or declared["revision"] > stands[ballot]["revision"]:
            stands[ballot] = declared
            history[ballot].append(declared["revision"])
    return stands, dict(history)


def expected_results(register: Facts, stands: Mapping[str, Facts]) -> dict[str, Facts]:
    """Return the result of every contest that has declared, as far as ``comparable_result`` goes."""
    return {ballot: _result(register, ballot, declared) for ballot, declared in stands.items()}


def _result(register: Facts, ballot: str, declared: Facts) -> Facts:
    contest = register["contests"][ballot]
    votes = declared["votes"]
    most = max(votes.values())
    leaders = [candidate for candidate in votes if votes[candidate] == most]
    winner = declared["lot"][0] if len(leaders) > 1 else leaders[0]
    others = [votes[candidate] for candidate in votes if candidate != winner]
    party = _main(register, contest["candidates"][winner]["party"])
    return {
        "revision": declared["revision"],
        "elected": [winner],
        "labels": {name: _label(register, party, contest["baseline"].get(name)) for name in BASELINES},
        "majority": most - max(others) if others else None,
        "valid_votes": sum(votes.values()),
        "votes": votes,
        "electorate": contest.get("electorate"),
        "regions": sorted({*contest["regions"], "uk"}),
    }


def expected_tallies(register: Facts, results: Mapping[str, Facts]) -> dict[str, Facts]:
    """Return how every region stands, as far as ``comparable_tally`` goes."""
    return {region: _tally(register, region, results) for region in {*register["regions"], "uk"}}


def _tally(register: Facts, region: str, results: Mapping[str, Facts]) -> Facts:
    members = [ballot for ballot, contest in register["contests"].items() if region in (*contest["regions"], "uk")]
    counts: dict[str, Facts] = defaultdict(lambda: dict.fromkeys(("won", "held", "gained", "lost", "votes"), 0))
    for ballot in members:
        if ballot not in results:
            continue
        contest, result = register["contests"][ballot], results[ballot]
        for candidate, votes in result["votes"].items():
            counts[_main(register, contest["candidates"][candidate]["party"])]["votes"] += votes
        winner = _main(register, contest["candidates"][result["elected"][0]]["party"])
        counts[winner]["won"] += 1
        before = contest["baseline"].get(register.get("headline_baseline", BASELINES[0]))
        if not (before and before["seats"]):
            continue
        loser = _main(register, before["seats"][0]["party"])
        if winner == loser:
            counts[winner]["held"] += 1
        else:
            counts[winner]["gained"] += 1
            counts[loser]["lost"] += 1
    return {
        "declared": sum(ballot in results for ballot in members),
        "expected": len(members),
        "parties": {
            party: {**count, "net": count["gained"] - count["lost"]}
            for party, count in counts.items()
            if any(count.values())
        },
    }


def _main(register: Facts, party: str) -> str:
    return register["parties"][party].get("counts_as") or party


def _label(register: Facts, party: str, baseline: Facts | None) -> str | None:
    if baseline is None:
        return None
    short = register["parties"][party]["abbreviation"]
    if not baseline["seats"]:
        return f"{short} win"
    before = _main(register, baseline["seats"][0]["party"])
    return f"{short} hold" if party == before else f"{short} gain from {register['parties'][before]['abbreviation']}"


def comparable_result(data: Facts) -> Facts:
    """Return of a published result what is recomputed here."""
    votes = {candidate["candidate"]: candidate["votes"] for candidate in data["candidates"]}
    kept = ("revision", "elected", "labels", "majority", "valid_votes", "electorate")
    return {**{name: data[name] for name in kept}, "votes": votes, "regions": sorted(data["regions"])}


def comparable_tally(data: Facts) -> Facts:
    """Return of a published tally what is recomputed here; a figure that it leaves out is 0."""
    measures = ("won", "held", "gained", "lost", "net", "votes")
    parties = {party: {name: count.get(name, 0) for name in measures} for party, count in data["parties"].items()}
    return {**{name: data[name] for name in ("declared", "expected")}, "parties": parties}
