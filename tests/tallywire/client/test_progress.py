"""How far the services are, as anybody can see it."""

from redis import Redis

from tallywire.client.connection import Connection
from tallywire.client.progress import alive, behind, lag, parked

ELECTION = "pcc.2030-05-02"


def test_an_election_is_settled_when_every_service_has_read_its_whole_stream(
    connection: Connection, redis_client: Redis
) -> None:
    """Promise: the first one that is behind is named; with nothing anywhere there is nothing to wait for."""
    assert behind(connection, ELECTION) is None
    found = []
    for service, stream in (("ingest", "declarations"), ("aggregate", "ledger"), ("notify", "results")):
        last = redis_client.xadd(f"{{{ELECTION}}}:{stream}", {"data": "{}"})
        found.append(behind(connection, ELECTION))
        redis_client.hset(f"{{{ELECTION}}}:{service}", "cursor", last)
    assert [*found, behind(connection, ELECTION)] == ["ingest", "aggregate", "notify", None]


def test_what_waits_is_counted(connection: Connection, redis_client: Redis) -> None:
    """Promise: entries beyond the cursor, those set aside, and who lives, each without reading the streams."""
    first = redis_client.xadd(f"{{{ELECTION}}}:declarations", {"data": "{}"})
    redis_client.xadd(f"{{{ELECTION}}}:declarations", {"data": "{}"})
    redis_client.hset(f"{{{ELECTION}}}:ingest", mapping={"cursor": first, "folded": 1})
    redis_client.xadd(f"{{{ELECTION}}}:parked-notify", {"data": "{}"})
    redis_client.set("tallywire:alive:ingest:synthetic-host:1", 1)
    assert lag(connection, ELECTION, "ingest").entries == 1
    assert parked(connection, ELECTION) == {"notify": 1}
    assert alive(connection, "ingest")
    assert not alive(connection, "ingest", "another-host")
