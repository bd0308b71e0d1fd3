"""Nights that nobody held, by every voting system: small parliaments with regions, closed lists, wards, assemblies.

Each is drawn from a number, which gives it again. What is declared of a region depends on what stands of its
constituencies when it comes, so messages are drawn in the order of their arrival.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any, Final

from tests.oracle.elections import DAY, ELECTION, SPOKEN
from tests.oracle.mischief import Night, Sent
from tests.oracle.recount import Heard, hear
from tests.oracle.systems import written
from tests.oracle.systems.dhondt import allocation
from tests.oracle.systems.judging import possible
from tests.oracle.systems.regions import INDEPENDENT, waits_for
from tests.oracle.systems.regions import lists as lists_of
from tests.oracle.systems.transfers import Count
from tests.oracle.systems.wards import irish_count, scottish_count

Json = dict[str, Any]
Say = Callable[[], Json]
"""Draws what is declared when its turn has come."""

PARTIES: Final = ("PP52", "PP53", "PP90", "residents")
AREAS: Final = ("East", "West", "Isles")
VOTES: Final = (1, 12, 12, 24, 30, 36, 60, 60, 90)
FEW_VOTES: Final = (1, 2, 2, 4, 5, 6)
THRESHOLDS: Final = (5, 20, 34)
FIRST_NAMES: Final = ("Ann", "Bob", "Cay", "Dan", "Eve", "Fay", "Gus", "Hal")


@dataclass
class _Writer:
    """A night in the making."""

    chance: Random
    contests: dict[str, Json] = field(default_factory=dict)
    bodies: dict[str, Json] = field(default_factory=dict)
    parties: dict[str, Json] = field(default_factory=dict)
    plans: list[tuple[str, list[Say]]] = field(default_factory=list)
    ledger: list[Json] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    revisions: dict[str, int] = field(default_factory=dict)

    def rarely(self, one_in: int) -> bool:
        return self.chance.randrange(one_in) == 0

    def heard(self) -> Heard:
        return hear(self.ledger)


def night(seed: int, *, lists: bool = True) -> Night:
    """Return the night of a number, with regions and closed lists or without."""
    writer = _Writer(Random(seed))
    blocks: list[Callable[[_Writer], None]] = [_council, _assembly, _referendum, _plain_wards]
    if lists:
        blocks += [_parliament, _parliament, _closed_lists]
    for block in writer.chance.sample(blocks, writer.chance.choice((1, 1, 2))):
        block(writer)
    register = _register(writer)
    _send(writer, "register", register, "register")
    _play(writer)
    return Night(register, tuple(writer.sent))


def _register(writer: _Writer) -> Json:
    chance = writer.chance
    for slug, body in writer.bodies.items():
        up = sum(contest["seats"] for contest in writer.contests.values() if contest["body"] == slug)
        body["not_up"] = {chance.choice(PARTIES): chance.randint(1, 2)} if writer.rarely(4) else {}
        body["vacant"] = int(writer.rarely(6))
        body["seats"] = up + sum(body["not_up"].values()) + body["vacant"] + int(writer.rarely(8))
        body["before"] = {chance.choice(PARTIES): chance.randint(1, 4)} if writer.rarely(2) else {}
        body["control_before"] = chance.choice((None, "NOC", "PP52", "PP53", "joint-party:53-119"))
    return {
        "election": ELECTION,
        "name": "Synthetic elections by every system",
        "test": False,
        "headline_baseline": chance.choice(("previous_election", "sitting")),
        "parties": {key: _party(key) for key in SPOKEN} | writer.parties,
        "regions": {"coast": {"name": "Coast", "kind": "official"}},
        "contests": writer.contests,
        "bodies": writer.bodies,
    }


def _party(key: str) -> Json:
    spoken, abbreviation, counts_as = SPOKEN[key]
    number = "plural" if spoken.endswith("s") else "singular"
    named = {"name": f"{spoken} ({key})", "spoken": spoken, "abbreviation": abbreviation, "number": number}
    return named if counts_as is None else {**named, "counts_as": counts_as}


# --- registers ------------------------------------------------------------------------------------------------


def _contest(writer: _Writer, name: str, system: str, seats: int, candidates: Json, **facts: Any) -> Json:  # noqa: ANN401  # any JSON
    by_person = system in ("first-past-the-post", "single-transferable-vote")
    return {
        "name": name,
        "office": "synthetic office",
        "voting_system": system,
        "seats": seats,
        "candidates": candidates,
        "regions": ["coast"] if writer.rarely(2) else [],
        "electorate": writer.chance.choice((None, 1_000, 900)),
        "baseline": {
            name: _baseline(writer, seats) if by_person else None for name in ("previous_election", "sitting")
        },
        "past_winners": None,
        "body": None,
        **facts,
    }


def _baseline(writer: _Writer, seats: int) -> Json | None:
    if writer.rarely(5):
        return None
    holders = [{"party": writer.chance.choice((*PARTIES, INDEPENDENT)), "name": None} for _ in range(seats)]
    return {"seats": []} if writer.rarely(8) else {"seats": holders, "notional": writer.rarely(6)}


def _parliament(writer: _Writer) -> None:
    """Regions with list seats beside their constituencies; people may be on both papers."""
    chance, slug = writer.chance, f"parliament-{len(writer.contests)}"
    body = None if writer.rarely(4) else slug
    if body is not None:
        writer.bodies[body] = {"name": f"Synthetic {slug}", "kind": "parliament"}
    for region in range(chance.choice((1, 1, 2))):
        tag = f"{slug}-{region}"
        standing = {f"list-{party.lower()}": party for party in chance.sample(PARTIES, chance.randint(2, 4))}
        candidates = {one: _list(writer, tag, party) for one, party in standing.items()}
        if "list-pp53" in standing and writer.rarely(4):  # a second list of one party
            candidates["list-pp53-too"] = _list(writer, f"{tag}-too", "PP53") | {"party": "joint-party:53-119"}
        if writer.rarely(3):
            candidates["alone"] = {"name": f"Gus Alone {tag}", "party": INDEPENDENT}
        constituencies = [f"sp.c.{tag}-{place}.{DAY}" for place in range(chance.choice((1, 2, 2, 3)))]
        for place, ballot in enumerate(constituencies):
            _constituency(writer, ballot, body, tag, place)
        ballot = f"sp.r.{tag}.{DAY}"
        writer.contests[ballot] = _contest(
            writer,
            f"Region {tag}",
            "additional-member",
            chance.randint(1, 4),
            candidates,
            constituencies=constituencies,
            body=body,
            threshold_per_cent=chance.choice(THRESHOLDS) if writer.rarely(4) else None,
            seats_before={chance.choice(PARTIES): chance.randint(1, 3)} if writer.rarely(2) else None,
        )
        declared = 0 if writer.rarely(8) else chance.choice((1, 1, 1, 2))
        so_far = _by_areas(writer, ballot) if writer.rarely(3) else []
        writer.plans.append((ballot, so_far + [partial(_by_list, writer, ballot)] * declared))


def _list(writer: _Writer, tag: str, party: str) -> Json:
    """Return a list: nobody knows its names, or one to four; some with an id, under which they stand elsewhere, too."""
    found: Json = {"name": f"Synthetic list {party}", "party": party}
    if party == "PP53" and writer.rarely(3):
        found["party"] = "joint-party:53-119"
    if writer.rarely(3) or party == "PP52":  # one at least never runs out of names
        return found
    people = [
        {"name": f"{FIRST_NAMES[place]} {party} {tag}"} | ({} if writer.rarely(3) else {"id": _id(place, party, tag)})
        for place in range(writer.chance.randint(1, 4))
    ]
    return found | {"people": people}


def _id(place: int, party: str, tag: str) -> str:
    return f"{FIRST_NAMES[place]}-{party}-{tag}".lower()


def _constituency(writer: _Writer, ballot: str, body: str | None, tag: str, place: int) -> None:
    chance = writer.chance
    candidates = {}
    for party in chance.sample((*PARTIES, INDEPENDENT), chance.randint(2, 4)):
        candidates[_id(place, party, tag)] = {"name": f"{FIRST_NAMES[place]} {party} {tag}", "party": party}
    if not place and writer.rarely(2):  # who stands alone in the region, and may stand in one constituency
        candidates |= {chance.choice(("alone", "gus")): {"name": f"Gus Alone {tag}", "party": INDEPENDENT}}
    if body is None and writer.rarely(2):  # who is on the list of another party, where nobody may be
        party, other = chance.choice((("PP53", "PP90"), ("residents", INDEPENDENT)))
        candidates |= {_id(1, party, tag): {"name": f"{FIRST_NAMES[1]} {party} {tag}", "party": other}}
    writer.contests[ballot] = _contest(writer, ballot, "first-past-the-post", 1, candidates, body=body)
    plan: list[Say] = [] if writer.rarely(10) else [partial(_seat, writer, ballot)]
    if writer.rarely(10):
        plan.insert(0, lambda: {"kind": "flash", "elected": [chance.choice(list(candidates))]})
    if plan and writer.rarely(3):
        plan.append(partial(_seat, writer, ballot))
    if plan and writer.rarely(8):
        plan += [partial(_nothing, "withdrawn"), partial(_seat, writer, ballot)]
    elif writer.rarely(12):
        plan.append(partial(_nothing, chance.choice(("postponed", "annulled", "countermanded"))))
    writer.plans.append((ballot, plan))


def _closed_lists(writer: _Writer) -> None:
    chance, body = writer.chance, f"senedd-{len(writer.bodies)}"
    writer.bodies[body] = {"name": f"Synthetic Senedd {len(writer.bodies)}", "kind": "parliament"}
    for place in range(chance.choice((1, 2))):
        tag = f"{body}-{place}"
        candidates = {
            f"list-{party.lower()}": _list(writer, tag, party)
            for party in ("PP52", *chance.sample(PARTIES[1:], chance.randint(1, 3)))
        }
        if writer.rarely(2):
            candidates["alone"] = {"name": f"Gus Alone {tag}", "party": INDEPENDENT}
        ballot = f"senedd.{tag}.{DAY}"
        before = {chance.choice(PARTIES): chance.randint(1, 3)} if writer.rarely(2) else None
        threshold = chance.choice(THRESHOLDS) if writer.rarely(4) else None
        writer.contests[ballot] = _contest(
            writer,
            tag,
            "closed-list",
            chance.randint(1, 5),
            candidates,
            body=body,
            seats_before=before,
            threshold_per_cent=threshold,
        )
        declared = chance.choice((0, 1, 1, 2))
        so_far = _by_areas(writer, ballot) if writer.rarely(2) else []
        writer.plans.append((ballot, so_far + [partial(_by_list, writer, ballot)] * declared))


def _by_areas(writer: _Writer, ballot: str) -> list[Say]:
    """Have a contest by list counted in areas, and return what is said of it before: mostly few votes are to come."""
    chance, contest = writer.chance, writer.contests[ballot]
    lists = list(contest["candidates"])
    local = [{one: chance.choice((0, 1, 2, 4, 6)) for one in lists} for _ in AREAS]
    areas: list[Json] = [
        {"area": name, "votes": votes} | ({} if writer.rarely(4) else {"rejected": chance.randrange(4)})
        for name, votes in zip(AREAS, local, strict=True)
    ]
    if writer.rarely(6):
        del areas[0]["votes"][lists[-1]]
    papers = sum(sum(area["votes"].values()) + area.get("rejected", 0) for area in areas)
    contest["areas"] = list(AREAS)
    # There is room for whatever is declared in the end.
    contest["electorate"] = max(papers, max(FEW_VOTES) * len(lists) + 4) + chance.randrange(6)
    if writer.rarely(6):
        contest["electorate"] = None
    numbers = sorted(chance.sample((1, 2, 2, 3), chance.choice((1, 2, 2))))
    return [partial(_areas, areas[:number]) for number in numbers]


def _areas(areas: list[Json]) -> Json:
    return {"kind": "progress", "areas": areas}


def _people(writer: _Writer, number: int) -> Json:
    names = FIRST_NAMES[:number]
    return {
        f"c{place}": {
            "name": f"{name} Example",
            "party": writer.chance.choice((*PARTIES, "joint-party:53-119", INDEPENDENT)),
        }
        for place, name in enumerate(names)
    }


def _council(writer: _Writer) -> None:
    """Wards by Scotland's rules, declared whole; one may be a by-election for a single seat."""
    chance, body = writer.chance, f"council-{len(writer.bodies)}"
    writer.bodies[body] = {"name": f"Synthetic Council {len(writer.bodies)}", "kind": "council"}
    for place in range(chance.choice((1, 1, 2))):
        seats = chance.choice((1, 2, 3, 3, 4))
        people = _people(writer, chance.randint(seats + 1, 8))
        ballot = f"local.{body}.ward-{place}.{'by.' if seats == 1 else ''}{DAY}"
        writer.contests[ballot] = _contest(
            writer,
            f"Ward {place} {body}",
            "single-transferable-vote",
            seats,
            people,
            body=body,
            counting_rules="scotland",
        )
        plan: list[Say] = [partial(_whole_count, writer, ballot)] * chance.choice((0, 1, 1, 1, 2))
        if plan and writer.rarely(8):
            plan.append(partial(_nothing, "withdrawn"))
        writer.plans.append((ballot, plan))


