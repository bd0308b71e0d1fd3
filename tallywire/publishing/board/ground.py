"""What the register says of a region or of the contests of a body, as the pages need it again and again."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from schemas.register import INDEPENDENT, Contest, Party, RegisterHead
from schemas.wire import NATIONAL
from tallywire.publishing.board.memory import memory
from tallywire.publishing.documents import View

POSTS: Final = ("pcc", "pfcc", "mayor")
"""What ids of elections begin with in which offices are filled, not seats."""

WIDELY: Final = 3
"""A party that stands in a third of the contests has a row from the first minute."""

FEW: Final = 8
"""So many parties all have a row."""

FEW_CONTESTS: Final = 30
"""So many contests are shown with their candidates as bars."""


IN_STAGES: Final = "single-transferable-vote"
"""The voting system that counts in stages."""

CONSTITUENCIES: Final = "Constituencies"
REGIONS: Final = "Regions: list seats"
OTHER_CONTESTS: Final = "Other contests"
"""Headings where constituencies and the regions that they are in stand apart, and from what is neither."""


def is_region(contest: Contest) -> bool:
    """Whether a contest is a region whose list seats stand beside those of its constituencies."""
    return contest.voting_system == "additional-member"


def part_name(ballot_id: str) -> str:
    """Return the name of a contest's part, the id of its element."""
    return f"c-{ballot_id.replace('.', '-')}"


