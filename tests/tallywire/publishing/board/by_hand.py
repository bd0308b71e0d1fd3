"""Nights whose results are made by hand, for pages: no rule of the services takes part in them."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from schemas.register import INDEPENDENT, Contest, Register
from streams.ledger_tail import Value, append
from tallywire.publishing.history import History
from tests.oracle.playing import Stage, ingest
from tests.tallywire.publishing.histories import event

Json = dict[str, Any]


class ByHand:
    """An election whose declarations are taken as they are.

    Args:
        election: its id.
        register: what it is about.
        sent: the register as an event.
    """

    def __init__(self, election: str, register: Register, sent: bytes) -> None:
        self.register, self.history = register, History(election)
        self._stands: dict[str, Json] = {}
        self._revisions: Counter[str] = Counter()
        self._ingest: Stage = ingest(election)
        for stream, content in self._ingest.take([sent]):
            if stream == "ledger":
                self.history.read_ledger(content)
        self.history.advance(1, 0)

    def declare(self, ballot_id: str, **said: Any) -> None:  # noqa: ANN401  # fields of a declaration
        """Declare a contest: its result, and the tally and control that follow, are a moment."""
        self._revisions[ballot_id] += 1
        data = {"ballot_id": ballot_id, "revision": self._revisions[ballot_id], "kind": "declared", **said}
        number = len(self.history.ledger) + 1
        sent = event("declaration", self.history.election, data, f"d-{number}")
        taken: dict[str, Value] = {
            "acceptedtime": "2030-06-20T00:00:00Z",
            "sequence": number,
            "groupend": True,
            "chain": f"{number:064x}",
        }
        self.history.read_ledger(append(sent, taken))
        contest = self.register.contests[ballot_id]
        waiting = [one for one in contest.constituencies if one not in self._stands]
        self._stands[ballot_id] = result = _result(self, ballot_id, contest, data, waiting)
        self._publish("results", "result", ballot_id, result)
        if contest.body is not None:
            self._publish("results", "control", contest.body, self._control(contest.body, ballot_id))
        for slug in ("uk", *contest.regions):
            self._publish("tallies", "tally", slug, self._tally(slug, ballot_id))
        self.history.advance(number, len(self.history.events["results"]))

    def _publish(self, stream: str, kind: str, subject: str, data: Json) -> None:
        sequence = len(self.history.events[stream]) + 1
        event_id = f"{self.history.election}:{kind}:{subject}:{len(self.history.ledger)}"
        self.history.read_event(stream, _event(kind, subject, event_id, sequence, data))

    def winners(self, ballot_id: str) -> Sequence[str]:
        """Return the main parties of the elected."""
        stands = self._stands.get(ballot_id)
        return () if stands is None else stands["parties_elected"]

    def _won(self, wanted: Sequence[str]) -> tuple[Counter[str], Counter[str]]:
        every, lists = Counter[str](), Counter[str]()
        for one in wanted:
            every.update(self.winners(one))
            if self.register.contests[one].voting_system == "additional-member":
                lists.update(self.winners(one))
        return every, lists

    def _tally(self, slug: str, changed: str) -> Json:
        here = [one for one, each in self.register.contests.items() if slug == "uk" or slug in each.regions]
        seated = [one for one in here if self.register.contests[one].voting_system != "referendum"]
        won, on_lists = self._won(seated)
        votes, list_votes = Counter[str](), Counter[str]()
        gained, lost = Counter[str](), Counter[str]()
        for one in here:
            stands, contest = self._stands.get(one), self.register.contests[one]
            if stands is None:
                continue
            mine = list_votes if contest.voting_system == "additional-member" else votes
            for each in stands["candidates"]:
                mine[each["party"]] += each["votes"] or 0
            if (outcome := stands["outcomes"]["previous_election"]) is not None:
                gained.update(outcome["gained"])
                lost.update(outcome["lost"])
        regions = [one for one in here if self.register.contests[one].voting_system == "additional-member"]
        complete = [one for one in here if one in self._stands and self._stands[one]["kind"] == "declared"]
        parties = {
            party: {
                "won": won[party],
                "gained": gained[party],
                "lost": lost[party],
                "net": gained[party] - lost[party],
                "votes": votes[party],
                "won_on_lists": on_lists[party],
                "list_votes": list_votes[party],
            }
            for party in {*won, *votes, *list_votes, *lost}
        }
        return {
            "region": slug,
            "name": slug,
            "baseline": "previous_election",
            "declared": len(complete),
            "expected": len(here),
            "seats_declared": sum(won.values()),
            "seats_expected": sum(self.register.contests[one].seats for one in seated),
            "postponed": 0,
            "lists_declared": len(set(regions) & set(complete)),
            "lists_expected": len(regions),
            "next_expected": None,
            "changed": [changed],
            "parties": {party: {k: v for k, v in each.items() if v} for party, each in parties.items()},
        }

    def _control(self, slug: str, cause: str) -> Json:
        body = self.register.bodies[slug]
        up = [one for one, each in self.register.contests.items() if each.body == slug]
        won, lists = self._won(up)
        left = sum(self.register.contests[one].seats for one in up) - sum(won.values())
        first = won.most_common(2)
        majority = body.seats // 2 + 1
        now = first[0][0] if first and first[0][1] >= majority else "NOC" if not left else None
        level = len(first) > 1 and first[0][1] == first[1][1]
        ahead = first[0][1] - (first[1][1] if len(first) > 1 else 0) if first else 0
        sure = {"largest_certain": first[0][0]} if lists and ahead > left else {}
        label = None if now is None else "NOC no change" if now == body.control_before == "NOC" else "Lab lose to NOC"
        return {
            "body": slug,
            "name": body.name,
            "kind": body.kind,
            "seats": body.seats,
            "majority": majority,
            "composition": dict(won),
            "from_lists": dict(lists),
            "undeclared": left,
            "vacant": 0,
            "changes": {party: won[party] - body.before.get(party, 0) for party in {*won, *body.before}},
            "before": body.control_before,
            "now": now,
            "holder_lost": False,
            "final": not left,
            "change": None,
            "label": label,
            "largest": None if level or not first else first[0][0],
            "cause": cause,
            "undescribed": 0,
            "parties": {},
            "landmarks": [],
            "previous": None,
        } | sure


SOURCE: Final = "/synthetic"


def _event(kind: str, subject: str, event_id: str, sequence: int, data: Json) -> bytes:
    said = {"specversion": "1.0", "id": event_id, "source": SOURCE, "type": f"tallywire.{kind}.v1", "subject": subject}
    return json.dumps({**said, "test": False, "data": data, "sequence": sequence}).encode()


def _result(night: ByHand, ballot_id: str, contest: Contest, data: Json, waiting: Sequence[str]) -> Json:
    register, votes = night.register, data.get("votes", {})
    main = {one: register.main_party(each.party) for one, each in contest.candidates.items()}
    by_votes = sorted(votes, key=lambda one: -votes[one])
    elected = list(data.get("elected") or by_votes[: contest.seats])
    stages = _stages(votes, data["stages"]) if "stages" in data else None
    at = {one: each["stage"] for each in stages or () for one in each["elected"]}
    excluded = {one: each["stage"] for each in stages or () for one in each["excluded"]}
    last = {one: str(number) for one, number in votes.items()}
    for each in stages or ():
        last |= each["totals"]
    total = sum(votes.values())
    candidates = [
        {
            "candidate": one,
            "name": contest.candidates[one].name,
            "party": contest.candidates[one].party,
            "votes": votes[one],
            "share": round(100 * votes[one] / total, 2),
            "elected": one in elected,
            "final_votes": None,
            "share_change": None,
            "sitting": None,
            "seats": elected.count(one) if contest.by_list else None,
            "elected_at": None if stages is None or one not in elected else at.get(one, 1),
            "excluded_at": excluded.get(one),
            "last_votes": None if stages is None else last[one],
        }
        for one in by_votes
    ]
    before = contest.baseline.previous_election
    was = [] if before is None else [holder.party for holder in before.seats]
    now = [main[one] for one in elected]
    gained, lost = Counter(now) - Counter(was), Counter(was) - Counter(now)
    outcome = {
        "change": "gain" if gained else "hold",
        "party": next(iter(gained or Counter(now))) if len(gained or Counter(now)) == 1 else None,
        "previous_party": next(iter(lost)) if len(lost) == 1 else None,
        "held": dict(Counter(now) & Counter(was)),
        "gained": dict(gained),
        "lost": dict(lost),
        "won": {},
        "ambiguous": len(gained) > 1 and len(lost) > 1,
        "holder_changed": False,
        "notional": False,
    }
    parties = {each.party for each in contest.candidates.values()} | set(main.values()) | set(was)
    plain = contest.voting_system == "first-past-the-post"
    changes = None
    if contest.seats_before is not None:
        changes = {one: now.count(one) - contest.seats_before.get(one, 0) for one in {*now, *contest.seats_before}}
    return {
        "ballot_id": ballot_id,
        "revision": data["revision"],
        "kind": data["kind"],
        "counts": True,
        "contest": {
            "name": contest.name,
            "office": contest.office,
            "voting_system": contest.voting_system,
            "seats": contest.seats,
        },
        "regions": [*contest.regions, "uk"],
        "body": contest.body,
        "body_name": None if contest.body is None else register.bodies[contest.body].name,
        "elected": elected,
        "parties_elected": now,
        "labels": {"previous_election": "label" if was else None, "sitting": None},
        "outcomes": {"previous_election": outcome if was else None, "sitting": None},
        "headline_baseline": "previous_election",
        "first_time": None,
        "majority": votes[by_votes[0]] - votes[by_votes[1]] if plain or contest.question else None,
        "lot": False,
        "rounds": 1,
        "valid_votes": total,
        "rejected": data.get("rejected"),
        "electorate": contest.electorate,
        "turnout": {"valid_votes": round(100 * total / (contest.electorate or 1), 2), "papers": None},
        "swing": None,
        "candidates": candidates,
        "parties": {
            one: {
                "name": register.parties[one].name,
                "spoken": register.parties[one].spoken,
                "number": register.parties[one].number,
                "abbreviation": register.parties[one].abbreviation,
                "counts_as": register.main_party(one),
            }
            for one in parties
        },
        "question": contest.question,
        "quota": data.get("quota"),
        "stages": stages,
        "allocation": _allocation(night, contest, main, data, waiting) if contest.by_list else None,
        "seat_changes": changes,
        "declared_at": data.get("declared_at"),
        "supersedes": None,
    }


def _stages(votes: Mapping[str, int], said: Sequence[Json]) -> list[Json]:
    """Return the stages with what moved, and what is not transferable."""
    found, before = [], {one: Decimal(number) for one, number in votes.items()}
    for number, each in enumerate(said, 2):
        totals = {one: Decimal(number) for one, number in each["totals"].items()}
        moved = {one: totals.get(one, Decimal(0)) - was for one, was in before.items()}
        excluded = list(each["of"]) if each["action"] == "exclusion" else []
        found.append(
            {
                "stage": number,
                "action": each["action"],
                "of": list(each["of"]),
                "totals": {one: str(each["totals"][one]) for one in totals},
                "transfers": {one: str(number) for one, number in moved.items() if number},
                "non_transferable": str(Decimal(sum(votes.values())) - sum(totals.values())),
                "elected": list(each["elected"]),
                "excluded": excluded,
            }
        )
        before = totals
    return found


def _allocation(night: ByHand, contest: Contest, main: Mapping[str, str], data: Json, waiting: Sequence[str]) -> Json:
    seats, has = [], Counter[str]()
    parties = Counter(party for one in contest.constituencies for party in night.winners(one))
    carried = {one: parties[party] for one, party in main.items() if parties[party]}
    for one in [*data["elected"], *_next(data, carried, contest)]:
        alone = main[one] == INDEPENDENT
        divisor = 1 if alone else 1 + carried.get(one, 0) + has[one]
        people = contest.candidates[one].people
        person = contest.candidates[one].name if alone else None if people is None else people[has[one]].name
        figure = round(data["votes"][one] / divisor, 2)
        seats.append({"list": one, "person": person, "divisor": divisor, "figure": figure})
        has[one] += 1
    last = seats.pop() if len(seats) > contest.seats else None
    if waiting:
        return {"checked": False, "carried_in": {}, "seats": [], "next": None, "waits_for": list(waiting)}
    return {"checked": True, "carried_in": carried, "seats": seats, "next": last}


def _next(data: Json, carried: Mapping[str, int], contest: Contest) -> Sequence[str]:
    """Return who would have the next seat, among lists with names left."""
    figures = {}
    for one, votes in data["votes"].items():
        has, people = data["elected"].count(one), contest.candidates[one].people
        if has < len(people or (1,)):
            figures[one] = votes / (1 + carried.get(one, 0) + has)
    return [max(figures, key=lambda one: figures[one])] if figures else []
