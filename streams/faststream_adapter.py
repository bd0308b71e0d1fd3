"""FastStream's side of a service: ``@router.fold(WIRING)`` over its rule, and the broker that runs it.

FastStream keeps the registry of subscribers, their start and stop, and the middlewares around each batch. How entries
are read and committed is ours (``streams.stage``), because FastStream's stream subscribers acknowledge message by
message: see docs/decisions/0015-what-is-faststreams-and-what-is-ours.md. This is the only module that uses names of
FastStream that are not documented; ``tests/streams/test_faststream_contract.py`` lists each, and the version is pinned.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import structlog
from anyio import Event
from faststream import StreamMessage
from faststream._internal.broker.registrator import Registrator
from faststream._internal.endpoint.subscriber.call_item import CallsCollection
from faststream.redis import RedisBroker, StreamSub
from faststream.redis.subscriber.config import RedisSubscriberConfig, RedisSubscriberSpecificationConfig
from faststream.redis.subscriber.specification import StreamSubscriberSpecification
from faststream.redis.subscriber.usecases.basic import LogicSubscriber

from streams.client import connect
from streams.fold import Batch, Entry, Rule, StateT, Wiring, fold
from streams.hooks import NO_HOOKS, ServiceHooks
from streams.keys import Partition
from streams.partitions import Partitions
from streams.servers import Servers, addresses
from streams.stage import Enough
from streams.status import ServiceStatus

STAGE_HEADER: Final = "stage"
PARTITION_HEADER: Final = "partition"
"""Headers of the message that a middleware sees for a batch."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Router:
    """What a service folds, declared before there is a server. Each broker makes subscribers of its own from it."""

    declared: list[tuple[Wiring[Any], Rule[Any]]] = field(default_factory=list)

    def fold(self, wiring: Wiring[StateT]) -> Callable[[Rule[StateT]], Rule[StateT]]:
        """Declare a stage: the decorated rule folds the stream that ``wiring`` reads, and writes what it names."""

        def declare(rule: Rule[StateT]) -> Rule[StateT]:
            self.declared.append((wiring, rule))
            return rule

        return declare


class FoldSubscriber(LogicSubscriber):
    """Runs one stage for every partition in the catalogue, as a subscriber of FastStream."""

    __slots__ = ("fail", "partitions", "wiring")

    def __init__(self, broker: "Broker", wiring: Wiring[Any]) -> None:
        outer: Any = broker.config
        calls: CallsCollection[Any] = CallsCollection()
        stream = StreamSub(wiring.reads)
        config = RedisSubscriberConfig(stream_sub=stream, no_reply=True, _outer_config=outer)
        config.parser = self._parse
        config.decoder = self._decode
        described = RedisSubscriberSpecificationConfig(title_=None, description_=None)
        super().__init__(config, StreamSubscriberSpecification(outer, described, calls, stream_sub=stream), calls)
        self.wiring = wiring
        self.fail = broker.fail
        self.partitions = Partitions(broker.servers, wiring, self._apply, broker.hooks)

    async def stop(self) -> None:
        """Let every stage commit what it has folded, then end."""
        self.partitions.stopping.set()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await super().stop()

    async def _consume(self, *_: object, start_signal: Event) -> None:
        """Run the stages. FastStream calls this when the broker starts, and expects a loop over messages."""
        # Set at once: a server that is away is waited for, it does not fail the start.
        start_signal.set()
        try:
            await self.partitions.run()
        except BaseExceptionGroup as failures:
            # FastStream would start it again at once; what stopped a stage does not go away by itself.
            self.fail(failures.exceptions[0])

    async def _apply(
        self,
        partition: Partition,
        state: Any,  # noqa: ANN401  # any stage's state
        entries: Sequence[Entry],
        enough: Enough,
    ) -> Batch:
        """Fold a batch as one message of FastStream, so that its middlewares see it."""
        message: Any = {
            "type": "bstream",
            "channel": self.wiring.reads,
            "data": [entry.fields for entry in entries],
            "message_ids": [entry.id.encode() for entry in entries],
            "partition": partition.name,
            "fold": (state, entries, enough),
        }
        response = await self.process_message(message)
        if not isinstance(response.body, Batch):
            message = f"a middleware kept the batch of {self.wiring.stage} from being folded"
            raise TypeError(message)
        return response.body

    async def _parse(self, message: Any) -> "StreamMessage[Any]":  # noqa: ANN401  # FastStream's type of a raw message
        headers = {STAGE_HEADER: self.wiring.stage, PARTITION_HEADER: message["partition"]}
        return StreamMessage(message, message["fold"], headers=headers)

    async def _decode(self, message: "StreamMessage[Any]") -> object:
        return message.body


class Broker(RedisBroker):
    """A Redis broker that runs the stages of a router, once.

    Args:
        url: the servers, as for ``streams.servers.addresses``.
        router: the stages.
        hooks: called as things happen.
    """

    def __init__(self, url: str, router: Router, hooks: ServiceHooks = NO_HOOKS) -> None:
        self.hooks = hooks
        self.servers = Servers(url, connect)
        self.failure: BaseException | None = None
        """What stopped a stage for good."""
        self.on_failure: Callable[[], None] = lambda: None
        """Called when a stage has stopped for good."""
        # FastStream's own client serves publishers, of which there are none: it never connects.
        super().__init__(
            addresses(url)[0],
            logger=None,  # type: ignore[arg-type]  # None is documented: FastStream's own log is off
            apply_types=False,
            middlewares=hooks.middlewares,
        )
        folds = [self._subscribe(wiring, rule) for wiring, rule in router.declared]
        self.status = ServiceStatus(url, [subscriber.partitions for subscriber in folds])

    def _subscribe(self, wiring: Wiring[Any], rule: Rule[Any]) -> FoldSubscriber:
        # What is abstract asks for single messages, which a fold does not offer; FastStream itself never does.
        subscriber = FoldSubscriber(self, wiring)  # type: ignore[abstract]
        Registrator.subscriber(self, subscriber)

        async def batch(body: Any) -> Any:  # noqa: ANN401  # a precise type would be validated at each call
            return fold(wiring, rule, *body)

        batch.__name__ = wiring.stage
        batch.__doc__ = rule.__doc__
        subscriber(batch)
        return subscriber

    async def stop(self, *args: Any) -> None:  # noqa: ANN401  # FastStream's signature
        """End every stage, then every connection."""
        await super().stop(*args)
        for client in self.servers.clients():
            await client.aclose()

    def fail(self, failure: BaseException) -> None:
        """Remember what stopped a stage for good, and end the service."""
        log.critical("service.failed", reason=str(failure) or repr(failure))
        self.failure = failure
        self.on_failure()
