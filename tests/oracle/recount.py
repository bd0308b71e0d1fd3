"""The night counted again from its ledger: naive, slow, and without a line of the services' code.

Plain dictionaries in, plain dictionaries out. Nothing is remembered from one ledger entry to the next: whoever wants
to know how things stood after the seventh entry recounts the first seven. Source of every rule: docs/rules.md, and
for what a message does, the table in docs/life.md.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import combinations, permutations
from typing import Any, Final, TypeVar

from tests.oracle import odd
from tests.oracle.flows import assignments

Json = dict[str, Any]
Found = TypeVar("Found")

COUNTING: Final = {"declared", "uncontested", "stage"}
"""Kinds that tallies and control count."""
NAMING: Final = COUNTING | {"flash"}
"""Kinds that say who is elected."""
NO_RESULT_TONIGHT: Final = {"postponed", "countermanded", "annulled"}
"""Kinds after which nobody waits for a result any more."""
INDEPENDENT: Final = "ynmp-party:2"
BASELINES: Final = ("previous_election", "sitting")


@dataclass(frozen=True, slots=True)
class Heard:
    """What the ledger says when all of it has been heard: the register as amended, and what stands of each contest."""

    register: Json
    standing: dict[str, Json]
    """By ballot id, the message with the highest revision."""
    attributes: dict[str, Json]
    """The envelopes of the same messages."""
    waiting: set[str]
    """Ballot ids of the contests of which something waits that would change who is elected."""
    ledger: list[Json]
    """All of it, in its order."""
    places: dict[str, int]
    """By ballot id, how many entries the ledger had before that message."""
    found: dict[tuple[str, str], Any] = field(default_factory=dict)
    """What was worked out of it already, by what and of which contest or council: the same is asked many times."""

    def before(self, ballot: str) -> list[Json]:
        """Return what the ledger said before the message of a contest."""
        return self.ledger[: self.places[ballot]]

    def main(self, party: str) -> str:
        """Return the party that a joint description or a twin counts as."""
        return self.register["parties"][party].get("counts_as") or party

    def short(self, party: str) -> str:
        """Return a party's abbreviation."""
        return str(self.register["parties"][party]["abbreviation"])

    def counted(self) -> list[str]:
        """Return the ballot ids of the contests that tallies and control count."""
        return sorted(ballot for ballot, said in self.standing.items() if kind_of(said) in COUNTING)

    def under_review(self) -> list[str]:
        """Return the ballot ids of the contests whose winner may be another one when what waits is decided."""
        return sorted(ballot for ballot in self.waiting & {*self.standing} if kind_of(self.standing[ballot]) in NAMING)

    def without_result(self) -> list[str]:
        """Return the ballot ids of the contests that will have no result now."""
        return sorted(ballot for ballot, said in self.standing.items() if kind_of(said) in NO_RESULT_TONIGHT)


def once(find: Callable[[Heard, str], Found]) -> Callable[[Heard, str], Found]:
    """Return a question whose answer is worked out once for each contest or council, and holds until more is heard."""

    def answer(heard: Heard, of: str) -> Found:
        key = find.__name__, of
        if key not in heard.found:
            heard.found[key] = find(heard, of)
        found: Found = heard.found[key]
        return found

    return answer


def hear(ledger: Iterable[Json]) -> Heard:
    """Read a ledger, its register first and the rest in any order but what waits for a second person."""
    events = list(ledger)
    register: Json = {}
    standing: dict[str, Json] = {}
    attributes: dict[str, Json] = {}
    places: dict[str, int] = {}
    for place, event in enumerate(events):
        data = event["data"]
        match event["type"]:
            case "tallywire.register.v1":
                register = data
            case "tallywire.amendment.v1":
                register = amended(register, data)
            case "tallywire.declaration.v1":
                ballot = data["ballot_id"]
                if ballot not in standing or data["revision"] > standing[ballot]["revision"]:
                    standing[ballot], attributes[ballot] = data, event
                    places[ballot] = place
    return Heard(register, standing, attributes, set(_waiting(events)), events, places)


