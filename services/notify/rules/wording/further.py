"""Words for further headlines: firsts, members defeated, lots, narrow majorities, swings."""

from collections.abc import Sequence

from schemas.result import Swing
from services.notify.rules.wording.english import Spoken, agree, counted, fitting, listed, possessive, spoken
from services.notify.rules.wording.seats import Parties, Person, direction, points


def first_time(party: Spoken, verb: str, contest: str) -> str:
    """Return the headline of a first."""
    return f"{party.does(verb)} {contest} for the first time"


def first_time_detail(winner: Person, contest: str) -> str:
    """Say who won it."""
    party = spoken(winner.party)
    if party.independent:
        return f"{winner.name} is the first independent to win {contest}"
    return f"{winner.name} is the first to win {contest} {winner.stands}"


def defeated(names: Sequence[str], contest: str) -> str:
    """Return the headline of sitting members who are not elected again."""
    return fitting((f"{listed(names)} defeated in {contest}", f"{counted(len(names), 'sitting member')} defeated"))


def defeated_detail(losers: Sequence[tuple[Person, int | None]], winner: Person, votes: int | None) -> str:
    """Say by how much they lost; ``winner`` is the last elected."""
    names = listed(person.short for person, _ in losers)
    plural = len(losers) > 1
    sitting = "sitting members" if plural else "a sitting member"
    counts = [count for _, count in losers if count is not None]
    if votes is None or len(counts) < len(losers):
        return f"{names}, {sitting}, {agree('lose', plural=plural)} to {winner.short}"
    have = f"{agree('have', plural=plural)} {listed(f'{count:,}' for count in counts)} votes"
    return f"{names}, {sitting}, {have} to {votes:,} for {winner.short}"


def narrow(party: Spoken, verb: str, contest: str, votes: int) -> str:
    """Return the headline of a narrow majority in a contest with one seat."""
    return f"{party.does(verb)} {contest} by {counted(votes, 'vote')}"


def narrow_last(contest: str, votes: int) -> str:
    """Return the headline of a narrow majority for the last of several seats."""
    return f"Last seat in {contest} decided by {counted(votes, 'vote')}"


def narrow_detail(winner: str, loser: str, votes: int, valid: int, *, final: bool) -> str:
    """Say how narrow it is, in per cent."""
    share = 100 * votes / valid
    percent = "less than 0.01%" if share < 0.01 else f"{share:.2f}%"  # noqa: PLR2004  # what two decimals can show
    where = " in the final round" if final else ""
    return f"{possessive(winner)} majority over {loser} is {percent} of {valid:,} valid votes{where}"


def lot(contest: str, votes: int, *, several: bool) -> str:
    """Return the headline of a lot."""
    what = f"Last seat in {contest}" if several else contest
    said = f"{what} decided by lot after a tie"
    return fitting((f"{said} on {counted(votes, 'vote')}", said))


def lot_detail(chosen: Sequence[Person], others: Sequence[Person], votes: int) -> str:
    """Say whom the lot chose."""
    winners, losers = (listed(person.short for person in people) for people in (chosen, others))
    return f"The lot chose {winners} over {losers}, with {counted(votes, 'vote')} each"


def largest_swing(found: Swing, parties: Parties, contest: str) -> str:
    """Return the headline of the largest swing so far."""
    to, from_ = spoken(parties[found.to_party]), spoken(parties[found.from_party])
    said = f"Largest swing so far: {points(found.points)}"
    return fitting(
        (
            f"{said} from {from_.within} to {to.within} in {contest}",
            f"{said} to {to.within} in {contest}",
            f"{said} in {contest}",
        )
    )


def largest_swing_detail(found: Swing, parties: Parties, until_now: tuple[float, str], known: int) -> str:
    """Say which one was the largest before."""
    value, name = until_now
    others = "the only one known before" if known == 1 else f"the largest of the {counted(known, 'swing')} known before"
    return f"The swing {direction(found, parties)} beats {points(value)} in {name}, {others}"
