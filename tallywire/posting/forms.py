"""The form of a contest: all that a sender needs to fill in a declaration."""

from typing import cast

from pydantic import BaseModel, ConfigDict
from redis.asyncio import Redis

from schemas import tables
from schemas.register import VotingSystem
from streams.keys import Partition
from streams.servers import Servers
from tallywire.client.snapshot import HEAD


class FormCandidate(BaseModel):
    """Somebody who stands."""

    model_config = ConfigDict(frozen=True)

    candidate: str
    """Candidate id: the key of the votes in a declaration."""
    name: str
    """Name as printed on the ballot paper."""
    party: str
    """Party or description as printed."""


class Form(BaseModel):
    """What a declaration of a contest is filled in with."""

    model_config = ConfigDict(frozen=True)

    election: str
    """Id of the election."""
    election_name: str
    """Its name as printed."""
    test: bool
    """True for a rehearsal: what is sent must then say so too."""
    ballot_id: str
    """Id of the contest: `subject` and `data.ballot_id` of a declaration."""
    name: str
    """Its name as printed."""
    office: str
    """What is elected."""
    voting_system: VotingSystem | str
    """How votes become winners."""
    seats: int
    """How many are elected."""
    electorate: int | None
    """People entitled to vote; null where unknown."""
    returning_officer: str | None
    """Who declares."""
    expected_at: str | None
    """When the declaration is expected; null where nobody said."""
    candidates: tuple[FormCandidate, ...]
    """Who stands, in the order of the register, which is that of the ballot paper."""
    areas: tuple[str, ...]
    """The local areas where it is counted, when it is added up centrally; else empty."""
    next_revision: int
    """The revision that the next declaration should have, as far as results are published."""


async def read_form(servers: "Servers[Redis]", election: str, ballot_id: str) -> Form | None:
    """Return the form of a contest; None where the election has no such contest.

    Raises:
        RedisError: the server does not say.
    """
    partition = Partition(election)
    client = await servers.current(partition.key(tables.REGISTER.name))
    pipeline = client.pipeline(transaction=True)
    pipeline.hget(partition.key(tables.REGISTER.name), HEAD)
    pipeline.hget(partition.key(tables.CONTESTS.name), ballot_id)
    pipeline.hget(partition.key(tables.RESULTS.name), ballot_id)
    head, stored, result = cast("list[bytes | None]", await pipeline.execute())
    if head is None or stored is None:
        return None
    register, contest = tables.REGISTER.read(head), tables.CONTESTS.read(stored)
    return Form(
        election=election,
        election_name=register.name,
        test=register.test,
        ballot_id=ballot_id,
        name=contest.name,
        office=contest.office,
        voting_system=contest.voting_system,
        seats=contest.seats,
        electorate=contest.electorate,
        returning_officer=contest.returning_officer,
        expected_at=contest.expected_at,
        candidates=tuple(
            FormCandidate(candidate=key, name=one.name, party=register.parties[one.party].name)
            for key, one in contest.candidates.items()
        ),
        areas=tuple(contest.areas),
        next_revision=1 if result is None else tables.RESULTS.read(result).data.revision + 1,
    )
