"""Where a register contradicts itself: each part of it may be true, and not both."""

from collections.abc import Iterator

from schemas.register import Contest, Register
from services.rules.past_winners import denied_winners, unlisted_winners
from tallywire.packs.pack_fault import PackFault


def contradictions(register: Register, file: str) -> Iterator[PackFault]:
    """Yield what a register says of a contest against itself, for a register that its schema allows."""
    for ballot_id, contest in register.contests.items():
        for field, reason in (*_past_winners(register, contest), *_parties(register, contest)):
            yield PackFault(file, f"contests.{ballot_id}.{field}", reason)


def _past_winners(register: Register, contest: Contest) -> Iterator[tuple[str, str]]:
    mend = "mend one of them, or leave the one that is not known empty"
    if unlisted := unlisted_winners(register, contest):
        past = "are none at all" if not contest.past_winners else "are others only"
        named = " and ".join(f"{register.parties[party].name} ({party})" for party in unlisted)
        reason = f"{past}, but previous_election, which is not notional, was won by {named}: {mend}"
        yield "past_winners", reason
    elif denied_winners(contest):
        yield "past_winners", f"names who won before, but previous_election says that nobody held it before: {mend}"


def _parties(register: Register, contest: Contest) -> Iterator[tuple[str, str]]:
    """Two parties of one spoken name: it would be said that Labour gains a seat from Labour."""
    baseline = contest.baseline
    named = [candidate.party for candidate in contest.candidates.values()]
    for held in filter(None, (baseline.previous_election, baseline.sitting)):
        named += [holder.party for holder in held.seats]
    named += [winner.party for winner in contest.past_winners or ()]
    mains = dict.fromkeys(map(register.main_party, named))
    spoken: dict[str, str] = {}
    for main in mains:
        name = register.parties[main].spoken
        other = spoken.setdefault(name.casefold(), main)
        if other != main:
            reason = (
                f"names {other} and {main} as two parties, and both are spoken as {name}: mend an id, write what one "
                "of them counts as, or give it another spoken name (a table of parties has columns for these)"
            )
            yield "candidates", reason