def _assembly(writer: _Writer) -> None:
    """Constituencies by Northern Ireland's rules, stage by stage."""
    chance, body = writer.chance, f"assembly-{len(writer.bodies)}"
    writer.bodies[body] = {"name": f"Synthetic Assembly {len(writer.bodies)}", "kind": "parliament"}
    for place in range(chance.choice((1, 1, 2))):
        seats = chance.choice((1, 2, 3, 4, 5))
        people = _people(writer, chance.randint(seats + 1, 8))
        ballot = f"nia.{body}-{place}.{DAY}"
        contest = _contest(
            writer,
            f"Constituency {place} {body}",
            "single-transferable-vote",
            seats,
            people,
            body=body,
            counting_rules="northern-ireland",
        )
        writer.contests[ballot] = contest
        count = irish_count(chance, list(people), seats)
        so_far = sorted(chance.sample(range(len(count.stages) + 1), chance.randint(0, min(3, len(count.stages) + 1))))
        plan: list[Say] = [
            partial(_count, writer, ballot, count, number) for number in so_far if number < len(count.stages)
        ]
        if plan and writer.rarely(4):  # what was announced first is corrected later
            other = irish_count(chance, list(people), seats)
            plan.insert(0, partial(_count, writer, ballot, other, chance.randrange(max(len(other.stages), 1))))
        if len(plan) > 1 and writer.rarely(6):  # fewer stages than before: late news
            plan.append(plan[0])
        if not writer.rarely(4):
            plan.append(partial(_count, writer, ballot, count, None))
        writer.plans.append((ballot, plan))


