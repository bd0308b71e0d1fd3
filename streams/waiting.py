"""Waiting for something, or for the end, whichever is first."""

import asyncio
from typing import Any


async def done_before(end: asyncio.Event, task: "asyncio.Task[Any]") -> bool:
    """Wait for the task or for the end; true when the end has not come. The task is left as it is."""
    if not task.done():
        ending = asyncio.create_task(end.wait())
        try:
            await asyncio.wait({task, ending}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            ending.cancel()
    return not end.is_set()


async def drop(task: "asyncio.Task[Any]") -> None:
    """End a task whose outcome nobody wants any more."""
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def pause(end: asyncio.Event, seconds: float) -> None:
    """Wait so many seconds, or until the end."""
    try:
        await asyncio.wait_for(end.wait(), seconds)
    except TimeoutError:
        return