def _waiting(events: Sequence[Json]) -> Iterator[str]:
    """Yield the contest of each hold that is to be decided and says that the winner may be another one."""
    for place, hold in enumerate(events):
        if hold["type"] == "tallywire.hold.v1" and hold["data"].get("under_review"):
            later = [other for other in events[place + 1 :] if other["data"].get("ballot_id") == hold["subject"]]
            revisions = [other["data"]["revision"] for other in later if other["type"] == "tallywire.declaration.v1"]
            decided = [other["data"] for other in later if other["type"] == "tallywire.confirmation.v1"]
            refused = [one["hold"] for one in decided if one["decision"] in ("reject", "return")]
            if hold["sequence"] not in refused and max(revisions, default=0) < hold["data"]["revision"]:
                yield hold["subject"]


def kind_of(said: Json) -> str:
    """Return what sort of message it is."""
    return str(said.get("kind", "declared"))


def amended(register: Json, amendment: Json) -> Json:
    """Return a register in which one contest is another; the one on the ledger stays as it is."""
    contest = {**register["contests"][amendment["ballot_id"]]}
    for name in ("electorate", "name", "returning_officer"):
        if amendment.get(name) is not None:
            contest[name] = amendment[name]
    if amendment.get("sitting") is not None:
        contest["baseline"] = contest["baseline"] | {"sitting": amendment["sitting"]}
    standing: Json = {}
    changes = amendment.get("candidates", {})
    for candidate in [*contest["candidates"], *(name for name in changes if name not in contest["candidates"])]:
        change = dict(changes.get(candidate, {}))
        stands, now = change.pop("stands", None), change.pop("id", None)
        if stands is not False:
            kept = {key: value for key, value in change.items() if value is not None}
            standing[now or candidate] = contest["candidates"].get(candidate, {}) | kept
    contest["candidates"] = standing
    if amendment.get("parties"):
        register = register | {"parties": register["parties"] | amendment["parties"]}
    if amendment.get("headline_baseline") is not None:
        register = register | {"headline_baseline": amendment["headline_baseline"]}
    return register | {"contests": register["contests"] | {amendment["ballot_id"]: contest}}


def counted_so_far(contest: Json, said: Json) -> Json:
    """Return what the areas of a message of progress say together: of what one of them leaves out, nothing."""
    areas = said["areas"]
    votes: dict[str, int] = {}
    for one in contest["candidates"]:
        counts = [area["votes"].get(one) for area in areas]
        if None not in counts:
            votes[one] = sum(counts)
    rejected = [area.get("rejected") for area in areas]
    return {"votes": votes, "rejected": None if None in rejected else sum(rejected)}


# --- who is elected -------------------------------------------------------------------------------------------


def best(votes: Mapping[str, int], places: int, lot: Collection[str]) -> tuple[set[str], bool]:
    """Return who is elected and whether by lot: every possible set of winners is tried.

    Raises:
        ValueError: equal votes at the last place, and no lot that decides between them.
    """
    places = min(places, len(votes))
    possible = [
        set(chosen)
        for chosen in combinations(sorted(votes), places)
        if all(votes[winner] >= votes[loser] for winner in chosen for loser in votes if loser not in chosen)
    ]
    if len(possible) == 1:
        return possible[0], False
    last = min(votes[winner] for winner in possible[0])
    drawn = [chosen for chosen in possible if {name for name in chosen if votes[name] == last} == set(lot)]
    if len(drawn) != 1:
        raise ValueError(f"no lot decides between {possible}")
    return drawn[0], True


def elected_by(contest: Json, said: Json) -> tuple[set[str], bool]:
    """Return who a message about a contest elects, and whether by lot; nobody where it names nobody."""
    if kind_of(said) == "declared":
        deciding = said.get("final_round") or said["votes"]
        return best(deciding, contest["seats"], said.get("lot") or ())
    if kind_of(said) in NAMING:
        return set(said["elected"]), False
    return set(), False