def _plain_wards(writer: _Writer) -> None:
    """Wards first past the post, beside the others."""
    for place in range(2):
        people = _people(writer, writer.chance.randint(2, 4))
        ballot = f"local.plain.ward-{place}.{DAY}"
        writer.contests[ballot] = _contest(writer, f"Plain ward {place}", "first-past-the-post", 1, people)
        writer.plans.append((ballot, [partial(_seat, writer, ballot)] * writer.chance.choice((0, 1, 2))))


def _referendum(writer: _Writer) -> None:
    for answer in ("yes", "no"):
        said = answer.title()
        writer.parties[f"answer:{answer}"] = {"name": said, "spoken": said, "abbreviation": said, "number": "singular"}
    ballot = f"ref.testing.{DAY}"
    answers = {answer: {"name": answer.title(), "party": f"answer:{answer}"} for answer in ("yes", "no")}
    question = "How should this synthetic council be run?"
    writer.contests[ballot] = _contest(writer, "Testing referendum", "referendum", 1, answers, question=question)
    writer.plans.append((ballot, [partial(_seat, writer, ballot)] * writer.chance.choice((0, 1, 1, 2))))


# --- declarations ---------------------------------------------------------------------------------------------


def _nothing(kind: str) -> Json:
    return {"kind": kind, "reason": "Synthetic"}


