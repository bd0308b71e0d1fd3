"""Who has a contest open at a desk. It keeps nobody from deciding: it spares two people the same telephone call."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, cast

from redis.asyncio import Redis
from redis.exceptions import RedisError

from streams.keys import Partition
from streams.servers import Servers
from tallywire.posting.posting import trouble
from tallywire.posting.sessions import SignedIn

LASTS_S: Final = 15
"""How long somebody counts as there after the last sign of life: a page asks every two seconds."""


@dataclass(frozen=True, slots=True)
class Other:
    """Somebody else who has a contest open."""

    person: str
    since: str


@dataclass(frozen=True, slots=True)
class Presence:
    """Who has which contest open.

    Args:
        servers: where the elections are.
        area: what the keys begin with, as those of sessions.
    """

    servers: "Servers[Redis]"
    area: str

    async def open(self, election: str, ballot_id: str, who: SignedIn) -> list[Other]:
        """Note that somebody has a contest open, and return who else has.

        Raises:
            NotTaken: the server is away.
        """
        key = Partition(election).key(f"{self.area}:open:{ballot_id}")
        try:
            client = await self.servers.current(key)
            now = datetime.now(UTC)
            stored = cast("bytes | None", await client.get(key))
            there: dict[str, list[str]] = {
                person: times
                for person, times in json.loads(stored or b"{}").items()
                if (now - datetime.fromisoformat(times[1])).total_seconds() < LASTS_S
            }
            began = there.get(who.person, [now.isoformat()])[0]
            there[who.person] = [began, now.isoformat()]
            # Two that are written at the same moment: one of them is there again two seconds later.
            await client.set(key, json.dumps(there), ex=LASTS_S)
        except RedisError as error:
            raise trouble(error) from error
        return [Other(person, times[0]) for person, times in there.items() if person != who.person]
