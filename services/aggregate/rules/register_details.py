"""What results and states of control repeat of the register: names of contests, regions, parties."""

from collections.abc import Collection
from dataclasses import dataclass, field

from schemas.register import Contest, Register
from schemas.result import ContestName, PartyName
from schemas.slugs import slug
from schemas.wire import NATIONAL
from services.aggregate.rules.full_names import full_body_names, full_contest_names
from services.rules.by_elections import is_by_election


@dataclass(frozen=True, slots=True)
class ContestDetails:
    """A contest, with what its results repeat of the register."""

    contest: Contest
    name: ContestName
    body_name: str | None
    """Name of the council or parliament whose seats these are."""
    regions: tuple[str, ...]
    """The groupings it counts in, the national one last."""
    parties: dict[str, PartyName]
    """Every party that a result mentions: those standing, those of the baselines, those with list seats before, and
    those they count as."""
    one_baseline: bool
    """Whether the contest has the same seats under both baselines."""


@dataclass(slots=True)
class RegisterDetails:
    """The details of a register, worked out once for each contest and party: every result asks for them."""

    register: Register
    _contests: dict[str, ContestDetails] = field(default_factory=dict)
    _full_names: dict[str, str] | None = None
    """Of the contests that need one; None before they are worked out."""
    _full_body_names: dict[str, str] | None = None
    """The same of bodies."""
    _parties: dict[str, PartyName] = field(default_factory=dict)

    def contest(self, ballot_id: str) -> ContestDetails:
        """Return the details of a contest.

        Raises:
            KeyError: the register has no such contest.
        """
        found = self._contests.get(ballot_id)
        if found is None:
            found = self._contests[ballot_id] = self.details_of(ballot_id, self.register.contests[ballot_id])
        return found

    def put(self, ballot_id: str, contest: Contest) -> None:
        """Take a contest into the register, in place of an earlier one of that id."""
        earlier = self.register.contests.get(ballot_id)
        self.register.contests[ballot_id] = contest
        self._contests.pop(ballot_id, None)
        if earlier is None or earlier.name != contest.name:
            # Others may be called as this one is now, or was.
            self._full_names = None
            self._contests.clear()

    def details_of(self, ballot_id: str, contest: Contest) -> ContestDetails:
        """Return the details of a contest that may differ from the register's."""
        mentioned = {candidate.party for candidate in contest.candidates.values()}
        baselines = contest.baseline
        for baseline in (baselines.previous_election, baselines.sitting):
            mentioned.update(holder.party for holder in (baseline.seats if baseline else ()))
        # A party that had list seats may stand for none now: the change of its seats names it.
        mentioned.update(contest.seats_before or ())
        return ContestDetails(
            contest=contest,
            name=ContestName(
                name=contest.name,
                full_name=self._full_name(ballot_id, contest),
                office=contest.office,
                office_slug=slug(contest.office) or None,
                by_election=is_by_election(ballot_id),
                voting_system=contest.voting_system,
                seats=contest.seats,
            ),
            body_name=None if contest.body is None else self.register.bodies[contest.body].name,
            regions=regions_of(contest),
            parties=self.party_names(mentioned),
            one_baseline=baselines.previous_election == baselines.sitting,
        )

    def full_body_name(self, slug: str) -> str | None:
        """Return the full name of a body; None where its short one is enough."""
        if self._full_body_names is None:
            self._full_body_names = full_body_names(self.register)
        name = self._full_body_names[slug]
        return None if name == self.register.bodies[slug].name else name

    def _full_name(self, ballot_id: str, contest: Contest) -> str | None:
        contests = self.register.contests
        if ballot_id not in contests or contests[ballot_id].name != contest.name:
            return full_contest_names(self.register, {**contests, ballot_id: contest}).get(ballot_id)
        if self._full_names is None:
            self._full_names = full_contest_names(self.register, contests)
        return self._full_names.get(ballot_id)

    def party_names(self, mentioned: Collection[str]) -> dict[str, PartyName]:
        """Return what a reader needs to print the parties mentioned, and those they count as."""
        main = {self.register.main_party(party) for party in mentioned}
        return {party_id: self._party_name(party_id) for party_id in sorted(main.union(mentioned))}

    def _party_name(self, party_id: str) -> PartyName:
        found = self._parties.get(party_id)
        if found is None:
            party = self.register.parties[party_id]
            found = self._parties[party_id] = PartyName(
                name=party.name,
                spoken=party.spoken,
                number=party.number,
                abbreviation=party.abbreviation,
                counts_as=self.register.main_party(party_id),
                colour=party.colour,
            )
        return found


def regions_of(contest: Contest) -> tuple[str, ...]:
    """Return the slugs of the groupings that a contest counts in, the national one last."""
    return (*(slug for slug in dict.fromkeys(contest.regions) if slug != NATIONAL), NATIONAL)