def _papers(writer: _Writer, valid: int) -> Json:
    rejected = writer.chance.randrange(5)
    return writer.chance.choice(({}, {"rejected": rejected}, {"rejected": rejected, "papers": valid + rejected}))


def _seat(writer: _Writer, ballot: str) -> Json:
    """Draw a count for one seat, ties decided by lot."""
    votes = {one: writer.chance.choice((1, 5, 7, 7, 9, 9, 20, 30)) for one in writer.contests[ballot]["candidates"]}
    tied = [one for one in votes if votes[one] == max(votes.values())]
    by_lot = len(tied) > 1 and writer.contests[ballot]["voting_system"] != "referendum"
    lot = {"lot": [writer.chance.choice(tied)]} if by_lot else {}
    return {"kind": "declared", "votes": votes, **lot, **_papers(writer, sum(votes.values()))}


def _by_list(writer: _Writer, ballot: str) -> Json:
    """Draw a count by list, and allocate its seats by what stands; where that is not all, by what might yet be."""
    chance, heard = writer.chance, writer.heard()
    contest = writer.contests[ballot]
    few = contest.get("areas") and contest["electorate"] is not None
    votes = {one: chance.choice(FEW_VOTES if few else VOTES) for one in contest["candidates"]}
    if writer.rarely(8):  # nobody voted for some
        votes |= dict.fromkeys(list(votes)[1:2], 0)
    lot: list[str] = []

    def draw(tied: Sequence[str]) -> str:
        lot.append(chance.choice(tied))
        return lot[-1]

    supposed = _supposed(writer, heard, ballot)
    seats = allocation(lists_of(supposed, ballot, votes), draw)
    said: Json = {"kind": "declared", "votes": votes, **_papers(writer, sum(votes.values()))}
    if contest["voting_system"] == "additional-member" or not writer.rarely(3):
        said["elected"] = [seat.to for seat in seats]
        if writer.rarely(10):  # one seat of another list
            said["elected"][-1:] = [chance.choice(list(votes))]
    return said | ({"lot": lot} if lot else {})


