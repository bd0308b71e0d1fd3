"""Control is certain exactly when every end that is left has it: small parliaments, all ends of which are tried."""

import json
from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any, Final

from schemas.events import DeclarationEvent
from schemas.register import Register
from tests.oracle.systems import written
from tests.oracle.systems.wards import irish_count
from tests.services.aggregate.every_end import INDEPENDENT, certain, ends, surely_largest
from tests.services.events import declaration_event, register_event
from tests.services.folding import Written, aggregate_and_notify
from tests.services.registers import synthetic_register

Json = dict[str, Any]
DAY: Final = "2030-05-02"
PARLIAMENTS: Final = 60
PARTIES: Final = ("PP52", "PP53", "PP90")
JOINT: Final = "joint-party:53-119"


class Parliament:
    """A parliament in the making, and what is declared of it."""

    def __init__(self, seed: int) -> None:
        """Draw regions with constituencies, closed lists, wards by transferable vote and wards of several seats."""
        self.chance = Random(seed)
        self.contests: dict[str, Json] = {}
        self.plans: dict[str, list[Json]] = {}
        self.tag = ""
        self.favourite = self.chance.choice((*PARTIES, "nobody", "nobody"))
        for number in range(self.chance.choice((1, 1, 2))):
            self.tag = f"{number}"
            self._region()
        for block in self.chance.sample((self._closed_list, self._by_stages, self._ward), self.chance.randint(0, 2)):
            block()

    def rarely(self, one_in: int) -> bool:
        """Return whether something rare happens."""
        return self.chance.randrange(one_in) == 0

    def register(self) -> Register:
        """Return its register; the body may have seats that are not up, and vacant ones."""
        not_up = {self.chance.choice(PARTIES): self.chance.randint(1, 2)} if self.rarely(3) else {}
        if self.favourite in PARTIES and self.rarely(2):
            not_up[self.favourite] = self.chance.randint(1, 3)
        vacant = int(self.rarely(5))
        up = sum(contest["seats"] for contest in self.contests.values())
        body = {
            "name": "Synthetic Parliament",
            "kind": "parliament",
            "seats": up + sum(not_up.values()) + vacant,
            "not_up": not_up,
            "vacant": vacant,
            "control_before": self.chance.choice((*PARTIES, INDEPENDENT)),
        }
        return synthetic_register(bodies={"parliament": body}, contests=self.contests)

    def night(self) -> Iterator[DeclarationEvent]:
        """Yield what is declared, contests in any order and the messages of each in theirs."""
        revisions = dict.fromkeys(self.plans, 0)
        left = [ballot for ballot, plan in self.plans.items() for _ in plan]
        self.chance.shuffle(left)
        for sequence, ballot in enumerate(left, start=2):
            said = dict(self.plans[ballot][revisions[ballot]])
            revisions[ballot] += 1
            votes = said.pop("votes", None)
            yield declaration_event(ballot, votes, revision=revisions[ballot], sequence=sequence, **said)

    def _contest(self, ballot: str, system: str, seats: int, candidates: Json, **facts: object) -> None:
        self.contests[ballot] = {
            "name": ballot,
            "office": "member",
            "voting_system": system,
            "seats": seats,
            "candidates": candidates,
            "regions": ["england"],
            "electorate": None,
            "baseline": {"previous_election": None, "sitting": None},
            "past_winners": None,
            "body": "parliament",
            **facts,
        }

    def _people(self, number: int) -> Json:
        return {
            f"{self.tag}-{place}": {
                "name": f"Person {self.tag} {place}",
                "party": self.chance.choice((*PARTIES, JOINT, INDEPENDENT)),
            }
            for place in range(number)
        }

    def _region(self) -> None:
        seats, constituencies = self.chance.choice(((2, 2), (3, 2), (3, 3), (2, 4), (4, 3), (1, 3)))
        standing = {
            f"sp.c.{self.tag}-{place}.{DAY}": {
                f"{party.lower().replace(':', '-')}-{self.tag}-{place}": {
                    "name": f"{party} {self.tag} {place}",
                    "party": JOINT if party == "PP53" and self.rarely(3) else party,
                }
                for party in self.chance.sample((*PARTIES, INDEPENDENT), self.chance.choice((1, 2, 3, 3, 4)))
            }
            for place in range(constituencies)
        }
        for ballot, candidates in standing.items():
            self._contest(ballot, "first-past-the-post", 1, candidates)
            self.plans[ballot] = self._seat_plan(candidates)
        everybody = [one for candidates in standing.values() for one in candidates.items()]
        lists = {}
        for party in self.chance.sample(PARTIES, self.chance.choice((2, 3, 3))):
            own = [
                (one, who["name"]) for one, who in everybody if who["party"] in (party, JOINT) and party in one.upper()
            ]
            lists[f"list-{party.lower()}"] = self._list(party, own)
        if self.rarely(2):
            lists["alone"] = {"name": "Ann Alone", "party": INDEPENDENT}
        ballot = f"sp.r.{self.tag}.{DAY}"
        threshold = self.chance.choice((None, None, 10))
        self._contest(
            ballot, "additional-member", seats, lists, constituencies=[*standing], threshold_per_cent=threshold
        )
        self.plans[ballot] = [self._list_count(lists, seats) for _ in range(self.chance.choice((0, 1, 1, 1, 2)))]
        if self.rarely(12):
            self.plans[ballot].append({"kind": "withdrawn", "reason": "Synthetic"})

    def _list(self, party: str, standing: list[tuple[str, str]]) -> Json:
        """Return a list: of unknown names, or of some people who stand in constituencies, too, and some who do not."""
        found: Json = {"name": f"List {party}", "party": JOINT if party == "PP53" and self.rarely(4) else party}
        if self.rarely(3):
            return found
        both = self.chance.sample(standing, self.chance.randint(0, len(standing)))
        people = [{"name": name} | ({"id": one} if self.rarely(2) else {}) for one, name in both]
        people += [{"name": f"Listed {party} {number}"} for number in range(self.chance.randint(0, 2))]
        return found | {"people": people or [{"name": f"Listed {party}"}]}

    def _seat_plan(self, candidates: Json) -> list[Json]:
        plan = [self._seat(candidates) for _ in range(self.chance.choice((0, 1, 1, 1, 1, 2)))]
        if self.rarely(8):
            plan.append({"kind": self.chance.choice(("withdrawn", "postponed", "recount")), "reason": "Synthetic"})
        if self.rarely(8):
            plan.insert(0, {"kind": "flash", "elected": [self.chance.choice(list(candidates))]})
        return plan

    def _seat(self, candidates: Json) -> Json:
        winner = self.chance.choice(list(candidates))
        for one, who in candidates.items():
            if who["party"] == self.favourite and not self.rarely(4):
                winner = one
        if len(candidates) == 1:
            return {"kind": "uncontested", "elected": [winner]}
        return {"votes": {one: 90 if one == winner else 10 for one in candidates}}

    def _list_count(self, lists: Json, seats: int) -> Json:
        """Return votes by list, and seats that may be those of the rule or not: no more than there are people."""
        votes = {
            one: self.chance.choice((3, 12, 20, 24, 36, 40, 60, 90)) + 200 * (who["party"] == self.favourite)
            for one, who in lists.items()
        }
        places = [
            one
            for one, who in lists.items()
            for _ in range(1 if who["party"] == INDEPENDENT else len(who.get("people") or "x" * seats))
        ]
        return {"votes": votes, "elected": self.chance.sample(places, min(seats, len(places)))}

    def _closed_list(self) -> None:
        lists = {f"list-{party.lower()}": self._list(party, []) for party in PARTIES[: self.chance.choice((2, 3))]}
        lists["alone"] = {"name": "Ann Alone", "party": INDEPENDENT}
        seats = self.chance.randint(1, 4)
        ballot = f"senedd.closed.{DAY}"
        self._contest(ballot, "closed-list", seats, lists, threshold_per_cent=self.chance.choice((None, None, 5)))
        self.plans[ballot] = [self._list_count(lists, seats)] if self.rarely(2) else []

    def _by_stages(self) -> None:
        self.tag = "stages"
        seats = self.chance.choice((2, 3, 4))
        people = self._people(self.chance.randint(seats + 1, 7))
        ballot = f"nia.stages.{DAY}"
        self._contest(ballot, "single-transferable-vote", seats, people, counting_rules="northern-ireland")
        count = irish_count(self.chance, list(people), seats)
        stages = written.stages(count)
        votes = {one: int(number) for one, number in count.first.items()}
        so_far = sorted(self.chance.sample(range(len(stages) + 1), min(3, len(stages) + 1)))
        self.plans[ballot] = [{"kind": "stage", "votes": votes, "stages": stages[:number]} for number in so_far]

    def _ward(self) -> None:
        self.tag = "ward"
        seats = self.chance.randint(1, 3)
        people = self._people(self.chance.randint(1, 4))
        ballot = f"local.ward.{DAY}"
        self._contest(ballot, "first-past-the-post", seats, people)
        winners = self.chance.sample(list(people), min(seats, len(people)))
        votes = {one: 50 + place if one in winners else place for place, one in enumerate(people)}
        self.plans[ballot] = [{"votes": votes}] if self.rarely(2) else []


