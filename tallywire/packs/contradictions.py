"""Where a register contradicts itself: each part of it may be true, and not both."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from schemas.register import INDEPENDENT, SPEAKER, Baseline, Body, Contest, Register
from services.rules.past_winners import denied_winners, unlisted_winners
from tallywire.packs.building.party_ids import canonical_id
from tallywire.packs.building.party_names import loose_form
from tallywire.packs.pack_fault import PackFault

_MEND: Final = "mend one of them, or leave the one that is not known empty"
"""What to do with two parts that cannot both be."""

_ENGLAND: Final = "england"

_ENGLISH: Final = frozenset(
    {
        "north-east",
        "north-west",
        "yorkshire-and-the-humber",
        "east-midlands",
        "west-midlands",
        "east-of-england",
        "london",
        "south-east",
        "south-west",
    }
)
"""The official regions of England."""

_OF_CODES: Final = {"E": _ENGLAND, "N": "northern-ireland", "S": "scotland", "W": "wales"}
"""Countries by the first letter of a GSS code (Office for National Statistics)."""


def contradictions(register: Register, file: str) -> Iterator[PackFault]:
    """Yield what a register says against itself, of a party, a contest or a body, where its schema allows it."""
    for party, reason in _ids(register):
        yield PackFault(file, f"parties.{party}", reason)
    standing: defaultdict[str | None, dict[str, None]] = defaultdict(dict)
    for ballot_id, contest in register.contests.items():
        way = f"contests.{ballot_id}"
        for reason in _past_winners(register, contest):
            yield PackFault(file, f"{way}.past_winners", reason)
        before = (*_holders(register, contest), *_votes_before(register, ballot_id, contest))
        for column, reason in before:
            yield PackFault(file, f"{way}.{column}", reason)
        for reason in (*_countries(contest), *_alike(register, _parties_of(contest))):
            yield PackFault(file, way, reason)
        standing[contest.body].update(dict.fromkeys(candidate.party for candidate in contest.candidates.values()))
    for slug, body in register.bodies.items():
        control = (body.control_before,) if body.control_before in register.parties else ()
        for reason in _alike(register, [*body.not_up, *body.before, *control, *standing[slug]]):
            yield PackFault(file, f"bodies.{slug}", reason)
        up = [contest for contest in register.contests.values() if contest.body == slug]
        for reason in _control_before(register, body, up):
            yield PackFault(file, f"bodies.{slug}.control_before", reason)
        for reason in _seats_before(register, body, up):
            yield PackFault(file, f"bodies.{slug}.before", reason)


def _ids(register: Register) -> Iterator[tuple[str, str]]:
    """Yield main parties with the id of another one, and independents and the Speaker under an id of somebody's own."""
    by_id: dict[str, str] = {}
    for key, party in register.parties.items():
        if party.counts_as is not None:
            continue
        known = canonical_id(party.ec_id or key)
        other = by_id.setdefault(known, key)
        if other != key:
            yield key, f"is {known}, as {other} is: describe it once, or write what one of them counts as"
        elif known in (INDEPENDENT, SPEAKER) and key != known:
            yield key, f"has the ec_id {known}: write it under {known}, by which Tallywire knows that it is no party"


def _past_winners(register: Register, contest: Contest) -> Iterator[str]:
    if unlisted := unlisted_winners(register, contest):
        past = "are none at all" if not contest.past_winners else "are others only"
        yield f"{past}, but previous_election, which is not notional, was won by {_named(register, unlisted)}: {_MEND}"
    elif denied_winners(contest):
        yield f"names who won before, but previous_election says that nobody held it before: {_MEND}"


def _holders(register: Register, contest: Contest) -> Iterator[tuple[str, str]]:
    """Yield where one baseline says that nobody ever held a seat, and another fact who did."""
    before, sitting = contest.baseline.previous_election, contest.baseline.sitting
    if sitting is None:
        return
    if sitting.seats:
        if before is not None and not before.seats:
            held = _named(register, (holder.party for holder in sitting.seats))
            reason = f"says that nobody held it before, but sitting names {held}: {_MEND}"
            yield "baseline.previous_election", reason
        return
    vacant = "where it is vacant, write whose it was, or leave it empty"
    notional = before is not None and before.notional
    if before is not None and before.seats and not notional:
        won = _named(register, (holder.party for holder in before.seats))
        reason = f"says that nobody ever held it, but previous_election was won by {won}: {vacant}"
        yield "baseline.sitting", reason
    elif contest.past_winners and not notional:
        reason = f"says that nobody ever held it, but past_winners names who won before: {vacant}"
        yield "baseline.sitting", reason


