"""The whole pipeline, durable: declarations a second through three services, and how long one takes when idle.

``python benchmarks/pipeline.py [DECLARATIONS]`` starts the embedded server (fsync always) and the three services,
and checks that every declaration became exactly one headline before it prints a figure.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Final, cast

from redis import Redis

from schemas.declaration import Declaration
from schemas.events import DeclarationEvent, RegisterEvent
from schemas.register import Baseline, Baselines, Candidate, Contest, Holder, Party, Register
from streams.keys import CATALOGUE, Partition
from tallywire.embedded.server import start_server
from tallywire.embedded.supervisor import Supervisor

CONTESTS: Final = 100
IDLE_ROUNDS: Final = 200
ELECTION: Final = "local.synthetic.2030-05-02"
KEYS: Final = Partition(ELECTION)


def ballot(contest: int) -> str:
    """Return the id of a synthetic contest."""
    return f"local.synthetic.ward-{contest}.2030-05-02"


def register() -> bytes:
    """Return the register of a synthetic election."""
    parties = {name: Party(name=name, spoken=name, abbreviation=name) for name in ("A", "B", "C")}
    held = Baseline(seats=(Holder(party="A"),))
    contests = {
        ballot(number): Contest(
            name=f"Synthetic ward {number}",
            office="councillor",
            voting_system="first-past-the-post",
            seats=1,
            candidates={f"candidate-{name.lower()}": Candidate(name=name, party=name) for name in parties},
            regions=(),
            electorate=None,
            baseline=Baselines(previous_election=held, sitting=held),
            past_winners=None,
        )
        for number in range(CONTESTS)
    }
    data = Register(election=ELECTION, name="Synthetic election", parties=parties, regions={}, contests=contests)
    return RegisterEvent(id="register", source="/synthetic", subject=ELECTION, data=data).encode()


def declaration(number: int) -> bytes:
    """Return the ``number``-th declaration: every contest in turn, one revision after another."""
    contest, revision = number % CONTESTS, number // CONTESTS + 1
    votes = {"candidate-a": 1000 + revision, "candidate-b": 900 + number % 7, "candidate-c": 10}
    data = Declaration(ballot_id=ballot(contest), revision=revision, votes=votes)
    return DeclarationEvent(id=str(number), source="/synthetic", subject=data.ballot_id, data=data).encode()


def last_id(client: Redis) -> str:
    """Return the id of the last headline."""
    entries = cast("list[tuple[bytes, object]]", client.xrevrange(KEYS.key("headlines"), count=1))
    return entries[0][0].decode() if entries else "0-0"


def wait_for_seats(client: Redis, expected: int) -> None:
    """Wait until that many declarations have become headlines."""
    while seats(client) < expected:
        client.xread({KEYS.key("headlines"): last_id(client)}, block=1_000)


def seats(client: Redis) -> int:
    """Return how many headlines there are about a seat: all but the one that says that all are declared."""
    return client.xlen(KEYS.key("headlines")) - (client.xlen(KEYS.key("results")) >= CONTESTS)


def main(declarations: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder, start_server(Path(folder), ephemeral=True) as server:
        client = Redis.from_url(server.url)
        client.xadd(KEYS.key("declarations"), {"data": register()})
        messages = [declaration(number) for number in range(declarations)]
        with client.pipeline(transaction=False) as pipeline:
            for message in messages:
                pipeline.xadd(KEYS.key("declarations"), {"data": message})
            pipeline.execute()
        with Supervisor(server.url, Path(folder) / "services.log") as services:
            services.start()
            services.wait_ready()
            started = time.perf_counter()
            client.xadd(CATALOGUE, {"election": ELECTION})
            wait_for_seats(client, declarations)
            preloaded = declarations / (time.perf_counter() - started)
            latencies_ms = []
            for number in range(declarations, declarations + IDLE_ROUNDS):
                last = last_id(client)
                posted = time.perf_counter()
                client.xadd(KEYS.key("declarations"), {"data": declaration(number)})
                client.xread({KEYS.key("headlines"): last}, block=1_000)
                latencies_ms.append(1_000 * (time.perf_counter() - posted))
        found = seats(client)
        client.close()
    if found != declarations + IDLE_ROUNDS:
        raise SystemExit(f"not exact: {found} headlines for {declarations + IDLE_ROUNDS} declarations")
    latencies_ms.sort()
    print(f"preloaded: {preloaded:,.0f} declarations/s ({declarations:,} declarations, {len(messages[0])} bytes each)")
    print(f"idle: post to headline p50 {statistics.median(latencies_ms):.1f} ms, ", end="")
    print(f"p99 {latencies_ms[int(0.99 * len(latencies_ms))]:.1f} ms, exact")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000)
