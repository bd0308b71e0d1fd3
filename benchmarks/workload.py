"""What is measured with: a synthetic election, its declarations, and what must have become of them.

Every declaration changes the votes of a contest, so every one must become exactly one headline about a seat. When all
contests are declared one more headline says so.
"""

import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple, cast

from redis import Redis

from schemas.declaration import Declaration
from schemas.events import DeclarationEvent, RegisterEvent
from schemas.register import Baseline, Baselines, Candidate, Contest, Holder, Party, Register
from streams.keys import CATALOGUE, Partition

REVISIONS_MAX: Final = 900
"""Revisions sent for one contest; the schema ends at 999."""

LOOK_S: Final = 0.01
"""Between two looks at how far the services are."""

CHUNK: Final = 1_000
"""Entries posted or read at once."""


@dataclass(frozen=True, slots=True)
class Workload:
    """A synthetic election of so many contests, with so many candidates in each."""

    place: str = "synthetic"
    """Part of every id; elections measured side by side differ in it."""
    contests: int = 100
    candidates: int = 3

    @property
    def election(self) -> str:
        """Id of the election."""
        return f"local.{self.place}.2030-05-02"

    @property
    def keys(self) -> Partition:
        """Where the election is kept."""
        return Partition(self.election)

    def ballot(self, contest: int) -> str:
        """Return the id of a contest."""
        return f"local.{self.place}.ward-{contest}.2030-05-02"

    def subject(self, number: int) -> tuple[str, int]:
        """Return the ballot and the revision of the ``number``-th declaration: every contest in turn, from 0."""
        return self.ballot(number % self.contests), number // self.contests + 1


USUAL: Final = Workload()
"""What is measured with unless a benchmark is about something else."""
ELECTION: Final = USUAL.election
KEYS: Final = USUAL.keys


@dataclass(frozen=True, slots=True)
class Outcome:
    """What has become of the declarations posted."""

    missing: int
    """Declarations without a headline."""
    doubled: int
    """Headlines beyond the first of each declaration."""

    @property
    def exact(self) -> bool:
        """Whether each became one headline."""
        return self.missing == self.doubled == 0


class Checked(NamedTuple):
    """How far an election was checked already: not at all, unless said."""

    declarations: int = 0
    headline: str = "0-0"
    """Id of the last one."""


NOTHING: Final = Checked()


def contests_for(declarations: int) -> int:
    """Return how many contests so many declarations need: a contest has a thousand revisions at most."""
    return max(USUAL.contests, -(-declarations // REVISIONS_MAX))


def register(workload: Workload = USUAL) -> bytes:
    """Return the event that opens the election."""
    names = [f"candidate-{number + 1}" for number in range(workload.candidates)]
    parties = {f"party-{name}": Party(name=name, spoken=name, abbreviation=name) for name in names}
    held = Baseline(seats=(Holder(party=next(iter(parties))),))
    contests = {
        workload.ballot(number): Contest(
            name=f"Synthetic ward {number}",
            office="councillor",
            voting_system="first-past-the-post",
            seats=1,
            candidates={name: Candidate(name=name, party=f"party-{name}") for name in names},
            regions=(),
            electorate=None,
            baseline=Baselines(previous_election=held, sitting=held),
            past_winners=None,
        )
        for number in range(workload.contests)
    }
    name = f"Synthetic election of {workload.contests} wards"
    data = Register(election=workload.election, name=name, parties=parties, regions={}, contests=contests)
    return RegisterEvent(id="register", source="/synthetic", subject=workload.election, data=data).encode()


def declaration(number: int, workload: Workload = USUAL) -> bytes:
    """Return the ``number``-th declaration, counted from 0."""
    ballot, revision = workload.subject(number)
    votes = {f"candidate-{place + 1}": 10 * place for place in range(workload.candidates)}
    # The first candidate wins and the second comes close, by other figures each time.
    votes |= {"candidate-1": 2_000 + revision, "candidate-2": 1_000 + number % 7}
    data = Declaration(ballot_id=ballot, revision=revision, votes=votes)
    return DeclarationEvent(id=str(number), source="/synthetic", subject=ballot, data=data).encode()


def post(client: Redis, first: int, beyond: int, workload: Workload = USUAL) -> None:
    """Post the declarations from ``first`` up to ``beyond``, some at a time."""
    for start in range(first, beyond, CHUNK):
        with client.pipeline(transaction=False) as pipeline:
            for number in range(start, min(start + CHUNK, beyond)):
                pipeline.xadd(workload.keys.key("declarations"), {"data": declaration(number, workload)})
            pipeline.execute()


def post_register(client: Redis, workload: Workload = USUAL) -> None:
    """Post the register; no service reads it before the election is opened."""
    client.xadd(workload.keys.key("declarations"), {"data": register(workload)})


def open_election(client: Redis, workload: Workload = USUAL) -> None:
    """Name the election in the catalogue: the services begin with what has been posted."""
    client.xadd(CATALOGUE, {"election": workload.election})


def seats(client: Redis, workload: Workload = USUAL) -> int:
    """Return how many headlines there are about a seat: all but the one that says that all are declared."""
    all_declared = client.xlen(workload.keys.key("results")) >= workload.contests
    return client.xlen(workload.keys.key("headlines")) - all_declared


def wait_for_seats(client: Redis, expected: int, deadline_s: float, workload: Workload = USUAL) -> None:
    """Wait until so many declarations have become headlines.

    Raises:
        TimeoutError: they have not within ``deadline_s`` seconds.
    """
    deadline = time.monotonic() + deadline_s
    while (found := seats(client, workload)) < expected:
        if time.monotonic() > deadline:
            message = f"{found:,} headlines about seats after {deadline_s:.0f} s, {expected:,} expected"
            raise TimeoutError(message)
        # Not a blocking read: it would wake with every commit, on the cores that are measured.
        time.sleep(LOOK_S)


def so_far(client: Redis, declarations: int, workload: Workload = USUAL) -> Checked:
    """Return where a check of what follows begins, when so many declarations are worked off."""
    newest = cast("list[tuple[bytes, object]]", client.xrevrange(workload.keys.key("headlines"), count=1))
    return Checked(declarations, newest[0][0].decode()) if newest else NOTHING


def check(client: Redis, declarations: int, workload: Workload = USUAL, checked: Checked = NOTHING) -> Outcome:
    """Hold every headline about a seat against the declarations posted: all up to the last, but what was checked."""
    found = Counter(_subjects(client, workload.keys.key("headlines"), checked.headline))
    expected = {workload.subject(number) for number in range(checked.declarations, declarations)}
    missing = sum(subject not in found for subject in expected)
    return Outcome(missing, doubled=found.total() - (len(expected) - missing))


def _subjects(client: Redis, key: str, since: str) -> Iterator[tuple[str, int]]:
    """Yield ballot and revision of each headline after that one that is about a contest."""
    while entries := cast("list[tuple[bytes, dict[bytes, bytes]]]", client.xrange(key, min=f"({since}", count=CHUNK)):
        for _, fields in entries:
            data = json.loads(fields[b"data"])["data"]
            if data["ballot_id"] is not None:
                yield data["ballot_id"], data["revision"]
        since = entries[-1][0].decode()
