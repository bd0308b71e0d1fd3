"""An election as it stands at one moment."""

import threading

import pytest
from redis import Redis

from tallywire.client.connection import Connection
from tallywire.client.errors import UnreadableError
from tallywire.client.snapshot import StageMark, read_register_head, take_snapshot
from tests.services.registers import ELECTION, synthetic_register


def test_tables_and_sequences_are_of_one_moment(connection: Connection, redis_client: Redis) -> None:
    """Promise: however fast a service commits meanwhile, what stands is what stood at the sequence that is said.

    The commits here write a number everywhere at once, as a service's commit does: a snapshot that mixes two moments
    would hold two numbers.
    """
    done = threading.Event()

    def commit() -> None:
        number = 0
        while not done.is_set():
            number += 1
            pipeline = redis_client.pipeline(transaction=True)
            pipeline.xadd(f"{{{ELECTION}}}:results", {"data": "{}"}, id=f"{number}-0")
            pipeline.hset(f"{{{ELECTION}}}:standing:results", "a", str(number))
            pipeline.hset(f"{{{ELECTION}}}:standing:tallies", "uk", str(number))
            pipeline.hset(
                f"{{{ELECTION}}}:aggregate",
                mapping={"cursor": f"{number}-0", "folded": number, "sequence:results": number},
            )
            pipeline.execute()

    committing = threading.Thread(target=commit)
    committing.start()
    number = 0
    try:
        for _ in range(50):
            snapshot = take_snapshot(connection, ELECTION)
            number = snapshot.stages["aggregate"].folded
            expected = StageMark(f"{number}-0", number, {"results": number} if number else {})
            assert snapshot.stages["aggregate"] == expected
            assert snapshot.results == ({"a": b"%d" % number} if number else {})
            assert snapshot.tallies == ({"uk": b"%d" % number} if number else {})
            assert snapshot.ends["results"] == f"{number}-0"
    finally:
        done.set()
        committing.join()
    assert number > 1, "nothing was committed meanwhile"


def test_it_is_one_transaction(connection: Connection, redis_client: Redis) -> None:
    """Promise: one moment also where the server does other work between two commands, which it rarely does."""
    redis_client.config_resetstat()
    take_snapshot(connection, ELECTION)
    ran = {name.removeprefix("cmdstat_"): said["calls"] for name, said in redis_client.info("commandstats").items()}
    assert (ran["multi"], ran["exec"]) == (1, 1)


def test_the_register_comes_with_it(connection: Connection, redis_client: Redis) -> None:
    """Promise: the register as amended, of the same moment; before aggregate has read one there is none."""
    assert take_snapshot(connection, ELECTION).register is None
    register = synthetic_register()
    redis_client.hset(f"{{{ELECTION}}}:standing:register", "election", register.head().encode())
    for ballot_id, contest in register.contests.items():
        redis_client.hset(f"{{{ELECTION}}}:standing:contests", ballot_id, contest.encode())
    assert take_snapshot(connection, ELECTION).register == register
    assert read_register_head(connection, ELECTION) == register.head()


def test_what_somebody_has_changed_is_named(connection: Connection, redis_client: Redis) -> None:
    """Promise: garbage is an error of its own, with the key, and not taken for a state of the election."""
    redis_client.hset(f"{{{ELECTION}}}:aggregate", "folded", "many")
    with pytest.raises(UnreadableError, match=r"What {.*}:aggregate says cannot be read"):
        take_snapshot(connection, ELECTION)
    redis_client.hset(f"{{{ELECTION}}}:standing:register", "election", "{}")
    with pytest.raises(UnreadableError, match=r"standing:register holds is no register"):
        read_register_head(connection, ELECTION)
