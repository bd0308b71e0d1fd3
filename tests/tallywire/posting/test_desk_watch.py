"""What all desks of an election see."""

import asyncio

from redis import Redis

from streams.keys import CATALOGUE
from tallywire.embedded.server import EmbeddedServer
from tallywire.posting.desk.watch import Watch
from tests.services.registers import ELECTION


def test_declarations_for_an_election_that_is_not_loaded_are_shown(server: EmbeddedServer, redis_client: Redis) -> None:
    """Promise: whoever looks at the desk sees that somebody sends to a misspelt day, where nobody answers."""
    redis_client.xadd(CATALOGUE, {"election": ELECTION})
    watch = Watch(server.url)
    ingest, *_ = asyncio.run(watch.services(ELECTION))
    redis_client.xadd("{pcc.2030-05-03}:declarations", {"data": "{}"})
    watch.close()
    watch = Watch(server.url)
    misdirected, *others = asyncio.run(watch.services(ELECTION))
    watch.close()
    assert (ingest.name, ingest.state) == ("ingest", "does not run")
    assert misdirected.state.startswith("does not run; declarations lie for what is not loaded, 'pcc.2030-05-03':")
    assert not any("pcc.2030-05-03" in other.state for other in others)
