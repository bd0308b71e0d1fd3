"""The form of a contest: all that a sender needs to fill in a declaration."""

from collections.abc import Mapping
from typing import cast

from pydantic import BaseModel, ConfigDict
from redis.asyncio import Redis

from schemas import tables
from schemas.declaration import Stage
from schemas.register import INDEPENDENT, Candidate, Contest, CountingRules, RegisterHead, VotingSystem
from schemas.result import Result
from streams.keys import Partition
from streams.servers import Servers
from tallywire.client.snapshot import HEAD


class FormPerson(BaseModel):
    """Somebody on a party's list."""

    model_config = ConfigDict(frozen=True)

    name: str
    """Name as printed on the ballot paper."""
    won: str | None = None
    """Ballot id of the constituency that this person has won, as far as results are published: whoever has won one is
    struck from the list. Null for everybody else."""


class FormCandidate(BaseModel):
    """Somebody who stands; in a contest by list a list or an individual; an answer of a referendum."""

    model_config = ConfigDict(frozen=True)

    candidate: str
    """Candidate id: the key of the votes in a declaration."""
    name: str
    """Name as printed on the ballot paper."""
    party: str
    """Party or description as printed."""
    individual: bool = False
    """In a contest by list, whether it is an individual, who can have one seat. Else false."""
    people: tuple[FormPerson, ...] | None = None
    """Who is on the list, in their order; null for a person, and for a list whose names are unknown."""


class FormConstituency(BaseModel):
    """A constituency of a region of the additional member system."""

    model_config = ConfigDict(frozen=True)

    ballot_id: str
    """Its id."""
    name: str
    """Its name as printed."""
    elected: tuple[str, ...] | None
    """Names of those elected, as published; null while no result counts."""
    party: str | None
    """Their party as printed; null while no result counts."""
    list: str | None
    """Id of that party's list in the region, into whose first divisor the seat is carried; null where it has none."""


class FormCount(BaseModel):
    """A count by single transferable vote, as far as its stages are published: what the next declaration repeats."""

    model_config = ConfigDict(frozen=True)

    revision: int
    """The revision that stands."""
    kind: str
    """`stage` while the count goes on; `declared` when it is over."""
    votes: dict[str, int]
    """First preferences, by candidate id."""
    quota: int | None
    """The quota."""
    stages: tuple[Stage, ...]
    """The stages after the first preferences, as a declaration writes them."""
    elected: tuple[str, ...]
    """Who is elected so far."""
    rejected: int | None
    """Ballot papers rejected; null where not stated."""
    rejected_by_head: dict[str, int] | None
    """The same by head; null where not stated."""


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
    counting_rules: CountingRules | None = None
    """Under the single transferable vote, whose rules the count follows; else null."""
    constituencies: tuple[FormConstituency, ...] = ()
    """Under the additional member system, the constituencies of the region, with what is published of them."""
    threshold_per_cent: int | None = None
    """Per cent of the valid votes below which a list gets no seat; null for none."""
    question: str | None = None
    """The question of a referendum, whose answers are the candidates; else null."""
    count: FormCount | None = None
    """Under the single transferable vote, the count as it stands; null before its first stage is published."""
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
    # No transaction: each row stands for itself, and a Redis whose memory is full refuses one.
    pipeline = client.pipeline(transaction=False)
    pipeline.hget(partition.key(tables.REGISTER.name), HEAD)
    pipeline.hget(partition.key(tables.CONTESTS.name), ballot_id)
    pipeline.hget(partition.key(tables.RESULTS.name), ballot_id)
    head, stored, result = cast("list[bytes | None]", await pipeline.execute())
    if head is None or stored is None:
        return None
    register, contest = tables.REGISTER.read(head), tables.CONTESTS.read(stored)
    constituencies = await _constituencies(client, partition, contest) if contest.constituencies else {}
    standing = None if result is None else tables.RESULTS.read(result).data
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
            _candidate(key, one, contest, register, constituencies) for key, one in contest.candidates.items()
        ),
        counting_rules=contest.counting_rules,
        constituencies=tuple(
            _constituency(name, each, found, contest, register) for name, (each, found) in constituencies.items()
        ),
        threshold_per_cent=contest.threshold_per_cent,
        question=contest.question,
        count=None if standing is None else _count(standing),
        areas=tuple(contest.areas),
        next_revision=1 if standing is None else standing.revision + 1,
    )


