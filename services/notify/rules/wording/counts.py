"""Words for a count by single transferable vote: who is elected or excluded at which stage, quota and shares."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from services.notify.rules.wording.english import (
    SEAT_LENGTH_MAX,
    Spoken,
    agree,
    all_seats,
    capital,
    counted,
    fitting,
    listed,
    number,
)
from services.notify.rules.wording.life import CORRECTION
from services.notify.rules.wording.seats import Person, by_size, seats_won

SHARES_NAMED_MAX: Final = 6
"""Parties whose share of the first preferences a sentence names."""


@dataclass(frozen=True, slots=True)
class Elected:
    """Somebody who is elected."""

    candidate: str
    """Candidate id."""
    person: Person
    stage: int | None
    """At the end of which stage; None where nobody said."""
    below_quota: bool
    """Whether they had fewer votes than the quota then: it is normal for those elected last."""

    @property
    def how(self) -> str:
        """At which stage, and whether below the quota."""
        if self.stage is None:
            return ""
        below = " without reaching the quota" if self.below_quota else ""
        return f" {at(self.stage)}{below}"


def at(stage: int) -> str:
    """Return a stage: ``on the first count``, ``at stage 7``."""
    return "on the first count" if stage == 1 else f"at stage {stage}"


# --- the headline -------------------------------------------------------------------------------------------


def elected(found: Sequence[Elected], contest: str) -> str:
    """Return the headline of those elected at the stages that were declared last."""
    names = listed(one.person.short for one in found)
    ways, stages = {one.how for one in found}, {one.stage for one in found}
    stage = stages.pop() if len(stages) == 1 else None
    at_stage = "" if stage is None else f" {at(stage)}"
    said = [f"{names} elected{how} in {contest}" for how in (*(ways if len(ways) == 1 else ()), at_stage, "")]
    parties = {one.person.party.counts_as: one.person.party for one in found}
    seats = Counter(one.person.party.counts_as for one in found)
    said += [
        seats_won("win", by_size(seats, parties, short=short), f"{contest}{where}", None, ())
        for where in (at_stage, "")
        for short in (False, True)
    ]
    return fitting((*said, f"{capital(counted(len(found), 'candidate'))} elected in {contest}"), SEAT_LENGTH_MAX)


def elected_so_far(found: Sequence[Elected], contest: str, seats: int, number_elected: int) -> str:
    """Return all who are elected before the count is over, in words that a later correction can quote.

    Args:
        found: who they are; empty where that is not known.
        contest: where.
        seats: how many the contest elects.
        number_elected: how many they are.
    """
    shorter = f"{_filled(number_elected, seats)} in {contest}"
    if not found:
        return capital(shorter)
    named = f"{listed(one.person.short for one in found)} elected so far in {contest}"
    return fitting((named, capital(shorter)), SEAT_LENGTH_MAX)


def leads(first: Spoken, percent: float, contest: str, quota_: int | None) -> str:
    """Return the headline of first preferences by which nobody is elected yet."""
    said = f"{first.does('lead')} first preferences in {contest} with {percent:.1f}%"
    return fitting((said if quota_ is None else f"{said}; quota {quota_:,}", said), SEAT_LENGTH_MAX)


def first_counted(contest: str, quota_: int | None) -> str:
    """Return the same where several have most, or shares are unknown."""
    said = f"First preferences counted in {contest}"
    return said if quota_ is None else f"{said}; quota {quota_:,}"


def counted_so_far(contest: str, stage: int, filled: int, seats: int) -> str:
    """Return the headline of stages at which nobody is elected."""
    return f"{contest}: stage {stage} counted, {_filled(filled, seats)}"


def excluded(found: Sequence[tuple[Person, int]], contest: str) -> str:
    """Return the headline of those excluded at the stages that were declared last."""
    stages = {stage for _, stage in found}
    where = f"{f' {at(stages.pop())}' if len(stages) == 1 else ''} in {contest}"
    names = listed(f"{person.short}, a sitting member," if person.sitting else person.short for person, _ in found)
    plain = listed(person.short for person, _ in found)
    shortest = f"{counted(len(found), 'candidate')} excluded{where}"
    return capital(fitting((f"{names} excluded{where}", f"{plain} excluded{where}", shortest)))


def last_elected(found: Sequence[Elected], contest: str) -> str:
    """Return the headline of those who are elected at the end of a count that was declared stage by stage."""
    seats = "the last seat" if len(found) == 1 else f"the last {counted(len(found), 'seat')}"
    verb = agree("take", plural=len(found) > 1)
    said = f"{listed(one.person.short for one in found)} {verb} {seats} in {contest}"
    stages = {one.stage for one in found}
    stage = stages.pop() if len(stages) == 1 else None
    below = f"{said}, without reaching the quota" if all(one.below_quota for one in found) else said
    full = below if stage is None else f"{said} {found[0].how.strip()}"
    return fitting((full, below, said, f"{counted(len(found), 'candidate').capitalize()} {verb} {seats} in {contest}"))


def by_stage(people: Sequence[Elected]) -> str:
    """Say who is elected at which stage: ``Ann Example (Con) on the first count and Bob Sample (Lab) at stage 4``."""
    groups = [(how, list(group)) for how, group in groupby(people, key=lambda one: one.how)]
    return listed(f"{listed(one.person.short for one in group)}{how}" for how, group in groups)


def other_stages(contest: str, stages: Sequence[int], elected_: str) -> str:
    """Return the correction of a count that goes on: which of its stages have other figures than were announced."""
    which = _stages(stages)
    said = f"{CORRECTION}{which} of the count in {contest} corrected"
    return fitting((f"{said}; {elected_}", said) if elected_ else (said,))


def no_longer_elected(contest: str, gone: Sequence[Person], now: Sequence[Person]) -> str:
    """Return the correction of who is elected by a count that goes on."""
    said = f"{CORRECTION}{listed(one.short for one in gone)} not elected in {contest}"
    shortest = f"{CORRECTION}{counted(len(gone), 'candidate')} not elected in {contest} after all"
    if not now:
        return fitting((said, shortest))
    instead = f"{CORRECTION}{listed(one.short for one in now)} elected in {contest}"
    return fitting((f"{instead}, not {listed(one.short for one in gone)}", said, shortest))


def not_excluded(contest: str, gone: Sequence[str]) -> str:
    """Return the correction of exclusions, or of the last seats, that were said and do not stand any more."""
    said = f"{CORRECTION}{listed(gone)} not excluded in {contest}"
    return fitting((said, f"{CORRECTION}exclusions in {contest} put right"))


def last_seats_open(contest: str) -> str:
    """Return the correction of who took the last seats."""
    return f"{CORRECTION}the last seats in {contest} are others than was said"


def count_set_aside(contest: str) -> str:
    """Return the correction of exclusions whose count does not stand any more."""
    return f"{CORRECTION}exclusions in {contest} set aside"


# --- the sentence behind it ---------------------------------------------------------------------------------


def done(action: str, people: Sequence[Person], stage: int) -> str:
    """Say what was done at a stage."""
    named = listed(one.short for one in people)
    if action == "surplus":
        return f"Stage {stage} transfers the surplus of {named}"
    if action == "exclusion":
        return f"Stage {stage} excludes {named}"
    return f"Stage {stage} follows"


def so_far(people: Sequence[Elected], seats: int) -> str:
    """Say who is elected so far, and how many seats are filled."""
    if not people:
        return "Nobody is elected yet"
    return f"Elected so far: {by_stage(people)}; {_filled(len(people), seats)}"


def left(standing: int, seats: int, of: int) -> str:
    """Say who is left in the count after those excluded: ``six candidates are left for the last two seats``.

    Args:
        standing: how many candidates are left.
        seats: how many seats are not filled.
        of: how many there are.
    """
    be = agree("be", plural=standing != 1)
    which = all_seats(of) if seats == of else "the last seat" if seats == 1 else f"the last {counted(seats, 'seat')}"
    return f"{capital(counted(standing, 'candidate'))} {be} left for {which}"


def newly_excluded(found: Sequence[tuple[Person, int, str | None]]) -> str:
    """Say who is excluded at the new stages, with how many votes: ``Dan Trial (Green) had 96 votes``."""
    named = [(person.short, _votes(votes)) for person, _, votes in found if votes is not None]
    return (
        listed(f"{name} {'had ' * (place == 0)}{votes}" for place, (name, votes) in enumerate(named)) if named else ""
    )


def last_seats(found: Sequence[Elected], *, some_before: bool) -> str:
    """Say how the last seats were taken: at which stage, and whether below the quota."""
    return f"Elected{' last' * some_before}: {by_stage(found)}"


def excluded_so_far(found: Sequence[tuple[Person, int, str | None]]) -> str:
    """Say who is excluded so far, at which stages, with how many votes."""
    named = [
        f"{person.short} {at(stage)}" + ("" if votes is None else f" with {_votes(votes)}")
        for person, stage, votes in found
    ]
    return f"Excluded so far: {listed(named)}"


def nobody_excluded(contest: str) -> str:
    """Say that nobody is, as the count stands."""
    return f"Nobody is excluded in {contest} as the count stands"


def _votes(votes: str) -> str:
    """Return votes as they are said; a fraction of a vote with its decimals."""
    whole, _, decimals = votes.partition(".")
    figure = f"{int(whole):,}{f'.{decimals}' if decimals.strip('0') else ''}"
    return f"{number(int(whole))} vote{'s' * (int(whole) != 1)}" if figure == f"{int(whole):,}" else f"{figure} votes"


def quota(votes: int) -> str:
    """Say what the quota is."""
    return f"The quota is {votes:,}"


def shares(quota_: int | None, found: Sequence[tuple[Spoken, float]]) -> str:
    """Say what the quota is, and the parties' shares of the first preferences."""
    named = [f"{party.within} {percent:.1f}%" for party, percent in found[:SHARES_NAMED_MAX]]
    if len(found) > SHARES_NAMED_MAX:
        named.append(f"others {sum(percent for _, percent in found[SHARES_NAMED_MAX:]):.1f}%")
    said = f"First preferences: {', '.join(named)}"
    return said if quota_ is None else f"The quota is {quota_:,}; f{said[1:]}"


