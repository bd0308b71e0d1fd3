"""Appending what was sent, and what the sender is then told."""

import asyncio
import secrets
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from hashlib import sha256
from time import perf_counter
from typing import Any, Final, cast

import structlog
from redis.asyncio import Redis
from redis.exceptions import NoPermissionError, OutOfMemoryError, ReadOnlyError, RedisError, ResponseError
from redis.typing import EncodableT

from schemas.streams import DECLARATIONS
from streams.contexts import CONTEXT
from streams.keys import CATALOGUE, Partition
from streams.servers import Servers
from streams.status import ServiceStatus
from streams.troubles import has_ended, why_away
from tallywire.client.connection import ask_standbys, can_be_election, confirming_key, elections_in, one_has_it
from tallywire.client.errors import NOTHING_LOADED
from tallywire.client.parked import NEWEST, entry_ids, parked_key
from tallywire.operations.counts import RECEIPTS
from tallywire.posting.receipts import Awaited, Receipts
from tallywire.web.problems import NotTaken, not_found, unavailable

ASIDE_MAX: Final = 1_000
"""Messages set aside that are remembered, so that a repeat is not set aside once more."""

WAIT_S: Final = 10.0
"""How long a sender waits for a receipt unless it says otherwise. A receipt takes milliseconds; a service that was just
killed is back within two seconds."""

WAIT_S_MAX: Final = 60.0
"""The longest that a sender may wait: proxies cut a silent connection after a minute."""

PLACE_LASTS_S: Final = 24 * 60 * 60
"""How long a place where a late receipt can be asked for is kept: a night and the morning after."""

STANDBY_WAIT_MS: Final = 2_000
"""How long a stand-by may take to have what the server has."""

