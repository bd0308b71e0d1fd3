"""The usual way to serve events in Python: sse-starlette, with a queue for each reader.

``python -m benchmarks.fanout.usual PORT``
"""

import asyncio
import sys
from collections.abc import AsyncIterator

import uvicorn
from sse_starlette.sse import EventSourceResponse
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

readers: set["asyncio.Queue[str]"] = set()


async def events(_request: Request) -> Response:
    """Give a reader a queue, and stream what is put into it."""

    async def told() -> AsyncIterator[str]:
        queue: asyncio.Queue[str] = asyncio.Queue()
        readers.add(queue)
        try:
            # So that the head is sent at once.
            yield ""
            while True:
                yield await queue.get()
        finally:
            readers.discard(queue)

    return EventSourceResponse(told())


async def publish(request: Request) -> Response:
    """Put an event into every queue."""
    text = (await request.body()).decode()
    for queue in readers:
        queue.put_nowait(text)
    return Response(status_code=202)


if __name__ == "__main__":
    app = Starlette(routes=[Route("/events", events), Route("/publish", publish, methods=["POST"])])
    uvicorn.run(app, port=int(sys.argv[1]), loop="uvloop", http="httptools", log_level="critical", backlog=2048)