def _votes_before(register: Register, ballot_id: str, contest: Contest) -> Iterator[tuple[str, str]]:
    """Yield votes of the previous election with which who won it cannot have won."""
    before = contest.baseline.previous_election
    if before is None or before.notional or not contest.previous_votes:
        return
    if not before.seats:
        yield "previous_votes", f"are there, but previous_election says that nobody held it before: {_MEND}"
        return
    votes = register.by_main_party(contest.previous_votes)
    winners = dict.fromkeys(register.main_party(holder.party) for holder in before.seats)
    if without := [party for party in winners if not votes[party]]:
        yield "previous_votes", f"has none for {_named(register, without)}, by whom previous_election was won: {_MEND}"
        return
    others = {party: number for party, number in votes.items() if party not in (*winners, INDEPENDENT)}
    most = max(others, key=others.__getitem__, default=None)
    # Councils' seats that are up may be others than those with most votes, and under other systems the first may lose.
    if ballot_id.startswith("parl.") and most is not None and others[most] > max(votes[party] for party in winners):
        won = _named(register, winners)
        yield "previous_votes", f"has more for {_named(register, [most])} than for {won}, who won the seat: {_MEND}"


def _countries(contest: Contest) -> Iterator[str]:
    """Yield a contest that lies in two countries, by its code and its regions."""
    code = contest.area or ""
    stated = {_OF_CODES[code[:1]]: code} if re.fullmatch("[ENSW][0-9]{8}", code) else {}
    for region in contest.regions:
        country = _ENGLAND if region in _ENGLISH else region
        if country in _OF_CODES.values():
            stated.setdefault(country, region)
    if len(stated) > 1:
        yield f"lies in one country, and {' and '.join(stated.values())} do not: mend GSS code, country or regions"


def _control_before(register: Register, body: Body, up: Sequence[Contest]) -> Iterator[str]:
    """Yield control on the eve of poll that the seats of that evening, as far as they are known, do not allow."""
    changed = any(held.notional or not held.seats for contest in up for held in _baselines(contest))
    if body.control_before is None or changed or (body.before and sum(body.before.values()) != body.seats):
        # Of other seats, before a review of boundaries.
        return
    held = register.by_main_party(body.not_up)
    for contest in up:
        if (sitting := contest.baseline.sitting) is not None:
            held.update(register.main_party(holder.party) for holder in sitting.seats)
    majority = body.seats // 2 + 1
    controls = None if body.control_before == "NOC" else register.main_party(body.control_before)
    most = max(held, key=held.__getitem__, default=None)
    if controls is None and most is not None and held[most] >= majority:
        yield f"is NOC, but {_named(register, [most])} has {held[most]} of the {body.seats} seats: mend one of them"
    elif controls is not None:
        others = sum(number for party, number in held.items() if party != controls) + body.vacant
        if body.seats - others < majority:
            yield (
                f"is {body.control_before}, but {others} of the {body.seats} seats are others' or vacant: mend one of "
                "them; without a majority of all seats it is NOC"
            )


def _seats_before(register: Register, body: Body, up: Sequence[Contest]) -> Iterator[str]:
    """Yield parties that won more of the seats that are up than they are said to have won of all."""
    if not body.before:
        return
    in_all = register.by_main_party(body.before)
    won: Counter[str] = Counter()
    for contest in up:
        before = contest.baseline.previous_election
        if before is not None and not before.notional:
            won.update(register.main_party(holder.party) for holder in before.seats)
    for party, number in won.items():
        if number > in_all[party]:
            yield (
                f"has {in_all[party]} for {_named(register, [party])}, by whom {number} of the seats that are up were "
                "won at the previous election: mend one of them"
            )


def _baselines(contest: Contest) -> Iterator[Baseline]:
    yield from filter(None, (contest.baseline.previous_election, contest.baseline.sitting))


def _named(register: Register, parties: Iterable[str]) -> str:
    return " and ".join(f"{register.parties[party].name} ({party})" for party in dict.fromkeys(parties))


def _parties_of(contest: Contest) -> Iterator[str]:
    """Yield the parties that a contest compares."""
    yield from (candidate.party for candidate in contest.candidates.values())
    for held in filter(None, (contest.baseline.previous_election, contest.baseline.sitting)):
        yield from (holder.party for holder in held.seats)
    yield from (winner.party for winner in contest.past_winners or ())
    yield from contest.previous_votes or ()


def _alike(register: Register, parties: Iterable[str]) -> Iterator[str]:
    """Yield two parties of one spoken name: it would be said that Labour gains a seat from Labour."""
    by_name: dict[str, str] = {}
    for main in dict.fromkeys(map(register.main_party, parties)):
        name = register.parties[main].spoken
        other = by_name.setdefault(loose_form(name), main)
        if other != main:
            yield (
                f"names {other} and {main} as two parties, but both are called {name} when they are spoken of: mend an "
                "id, write what one of them counts as, or give it another spoken name"
            )
