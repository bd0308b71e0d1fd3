"""Every name of FastStream that we use and that its documentation does not promise.

A new version of FastStream must pass here before it is pinned. What each name is for stands in its check.
"""

import ast
import inspect
from collections.abc import Callable, Iterator
from importlib.metadata import requires, version
from pathlib import Path
from typing import Any, Final

import pytest
from faststream import BaseMiddleware, StreamMessage
from faststream._internal.broker.registrator import Registrator
from faststream._internal.endpoint.subscriber.call_item import CallsCollection
from faststream.redis import RedisBroker
from faststream.redis.subscriber.config import RedisSubscriberConfig, RedisSubscriberSpecificationConfig
from faststream.redis.subscriber.specification import StreamSubscriberSpecification
from faststream.redis.subscriber.usecases.basic import LogicSubscriber
from redis import Redis

from services.aggregate.service import router
from streams import faststream_adapter
from streams.faststream_adapter import PARTITION_HEADER, STAGE_HEADER, Broker, FoldSubscriber
from streams.hooks import ServiceHooks
from streams.keys import CATALOGUE, Partition
from tallywire.embedded.server import EmbeddedServer
from tests.streams.toy import PARTITION, running, toy_router
from tests.waiting import wait_until

ROOT: Final = Path(__file__).parents[2]
ADAPTER: Final = Path(faststream_adapter.__file__)
DOCUMENTED: Final = ("faststream", "faststream.asgi", "faststream.redis", "faststream.specification")
"""Packages whose names FastStream documents."""


def parameters(function: Any) -> list[str]:  # noqa: ANN401  # any callable
    """Return the names of a function's parameters."""
    return list(inspect.signature(function).parameters)


def subscriber() -> FoldSubscriber:
    """Return the toy's subscriber, as a broker has it."""
    (found,) = Broker("redis://127.0.0.1:1", toy_router()).subscribers
    assert isinstance(found, FoldSubscriber)
    return found


NAMES: Final[dict[str, Callable[[], bool]]] = {
    # The subscriber is registered with the broker, which starts and stops it.
    "Registrator": lambda: parameters(Registrator.subscriber)[:2] == ["self", "subscriber"],
    "subscriber": lambda: not inspect.iscoroutinefunction(Registrator.subscriber),
    "config": lambda: RedisBroker("redis://127.0.0.1:1").config is not None,
    "stop": lambda: inspect.iscoroutinefunction(LogicSubscriber.stop),
    # What a subscriber is made of.
    "LogicSubscriber": lambda: parameters(LogicSubscriber) == ["config", "specification", "calls"],
    "RedisSubscriberConfig": lambda: (
        {"_outer_config", "stream_sub", "no_reply"} <= set(parameters(RedisSubscriberConfig))
    ),
    "parser": lambda: "parser" in RedisSubscriberConfig.__dataclass_fields__,
    "decoder": lambda: "decoder" in RedisSubscriberConfig.__dataclass_fields__,
    "RedisSubscriberSpecificationConfig": lambda: (
        {"title_", "description_"} <= set(parameters(RedisSubscriberSpecificationConfig))
    ),
    "StreamSubscriberSpecification": lambda: (
        parameters(StreamSubscriberSpecification) == ["_outer_config", "specification_config", "calls", "stream_sub"]
    ),
    "CallsCollection": lambda: not CallsCollection[Any](),
    # Its loop over messages, in place of which our stages run; waited for when the broker stops.
    "_consume": lambda: parameters(LogicSubscriber._consume) == ["self", "args", "start_signal"],
    "tasks": lambda: subscriber().tasks == [],
    # The way of a batch through the middlewares, to the rule and back.
    "process_message": lambda: parameters(LogicSubscriber.process_message) == ["self", "msg"],
    "body": lambda: StreamMessage({}, b"x").body == b"x",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_we_lean_on_is_there(name: str) -> None:
    """Promise: a FastStream that has moved it is found here, by its name, and not in the middle of a night."""
    assert NAMES[name]()


def imports(path: Path) -> Iterator[tuple[str, str]]:
    """Yield package and name of each import from FastStream."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "faststream":
            yield from ((node.module or "", alias.name) for alias in node.names)


def test_the_table_names_all_of_them_and_no_more() -> None:
    """Promise: what the adapter imports, overrides or reads of FastStream's classes is in the table."""
    bases = {*dir(LogicSubscriber), *dir(RedisBroker), *dir(RedisSubscriberConfig), "parser", "decoder", "body"}
    tree = ast.parse(ADAPTER.read_text("utf-8"))
    imported = {name for package, name in imports(ADAPTER) if package not in DOCUMENTED}
    read = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    overridden = {name for ours in (FoldSubscriber, Broker) for name in vars(ours)}
    others = {name for name in overridden if name.startswith("__")} | {"middlewares"}  # Python's, and of our hooks
    assert imported | (((read | overridden) - others) & bases) == set(NAMES)


def test_nobody_else_imports_what_is_not_documented() -> None:
    """Promise: one module knows FastStream's insides; whoever changes the version looks there."""
    files = [
        path for folder in ("schemas", "streams", "services", "tallywire") for path in (ROOT / folder).rglob("*.py")
    ]
    inside = {path for path in files for package, _ in imports(path) if package not in DOCUMENTED}
    assert inside == {ADAPTER}


def test_the_pinned_version_is_the_one_installed() -> None:
    """Promise: we run on the version whose names were checked."""
    assert f"faststream[redis]=={version('faststream')}" in (requires("tallywire") or [])


def test_the_services_declare_what_they_read() -> None:
    """Promise: the stream that a service reads is written at its decorator and known to FastStream."""
    (declared,) = Broker("redis://127.0.0.1:1", router).subscribers
    assert declared.specification.channel_labels == ["ledger"]


def test_a_middleware_runs_around_the_fold_of_each_batch(server: EmbeddedServer, redis_client: Redis) -> None:
    """Promise: to a middleware of FastStream a batch is one message, which says its stage, partition and entries."""
    seen: list[tuple[str, str, list[bytes]]] = []

    class Seeing(BaseMiddleware[Any, Any]):
        async def consume_scope(self, call_next: Any, msg: "StreamMessage[Any]") -> Any:  # noqa: ANN401  # FastStream's signature
            seen.append((msg.headers[STAGE_HEADER], msg.headers[PARTITION_HEADER], msg.raw_message["message_ids"]))
            return await call_next(msg)

    class Hooks(ServiceHooks):
        middlewares = (Seeing,)

    keys = Partition(PARTITION)
    sent = [redis_client.xadd(keys.key("words"), {"data": "hello"}) for _ in range(2)]
    redis_client.xadd(CATALOGUE, {"election": PARTITION})
    with running(Broker(server.url, toy_router(), Hooks())):
        wait_until(lambda: redis_client.xlen(keys.key("said")) == len(sent), what="the words to be said")
    assert seen == [("toy", PARTITION, sent)]
