"""Waiting that ends early when the service is to stop."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def done_before(stopping: asyncio.Event, task: "asyncio.Task[Any]") -> bool:
    """Wait until the task is done or ``stopping`` is set. False when it is set. The task is not cancelled."""
    if not task.done():
        stop = asyncio.create_task(stopping.wait())
        try:
            await asyncio.wait({task, stop}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stop.cancel()
    return not stopping.is_set()


async def unless_stopped(stopping: asyncio.Event, work: Coroutine[Any, Any, T]) -> T | None:
    """Return the result of the work; once ``stopping`` is set, cancel it and return None."""
    task = asyncio.create_task(work)
    try:
        return task.result() if await done_before(stopping, task) else None
    finally:
        # Also when the caller is cancelled, because another stage has failed: connections are given back.
        await cancel(task)


async def cancel(task: "asyncio.Task[Any]") -> None:
    """Cancel a task, wait for its end and ignore its outcome."""
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def pause(stopping: asyncio.Event, seconds: float) -> None:
    """Wait for some seconds, or until ``stopping`` is set."""
    try:
        await asyncio.wait_for(stopping.wait(), seconds)
    except TimeoutError:
        return
