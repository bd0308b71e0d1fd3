"""Where a register contradicts itself: each part of it may be true, and not both."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from schemas.register import INDEPENDENT, SPEAKER, Contest, Register
from services.rules.past_winners import denied_winners, unlisted_winners
from tallywire.packs.building.party_ids import canonical_id
from tallywire.packs.building.party_names import loose_form
from tallywire.packs.pack_fault import PackFault


def contradictions(register: Register, file: str) -> Iterator[PackFault]:
    """Yield what a register says against itself, of a party, a contest or a body, where its schema allows it."""
    for party, reason in _ids(register):
        yield PackFault(file, f"parties.{party}", reason)
    standing: defaultdict[str | None, dict[str, None]] = defaultdict(dict)
    for ballot_id, contest in register.contests.items():
        way = f"contests.{ballot_id}"
        for reason in _past_winners(register, contest):
            yield PackFault(file, f"{way}.past_winners", reason)
        for reason in _alike(register, _parties_of(contest)):
            yield PackFault(file, way, reason)
        standing[contest.body].update(dict.fromkeys(candidate.party for candidate in contest.candidates.values()))
    for slug, body in register.bodies.items():
        control = (body.control_before,) if body.control_before in register.parties else ()
        for reason in _alike(register, [*body.not_up, *body.before, *control, *standing[slug]]):
            yield PackFault(file, f"bodies.{slug}", reason)


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
    mend = "mend one of them, or leave the one that is not known empty"
    if unlisted := unlisted_winners(register, contest):
        past = "are none at all" if not contest.past_winners else "are others only"
        named = " and ".join(f"{register.parties[party].name} ({party})" for party in unlisted)
        yield f"{past}, but previous_election, which is not notional, was won by {named}: {mend}"
    elif denied_winners(contest):
        yield f"names who won before, but previous_election says that nobody held it before: {mend}"


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