def _supposed(writer: _Writer, heard: Heard, ballot: str) -> Heard:
    """Return the night with a winner for each constituency that has none."""
    standing = dict(heard.standing)
    for waiting in waits_for(heard, ballot):
        winner = writer.chance.choice(list(writer.contests[waiting]["candidates"]))
        standing[waiting] = {"ballot_id": waiting, "revision": 1, "kind": "uncontested", "elected": [winner]}
    return Heard(heard.register, standing, {}, set(), [], {})


def _whole_count(writer: _Writer, ballot: str) -> Json:
    contest = writer.contests[ballot]
    count = scottish_count(writer.chance, list(contest["candidates"]), contest["seats"])
    return _count(writer, ballot, count, None)


def _count(writer: _Writer, ballot: str, count: Count, so_far: int | None) -> Json:
    """Return a count, or its first stages, with some left out of what need not be said."""
    chance = writer.chance
    stages = written.stages(count)[:so_far]
    gone: set[str] = set()
    for stage, counted in zip(stages, count.stages, strict=False):
        gone.update(counted.of if counted.action == "exclusion" else ())
        for needless in ("transfers", "non_transferable", "elected"):
            if writer.rarely(3):
                del stage[needless]
        totals = stage["totals"]
        if isinstance(totals, dict) and writer.rarely(2):
            stage["totals"] = {one: votes for one, votes in totals.items() if one not in gone}
    votes = {one: int(number) for one, number in count.first.items()}
    said: Json = {"kind": "declared" if so_far is None else "stage", "votes": votes, "stages": stages}
    if chance.random() < 0.7:  # mostly
        said["quota"] = count.quota
    if so_far is None and (count.last_by_lot or count.ended_early or writer.rarely(2)):
        said["elected"] = list(count.elected)
    return said | _papers(writer, sum(votes.values()))


# --- sending --------------------------------------------------------------------------------------------------


