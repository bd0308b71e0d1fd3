"""How far the services are: whether they live, what waits for them, and what they have set aside."""

from typing import Final

from schemas import streams
from streams.fold import START, place
from streams.keys import Partition, alive_key
from streams.lag import Lag, measure
from tallywire.client.connection import Connection

PIPELINE: Final = (
    ("ingest", streams.DECLARATIONS.name),
    ("aggregate", streams.LEDGER.name),
    ("notify", streams.RESULTS.name),
)
"""Each service with the stream it reads, in the order of the flow."""


def alive(connection: Connection, service: str, host: str = "*") -> bool:
    """Whether a service, on that host or on any, has a heartbeat."""
    pattern = alive_key(service, host)
    return any(True for client in connection.servers.everywhere() for _ in client.scan_iter(pattern, count=1_000))


def lag(connection: Connection, election: str, service: str) -> Lag:
    """Return how far a service is behind with an election."""
    return measure(connection.at(election), Partition(election), service, dict(PIPELINE)[service])


def behind(connection: Connection, election: str) -> str | None:
    """Return the first service that has not read its whole stream yet; None when the election is settled.

    Cursors and streams are read at one moment, so None means that nothing is under way anywhere.
    """
    partition = Partition(election)
    pipeline = connection.at(election).pipeline(transaction=True)
    for service, stream in PIPELINE:
        pipeline.hget(partition.key(service), "cursor")
        pipeline.xrevrange(partition.key(stream), count=1)
    answers = pipeline.execute()
    for (service, _), cursor, last in zip(PIPELINE, answers[0::2], answers[1::2], strict=True):
        if last and place(cursor or START.encode()) < place(last[0][0]):
            return service
    return None


def parked(connection: Connection, election: str) -> dict[str, int]:
    """Return by service how many entries it has set aside because its own rule failed on them."""
    client, partition = connection.at(election), Partition(election)
    counts = {service: int(client.xlen(partition.key(streams.PARKED[service].name))) for service, _ in PIPELINE}
    return {service: count for service, count in counts.items() if count}
