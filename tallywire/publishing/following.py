"""Reading elections as they happen, into histories, and from there to readers."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from time import monotonic, time_ns
from typing import Final, cast

import structlog
from pydantic import ValidationError
from redis.asyncio import Redis
from redis.exceptions import RedisError

from schemas.streams import LEDGER, permanent
from schemas.tables import CHECKPOINT, MAP
from streams.commit import READ, SEQUENCE, number_read
from streams.contexts import CONTEXT
from streams.keys import CATALOGUE, PARTITIONS_MAX, Partition
from streams.servers import Readable
from streams.troubles import why_away
from tallywire.operations.traces import Traces
from tallywire.packs.drawing import Drawing
from tallywire.publishing.blocks import told_block
from tallywire.publishing.deposits import Deposit, read_deposit
from tallywire.publishing.documents import View
from tallywire.publishing.filters import EVERYTHING
from tallywire.publishing.history import STREAMS, Broken, History
from tallywire.publishing.hub import ALIVE_EVERY_S, Hub

READ_MAX: Final = 500
"""Entries read at once from each stream: 3 MB of results."""

LOOK_S: Final = (0.001, 0.002, 0.004, 0.008, 0.016, 0.05)
"""Pauses between looks while something has been accepted that does not show yet; the last one repeats."""

BLOCK_MS: Final = 500
"""How long the ledger is waited for at once. In between the streams are looked at: are they still those of before?"""

AWAY_S: Final = 0.5
"""Between two attempts to reach a server that is away."""

OVERDUE_S: Final = 5.0
"""How often it is looked whether something is overdue."""

BROKEN_S: Final = 5.0
"""Between two attempts to read what cannot be: somebody may have mended it."""

CATALOGUE_S: Final = 0.5
"""Between two looks for elections that were loaded meanwhile."""

TRACED_MAX: Final = 1_000
"""Entries that belong to traces and are not shown yet, or not sent on: of more, the oldest have no span here."""

REBUILDING_EVERY_S: Final = 1.0
"""How often readers are told that the election is read anew."""

_DERIVING: Final = ("aggregate", "notify")
"""The services that write what is published, in the order of the flow."""

LOST: Final = "The server has lost this election: nothing of it is there. What was known is shown."
"""Said of an election that is shown and is not on the server any more."""

Entries = Sequence[tuple[bytes, dict[bytes, bytes]]]

log = structlog.get_logger()


class State(Enum):
    """What can be said of an election just now."""

    LIVE = "live"
    """Everything that was accepted a moment ago is shown."""
    REBUILDING = "rebuilding"
    """It is read, or derived, from its beginning: until that has caught up, what was known before is shown."""
    AWAY = "away"
    """The server cannot be reached; what was known is shown."""
    BROKEN = "broken"
    """What the streams hold cannot be, or nothing of it is there. What was known is shown; `tallywire verify` says what
    to do."""


@dataclass(slots=True)
class Election:
    """An election that is followed."""

    hub: Hub
    """Its history, and its readers."""
    state: State = State.REBUILDING
    reason: str = "It has not been read yet."
    """Why it is not live; empty when it is."""
    read: bool = False
    """Whether it has been read to its end once."""
    deposit: Deposit | None = None
    """The signed head that was deposited last."""
    emptied: bool = False
    """Whether it has no entry and is not lost: it begins anew, or was deleted."""
    contexts: dict[tuple[str, int], bytes] = field(default_factory=dict)
    """Of the newest events that belong to traces their context, by stream and number; kept for who sends them on."""

    @property
    def history(self) -> History:
        """What is shown of it."""
        return self.hub.history


class _Reread(Exception):  # noqa: N818  # no error: the history begins again
    """The streams are not those that were read."""


class Elections:
    """Every election in the catalogue, followed from its beginning.

    Args:
        servers: where they are.
        moved: called with an election whenever something has happened in it.
    """

    def __init__(self, servers: "Readable[Redis]", moved: Callable[[Election], None] = lambda _: None) -> None:
        self._servers = servers
        self._moved = moved
        self.known: dict[str, Election] = {}
        """By id, in the order of the catalogue."""
        self.listed = False
        """Whether the catalogue has been read."""
        self._first: bytes | None = None
        """Id of the first entry of the catalogue; None while it is empty."""
        self._emptied = False
        self._rows: dict[str, bytes] = {}
        """By election the id of its last entry in the catalogue."""
        self._following: dict[str, asyncio.Task[None]] = {}
        self.traces: Traces | None = None
        """Where spans of what is shown go; None where nobody traces that."""
        self.keep_contexts = False
        """Whether the contexts of events are kept once they are shown."""

    async def follow(self) -> None:
        """Follow them for ever."""
        after = "-"
        async with asyncio.TaskGroup() as group:
            group.create_task(self._keep_alive())
            group.create_task(self._tell_overdue())
            while True:
                try:
                    client = await self._servers.current(CATALOGUE)
                    begin = cast("Entries", await client.xrange(CATALOGUE, count=1))
                    first = begin[0][0] if begin else None
                    if first != self._first:
                        # It is another one: it was filled for the first time, or the server was emptied or restored.
                        after, self._emptied, self._first = "-", bool(self.known and first is None), first
                    entries = cast("Entries", await client.xrange(CATALOGUE, after, count=PARTITIONS_MAX))
                    await self._forget_deleted(client)
                except (RedisError, OSError):
                    await asyncio.sleep(AWAY_S)
                    continue
                for entry_id, fields in entries:
                    after = f"({entry_id.decode()}"
                    self._found(group, entry_id, fields.get(b"election", b"").decode(errors="replace"))
                self.listed = True
                await asyncio.sleep(CATALOGUE_S)

    async def _forget_deleted(self, client: Redis) -> None:
        """Show elections no more that were deleted: the catalogue has lost their entry, and they have none."""
        for name in [name for name, election in self.known.items() if election.emptied]:
            row = self._rows[name].decode()
            if await client.xrange(CATALOGUE, row, row):
                continue
            log.info("election.deleted", election=name)
            self._following.pop(name).cancel()
            self.known.pop(name).hub.end()
            self._emptied = self._emptied and bool(self.known)

    def _found(self, group: asyncio.TaskGroup, entry_id: bytes, name: str) -> None:
        if name in self.known:
            self._rows[name] = entry_id
        if name in self.known or len(self.known) == PARTITIONS_MAX:
            return
        try:
            partition = Partition(name)
        except ValueError:
            return
        election = self.known[name] = Election(Hub(History(name)))
        self._rows[name] = entry_id
        following = _Follower(self, self._servers, partition, election, self._moved).follow()
        self._following[name] = group.create_task(following, name=f"follow {name}")

    async def _tell_overdue(self) -> None:
        """Tell readers of all that happens when what is overdue has changed. No stream holds it: it has no place."""
        told: dict[str, list[object]] = {}
        while True:
            await asyncio.sleep(OVERDUE_S)
            for name, election in self.known.items():
                if not election.read:
                    continue
                view = View(election.history, election.history.last, "")
                as_of = view.clock(datetime.now(UTC))
                late = view.overdue(as_of)
                named: list[object] = [each["ballot_id"] for each in late]
                if named != told.get(name, []):
                    told[name] = named
                    election.hub.tell(told_block("overdue", as_of=as_of.isoformat(), overdue=late), EVERYTHING)

    async def _keep_alive(self) -> None:
        while True:
            await asyncio.sleep(ALIVE_EVERY_S)
            for election in self.known.values():
                election.hub.keep_alive()

    def why_not_live(self) -> list[str]:
        """Return why not everything that was accepted a moment ago is shown; empty when it is."""
        reasons = [f"{name}: {each.reason}" for name, each in tuple(self.known.items()) if each.state is not State.LIVE]
        if not self.listed:
            reasons.append("The list of elections has not been read yet.")
        if self._emptied:
            reasons.append("The server has been emptied: its catalogue names no election any more.")
        return reasons

    def end(self) -> None:
        """End every stream."""
        for election in self.known.values():
            election.hub.end()


@dataclass(frozen=True, slots=True)
class _Traced:
    """An entry that belongs to a trace and is not shown yet."""

    stream: str
    number: int
    context: bytes


class _Follower:
    """Reads one election."""

    def __init__(
        self,
        elections: Elections,
        servers: "Readable[Redis]",
        partition: Partition,
        election: Election,
        moved: Callable[[Election], None],
    ) -> None:
        self._elections = elections
        self._servers = servers
        self._partition = partition
        self._election = election
        self._moved = moved
        self._streams = (LEDGER.name, *STREAMS)
        self._history = election.history
        self._last: dict[str, str] = {}
        self._target: int | None = None
        """Entries of the ledger when it had been read to its end for the first time."""
        self._told_at = float("-inf")
        self._traced: list[_Traced] = []
        self._lost = False
        """Whether the server has lost what is shown: there is nothing, or what a restore begins with."""

    async def follow(self) -> None:
        """Read for ever."""
        while True:
            try:
                await self._go_on()
            except _Reread as why:
                self._begin_again(str(why))
            except (RedisError, OSError) as error:
                self._say(State.AWAY, why_away(error))
                await asyncio.sleep(AWAY_S)
            except Broken as error:
                self._begin_again(str(error), State.BROKEN)
                await asyncio.sleep(BROKEN_S)
            except Exception as error:  # a fault of ours in one election must not end the others
                log.exception("election.failed", election=self._partition.name)
                self._begin_again(f"A fault of ours: {error}", State.BROKEN)
                await asyncio.sleep(BROKEN_S)

    async def _go_on(self) -> None:
        """Read until something is wrong."""
        looked = 0
        while True:
            client = await self._servers.current(self._partition.key(LEDGER.name))
            complete = await self._read(client)
            if not complete:
                # Others have their turn: the history of a night is read in some hundred parts.
                await asyncio.sleep(0)
                continue
            if self._history.settled:
                looked = 0
                await client.xread(
                    {self._partition.key(LEDGER.name): self._last.get(LEDGER.name, "0-0")}, count=1, block=BLOCK_MS
                )
            else:
                await asyncio.sleep(LOOK_S[min(looked, len(LOOK_S) - 1)])
                looked += 1

    async def _read(self, client: Redis) -> bool:
        """Read what has come, and publish it; return whether that was all.

        Each stream is read from the last entry that is known, which must still be there.
        """
        pipeline = client.pipeline(transaction=True)
        for stream in self._streams:
            pipeline.xrange(self._partition.key(stream), self._last.get(stream, "-"), count=READ_MAX)
        for stage in _DERIVING:
            numbers = (f"{SEQUENCE}{stream}" for stream in permanent(stage))
            pipeline.hmget(self._partition.key(stage), "cursor", READ, *numbers)
        pipeline.hmget(self._partition.key(CHECKPOINT.name), CHECKPOINT.note, CHECKPOINT.deposited)
        pipeline.hmget(self._partition.key(MAP.name), MAP.digest)
        *answers, aggregate, notify, deposited, (digest,) = await pipeline.execute()
        if self._is_lost(there=any(answers), marked=aggregate[0] is not None):
            self._say(State.BROKEN, LOST)
            return True
        self._election.deposit = read_deposit(*deposited)
        if (digest or b"").decode(errors="replace") != self._history.map_digest:
            await self._read_map(client)
        history, more = self._history, False
        for stream, entries in zip(self._streams, answers, strict=True):
            more = more or len(entries) == READ_MAX
            for _, fields in self._new(stream, entries):
                self._take(stream, fields)
            if entries:
                self._last[stream] = entries[-1][0].decode()
        if more:
            return False
        folded, notified = (number_read(*answer[:2]) or 0 for answer in (aggregate, notify))
        given = {
            stream: int(number or 0)
            for stage, answer in zip(_DERIVING, (aggregate, notify), strict=True)
            for stream, number in zip(permanent(stage), answer[2:], strict=True)
        }
        history.require(ledger=folded, **given)
        if self._target is None:
            self._target = len(history.ledger)
        self._election.emptied = aggregate[0] is not None and not history.ledger
        moments = history.advance(folded, notified)
        self._show(moved=bool(moments))
        return True

    def _is_lost(self, *, there: bool, marked: bool) -> bool:
        """Whether the server has lost what is shown.

        Args:
            there: whether any stream has an entry.
            marked: whether aggregate has a mark, which whoever deletes an election leaves, and a restore begins with.
        """
        self._lost = not there and (self._lost or (not marked and bool(self._election.history.ledger)))
        return self._lost

    def _take(self, stream: str, fields: dict[bytes, bytes]) -> None:
        """Take in the next entry of a stream.

        Raises:
            Broken: it is not the next one.
        """
        content = fields.get(b"data", b"")
        if stream == LEDGER.name:
            self._history.read_ledger(content)
        else:
            self._history.read_event(stream, content)
        if CONTEXT in fields:
            self._note(stream, fields[CONTEXT])

    async def _read_map(self, client: Redis) -> None:
        """Read how the map is drawn. One that cannot be read is as good as none: nothing else depends on it."""
        fields = await client.hmget(self._partition.key(MAP.name), MAP.digest, MAP.drawing)
        digest, drawing = cast("list[bytes | None]", fields)
        known = (digest or b"").decode(errors="replace")
        try:
            read = Drawing.model_validate_json(drawing) if drawing is not None else Drawing(shapes={})
        except ValidationError as error:
            log.warning("map.unreadable", election=self._partition.name, reason=str(error)[:500])
            read = Drawing(shapes={})
        self._history.drawing = (known, read) if known else None

    def _new(self, stream: str, entries: Entries) -> Entries:
        """Return the entries that are new, after the one that is known.

        Raises:
            _Reread: that one has gone, or is another.
        """
        last = self._last.get(stream)
        if last is None:
            return entries
        known = self._history.ledger if stream == LEDGER.name else self._history.events[stream]
        if not entries or entries[0][0].decode() != last or entries[0][1].get(b"data") != known[-1].content:
            raise _Reread(f"{stream} is not what was read: it was rebuilt, or a server was lost.")
        return entries[1:]

    def _show(self, *, moved: bool) -> None:
        """Let readers have what was read, as soon as it has caught up."""
        history, election = self._history, self._election
        assert self._target is not None  # noqa: S101  # a read has come to the end
        if history.now.cursor.ledger < self._target:
            left = self._target - history.now.cursor.ledger
            self._say(State.REBUILDING, f"{left:,} of {self._target:,} entries of the ledger are not derived yet.")
            return
        if election.history is not history:
            election.hub.replace(history)
            election.contexts.clear()
            moved = True
        election.read = True
        self._say(State.LIVE)
        if moved:
            began_ns = time_ns()
            election.hub.publish()
            self._trace(began_ns)
            self._moved(election)

    def _note(self, stream: str, context: bytes) -> None:
        """Remember the trace of an entry until it is shown; not of those that happened before we were live."""
        election, elections, history = self._election, self._elections, self._history
        if not election.read or election.history is not history:
            return
        number = len(history.ledger) if stream == LEDGER.name else len(history.events[stream])
        if elections.traces is not None:
            self._traced = [*self._traced[-TRACED_MAX:], _Traced(stream, number, context)]
        if elections.keep_contexts and stream != LEDGER.name:
            election.contexts[stream, number] = context
            if len(election.contexts) > TRACED_MAX:
                del election.contexts[next(iter(election.contexts))]

    def _trace(self, began_ns: int) -> None:
        """Trace what was shown just now: one span for each trace, under the last event of it."""
        traces, place = self._elections.traces, self._history.now.cursor
        if traces is None or not self._traced:
            return
        shown = [each for each in self._traced if each.number <= getattr(place, each.stream)]
        self._traced = [each for each in self._traced if each not in shown]
        for context in {each.context[: len("00-") + 32]: each.context for each in shown}.values():
            readers = self._election.hub.readers
            said = {
                "tallywire.election": self._partition.name,
                "tallywire.readers": readers,
                "tallywire.cursor": str(place),
            }
            traces.begin("publish", context, said, began_ns).end()

    def _begin_again(self, why: str, state: State = State.REBUILDING) -> None:
        """Read from the beginning, into a history of its own; until that has caught up the one before is shown."""
        self._say(state, why)
        self._history, self._last, self._target = History(self._partition.name), {}, None
        self._traced = []

    def _say(self, state: State, reason: str = "") -> None:
        """Note how it is, log it where that is another state, and tell readers while it is read anew."""
        election, now = self._election, monotonic()
        if state is State.REBUILDING and election.state is State.BROKEN and not election.read:
            # What is broken is read again and again.
            return
        if election.state is not state:
            log.info("election.state", election=self._partition.name, state=state.value, reason=reason)
            self._told_at = float("-inf")
        election.state, election.reason = state, reason
        if state is not State.LIVE and now - self._told_at >= REBUILDING_EVERY_S:
            self._told_at = now
            election.hub.tell(told_block(state.value, reason=reason))
