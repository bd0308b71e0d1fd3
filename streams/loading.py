"""Loading the stored state of a stage: a consistent snapshot of one moment, or an error that says what is wrong."""

import asyncio
from typing import Any, Final, cast

from redis.asyncio import Redis

from streams.commit import FORM, Mark, read_mark
from streams.errors import Damaged, OtherForm
from streams.fold import StateT, Table, Wiring, place
from streams.gaps import missing_at_end
from streams.keys import Partition

AT_ONCE: Final = 10_000
"""Records restored between two checks whether the service is to stop: a tenth of a second. There may be millions."""

Stored = tuple[Table[StateT, Any], bytes, bytes]
"""A record as the server keeps it: its table, its field, its value."""


async def mark_of(client: Redis, partition: Partition, stage: str) -> Mark:
    """Return how far the stage has come.

    Raises:
        Damaged: what is stored there is not a mark.
    """
    try:
        mark = await read_mark(client, partition.key(stage))
        place(mark.cursor.encode())
    except ValueError as error:
        raise Damaged(stage, partition.name, f"{partition.key(stage)} cannot be read ({error})") from error
    return mark


async def load(
    client: Redis, partition: Partition, wiring: Wiring[StateT], mark: Mark, stopping: asyncio.Event
) -> StateT | None:
    """Return the state as of ``mark``; None when another writer has moved on meanwhile, or ``stopping`` is set.

    Raises:
        Damaged: mark and state are inconsistent with the stage's streams, or cannot be read.
        OtherForm: another release keeps the state in another form.
    """
    if mark != Mark():
        await _check_form(client, partition, wiring)
    inconsistency = await _inconsistency(client, partition, wiring, mark)
    stored: list[Stored[StateT]] = []
    for table in wiring.tables:
        async for name, value in client.hscan_iter(partition.key(table.name), count=1_000):
            stored.append((table, name, value))
            if stopping.is_set():
                return None
    if await mark_of(client, partition, wiring.stage) != mark:
        # What was read is of different moments: neither state nor inconsistency means anything.
        return None
    if inconsistency:
        raise Damaged(wiring.stage, partition.name, inconsistency)
    return await _restored(partition, wiring, stored, stopping)


async def _check_form(client: Redis, partition: Partition, wiring: Wiring[Any]) -> None:
    # Releases before there were forms did not say that theirs is the first.
    (form,) = cast("list[bytes | None]", await client.hmget(partition.key(wiring.stage), FORM))
    found = form or b"1"
    if found != b"%d" % wiring.form:
        raise OtherForm(wiring.stage, partition.name, found.decode(errors="replace"), wiring.form)


async def _inconsistency(client: Redis, partition: Partition, wiring: Wiring[StateT], mark: Mark) -> str:
    """Return how the mark contradicts the streams; empty when it does not."""
    if mark == Mark():
        # A stage that began anew here would publish everything a second time.
        for name in wiring.writes:
            if await client.xlen(partition.key(name)):
                return f"there are entries on {name}, and {partition.key(wiring.stage)} is gone"
    if missing := await missing_at_end(client, partition, wiring, mark):
        return missing
    key = partition.key(wiring.reads)
    if await client.exists(key):
        last: bytes = (await client.xinfo_stream(key))["last-generated-id"]
        if place(mark.cursor.encode()) > place(last):
            # New entries would never be read.
            return f"it has read up to {mark.cursor}, and {wiring.reads} ends with {last.decode()}"
    return ""


async def _restored(
    partition: Partition, wiring: Wiring[StateT], stored: list[Stored[StateT]], stopping: asyncio.Event
) -> StateT | None:
    state = wiring.state(partition.name)
    for number, (table, name, value) in enumerate(stored):
        if number % AT_ONCE == 0:
            await asyncio.sleep(0)
            if stopping.is_set():
                return None
        try:
            table.load(state, name.decode(), value)
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            # The last two where it is JSON of another shape.
            what = f"{name.decode(errors='replace')} in {partition.key(table.name)} cannot be read ({error})"
            raise Damaged(wiring.stage, partition.name, what) from error
    return state