def states(written_: Written) -> Iterator[tuple[dict[str, Json], Json]]:
    """Yield after each ledger entry the results that stand, and the state of control."""
    results: dict[str, Json] = {}
    control: Json = {}
    place = 1
    for event in written_.streams["results"]:
        sequence = int(event["id"].rpartition(":")[2])
        if sequence != place and control:
            yield dict(results), control
        place = sequence
        if event["type"] == "tallywire.control.v1":
            control = event["data"]
        else:
            results[event["subject"]] = event["data"]
    yield results, control


def test_control_is_certain_exactly_when_every_end_has_it() -> None:
    """Promise: neither too early nor too late, in any order of messages: a majority, a loss, no overall control.

    Nor which party is the largest, but where its worst end and another's best are never the same: that may come later.
    """
    met, later = Counter[str](), 0
    for seed in range(PARLIAMENTS):
        drawn = Parliament(seed)
        register = drawn.register()
        described = json.loads(register.encode())
        written_ = aggregate_and_notify([register_event(register), *drawn.night()])
        for results, control in states(written_):
            now, lost = certain(described, ends(described, results))
            assert (control["now"], control["holder_lost"]) == (now, lost[control["before"]]), (seed, len(results))
            met["open" if now is None else "no overall control" if now == "NOC" else "majority"] += not control["final"]
            met["lost"] += control["holder_lost"]
            largest, stated = surely_largest(described, ends(described, results)), control.get("largest_certain")
            assert stated in (None, largest), (seed, len(results))
            met["largest"] += stated is not None and now is None and not control["final"]
            later += stated != largest
    assert min(met.values()) > PARLIAMENTS // 10, met
    assert len(met) == len(("open", "no overall control", "majority", "lost", "largest"))
    assert later <= PARLIAMENTS // 20