Constituencies = Mapping[str, tuple[Contest, Result | None]]
"""The constituencies of a region that are in the register, by ballot id, each with its result where one counts."""


async def _constituencies(client: "Redis", partition: Partition, contest: Contest) -> Constituencies:
    names = list(contest.constituencies)
    pipeline = client.pipeline(transaction=False)
    pipeline.hmget(partition.key(tables.CONTESTS.name), names)
    pipeline.hmget(partition.key(tables.RESULTS.name), names)
    contests, results = cast("list[list[bytes | None]]", await pipeline.execute())
    found: dict[str, tuple[Contest, Result | None]] = {}
    for name, stored, result in zip(names, contests, results, strict=True):
        standing = None if result is None else tables.RESULTS.read(result).data
        if stored is not None:
            found[name] = tables.CONTESTS.read(stored), standing if standing is not None and standing.counts else None
    return found


def _main_party(party: str, register: RegisterHead) -> str:
    return register.parties[party].counts_as or party


def _candidate(
    key: str, one: Candidate, contest: Contest, register: RegisterHead, constituencies: Constituencies
) -> FormCandidate:
    return FormCandidate(
        candidate=key,
        name=one.name,
        party=register.parties[one.party].name,
        individual=contest.by_list and _main_party(one.party, register) == INDEPENDENT,
        people=None
        if one.people is None
        else tuple(
            FormPerson(name=each.name, won=_won(each.id, each.name, one.party, register, constituencies))
            for each in one.people
        ),
    )


def _won(
    person: str | None, name: str, party: str, register: RegisterHead, constituencies: Constituencies
) -> str | None:
    """Return the constituency that somebody on a list has won: by the id; where there is none, by name and party."""
    main = _main_party(party, register)
    for ballot_id, (_, result) in constituencies.items():
        for winner in () if result is None else result.candidates:
            alike = winner.name == name and _main_party(winner.party, register) == main
            if winner.elected and (alike if person is None else winner.candidate == person):
                return ballot_id
    return None


def _constituency(
    ballot_id: str, contest: Contest, result: Result | None, region: Contest, register: RegisterHead
) -> FormConstituency:
    winners = () if result is None else tuple(one for one in result.candidates if one.elected)
    party = winners[0].party if winners else None
    lists = {_main_party(one.party, register): key for key, one in region.candidates.items()}
    lists.pop(INDEPENDENT, None)
    return FormConstituency(
        ballot_id=ballot_id,
        name=contest.name,
        elected=None if result is None else tuple(one.name for one in winners),
        party=None if party is None else register.parties[party].name,
        list=None if party is None else lists.get(_main_party(party, register)),
    )


def _count(result: Result) -> FormCount | None:
    """Return the count by single transferable vote that a result shows; None where it shows none."""
    votes = {one.candidate: one.votes for one in result.candidates if one.votes is not None}
    if result.stages is None or not result.counts or len(votes) < len(result.candidates):
        return None
    return FormCount(
        revision=result.revision,
        kind=result.kind,
        votes=votes,
        quota=result.quota,
        stages=tuple(
            Stage.model_validate(
                {
                    "action": each.action,
                    "of": each.of,
                    "totals": each.totals,
                    "non_transferable": each.non_transferable,
                    **({"lot": each.lot} if each.lot else {}),
                }
            )
            for each in result.stages
        ),
        elected=result.elected,
        rejected=result.rejected,
        rejected_by_head=None if result.rejected_by_head is None else result.rejected_by_head.model_dump(),
    )