def turnout(percent: float) -> str:
    """Say what the turnout was."""
    return f"The turnout is {percent:.1f}%"


def lots(stages: Sequence[int]) -> str:
    """Say at which stages a lot decided."""
    return f"A lot decided {listed(at(stage) for stage in stages)}" if stages else ""


def stages_changed(stages: Sequence[int]) -> str:
    """Say which stages have other figures than were announced."""
    have = agree("have", plural=len(stages) != 1)
    return f"{capital(_stages(stages))} {have} other figures than were announced" if stages else ""


def told_from_behind(first: Person, *, several: bool) -> tuple[str, ...]:
    """Say in a headline that transferred votes decided, or who was first and is not elected."""
    if not several:
        return (" on transfers",)
    return f", first-preference leader {first.name} not elected", ", leader on first count loses"


def leader_loses(first: Person) -> str:
    """Say that who has most first preferences is not elected."""
    return f"{first.short} has most first preferences and is not elected"


def single_seat(winner: Elected, *, trailing: bool) -> str:
    """Say at which stage a single seat was won, and whether transferred votes decided."""
    return winner.how.strip() + (", having trailed on first preferences" if trailing else "")


def _filled(filled: int, seats: int) -> str:
    """Say how many of the seats are filled: ``none of five seats filled``, of one seat ``seat not filled yet``."""
    if seats == 1:
        return "seat filled" if filled else "seat not filled yet"
    return f"{number(filled) if filled else 'none'} of {counted(seats, 'seat')} filled"


def _stages(stages: Sequence[int]) -> str:
    if list(stages) == [1]:
        return "first stage"
    numbers = listed(str(stage) for stage in stages)
    return f"stage {numbers}" if len(stages) == 1 else f"stages {numbers}"
