"""FastStream: a subscriber for each step, one message at a time, its return value published by the decorator.

Follows https://faststream.ag2.ai/latest/redis/streams/publishing/ and, so that what is sent while a step is down
waits for it, https://faststream.ag2.ai/latest/redis/streams/groups/. As there: FastStream acknowledges after the
handler, the published message is a write of its own, and nobody looks at what a dead process had read. One read takes
everything that waits (``max_records`` is the documented switch: a kill then loses less).

Beyond the tutorial, in its favour: a decoder that leaves bytes alone, since our rules read them; and what a message
changes beside the published stream is one round trip. The groups are made before the first message: FastStream would
begin behind what was sent before. It is measured twice: as it is, when it logs two lines for each message, and without.
"""

import asyncio
import os
from typing import Any

from faststream import FastStream
from faststream.exceptions import AckMessage
from faststream.message import StreamMessage
from faststream.redis import RedisBroker, StreamSub
from redis.asyncio import Redis

from benchmarks.tools import work
from benchmarks.workload import KEYS, declaration

name = os.environ.get(work.STEP, "")
step = work.worker()
broker = RedisBroker(os.environ[work.URL])
app = FastStream(broker)
server = Redis.from_url(os.environ[work.URL])


async def as_sent(message: StreamMessage[Any]) -> object:
    """Leave a message as it was sent."""
    return message.body


if name:
    publisher = broker.publisher(stream=KEYS.key(work.WRITES[name]))

    @broker.subscriber(stream=StreamSub(KEYS.key(work.READS[name]), group=name, consumer=name), decoder=as_sent)
    @publisher
    async def handle(message: bytes) -> bytes:
        """Do a step's work for one message."""
        made = step(message)
        if not made.events:
            raise AckMessage
        await work.write(server, made.beside())
        for event in made.events[:-1]:
            await publisher.publish(event)
        return made.events[-1]


def send(declarations: int) -> None:
    """Make the groups, and send so many declarations."""
    asyncio.run(_send(declarations))


async def _send(declarations: int) -> None:
    for reader, stream in work.READS.items():
        await server.xgroup_create(KEYS.key(stream), reader, id="0", mkstream=True)
    async with broker:
        for number in range(declarations):
            await broker.publish(declaration(number), stream=KEYS.key("declarations"))
    await server.aclose()
