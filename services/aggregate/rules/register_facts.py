"""What a register says, worked out once for everything that follows under it."""

from collections.abc import Collection
from typing import Final, NamedTuple

from schemas.register import Contest, Register
from schemas.result import ContestName, PartyName
from schemas.slugs import slug

NATIONAL: Final = "uk"
"""Slug of the national grouping, to which every contest belongs."""


class ContestFacts(NamedTuple):
    """What the register says of one contest."""

    contest: Contest
    name: ContestName
    body_name: str | None
    """Name of the council or parliament whose seats these are."""
    regions: tuple[str, ...]
    """The groupings it counts in, the national one last."""
    parties: dict[str, PartyName]
    """Every party that a result mentions: those standing, those of the baselines, and those they count as."""
    one_baseline: bool
    """Whether the contest is held against the same seats under both baselines."""


class Facts:
    """One register, as amended so far."""

    def __init__(self, register: Register) -> None:
        """Begin with nothing worked out."""
        self.register = register
        self._contests: dict[str, ContestFacts] = {}
        self._parties: dict[str, PartyName] = {}

    def contest(self, ballot_id: str) -> ContestFacts:
        """Return the facts of a contest.

        Raises:
            KeyError: the register has no such contest.
        """
        found = self._contests.get(ballot_id)
        if found is None:
            found = self._contests[ballot_id] = self._contest(ballot_id)
        return found

    def party_names(self, mentioned: Collection[str]) -> dict[str, PartyName]:
        """Return what a reader needs to print the parties mentioned, and those they count as."""
        main = {self.register.main_party(party) for party in mentioned}
        return {party_id: self._party_name(party_id) for party_id in sorted(main.union(mentioned))}

    def _contest(self, ballot_id: str) -> ContestFacts:
        contest = self.register.contests[ballot_id]
        mentioned = {candidate.party for candidate in contest.candidates.values()}
        baselines = contest.baseline
        for baseline in (baselines.previous_election, baselines.sitting):
            mentioned.update(holder.party for holder in (baseline.seats if baseline else ()))
        return ContestFacts(
            contest=contest,
            name=ContestName(
                name=contest.name,
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


def is_by_election(ballot_id: str) -> bool:
    """Return whether a contest is a by-election.

    Source: Democracy Club's election ids, in which ``by`` is then the last segment before the date:
    ``parl.oldham-west-and-royton.by.2015-12-03``.
    """
    return ballot_id.split(".")[-2] == "by"


def regions_of(contest: Contest) -> tuple[str, ...]:
    """Return the slugs of the groupings that a contest counts in, the national one last."""
    return (*(slug for slug in dict.fromkeys(contest.regions) if slug != NATIONAL), NATIONAL)