# --- gain and hold --------------------------------------------------------------------------------------------


def flow(heard: Heard, ballot: str, winners: Collection[str], name: str) -> Json | None:
    """Return how the seats flowed against one baseline: equal parties cancel, what is left was gained and lost."""
    contest = heard.register["contests"][ballot]
    baseline = contest["baseline"][name]
    if baseline is None or not winners:
        return None
    after = Counter(heard.main(contest["candidates"][winner]["party"]) for winner in winners)
    if not baseline["seats"]:
        return {
            "change": "win",
            "held": {},
            "gained": {},
            "lost": {},
            "won": dict(after),
            "ambiguous": False,
            "party": _only(after),
            "previous_party": None,
            "holder_changed": False,
            "notional": False,
        }
    before = Counter(heard.main(holder["party"]) for holder in baseline["seats"])
    held, gained, lost = before & after, after - before, before - after
    return {
        "change": "gain" if gained else "hold",
        "held": dict(held),
        "gained": dict(gained),
        "lost": dict(lost),
        "won": {},
        "party": _only(gained or held),
        "previous_party": _only(lost) if gained else None,
        "ambiguous": bool(gained) and len(assignments(list(before.elements()), list(after.elements()))) > 1,
        "holder_changed": _another_independent(heard, contest, winners, baseline, held[INDEPENDENT]),
        "notional": baseline.get("notional", False),
        **({"same_person": True} if _same_person(contest, winners, baseline, gained, held) else {}),
    }


def _only(parties: Mapping[str, int]) -> str | None:
    return next(iter(parties)) if len(parties) == 1 else None


def _another_independent(heard: Heard, contest: Json, winners: Collection[str], baseline: Json, held: int) -> bool:
    """Whether, of the seats independents kept, one at least went to another; not said where a name is unknown.

    In these elections a first name is one person's, whatever the surname: who has married is nobody else. A sitting
    member by whose name nobody sat may be anybody.
    """
    after = [contest["candidates"][winner] for winner in winners]
    people = [candidate for candidate in after if heard.main(candidate["party"]) == INDEPENDENT]
    holders = [holder.get("name") for holder in baseline["seats"] if heard.main(holder["party"]) == INDEPENDENT]
    if None in holders or not held:
        return False
    sat = {holder.get("name") for holder in (contest["baseline"]["sitting"] or {"seats": []})["seats"]}
    most = max(
        sum(
            _person(one["name"]) == _person(name) or (one.get("sitting") is True and one["name"] not in sat)
            for one, name in zip(order, holders, strict=False)
        )
        for order in permutations([*people, *NOBODIES], len(holders))
    )
    return held > most


NOBODIES: Final[tuple[Json, ...]] = ({"name": "-"},) * 3
"""In place of those who are not elected, when each holder is held against one of the elected or nobody."""


def _same_person(
    contest: Json, winners: Collection[str], baseline: Json, gained: Mapping[str, int], held: Mapping[str, int]
) -> bool:
    """Whether a single seat went with its holder to another party, or to none; or an independent certainly kept it."""
    if len(winners) != 1 or len(baseline["seats"]) != 1:
        return False
    (winner,), (holder,) = winners, baseline["seats"]
    name, now = holder.get("name"), contest["candidates"][winner]["name"]
    if name is None or not (gained or held[INDEPENDENT]):
        return False
    return _person(name) == _person(now) if gained else name == now


def _person(name: str) -> str:
    return name.partition(" ")[0]


def label(heard: Heard, found: Json | None) -> str | None:
    """Return the short form of a flow of one seat: ``Lab gain from Con``, ``Con hold``, ``Ind win``."""
    if found is None:
        return None
    if found["change"] == "gain":
        return f"{heard.short(found['party'])} gain from {heard.short(found['previous_party'])}"
    return f"{heard.short(found['party'])} {found['change']}"


