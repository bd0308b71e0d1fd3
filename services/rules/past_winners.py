"""Past winners of a contest beside what else its register says of who held it before. Pure."""

from schemas.register import Contest, RegisterHead


def unlisted_winners(register: RegisterHead, contest: Contest) -> tuple[str, ...]:
    """Return the main parties that won seats at the previous election, and are among no past winners.

    Empty where either is unknown, and where the previous election is notional: nobody won it on these boundaries.
    """
    previous, past = contest.baseline.previous_election, contest.past_winners
    if past is None or previous is None or previous.notional:
        return ()
    winners = {register.main_party(winner.party) for winner in past}
    return tuple(
        dict.fromkeys(main for main in _holders(register, contest, "previous_election") if main not in winners)
    )


def denied_winners(contest: Contest) -> bool:
    """Whether there are past winners of a contest of which the register says that nobody held it before."""
    previous = contest.baseline.previous_election
    return bool(contest.past_winners) and previous is not None and not previous.seats


def never_won(register: RegisterHead, contest: Contest, party: str) -> bool | None:
    """Return whether a main party had never won a contest; None where that is not certain.

    It is certain where all past winners are known and nothing else in the register speaks against them: not the
    previous election, and not that the party held a seat, perhaps won at a by-election that is not listed.
    """
    if not contest.past_winners or unlisted_winners(register, contest) or denied_winners(contest):
        return None
    if party in {register.main_party(winner.party) for winner in contest.past_winners}:
        return False
    held = {*_holders(register, contest, "previous_election"), *_holders(register, contest, "sitting")}
    return None if party in held else True


def _holders(register: RegisterHead, contest: Contest, baseline: str) -> tuple[str, ...]:
    before = contest.baseline.sitting if baseline == "sitting" else contest.baseline.previous_election
    return () if before is None else tuple(register.main_party(holder.party) for holder in before.seats)
