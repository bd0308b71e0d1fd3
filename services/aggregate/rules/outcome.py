"""Gain, hold or win. The winner's party is compared with a baseline; the rules are in docs/rules.md."""

from schemas.register import Baseline, Contest, Register
from schemas.result import Outcome


def outcome(register: Register, contest: Contest, winner: str, baseline: Baseline | None) -> Outcome | None:
    """Hold the elected candidate ``winner`` against one baseline.

    Returns:
        None when the baseline is unknown: that is not the same as a seat nobody held before, which is a win.
    """
    if baseline is None:
        return None
    party = register.main_party(contest.candidates[winner].party)
    if not baseline.seats:
        return Outcome(change="win", party=party, previous_party=None, holder_changed=False, notional=False)
    holder = baseline.seats[0]
    previous = register.main_party(holder.party)
    independents = party == previous == INDEPENDENT
    return Outcome(
        change="hold" if party == previous else "gain",
        party=party,
        previous_party=previous,
        holder_changed=independents and holder.name not in (None, contest.candidates[winner].name),
        notional=baseline.notional,
    )


INDEPENDENT = "ynmp-party:2"
"""Democracy Club's id for candidates of no party, who share it without being one."""


def label(register: Register, found: Outcome | None) -> str | None:
    """Return an outcome in the House of Commons Library's short form: ``Lab gain from Con``, ``Con hold``."""
    if found is None:
        return None
    party = register.parties[found.party].abbreviation
    if found.change == "gain" and found.previous_party is not None:
        return f"{party} gain from {register.parties[found.previous_party].abbreviation}"
    return f"{party} {found.change}"


def first_time(register: Register, contest: Contest, party: str) -> bool | None:
    """Return whether the party had never won this contest; None where its past winners are not all known."""
    if not contest.past_winners:
        return None
    return party not in {register.main_party(past.party) for past in contest.past_winners}
