"""FastStream as the frame: ``@router.fold(WIRING)`` declares what a service reads and writes.

FastStream keeps the decorator, the life cycle, the connection, middlewares and health. How a batch is read and
committed is ours (``streams.stage``), because FastStream's own stream subscribers acknowledge each message for
itself: see docs/decisions/0002-cursor-instead-of-consumer-group.md. This module leans on a few of FastStream's
private names; ``tests/streams/test_faststream_contract.py`` says which, and the version is pinned.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Final, cast

import structlog
from anyio import Event
from faststream._internal.broker.registrator import Registrator
from faststream._internal.endpoint.subscriber.call_item import CallsCollection
from faststream.message import StreamMessage
from faststream.redis import RedisBroker, RedisRouter, StreamSub
from faststream.redis.message import UnifyRedisDict
from faststream.redis.subscriber.config import RedisSubscriberConfig, RedisSubscriberSpecificationConfig
from faststream.redis.subscriber.specification import StreamSubscriberSpecification
from faststream.redis.subscriber.usecases.basic import LogicSubscriber
from redis.asyncio import Redis
from redis.exceptions import RedisError

from streams.client import connect
from streams.fold import Batch, Entry, Rule, StateT, Wiring, fold
from streams.keys import CATALOGUE, PARTITIONS_MAX, Partition
from streams.observing import NOBODY, Watching
from streams.servers import Reach, addresses
from streams.stage import RETRY_S, Observe, Stage, read_entries, unobserved
from streams.waiting import done_before, drop, pause

CATALOGUE_READ_MAX: Final = 1_000
"""Entries of the catalogue read at once: it may be long, for anybody may have written anything into it."""

log = structlog.get_logger()


class FoldSubscriber(LogicSubscriber):
    """Runs one stage for every partition in the catalogue."""

    __slots__ = ("router", "stopping", "wiring")

    def __init__(self, router: "Router", wiring: Wiring[Any]) -> None:
        self.router = router
        self.wiring = wiring
        self.stopping = asyncio.Event()
        outer: Any = router.config
        calls: CallsCollection[Any] = CallsCollection()
        stream = StreamSub(wiring.reads)
        config = RedisSubscriberConfig(stream_sub=stream, no_reply=True, _outer_config=outer)
        config.parser = self._parse
        config.decoder = self._decode
        specification = StreamSubscriberSpecification(
            outer,
            RedisSubscriberSpecificationConfig(title_=None, description_=None),
            calls,
            stream_sub=stream,
        )
        super().__init__(config, specification, calls)

    @property
    def broker(self) -> "Broker":
        """The broker that the router was given to."""
        return cast("Broker", self.router.parent)

    async def start(self, *args: Any) -> None:  # noqa: ANN401  # FastStream's signature
        """Begin to follow the catalogue."""
        # A router outlives its broker, and the event belongs to the loop that it was waited for in.
        self.stopping = asyncio.Event()
        await super().start(*args)

    async def stop(self) -> None:
        """Let every batch in hand be committed, then end."""
        self.stopping.set()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await super().stop()

    async def _consume(self, *_: object, start_signal: Event) -> None:
        # Started at once: a server that is away is waited for, it does not end the service.
        start_signal.set()
        try:
            await self._follow_catalogue()
        except BaseExceptionGroup as failures:
            # FastStream would start it again in a hot loop; what stopped it will not go away by itself.
            self.broker.fail(failures.exceptions[0])

    async def _follow_catalogue(self) -> None:
        """Run the stage of every partition in the catalogue, and of each new one."""
        async with asyncio.TaskGroup() as stages:
            seen: set[str] = set()
            last, attempt = "0-0", 0
            while not self.stopping.is_set():
                try:
                    named = await self._catalogue_after(last)
                    attempt = 0
                except (RedisError, OSError):
                    await pause(self.stopping, RETRY_S[min(attempt, len(RETRY_S) - 1)])
                    attempt += 1
                    # A stand-by that took over may have given ids anew, below the last one seen.
                    last = "0-0"
                    continue
                for entry in named:
                    last = entry.id
                    self._open(entry, seen, stages)

    async def _catalogue_after(self, last: str) -> list[Entry]:
        client = await self.broker.reach(CATALOGUE)
        reading = asyncio.create_task(read_entries(client, CATALOGUE, last, CATALOGUE_READ_MAX))
        try:
            return reading.result() if await done_before(self.stopping, reading) else []
        finally:
            # Also when this is cancelled because a stage has failed: nobody else would take the answer.
            await drop(reading)

    def _open(self, entry: Entry, seen: set[str], stages: asyncio.TaskGroup) -> None:
        name = entry.fields.get(b"election", b"").decode("utf-8", "replace")
        if name in seen:
            return
        try:
            partition = Partition(name)
        except ValueError as error:
            log.warning("catalogue.entry_ignored", entry=entry.id, reason=str(error))
            return
        if len(seen) >= PARTITIONS_MAX:
            log.error("catalogue.full", entry=entry.id, partition=name, limit=PARTITIONS_MAX)
            self.broker.watching.reached("catalogue.full")
            return
        seen.add(name)
        watch = self.broker.watching.open(self.wiring.stage, self.wiring.reads, name)
        stage = Stage(self.broker.reach, partition, self.wiring, self._apply, self.stopping, self.broker.observe, watch)
        stages.create_task(stage.run())

    async def _apply(self, state: Any, entries: Sequence[Entry]) -> Batch:  # noqa: ANN401  # any stage's state
        """Fold a batch through FastStream, so that its middlewares (metrics, traces) see it."""
        message: Any = {
            "type": "bstream",
            "channel": self.wiring.reads,
            "data": [entry.fields for entry in entries],
            "message_ids": [entry.id.encode() for entry in entries],
            "fold": (state, entries),
        }
        response = await self.process_message(message)
        if not isinstance(response.body, Batch):
            message = f"a middleware kept the batch of {self.wiring.stage} from being folded"
            raise TypeError(message)
        return response.body

    async def _parse(self, message: Any) -> "StreamMessage[UnifyRedisDict]":  # noqa: ANN401  # FastStream's own type
        return StreamMessage(raw_message=message, body=message["fold"])

    async def _decode(self, message: "StreamMessage[UnifyRedisDict]") -> object:
        return message.body

    async def _get_msgs(self, *_: object) -> None:
        raise NotImplementedError  # `_consume` reads for itself

    async def get_one(self, *, timeout: float = 5) -> None:  # noqa: ASYNC109  # FastStream's signature
        """Not offered: a fold reads in its own order."""
        raise NotImplementedError

    def __aiter__(self) -> Any:  # noqa: ANN401  # FastStream's signature
        """Not offered: a fold reads in its own order."""
        raise NotImplementedError


class Router(RedisRouter):
    """What a service reads and writes, declared before there is a server: a broker takes it up.

    It serves one broker at a time, the one that it was given to last.
    """

    def fold(self, wiring: Wiring[StateT]) -> Callable[[Rule[StateT]], Rule[StateT]]:
        """Declare a stage: the decorated rule folds what ``wiring`` reads and writes what it names."""
        subscriber = FoldSubscriber(self, wiring)
        Registrator.subscriber(self, subscriber)

        def register(rule: Rule[StateT]) -> Rule[StateT]:
            async def batch(body: Any) -> Any:  # noqa: ANN401  # a precise type would be validated at each call
                return fold(wiring, rule, *body)

            batch.__name__ = wiring.stage
            batch.__doc__ = rule.__doc__
            subscriber(batch)
            return rule

        return register


class Broker(RedisBroker):
    """A Redis broker that runs the stages of a router.

    Args:
        url: the servers, as for ``streams.servers.addresses``.
        router: the stages.
        observe: told of each step of each batch.

    Attributes:
        watching: told what the stages do.
    """

    def __init__(self, url: str, router: Router, observe: Observe = unobserved) -> None:
        self.observe = observe
        self.watching: Watching = NOBODY
        self.failure: BaseException | None = None
        self._reach = Reach(url, connect)
        # FastStream's own client serves publishers, of which there are none.
        super().__init__(
            addresses(url)[0],
            logger=None,  # type: ignore[arg-type]  # None is documented: FastStream's own log is off
            apply_types=False,
            routers=(router,),
        )

    async def reach(self, key: str) -> Redis:
        """Return a client of the server that may be written for the key, as the servers say now.

        Raises:
            RedisError: nobody answers, or the answers do not say who may be written.
        """
        if not self._reach.fresh:
            # In a thread: servers that keep silent must not hold up the partitions of the others.
            await asyncio.to_thread(self._reach.look)
        return self._reach.at(key)

    async def stop(self, *args: Any) -> None:  # noqa: ANN401  # FastStream's signature
        """End every fold, then every connection."""
        await super().stop(*args)
        for client in self._reach.clients():
            await client.aclose()

    def fail(self, failure: BaseException) -> None:
        """Remember what stopped a stage, and end the app: whoever runs it looks at ``failure``."""
        log.critical("service.failed", reason=str(failure) or repr(failure))
        self.failure = failure
        if app := self.context.get("app"):
            app.exit()