KNOWN_MAX: Final = 1_000
"""Ids of elections that are remembered: twice as many as services work on."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Waiting:
    """The receipt has not come yet."""

    place: str
    """What names it from now on; nobody can guess it, for receipts are not for everybody."""
    parked: bool = False
    """Whether ingest has set the message aside, for a fault of ours: it comes once an operator has acted."""


class Posting:
    """Posts messages for senders.

    Args:
        servers: where the elections are.
    """

    def __init__(self, servers: "Servers[Redis]") -> None:
        self._servers = servers
        self._receipts = Receipts(servers)
        self._known: set[str] = set()
        self._aside: dict[tuple[str, bytes], tuple[str, str]] = {}
        """Of messages that ingest has set aside, by election and digest: the entry, and the place that was told."""
        self.stopping = False
        """Whether the process is about to end: nobody waits any longer then."""
        self.status: ServiceStatus | None = None
        """How the service is, where it is served."""

    def stop(self) -> None:
        """Answer whoever waits for a receipt, and let nobody wait from now on."""
        self.stopping = True
        self._receipts.give_up()

    async def post(
        self, election: str, content: bytes, signature: str | None, wait_s: float, context: str | None = None
    ) -> "bytes | Waiting":
        """Append a message to an election's stream, and return its receipt, or where to ask for it.

        Args:
            election: the election.
            content: the message.
            signature: its signature, where it has one.
            wait_s: how long a receipt is waited for.
            context: of the trace that the post belongs to; None where nobody traces.

        Raises:
            NotTaken: there is no such election, or what is behind cannot take anything now.
        """
        await self.require_loaded(election)
        try:
            if (aside := await self._known_aside(election, content)) is not None:
                return aside
            fields: dict[EncodableT, EncodableT] = {"data": content}
            if signature is not None:
                fields["signature"] = signature
            if context is not None:
                fields[CONTEXT.decode()] = context
            with closing(await self._receipts.expect(election)) as awaited:
                entry_id, began = await self._append(election, fields), perf_counter()
                receipt = await self._receipt(awaited, entry_id, wait_s)
            if receipt is not None:
                RECEIPTS.labels(election).observe(perf_counter() - began)
            else:
                return await self._place(election, content, entry_id, awaited.after)
            await self._require_standby(election)
        except RedisError as error:
            raise trouble(error) from error
        return receipt

    async def look(self, election: str, place: str, wait_s: float) -> "bytes | Waiting":
        """Return the receipt that a place names, or the place again while there is none.

        Raises:
            NotTaken: nothing has this name, or what is behind is away.
        """
        if not can_be_election(election):
            raise _no_election(election)
        try:
            key = _place_key(election, place)
            stored = cast("bytes | None", await (await self._servers.current(key)).get(key))
            if stored is None:
                raise not_found("There is no such receipt, or it was asked for a day too late. Send the message again.")
            entry_id, after = stored.decode().split()
            # Looked for only once it is waited for: it may come in between.
            with closing(await self._receipts.expect(election)) as awaited:
                receipt = await self._receipts.find(election, entry_id, after)
                receipt = receipt or await self._receipt(awaited, entry_id, wait_s)
            if receipt is None:
                await self._require_entry(election, entry_id)
                return Waiting(place, parked=await self._is_parked(election, entry_id))
            await self._require_standby(election)
        except RedisError as error:
            raise trouble(error) from error
        return receipt

    async def why_not_ready(self) -> str | None:
        """Return why nothing can be posted now; None when it can."""
        if self.status is not None and (away := await asyncio.to_thread(self.status.why_no_server)):
            return away
        try:
            elections = await self._elections()
        except (RedisError, OSError) as error:
            return why_away(error)
        return None if elections else NOTHING_LOADED

    def why_ending(self) -> tuple[str, ...]:
        """Return that the process is about to end; nothing while it is not."""
        return ("It is about to end.",) if self.stopping else ()

    async def close(self) -> None:
        """Close every connection."""
        await self._receipts.close()
        for client in self._servers.clients():
            await client.aclose()

    async def _elections(self) -> list[str]:
        client = await self._servers.current(CATALOGUE)
        return elections_in(await client.xrange(CATALOGUE))

    async def elections(self) -> list[str]:
        """Return the ids of the loaded elections.

        Raises:
            NotTaken: what is behind is away.
        """
        try:
            return await self._elections()
        except RedisError as error:
            raise trouble(error) from error

    async def require_loaded(self, election: str) -> None:
        """Make sure that an election is loaded.

        Raises:
            NotTaken: it is not, or what is behind is away.
        """
        if election in self._known:
            return
        if not can_be_election(election):
            raise _no_election(election)
        try:
            loaded = await self._elections()
        except RedisError as error:
            raise trouble(error) from error
        if not loaded:
            raise unavailable("No election is loaded yet. Try again; nothing was taken.", retry_after_s=10)
        if election not in loaded:
            raise _no_election(election)
        if len(self._known) < KNOWN_MAX:
            self._known.add(election)

    async def _append(self, election: str, fields: Mapping[EncodableT, EncodableT]) -> str:
        key = Partition(election).key(DECLARATIONS.name)
        client = await self._servers.current(key)
        # Not on a stream that is not there: the election was loaded by this stream, so the server has been emptied.
        entry_id = cast("bytes | None", await client.xadd(key, dict(fields), nomkstream=True))
        if entry_id is None:
            self._known.discard(election)
            log.error("server.emptied", election=election)
            raise unavailable("The server has lost this election. Try again; nothing was taken.", retry_after_s=10)
        return entry_id.decode()

    async def _known_aside(self, election: str, content: bytes) -> Waiting | None:
        """Return where to ask for a message that ingest has set aside, when it is sent again; None of any other.

        It would be set aside once more, and a stage ends of which too many are.
        """
        known = (election, sha256(content).digest())
        if known not in self._aside:
            return None
        entry_id, place = self._aside[known]
        if await self._is_parked(election, entry_id):
            return Waiting(place, parked=True)
        del self._aside[known]
        return None

    async def _place(self, election: str, content: bytes, entry_id: str, after: str) -> Waiting:
        await self._require_entry(election, entry_id)
        place = secrets.token_urlsafe(24)
        key = _place_key(election, place)
        await (await self._servers.current(key)).set(key, f"{entry_id} {after}", ex=PLACE_LASTS_S)
        parked = await self._is_parked(election, entry_id)
        if parked and len(self._aside) < ASIDE_MAX:
            self._aside[election, sha256(content).digest()] = entry_id, place
        return Waiting(place, parked=parked)

    async def _is_parked(self, election: str, entry_id: str) -> bool:
        """Whether ingest has set an entry aside; false where the server's users are of an earlier release."""
        key = parked_key(election)
        client = await self._servers.current(key)
        with suppress(NoPermissionError):
            return entry_id in entry_ids(cast("Any", await client.xrevrange(key, count=NEWEST)))
        return False

    async def _require_entry(self, election: str, entry_id: str) -> None:
        """Make sure that an entry without a receipt is still there to be answered."""
        key = Partition(election).key(DECLARATIONS.name)
        client = await self._servers.current(key)
        if not await client.xrange(key, entry_id, entry_id):
            raise unavailable("The server has lost the message before it was judged. Send it again.")

    async def _require_standby(self, election: str) -> None:
        """Make sure that a stand-by has the receipt too, where there is to be one."""
        if not self._servers.view().standbys:
            return
        key = confirming_key(election)
        client = await self._servers.current(key)
        pipeline = client.pipeline(transaction=False)
        ask_standbys(pipeline, key, STANDBY_WAIT_MS)
        if not one_has_it(await pipeline.execute(raise_on_error=False)):
            raise unavailable(
                "It was taken, but no stand-by has it yet: should the server be lost now, it would be lost too. "
                "Send it again: a repeat is harmless."
            )

    async def _receipt(self, awaited: Awaited, entry_id: str, wait_s: float) -> bytes | None:
        """Return the receipt of an entry; None when it does not come in time, or the process is about to end."""
        awaited.appended(entry_id)
        return await awaited.within(0 if self.stopping else wait_s)


def _place_key(election: str, place: str) -> str:
    # Not the place itself: names of keys are seen by whoever may list them.
    return f"{{{election}}}:posting:{sha256(place.encode()).hexdigest()}"


def _no_election(election: str) -> NotTaken:
    shown = election if can_be_election(election) else "that"
    return not_found(f"No election {shown} is loaded here. Look at the address: /v1/elections/ELECTION/declarations.")


def trouble(error: RedisError) -> NotTaken:
    """Return what to tell a sender about an error of the server; the cause is for the log."""
    log.error("server.trouble", reason=str(error))
    if isinstance(error, OutOfMemoryError) or (isinstance(error, ResponseError) and "MISCONF" in str(error)):
        return unavailable("The server is full or cannot write to its disk. Try again; a repeat is harmless.", 10)
    if has_ended(error):
        return unavailable("Nothing more can be sent to this election: tell the results desk. It was not taken.", 10)
    if isinstance(error, ReadOnlyError):
        return unavailable("The server is being replaced by its stand-by. Try again; a repeat is harmless.")
    return unavailable("The server is away, so nobody knows whether it was taken. Send it again: a repeat is harmless.")
