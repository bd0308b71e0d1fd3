"""Waiting ends when the service is to stop, and leaves nothing running."""

import asyncio
from collections.abc import Callable

import pytest

from streams.waiting import unless_stopped


def ended(end: Callable[[asyncio.Event, "asyncio.Task[None]"], object]) -> "asyncio.Task[None]":
    """Wait for what never comes, end that, and return the task that waited."""

    async def wait() -> "asyncio.Task[None]":
        begun, stopping = asyncio.Event(), asyncio.Event()

        async def never() -> None:
            begun.set()
            await asyncio.Event().wait()

        waiting = asyncio.create_task(unless_stopped(stopping, never()))
        await begun.wait()
        end(stopping, waiting)
        await asyncio.wait({waiting})
        assert asyncio.all_tasks() == {asyncio.current_task()}
        return waiting

    return asyncio.run(wait())


def test_what_is_waited_for_ends_with_the_service() -> None:
    """Promise: a read that waits for entries does not keep a service from stopping."""
    assert ended(lambda stopping, _: stopping.set()).result() is None


def test_who_is_cancelled_leaves_nothing_in_flight() -> None:
    """Promise: when another stage of its service fails, a stage ends at once, its read with it."""
    with pytest.raises(asyncio.CancelledError):
        ended(lambda _, waiting: waiting.cancel()).result()


def test_what_comes_first_is_returned() -> None:
    """Promise: the result of the work is handed on, and so is its error."""

    async def work() -> int:
        await asyncio.sleep(0)
        return 42

    async def fails() -> int:
        raise ConnectionError

    async def wait() -> int | None:
        stopping = asyncio.Event()
        with pytest.raises(ConnectionError):
            await unless_stopped(stopping, fails())
        return await unless_stopped(stopping, work())

    assert asyncio.run(wait()) == 42