def _play(writer: _Writer) -> None:
    """Send what is planned, each contest's messages in their order but for some; repeat and contradict some."""
    chance, plans = writer.chance, [(ballot, list(plan)) for ballot, plan in writer.plans]
    regions_last = writer.rarely(2)
    delayed: list[Json] = []
    while any(plan for _, plan in plans):
        left = [place for place, (_, plan) in enumerate(plans) if plan]
        if regions_last:
            first = [place for place in left if not writer.contests[plans[place][0]].get("constituencies")]
            left = first or left
        ballot, plan = plans[chance.choice(left)]
        said = {"ballot_id": ballot, "revision": _revision(writer, ballot)} | plan.pop(0)()
        if writer.rarely(12):
            delayed.append(said)
            continue
        _declare(writer, said)
        if writer.rarely(12):
            writer.sent.append(writer.sent[-1])
        if delayed and writer.rarely(3):
            _declare(writer, delayed.pop(0))
        if writer.rarely(8):
            _amend(writer)
    for said in delayed:
        _declare(writer, said)
    _declare_regions_again(writer)


def _declare_regions_again(writer: _Writer) -> None:
    """Declare most regions once more, some of them after a constituency was corrected."""
    for ballot, contest in writer.contests.items():
        if contest.get("constituencies") and ballot in writer.heard().standing and not writer.rarely(3):
            if writer.rarely(3):
                one = writer.chance.choice(contest["constituencies"])
                _declare(writer, {"ballot_id": one, "revision": _revision(writer, one)} | _seat(writer, one))
            _declare(writer, {"ballot_id": ballot, "revision": _revision(writer, ballot)} | _by_list(writer, ballot))


def _amend(writer: _Writer) -> None:
    """Amend a contest, or who stands in it: their name, or the party that they stand for."""
    ballot = writer.chance.choice(list(writer.contests))
    contest = writer.heard().register["contests"][ballot]
    if contest["voting_system"] == "referendum" or writer.rarely(3):
        change: Json = {"name": f"{contest['name']} and District"}
    else:
        one = writer.chance.choice(list(contest["candidates"]))
        party = contest["candidates"][one]["party"]
        other = {"party": "joint-party:53-119"} if party == "PP53" else {"name": f"Synthetic {one} renamed"}
        change = {"candidates": {one: other}, "reason": "Synthetic"}
    _send(writer, "amendment", {"ballot_id": ballot} | change, f"amendment-{len(writer.sent)}")


def _revision(writer: _Writer, ballot: str) -> int:
    writer.revisions[ballot] = writer.revisions.get(ballot, 0) + 1
    return writer.revisions[ballot]


def _declare(writer: _Writer, said: Json) -> None:
    _send(writer, "declaration", said, f"{said['ballot_id']}-{said['revision']}-{len(writer.sent)}")


def _send(writer: _Writer, sort: str, data: Json, event_id: str) -> None:
    """Send a message; on the oracle's ledger it is only where it can be true."""
    event = _event(sort, data, event_id)
    fits = sort != "declaration" or possible(writer.heard(), data)
    writer.sent.append(Sent(json.dumps(event).encode(), fits))
    if fits:
        writer.ledger.append(event)


def _event(sort: str, data: Json, event_id: str) -> Json:
    return {
        "specversion": "1.0",
        "id": event_id,
        "source": "/synthetic/oracle",
        "type": f"tallywire.{sort}.v1",
        "subject": data.get("ballot_id", ELECTION),
        "test": False,
        "data": data,
    }


def register_of(facts: Json) -> tuple[str, bytes]:
    """Return a ward by single transferable vote of some facts, and the register that describes it alone."""
    writer = _Writer(Random(0))
    people = {one: {"name": f"{one} Example", "party": "residents"} for one in facts["names"]}
    system, ballot = "single-transferable-vote", f"local.testing.synthetic.{DAY}"
    rules = facts["counting_rules"]
    writer.contests[ballot] = _contest(writer, "Ward", system, facts["seats"], people, counting_rules=rules)
    return ballot, json.dumps(_event("register", _register(writer), "register")).encode()


def declaration(ballot: str, revision: int, figures: Json) -> bytes:
    """Return a declaration of some figures."""
    data = {"ballot_id": ballot, "revision": revision} | figures
    return json.dumps(_event("declaration", data, f"{ballot}-{revision}")).encode()
