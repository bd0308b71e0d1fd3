"""The data of headlines, found again in the ledger alone: what it was up to the entry that a headline follows from."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Final

from tests.oracle.councils import certain_by_party, declared, surely_largest, undeclared, undescribed
from tests.oracle.headlines import about_largest, about_seats
from tests.oracle.names import full_name
from tests.oracle.recount import Heard, Json, flow, hear, result

NOBODY: Final[Json] = {"winners": {}, "losers": {}}


def data_faults(ledger: Sequence[bytes], headlines: Sequence[bytes]) -> Iterator[str]:
    """Yield where the data of a headline differs from what the ledger says."""
    entries = [json.loads(entry) for entry in ledger]
    heard: dict[int, Heard] = {}
    last: dict[tuple[str, str], str] = {}
    for headline in map(json.loads, headlines):
        data = headline["data"]
        length = int(data["result_id"].rpartition(":")[2])
        if length not in heard:
            heard[length] = hear(entries[:length])
        expected = _expected(heard[length], data, of_seats=about_seats(headline))
        for name, value in expected.items():
            stated = _by_party(data[name]) if name in NOBODY else data[name]
            if stated != value:
                yield f"{headline['id']}: {name} is {stated!r}, recounted {value!r}"
        yield from _in_order(headline)
        about = _about(headline)
        if data["supersedes"] != last.get(about):
            yield f"{headline['id']} supersedes {data['supersedes']}, not {last.get(about)}"
        last[about] = headline["id"]


def _about(headline: Json) -> tuple[str, str]:
    """Return what one headline after another is about: seats, a count, a swing, a region, control or landmarks."""
    data = headline["data"]
    if data["ballot_id"] is not None:
        if about_seats(headline):
            return data["ballot_id"], "seats"
        return ("", "swing") if " swing " in data["text"] else (data["ballot_id"], "count")
    if data["body"] is None:
        return data["region"], "region"
    return data["body"], "largest" if about_largest(data) else _landmark(data) or "control"


def _landmark(data: Json) -> str | None:
    """Return the party that reaches a landmark, or is below it again; None for news of control."""
    if about_largest(data):
        return None
    if data["kind"] == "landmark":
        return str(data["winners"][0]["party"])
    return str(data["losers"][0]["party"]) if "back below" in data["text"] else None


def _expected(heard: Heard, data: Json, *, of_seats: bool) -> Json:
    about: Json = dict.fromkeys(
        ("contest", "region", "region_name", "majority", "turnout", "baseline", "revision", "body", "body_name")
    )
    about |= {"facts": [], "defeated": []}
    if data["ballot_id"] is not None:
        return about | _of_contest(heard, data["ballot_id"]) | (_facts(heard, data["ballot_id"]) if of_seats else {})
    if data["body"] is not None:
        return about | _of_body(heard, data)
    slug = data["region"]
    name = "United Kingdom" if slug == "uk" else heard.register["regions"][slug]["name"]
    return about | NOBODY | {"elected": [], "region": slug, "region_name": name}


def _of_contest(heard: Heard, ballot: str) -> Json:
    contest, found = heard.register["contests"][ballot], result(heard, ballot)
    baseline = heard.register["headline_baseline"]
    outcome, seats = found["outcomes"][baseline], found["parties_elected"]
    change = None if outcome is None else _changes(outcome)
    lost = {} if outcome is None else outcome["lost"]
    body = contest["body"]
    votes = heard.standing[ballot].get("final_round") or heard.standing[ballot].get("votes") or {}
    return {
        "contest": {
            "name": contest["name"],
            "full_name": full_name(heard.register, ballot),
            "office": "synthetic office",
            "office_slug": "synthetic-office",
            "by_election": ".by." in ballot,
            "voting_system": contest["voting_system"],
            "seats": contest["seats"],
        },
        "body": body,
        "body_name": None if body is None else heard.register["bodies"][body]["name"],
        "winners": {party: _seats(heard, party, seats[party], change) for party in seats},
        "losers": {party: _seats(heard, party, seats[party], change) for party in lost},
        "elected": [
            {
                "candidate": winner,
                "name": contest["candidates"][winner]["name"],
                "party": heard.main(contest["candidates"][winner]["party"]),
            }
            for winner in _by_votes(found, votes, heard.standing[ballot])
        ],
        "majority": found["majority"],
        "turnout": found["turnout"] if any(value is not None for value in found["turnout"].values()) else None,
        "baseline": None if outcome is None else baseline,
        "revision": found["revision"],
    }


def _facts(heard: Heard, ballot: str) -> Json:
    """Return what is so of a result besides who won, and which sitting members lost."""
    contest, found = heard.register["contests"][ballot], result(heard, ballot)
    outcome, winners = found["outcomes"][heard.register["headline_baseline"]], found["elected"]
    if not winners:
        return {}
    votes, final = found["votes"], found["final_votes"]
    valid = (
        sum(count or 0 for count in final.values()) if found["rounds"] == 2 else found["valid_votes"]
    )  # the final round
    of_each_hundred = 0 if valid is None else Fraction(valid, 100 * contest["seats"])
    leader = max(votes, key=lambda one: votes[one] or 0)
    losers = [one for one, named in contest["candidates"].items() if named.get("sitting") and one not in winners]
    losers.sort(key=lambda one: (-(final[one] or 0), -(votes[one] or 0), one))
    facts = {
        "lot": found["lot"],
        "first_time": bool(found["first_time"]) and (outcome is None or outcome["change"] == "gain"),
        "narrow_majority": 0 < (found["majority"] or 0) < of_each_hundred,
        "from_behind": found["rounds"] == 2 and all((votes[one] or 0) < votes[leader] for one in winners),
        "incumbent_defeated": bool(losers),
        "holder_changed": outcome is not None and outcome["holder_changed"],
        "notional": outcome is not None and outcome["notional"],
        "vacant_seats": len(contest["candidates"]) < contest["seats"],
        "under_review": found["under_review"],
    }
    defeated = [
        {
            "candidate": one,
            "name": contest["candidates"][one]["name"],
            "party": heard.main(contest["candidates"][one]["party"]),
            "votes": votes[one],
        }
        for one in losers
    ]
    return {"facts": [fact for fact, so in facts.items() if so], "defeated": defeated}


def _by_votes(found: Json, votes: Mapping[str, int], said: Json) -> list[str]:
    """Return the elected as they are listed: most votes first, those chosen by lot last, without votes as declared."""
    if not votes:
        return list(said["elected"]) if found["elected"] else []
    tied = set(said.get("lot") or ())
    return sorted(found["elected"], key=lambda name: (-votes[name], name in tied, name))


def _of_body(heard: Heard, data: Json) -> Json:
    slug = data["body"]
    body, certain, seats = heard.register["bodies"][slug], certain_by_party(heard, slug), declared(heard, slug)
    winner = None if certain.now == "NOC" else certain.now
    loser = heard.main(body["control_before"]) if certain.holder_lost else None
    if about_largest(data):
        winner = None if "no longer" in data["text"] else surely_largest(heard, slug)
        loser = None if data["kind"] == "landmark" else data["losers"][0]["party"]
    elif party := _landmark(data):
        winner, loser = (party, None) if data["kind"] == "landmark" else (None, party)
    changes = _body_changes(heard, slug)
    return {
        "body": slug,
        "body_name": body["name"],
        "elected": [],
        "winners": {party: _seats(heard, party, seats[party], changes) for party in (winner,) if party},
        "losers": {party: _seats(heard, party, seats[party], changes) for party in (loser,) if party},
    }


def _body_changes(heard: Heard, slug: str) -> Counter[str] | None:
    """Return seats now less seats before: at the end over the whole body if that is known, else as counted so far."""
    body, changes = heard.register["bodies"][slug], Counter[str]()
    if body["before"] and not undeclared(heard, slug) and not undescribed(heard, slug):
        changes.update(declared(heard, slug))
        for party, seats in body["before"].items():
            changes[heard.main(party)] -= seats
    else:
        for ballot in heard.counted():
            if heard.register["contests"][ballot]["body"] == slug:
                found = flow(heard, ballot, result(heard, ballot)["elected"], "previous_election")
                changes.update(_changes(found) if found else {})
    return changes if any(changes.values()) else None


def _changes(outcome: Json) -> Counter[str]:
    changes: Counter[str] = Counter(outcome["gained"])
    changes.update(outcome["won"])
    changes.subtract(outcome["lost"])
    return changes


def _seats(heard: Heard, party: str, seats: int, changes: Counter[str] | None) -> Json:
    named = heard.register["parties"][party]
    printed = {key: named.get(key) for key in ("spoken", "number", "abbreviation", "colour")}
    return {"party": party, **printed, "seats": seats, "change": None if changes is None else changes[party]}


def _by_party(parties: Sequence[Json]) -> Json:
    return {party["party"]: party for party in parties}


def _in_order(headline: Json) -> Iterator[str]:
    """No party twice; who gained most, or lost most, comes first."""
    winners, losers = headline["data"]["winners"], headline["data"]["losers"]
    for parties, sign in ((winners, 1), (losers, -1)):
        if len(_by_party(parties)) < len(parties):
            yield f"{headline['id']} names a party twice"
        moved = [max(0, sign * (party["change"] or 0)) for party in parties]
        if moved != sorted(moved, reverse=True):
            yield f"{headline['id']} has parties in another order than by size: {parties}"