# --- figures --------------------------------------------------------------------------------------------------


def percent(part: int, whole: int | None) -> float | None:
    """Return per cent with two decimals, half up; None where it cannot be known."""
    if not whole:
        return None
    return float((Decimal(100 * part) / whole).quantize(Decimal("0.01"), ROUND_HALF_UP))


def result(heard: Heard, ballot: str) -> Json:
    """Return what the standing message of a contest means; only fields that follow from it and the register."""
    contest, said = heard.register["contests"][ballot], heard.standing[ballot]
    kind = kind_of(said)
    winners, by_lot = elected_by(contest, said)
    votes: dict[str, int] = said.get("votes") or {}
    final: dict[str, int] = said.get("final_round") or {}
    deciding = final or votes
    losers = [deciding[name] for name in deciding if name not in winners]
    complete = kind == "declared" and votes.keys() == contest["candidates"].keys()
    valid = sum(votes.values()) if complete else None
    outcomes = {name: flow(heard, ballot, winners, name) for name in BASELINES}
    return {
        "ballot_id": ballot,
        "revision": said["revision"],
        "kind": kind,
        "counts": kind in COUNTING,
        "regions": {*contest["regions"], "uk"},
        "body": contest.get("body"),
        "elected": winners,
        "parties_elected": Counter(heard.main(contest["candidates"][name]["party"]) for name in winners),
        "outcomes": outcomes,
        "labels": {name: label(heard, outcomes[name]) for name in BASELINES} if contest["seats"] == 1 else None,
        "first_time": _first_time(heard, contest, winners),
        "majority": min(deciding[name] for name in winners) - max(losers) if losers else None,
        "lot": by_lot,
        "rounds": 0 if kind != "declared" else 2 if final else 1,
        "valid_votes": valid,
        "rejected": rejected_papers(said),
        "electorate": contest["electorate"],
        "turnout": _turnout(contest, said, valid),
        "votes": {name: votes.get(name) for name in contest["candidates"]},
        "shares": {name: percent(votes[name], valid) if complete else None for name in contest["candidates"]},
        "final_votes": {name: final.get(name) for name in contest["candidates"]},
        "share_changes": {name: share_change(heard, ballot, name, votes, valid) for name in contest["candidates"]},
        "swing": swing(heard, ballot, votes, valid),
        "counted_so_far": counted_so_far(contest, said) if kind_of(said) == "progress" else None,
        "declared_at": said.get("declared_at"),
        "reason": said.get("reason"),
        "under_review": ballot in heard.under_review(),
        "signed": "signature" in heard.attributes[ballot],
        "confirmed": "confirmedby" in heard.attributes[ballot],
        "notes": [*_notes(contest, said, complete=complete), *odd.odd_notes(heard.before(ballot), said)],
    }


def _notes(contest: Json, said: Json, *, complete: bool) -> Iterator[tuple[str, int | None]]:
    """Yield what is noted of figures, and by how many papers: papers that differ, an electorate nobody knows."""
    votes, papers, rejected = said.get("votes"), said.get("papers"), rejected_papers(said)
    if votes is None:
        return
    if papers is not None:
        valid = next(
            number
            for number in range(sum(votes.values()) + 1)
            if number * contest["seats"] >= sum(votes.values()) and all(number >= count for count in votes.values())
        )
        apart = papers - valid - (rejected or 0)
        if apart < 0 or (apart > 0 and contest["seats"] == 1 and complete and rejected is not None):
            yield "papers.differ", apart
    if contest["electorate"] is None:
        yield "electorate.unknown", None


