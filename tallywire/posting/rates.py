"""How much one sender may post in a minute, counted on the server, so that all processes count together.

What is counted expires with its minute. A sender over its limit is told how long to wait (429), and has lost nothing.
"""

from dataclasses import dataclass
from typing import Final, cast

import structlog
from redis.asyncio import Redis

from streams.servers import Servers
from tallywire.operations.counts import LIMITS
from tallywire.web.problems import NotTaken, Problem

WINDOW_S: Final = 60
"""Posts are counted for so long from the first one on, then from nothing."""

UNIT_BYTES: Final = 4 * 1024
"""A post counts once for each of these that it begins: a declaration of 20 candidates has 1 KiB, and who sends garbage
of 256 KiB has used up 64."""

ADDRESS_POSTS_MAX: Final = 6_000
"""Posts from one address in a minute, but for those that fail at their signature. A council is one address to us: its
whole night at once, 650 declarations, each sent nine times while nobody answers. Whoever sends 1,000 a second is
stopped after six seconds, with 24 MiB on the stream at most."""

KEY_POSTS_MAX: Final = 3_000
"""Posts in a minute that one key has signed, from one address: what is published is signed too, and whoever sends it
again from elsewhere is not to use up the limit of the key's holder. A night of 650 contests at once, each sent
four times: a key is a person's, or a council's system."""

FAILURES_MAX: Final = 600
"""Posts from one address in a minute that failed at their signature: 20 scripts with a wrong key, each trying again
every two seconds. What fails is not appended, so others at that address go on."""

SIGN_INS_MAX: Final = 600
"""Challenges and attempts to sign in from one address in a minute: two for each, and a council of 100 people is one
address to us. Each costs a key that lives for two minutes."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Rate:
    """What is counted together, and how much of it there may be in a window."""

    name: str
    """Part of the key that it is counted under."""
    maximum: int
    what: str
    """For the sender: what there was too much of."""


BY_ADDRESS: Final = Rate("address", ADDRESS_POSTS_MAX, "posts from your address")
BY_KEY: Final = Rate("key", KEY_POSTS_MAX, "posts signed with this key from your address")
SIGN_INS: Final = Rate("sign-ins", SIGN_INS_MAX, "attempts to sign in from your address")
FAILURES: Final = Rate("failures", FAILURES_MAX, "posts from your address whose signature does not hold")


@dataclass(frozen=True, slots=True)
class Rates:
    """Counts what senders post.

    Args:
        servers: where the elections are; what is counted lies beside each.
    """

    servers: "Servers[Redis]"

    async def allow(self, election: str, rate: Rate, who: str, size: int = 0) -> int | None:
        """Count one post; return None where it is within the limit, else how many seconds to wait.

        Args:
            election: a loaded election.
            rate: what is counted.
            who: the address, or the key's id.
            size: bytes posted.

        Raises:
            RedisError: the server does not count.
        """
        key = f"{{{election}}}:posting:{rate.name}:{who}"
        units = max(1, -(-size // UNIT_BYTES))
        pipeline = (await self.servers.current(key)).pipeline(transaction=True)
        pipeline.incrby(key, units)
        pipeline.expire(key, WINDOW_S, nx=True)
        pipeline.ttl(key)
        count, _, left_s = cast("tuple[int, bool, int]", await pipeline.execute())
        if count <= rate.maximum:
            return None
        if count - units <= rate.maximum:
            # Once a window: whoever floods is not to fill the log.
            log.warning("rate.reached", election=election, rate=rate.name, who=who, limit=rate.maximum)
        return max(1, left_s)

    async def require(self, election: str, rate: Rate, who: str, size: int = 0) -> None:
        """Count one post.

        Raises:
            NotTaken: it is one too many.
            RedisError: as ``allow``.
        """
        if (wait_s := await self.allow(election, rate, who, size)) is not None:
            LIMITS.labels("posting", election, f"rate.{rate.name}").inc()
            raise too_many(rate, wait_s)


def too_many(rate: Rate, wait_s: int) -> NotTaken:
    """A sender has posted too much."""
    detail = (
        f"There were more than {rate.maximum:,} {rate.what} within {WINDOW_S} s. Nothing was taken. Send it again "
        f"after {wait_s} s: a repeat is harmless."
    )
    return NotTaken(Problem(title="Too many requests", status=429, detail=detail), {"Retry-After": str(wait_s)})
