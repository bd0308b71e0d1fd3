"""``python -m benchmarks.flood``: how long an honest declaration waits behind 250 of the entries that cost most.

In one election are 250 declarations of a contest with as many local counts as there may be, of 10 candidates in 500
areas, and behind them that of a small contest; in another election one is posted every half second meanwhile. Counted
until the receipt, on a server of its own with the three services: once with declarations that are accepted, once with
ones of which each has 299 areas that do not exist by their names, for a character that nobody can see.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from redis import Redis

from benchmarks.machine import cpu_s, fresh_server
from schemas.events import RegisterEvent
from schemas.register import Baselines, Candidate, Contest, Party, Register
from services.ingest.rules.limits import FAULTS_MAX
from streams.keys import CATALOGUE, Partition
from tallywire.embedded.child_processes import Family
from tallywire.embedded.supervisor import SERVICES, service_command

FLOOD: Final = 250
DAY: Final = "2030-05-02"
LARGE, SMALL = f"mayor.synthetic.{DAY}", f"mayor.small.{DAY}"
FLOODED, OTHER = Partition(f"mayor.{DAY}"), Partition(f"local.{DAY}")
PEOPLE: Final = tuple(f"candidate-{number}" for number in range(10))
AREAS: Final = tuple(f"Ward of Synthetic Upper {number}" for number in range(500))
FAULTY: Final = FAULTS_MAX - 1
"""One less than are too many to be looked for."""

EVERY_S: Final = 0.5
LOOK_S: Final = 0.003
DEADLINE_S: Final = 120.0


def register(election: str, *ballots: str) -> bytes:
    """Return the event that opens an election."""
    contests = {
        ballot: Contest(
            name=ballot,
            office="mayor",
            voting_system="first-past-the-post",
            seats=1,
            candidates={one: Candidate(name=one, party="party") for one in PEOPLE},
            regions=(),
            electorate=None,
            baseline=Baselines(previous_election=None, sitting=None),
            past_winners=None,
            areas=AREAS if ballot == LARGE else (),
        )
        for ballot in ballots
    }
    party = Party(name="Synthetic Party", spoken="Synthetic", abbreviation="S")
    data = Register(election=election, name=election, parties={"party": party}, regions={}, contests=contests)
    return RegisterEvent(id=election, source="/benchmarks", subject=election, data=data).encode()


def declaration(ballot: str, revision: int, **data: object) -> bytes:
    """Return a declaration, without local counts where none are given."""
    figures = {"votes": {one: 500 * (place + 1) for place, one in enumerate(PEOPLE)}} | data
    event = {
        "specversion": "1.0",
        "id": f"{ballot}:{revision}",
        "source": "/benchmarks",
        "type": "tallywire.declaration.v1",
        "subject": ballot,
        "data": {"ballot_id": ballot, "revision": revision, **figures},
    }
    return json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode()


def flood(faulty: int) -> list[bytes]:
    """Return the declarations with local counts, each with so many areas whose names nobody can read."""
    counts = {one: place + 1 for place, one in enumerate(PEOPLE)}
    names = [f"\u200b{area}" if place < faulty else area for place, area in enumerate(AREAS)]
    areas = [{"area": name, "votes": counts, "rejected": 2} for name in names]
    return [declaration(LARGE, revision, areas=areas, rejected=1_000) for revision in range(1, FLOOD + 1)]


@contextmanager
def services() -> Iterator[tuple[Any, dict[str, int]]]:
    """Start the services on a server of their own, and yield its client and their processes."""
    with fresh_server() as fresh:
        family = Family()
        try:
            with (fresh.folder / "services.log").open("wb") as log:
                pids = {
                    name: family.start(service_command(fresh.server.url)(name), output=log).pid for name in SERVICES
                }
                yield fresh.client, pids | {"server": fresh.server.pid}
        finally:
            family.end()


def wait(condition: Callable[[], object]) -> float:
    """Wait until something is so, and return the seconds that it took.

    Raises:
        TimeoutError: it never was.
    """
    began = time.perf_counter()
    while not condition():
        if time.perf_counter() - began > DEADLINE_S:
            raise TimeoutError
        time.sleep(LOOK_S)
    return time.perf_counter() - began


def answered(client: "Redis", election: Partition, number: int) -> bool:
    """Whether so many entries of an election have their receipts."""
    return bool(client.xlen(election.key("receipts")) >= number)


def measure(title: str, messages: list[bytes]) -> None:
    """Post a flood with an honest declaration behind it, and print how long that and others waited."""
    with services() as (client, pids):
        for election, event in ((FLOODED, register(FLOODED.name, LARGE, SMALL)), (OTHER, register(OTHER.name, SMALL))):
            client.xadd(election.key("declarations"), {"data": event})
            client.xadd(CATALOGUE, {"election": election.name})
        wait(lambda: answered(client, FLOODED, 1) and answered(client, OTHER, 1))
        before = {name: cpu_s(pid) for name, pid in pids.items()}
        pipeline = client.pipeline(transaction=False)
        for message in (*messages, declaration(SMALL, 1)):
            pipeline.xadd(FLOODED.key("declarations"), {"data": message})
        pipeline.execute()
        began, others = time.perf_counter(), [0.0]
        while not answered(client, FLOODED, len(messages) + 2):
            if time.perf_counter() - began >= EVERY_S * (len(others) - 1):
                number = len(others)
                client.xadd(OTHER.key("declarations"), {"data": declaration(SMALL, number)})
                others.append(wait(lambda number=number: answered(client, OTHER, number + 1)))  # type: ignore[misc]  # mypy cannot tell its type
            time.sleep(LOOK_S)
        waited = time.perf_counter() - began
        used = ", ".join(f"{name} {cpu_s(pid) - before[name]:.2f}" for name, pid in pids.items())
    print(f"{title}: {waited:.2f} s; another election's {max(others):.2f} s at most. Processor seconds: {used}")


def main() -> None:
    """Measure both."""
    measure(f"behind {FLOOD} that are accepted", flood(0))
    measure(f"behind {FLOOD} that are refused", flood(FAULTY))


if __name__ == "__main__":
    main()