def _first_time(heard: Heard, contest: Json, winners: Collection[str]) -> bool | None:
    """Whether the winner's party never won before; of several winners nobody asks, and not where the register errs."""
    if len(winners) != 1 or not contest["past_winners"]:
        return None
    (winner,) = winners
    party = heard.main(contest["candidates"][winner]["party"])
    past = {heard.main(earlier["party"]) for earlier in contest["past_winners"]}
    held = {name: contest["baseline"][name] for name in BASELINES if contest["baseline"][name] is not None}
    parties = {name: {heard.main(holder["party"]) for holder in before["seats"]} for name, before in held.items()}
    if "previous_election" in held and not held["previous_election"].get("notional"):
        won = parties["previous_election"]
        if not won or won - past:
            return None
    if "previous_election" in held and not parties["previous_election"]:
        return None
    if party in past:
        return False
    return None if any(party in one for one in parties.values()) else True


def rejected_by_head(said: Json) -> dict[str, int] | None:
    """Return the papers rejected by head; None where none, or only those in part, are given."""
    heads: dict[str, int] = said.get("rejected_by_head") or {}
    return heads if set(heads) - {"in_part"} else None


def rejected_papers(said: Json) -> int | None:
    """Return the papers rejected, stated as a whole or by head; None where not stated."""
    heads = rejected_by_head(said)
    if said.get("rejected") is None and heads is not None:
        return sum(count for head, count in heads.items() if head != "in_part")
    stated: int | None = said.get("rejected")
    return stated


def _turnout(contest: Json, said: Json, valid: int | None) -> Json:
    """Return both turnouts: valid votes, and papers, of the electorate."""
    electorate, papers, rejected = contest["electorate"], said.get("papers"), rejected_papers(said)
    heads = rejected_by_head(said) or {}
    if rejected is not None and heads and rejected == sum(heads.values()):
        # Some votes of a paper rejected in part were counted.
        rejected -= heads.get("in_part", 0)
    if contest["seats"] > 1:
        # A paper has several votes: only papers tell how many people voted.
        valid = None if papers is None or rejected is None else papers - rejected
    elif papers is None and valid is not None and rejected is not None:
        papers = valid + rejected
    return {
        "valid_votes": None if valid is None else percent(valid, electorate),
        "papers": None if papers is None else percent(papers, electorate),
    }


def share_change(
    heard: Heard, ballot: str, candidate: str, votes: Mapping[str, int], valid: int | None
) -> Fraction | None:
    """Return the exact change of a party's share in points, where it stood last time and has one candidate now."""
    contest = heard.register["contests"][ballot]
    parties = [heard.main(standing["party"]) for standing in contest["candidates"].values()]
    party = heard.main(contest["candidates"][candidate]["party"])
    before = contest.get("previous_votes") or {}
    if contest["seats"] > 1 or parties.count(party) > 1:
        # With several votes a paper, or several candidates, it is not the same share.
        return None
    if not valid or not sum(before.values()) or party not in before:
        return None
    if party == INDEPENDENT and not _won_before(heard, contest, contest["candidates"][candidate]["name"]):
        return None
    return Fraction(100 * votes[candidate], valid) - Fraction(100 * before[party], sum(before.values()))


def _won_before(heard: Heard, contest: Json, name: str) -> bool:
    """Whether an independent of that very name won last time."""
    before = contest["baseline"]["previous_election"]
    return before is not None and any(
        holder.get("name") == name and heard.main(holder["party"]) == INDEPENDENT for holder in before["seats"]
    )


def swing(heard: Heard, ballot: str, votes: Mapping[str, int], valid: int | None) -> tuple[str, Fraction] | None:
    """Return who gained on whom and by how many points, of one seat's clear first and second; None where unknown."""
    order = sorted(votes, key=lambda name: -votes[name])
    if not valid or len(order) < 2:  # first, second
        return None
    first, second = (share_change(heard, ballot, name, votes, valid) for name in order[:2])
    if first is None or second is None:
        return None
    ahead = order[0] if first >= second else order[1]
    return heard.main(heard.register["contests"][ballot]["candidates"][ahead]["party"]), abs(first - second) / 2


def results(heard: Heard) -> dict[str, Json]:
    """Return the result of every contest about which something was said."""
    return {ballot: result(heard, ballot) for ballot in heard.standing}