@dataclass(frozen=True)
class Ground:
    """A part of the register. Parties are main parties."""

    election: str
    kind: str
    """``region`` or ``body``."""
    slug: str
    """Which of them."""
    head: RegisterHead
    contests: Mapping[str, Contest]

    @cached_property
    def names(self) -> Sequence[tuple[str, Sequence[str]]]:
        """Names of the parts of the contests, by kind."""
        return [(heading, [part_name(one) for one in ballots]) for heading, ballots in self.kinds]

    @cached_property
    def seats(self) -> int:
        """Seats that are up; the answers of a referendum have none."""
        return sum(each.seats for each in self.contests.values() if each.voting_system != "referendum")

    @cached_property
    def answers(self) -> bool:
        """Whether questions are asked, and nothing else: no seat is filled."""
        return bool(self.contests) and all(each.voting_system == "referendum" for each in self.contests.values())

    @cached_property
    def lists(self) -> Sequence[str]:
        """Regions whose list seats stand beside constituencies: voters have a second paper for these."""
        return [one for one, each in self.contests.items() if is_region(each)]

    @cached_property
    def by_list(self) -> Sequence[str]:
        """Contests that elect by list, regions and others."""
        return [one for one, each in self.contests.items() if each.by_list]

    @cached_property
    def in_stages(self) -> bool:
        """Whether any contest is counted in stages."""
        return any(each.voting_system == IN_STAGES for each in self.contests.values())

    @cached_property
    def in_seats(self) -> bool:
        """Whether contests alone do not say how far a count is: they elect several, by list or in stages."""
        return self.in_stages or bool(self.by_list)

    @cached_property
    def flows(self) -> bool:
        """Whether it is known of any seat who held it, so that it can be gained, held or lost."""
        return any(getattr(each.baseline, self.head.headline_baseline) is not None for each in self.contests.values())

    @cached_property
    def list_changes(self) -> bool:
        """Whether all seats can be told against last time's, list seats too: nobody gains or holds these."""
        others = (each for each in self.contests.values() if not each.by_list)
        return (
            bool(self.by_list)
            and all(self.contests[one].seats_before is not None for one in self.by_list)
            and all(getattr(each.baseline, self.head.headline_baseline) is not None for each in others)
        )

    @property
    def measure(self) -> str:
        """How seats are told against last time's: by ``flow``, as a ``change``; empty where nothing is known of it."""
        return "change" if self.list_changes else "flow" if self.flows and not self.lists else ""

    @cached_property
    def constituencies(self) -> Sequence[str]:
        """Contests whose winners count for the list seats of a region here."""
        inside = {one for region in self.lists for one in self.contests[region].constituencies}
        return [one for one in self.contests if one in inside]

    @cached_property
    def others(self) -> Sequence[str]:
        """Contests that are neither regions with list seats nor constituencies of these: wards on the same day."""
        apart = {*self.lists, *self.constituencies}
        return [one for one in self.contests if one not in apart]

    @property
    def beside_lists(self) -> str:
        """What seats beside list seats are called, and the votes for these, as the head of a column."""
        return "Other" if self.others else "Constit."

    @cached_property
    def kinds(self) -> Sequence[tuple[str, Sequence[str]]]:
        """Contests by kind, each with a heading: constituencies, regions; under an empty one where all are alike."""
        if not 0 < len(self.lists) < len(self.contests):
            return [("", list(self.contests))]
        kinds = ((CONSTITUENCIES, self.constituencies), (REGIONS, self.lists), (OTHER_CONTESTS, self.others))
        return [(heading, ballots) for heading, ballots in kinds if ballots]

    @cached_property
    def held(self) -> Mapping[str, int]:
        """Seats before, by party, of those up."""
        found: Counter[str] = Counter()
        for contest in self.contests.values():
            baseline = getattr(contest.baseline, self.head.headline_baseline)
            found.update(self.main(holder.party) for holder in (baseline.seats if baseline is not None else ()))
        return found

    @cached_property
    def notional(self) -> bool:
        """Whether it is estimated who held any of the seats, because boundaries changed."""
        baselines = (getattr(each.baseline, self.head.headline_baseline) for each in self.contests.values())
        return any(each is not None and each.notional for each in baselines)

    @cached_property
    def standing(self) -> Mapping[str, int]:
        """Contests in which each party stands."""
        found: Counter[str] = Counter()
        for contest in self.contests.values():
            found.update({self.main(candidate.party) for candidate in contest.candidates.values()})
        return found

    @cached_property
    def rows(self) -> frozenset[str]:
        """Parties that have a row from the first minute: those that held seats or stand widely."""
        if len(self.standing) <= FEW:
            return frozenset({*self.standing, *self.held})
        widely = (party for party, number in self.standing.items() if number * WIDELY >= len(self.contests))
        return frozenset({*self.held, *widely})

    @cached_property
    def expected(self) -> bool:
        """Whether anybody has said when any of the contests is expected."""
        return any(each.expected_at is not None for each in self.contests.values())

    @cached_property
    def few(self) -> bool:
        """Whether each contest is shown with its candidates."""
        return len(self.contests) <= FEW_CONTESTS

    @property
    def posts(self) -> bool:
        """Whether offices of one are filled."""
        return self.election.removeprefix("rehearsal.").removeprefix("sandbox.").startswith(POSTS)

    @property
    def units(self) -> str:
        """What is won, as the head of a column."""
        return "Posts" if self.posts else "Seats"

    def unit(self, number: int) -> str:
        """Return the same behind a number."""
        return self.units.lower().removesuffix("s" if number == 1 else "")

    @cached_property
    def body(self) -> str:
        """The one body whose seats all of the contests fill, if there is one and all of its seats are described."""
        bodies = {each.body for each in self.contests.values()}
        if len(bodies) != 1 or (only := bodies.pop()) is None:
            return ""
        body = self.head.bodies[only]
        return only if self.seats + sum(body.not_up.values()) + body.vacant == body.seats else ""

    def main(self, party: str) -> str:
        """Return the party as which a party counts."""
        return self.head.main_party(party)

    def party(self, party: str) -> Party:
        """Return a party."""
        return self.head.parties[party]

    def name(self, party: str) -> str:
        """Return what a party is called: ``Conservatives``."""
        return "Independents" if party == INDEPENDENT else self.head.parties[party].spoken

    def the(self, party: str) -> str:
        """Return the same inside a sentence: ``the Conservatives``, ``Labour``."""
        one = self.head.parties[party]
        if party == INDEPENDENT:
            return "independents"
        return (
            f"the {one.spoken}" if one.number == "plural" and not one.spoken.lower().startswith("the ") else one.spoken
        )

    def plural(self, party: str) -> bool:
        """Whether a party's verbs are plural ones."""
        return party == INDEPENDENT or self.head.parties[party].number == "plural"


def ground(view: View, slug: str) -> Ground:
    """Return what the register says of a region.

    Raises:
        KeyError: there is no such region.
    """
    if slug not in view.regions():
        raise KeyError(slug)
    return _made(view, "region", slug, lambda contest: slug == NATIONAL or slug in contest.regions)


def ground_of_body(view: View, slug: str) -> Ground:
    """Return what the register says of the contests of a body.

    Raises:
        KeyError: there is no such body.
    """
    if view.head is None or slug not in view.head.bodies:
        raise KeyError(slug)
    return _made(view, "body", slug, lambda contest: contest.body == slug)


def _made(view: View, kind: str, slug: str, wanted: Callable[[Contest], bool]) -> Ground:
    known, head = memory(view.history), view.head
    if head is None:
        raise KeyError(slug)

    def make() -> Ground:
        registers = view.history.registers
        listed = ((ballot_id, registers.contest(ballot_id, view.ledger).contest) for ballot_id in view.contests())
        contests = {ballot_id: contest for ballot_id, contest in listed if wanted(contest)}
        return Ground(view.history.election, kind, slug, head, contests)

    return known.kept((kind, slug, known.register(view.ledger)), make)
