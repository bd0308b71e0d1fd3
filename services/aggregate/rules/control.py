"""Council control: what is certain, whatever the undeclared contests bring (docs/rules.md, "Council control").

A majority is more than half of all seats (BBC, 2021: "The party has surpassed the 33 seats needed ... even though
several ward winners are yet to be announced"). In an undeclared contest a party wins at most as many seats as it has
candidates, or names on its list, and at least those that are left when everybody else is elected. Contests are
independent of one another, but for a region and its constituencies, which are taken together; so the sums of these
bounds are reached, and certainty by them is exact. While a count by single transferable vote goes on, they may be
too wide, and never too narrow. A seat that the register does not describe may be anybody's.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from schemas.control import NOC, Control, ControlBefore, ControlChange
from schemas.register import Body, Contest, Register, RegisterHead
from schemas.result import Result
from services.aggregate.rules.life import BEFORE, life_of
from services.aggregate.rules.list_seats import bounds_of_open_lists, open_lists
from services.aggregate.rules.region_seats import RegionSeats
from services.aggregate.rules.register_details import RegisterDetails
from services.aggregate.rules.stages import position_of
from services.rules.certainty import Bounds
from services.rules.certainty_by_stages import sure_of_a_seat


@dataclass(slots=True)
class BodyCount:
    """A body's composition in the making."""

    slug: str
    body: Body
    composition: Counter[str] = field(default_factory=Counter)
    """Seats by main party: not up, and declared."""
    from_lists: Counter[str] = field(default_factory=Counter)
    """Those of them that are list seats beside constituencies."""
    at_most: Counter[str] = field(default_factory=Counter)
    """Seats that each party can win in undeclared contests."""
    at_least: Counter[str] = field(default_factory=Counter)
    """Seats that each party cannot fail to win there."""
    undescribed: int = 0
    """Seats of which the register does not say whether they are up, not up or vacant."""
    undeclared: int = 0
    """Seats still to be declared."""
    changes: Counter[str] = field(default_factory=Counter)
    """Seats gained less seats lost, over the contests declared."""
    under_review: int = 0
    """Contests whose result is under review."""
    proportional: bool = False
    """Whether a contest of it elects by list or by single transferable vote."""
    _regions: dict[str, RegionSeats] = field(default_factory=dict)
    """Regions with constituencies, by the ballot ids of them and of their constituencies."""

    @classmethod
    def of(cls, slug: str, body: Body, register: RegisterHead) -> "BodyCount":
        """Return the count of a body's seats that are not up; its contests are added one by one."""
        count = cls(slug, body, undescribed=body.seats - body.vacant)
        count.composition.update(register.by_main_party(body.not_up))
        count.undescribed -= sum(body.not_up.values())
        return count

    def add(self, register: Register, ballot_id: str, contest: Contest) -> None:
        """Take in a contest, undeclared so far, which the register has already."""
        self.undescribed -= contest.seats
        self.proportional |= contest.by_list or contest.voting_system == "single-transferable-vote"
        if contest.constituencies:
            added = [(one, register.contests[one]) for one in contest.constituencies if one in register.contests]
            for constituency in added:
                self.close(register, *constituency)
            self._regions |= dict.fromkeys((ballot_id, *contest.constituencies), RegionSeats(ballot_id))
            for constituency in added:
                self.open(register, *constituency)
        self.open(register, ballot_id, contest)

    def replace(self, register: Register, old: Result | None, new: Result) -> None:
        """Count ``new`` in place of ``old``."""
        contest = register.contests[new.ballot_id]
        beside = contest.voting_system == "additional-member"
        for result, sign in ((old, -1), (new, 1)):
            life = BEFORE if result is None else life_of(result)
            self.under_review += sign * (result is not None and result.under_review)
            if result is not None and life.counts:
                for party in result.parties_elected:
                    self.composition[party] += sign
                    self.from_lists[party] += sign * beside
                found = result.outcomes.previous_election
                for seats, direction in ((found.gained, 1), (found.won, 1), (found.lost, -1)) if found else ():
                    for party, number in seats.items():
                        self.changes[party] += sign * direction * number
                for party, number in (result.seat_changes or {}).items():
                    self.changes[party] += sign * number
                if not life.complete:
                    self._undeclared(register, new.ballot_id, contest, sign, result)
            elif life.expected:
                self._undeclared(register, new.ballot_id, contest, sign, result)
        region = self._regions.get(new.ballot_id)
        if region is not None:
            region.take(new)

    def open(self, register: Register, ballot_id: str, contest: Contest, so_far: Result | None = None) -> None:
        """Count a contest as undeclared; of a count that goes on, the seats it has not filled, by what is counted."""
        self._undeclared(register, ballot_id, contest, 1, so_far)

    def close(self, register: Register, ballot_id: str, contest: Contest, so_far: Result | None = None) -> None:
        """Count it as undeclared no longer."""
        self._undeclared(register, ballot_id, contest, -1, so_far)

    def _undeclared(
        self, register: Register, ballot_id: str, contest: Contest, sign: int, so_far: Result | None = None
    ) -> None:
        """Count the open seats: the elected have theirs, the excluded can win none, and some are sure of one."""
        settled, sure, seats = frozenset[str](), frozenset[str](), contest.seats
        if so_far is not None and so_far.counts:
            settled = frozenset(one.candidate for one in so_far.candidates if one.elected or one.excluded_at)
            seats -= len(so_far.elected)
            position = position_of(so_far, contest.seats)
            sure = frozenset() if position is None else sure_of_a_seat(position)
        self.undeclared += sign * seats
        region = self._regions.get(ballot_id)
        if region is not None:
            region.set_open(ballot_id, is_open=sign > 0)
            return
        if contest.by_list:
            counted = None if so_far is None else so_far.counted_so_far
            self._count(bounds_of_open_lists(contest, open_lists(register, contest), counted, {}), sign)
            return
        left = {
            one: register.main_party(candidate.party)
            for one, candidate in contest.candidates.items()
            if one not in settled
        }
        for one in sure & left.keys():
            self._count({left.pop(one): Bounds(1, 1)}, sign)
            seats -= 1
        standing = Counter(left.values())
        filled = min(seats, standing.total())
        for party, candidates in standing.items():
            self.at_most[party] += sign * min(filled, candidates)
            self.at_least[party] += sign * max(0, filled - (standing.total() - candidates))

    def _count(self, found: Mapping[str, Bounds], sign: int) -> None:
        for party, seats in found.items():
            self.at_most[party] += sign * seats.most
            self.at_least[party] += sign * seats.least

    def _work_out_regions(self, register: Register) -> None:
        """Count what can be won in the regions of which a contest has changed."""
        for region in self._regions.values():
            if region.stale:
                self._count(region.found, -1)
                self._count(region.work_out(register), 1)

    def control(self, details: RegisterDetails, previous: Control | None, cause: str | None) -> Control:
        """Return the state of control as it is published."""
        body, register = self.body, details.register
        self._work_out_regions(register)
        before = body.control_before
        if before is not None and before != NOC:
            before = register.main_party(before)
        majority = body.seats // 2 + 1
        now = self._now(majority)
        composition = {party: seats for party, seats in sorted(self.composition.items()) if seats}
        final = self.undeclared == 0
        change = _change(before, now)
        changes = self._changes(register, final=final)
        mentioned = {*composition, *changes, *(register.main_party(party) for party in body.before)}
        if previous is not None:
            mentioned.update(previous.composition)
        controllers = (before, now, previous.now if previous else None)
        mentioned.update(party for party in controllers if party is not None and party != NOC)
        surely_largest = self._surely_largest()
        if surely_largest is not None:
            mentioned.add(surely_largest)
        if previous is not None and previous.largest_certain is not None:
            mentioned.add(previous.largest_certain)
        most = max(composition.values(), default=0)
        level = [party for party, seats in composition.items() if seats + self.undescribed >= most]
        return Control(
            body=self.slug,
            name=body.name,
            full_name=details.full_body_name(self.slug),
            kind=body.kind,
            seats=body.seats,
            majority=majority,
            composition=composition,
            from_lists={party: seats for party, seats in sorted(self.from_lists.items()) if seats},
            undeclared=self.undeclared,
            undescribed=self.undescribed,
            vacant=body.seats - sum(composition.values()) - self.undeclared - self.undescribed,
            under_review=self.under_review,
            changes=changes,
            before=before,
            now=now,
            holder_lost=before not in (None, NOC) and self._in_reach(str(before)) < majority,
            final=final,
            change=change,
            label=_label(register, before, now, change),
            largest=level[0] if len(level) == 1 and self.undescribed < most else None,
            largest_certain=surely_largest,
            cause=cause,
            parties=details.party_names(mentioned),
            landmarks=body.landmarks,
            proportional=self.proportional,
            previous=None
            if previous is None
            else ControlBefore(
                now=previous.now,
                holder_lost=previous.holder_lost,
                final=previous.final,
                composition=previous.composition,
                largest_certain=previous.largest_certain,
            ),
        )

    def _now(self, majority: int) -> str | None:
        """Return who is certain to have control; None while that is open."""
        parties = self.composition.keys() | self.at_most.keys()
        for party in parties:
            if self.composition[party] + self.at_least[party] >= majority:
                return party
        # A party that has no seat and does not stand may have those that the register does not describe.
        if all(self._in_reach(party) < majority for party in parties) and self.undescribed < majority:
            return NOC
        return None

    def _surely_largest(self) -> str | None:
        """Return the party that has more seats in every end than any other can have in its best one; None while open.

        Only where a majority is rare. Parties whose fewest and most seats are of different ends may make it later.
        """
        parties = self.composition.keys() | self.at_most.keys()
        if not self.proportional or not parties:
            return None
        least = {party: self.composition[party] + self.at_least[party] for party in parties}
        first = max(parties, key=least.__getitem__)
        most = max((self._in_reach(party) for party in parties if party != first), default=0)
        return first if least[first] > max(most, self.undescribed) else None

    def _in_reach(self, party: str) -> int:
        """Return the most seats that a party may have in the end."""
        return self.composition[party] + self.at_most[party] + self.undescribed

    def _changes(self, register: Register, *, final: bool) -> dict[str, int]:
        """Return seat changes: over the contests declared; over all seats once it is known who holds them."""
        changes = self.changes
        if final and self.body.before and not self.undescribed:
            changes = Counter(self.composition)
            changes.subtract(register.by_main_party(self.body.before))
        return {party: seats for party, seats in sorted(changes.items()) if seats}


def _change(before: str | None, now: str | None) -> ControlChange | None:
    if before is None or now is None:
        return None
    if now == before:
        return "no change" if now == NOC else "hold"
    return "lose" if now == NOC else "gain"


def _label(register: Register, before: str | None, now: str | None, change: ControlChange | None) -> str | None:
    """Return the change of control in short form: ``Con gain from NOC``."""

    def short(controller: str | None) -> str:
        return NOC if controller in (None, NOC) else register.parties[str(controller)].abbreviation

    if change == "gain":
        return f"{short(now)} gain from {short(before)}"
    if change == "lose":
        return f"{short(before)} lose to NOC"
    return None if change is None else f"{short(now)} {change}"
