"""Every partition that the catalogue names has a stage; nothing else in the catalogue does harm."""

from redis import Redis
from structlog.testing import capture_logs

from streams.client import CONNECTIONS_MAX
from streams.faststream_adapter import Broker, Router
from streams.keys import CATALOGUE, PARTITIONS_MAX, Partition
from tallywire.embedded.server import EmbeddedServer
from tests.streams.toy import HALT, PARTITION, running, toy_router
from tests.waiting import wait_until

KEYS = Partition(PARTITION)

MANY = 120
"""More than the hundred connections that the client allows by itself."""


def await_said(client: Redis, words: int, partition: Partition = KEYS) -> None:
    """Wait until so many words were said."""
    wait_until(lambda: client.xlen(partition.key("said")) == words, what=f"{words} words of {partition.name}")


def test_a_partition_that_is_added_later_is_worked_on_at_once(server: EmbeddedServer, redis_client: Redis) -> None:
    """Promise: an election that is loaded while services run needs no restart."""
    with running(Broker(server.url, toy_router())):
        for name in (PARTITION, "synthetic-second"):
            redis_client.xadd(Partition(name).key("words"), {"data": "hello"})
            redis_client.xadd(CATALOGUE, {"election": name})
            await_said(redis_client, 1, Partition(name))


def test_what_cannot_name_a_partition_is_passed_over(server: EmbeddedServer, redis_client: Redis) -> None:
    """Promise: nonsense in the catalogue stops nobody, and a name that comes twice has one stage."""
    for name in ("", "}{", "x" * 300, "a b", PARTITION):
        redis_client.xadd(CATALOGUE, {"election": name})
    redis_client.xadd(CATALOGUE, {"other": "field"})
    redis_client.xadd(CATALOGUE, {"election": PARTITION})
    redis_client.xadd(KEYS.key("words"), {"data": "hello"})
    broker = Broker(server.url, toy_router())
    with running(broker):
        await_said(redis_client, 1)
        assert broker.status.phases() == {PARTITION: "leading"}


def test_a_broker_without_a_stage_reads_nothing(server: EmbeddedServer, redis_client: Redis) -> None:
    """Promise: what is not declared is not read; nothing connects that has nothing to do."""
    with running(Broker(server.url, Router())):
        assert len(redis_client.client_list()) == 1  # nobody but this test


def test_each_broker_of_a_router_has_stages_of_its_own(server: EmbeddedServer, redis_client: Redis) -> None:
    """Promise: what is declared at import serves any number of brokers; a second one takes nothing from the first."""
    redis_client.xadd(CATALOGUE, {"election": PARTITION})
    router = toy_router()
    first, second = Broker(server.url, router), Broker(server.url, router)
    for words, broker in enumerate((first, second), start=1):
        redis_client.xadd(KEYS.key("words"), {"data": "hello"})
        with running(broker):
            await_said(redis_client, words)


def test_a_hundred_partitions_do_not_wait_for_each_others_connections(
    server: EmbeddedServer, redis_client: Redis
) -> None:
    """Promise: every partition has its connections: one that waits for entries, one that commits."""
    partitions = [Partition(f"synthetic-{number}") for number in range(MANY)]
    for partition in partitions:
        redis_client.xadd(CATALOGUE, {"election": partition.name})
    with capture_logs() as logs, running(Broker(server.url, toy_router())):
        for times in (1, 2):
            for partition in partitions:
                redis_client.xadd(partition.key("words"), {"data": f"word-{times}"})
            for partition in partitions:
                await_said(redis_client, times, partition)
    assert [line for line in logs if line["event"] == "stage.interrupted"] == []
    assert CONNECTIONS_MAX >= 2 * PARTITIONS_MAX


def test_a_wrong_password_is_said_once(server: EmbeddedServer, redis_client: Redis) -> None:
    """Promise: a service that is not let in says why, once, without the password, and goes in as soon as it may."""
    redis_client.xadd(CATALOGUE, {"election": PARTITION})
    redis_client.xadd(KEYS.key("words"), {"data": "hello"})
    try:
        with capture_logs() as logs, running(Broker(server.url.replace("://", "://worker:s3cret@"), toy_router())):
            wait_until(lambda: [line for line in logs if line["event"] == "catalogue.unreadable"], what="the reason")
            redis_client.acl_setuser(
                "worker", enabled=True, passwords=["+s3cret"], commands=["+@all"], keys=["*"], channels=["*"]
            )
            await_said(redis_client, 1)
    finally:
        redis_client.acl_deluser("worker")
    (said,) = [line for line in logs if line["event"] == "catalogue.unreadable"]
    assert said["reason"] == "It knows no such user, or the password is wrong."
    assert "s3cret" not in str(logs)


def test_a_partition_whose_stage_fails_stops_no_other(server: EmbeddedServer, redis_client: Redis) -> None:
    """Promise: what must not go on stands still alone, and says why; the others go on, in the same process.

    What is found damaged when it is loaded, what a later release has written, and what nobody has thought of. When the
    catalogue is gone, too, the server was emptied, and the service ends.
    """
    names = ("halted", "damaged", "odd", "well", "idle")
    halted, damaged, odd, well, idle = (Partition(f"synthetic-{name}") for name in names)
    redis_client.xadd(damaged.key("said"), {"data": "a word whose count is gone"})
    redis_client.hset(odd.key("toy"), mapping={"cursor": "1-0", "fence": "x", "sequence:said": "many"})
    for partition in (halted, damaged, odd, well):
        redis_client.xadd(CATALOGUE, {"election": partition.name})
        redis_client.xadd(partition.key("words"), {"data": HALT if partition is halted else "hello"})
    redis_client.xadd(CATALOGUE, {"election": idle.name})
    ended: list[None] = []
    broker = Broker(server.url, toy_router())
    broker.on_failure = lambda: ended.append(None)
    with capture_logs() as logs, running(broker):
        failed = dict.fromkeys((halted.name, damaged.name, odd.name), "failed")
        expected = {**failed, well.name: "leading", idle.name: "leading"}
        wait_until(lambda: broker.status.phases() == expected, what="three to stand still")
        redis_client.xadd(well.key("words"), {"data": "hello"})
        await_said(redis_client, 2, well)
        assert not ended
        reasons = broker.status.why_not_ready()
        assert [reason.split(":")[0] for reason in reasons] == [halted.name, damaged.name, odd.name]
        assert "has the word halt, which this release (0) does not know" in reasons[0]
        redis_client.delete(CATALOGUE, well.key("toy"))
        wait_until(lambda: ended, what="the service to end")
    assert broker.failure is not None
    assert f"The server has lost {well.name}" in str(broker.failure)
    said = [line["election"] for line in logs if line["event"] == "stage.failed"]
    assert sorted(said) == sorted(failed)
