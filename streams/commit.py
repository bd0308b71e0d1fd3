"""The commit of a batch: state, outgoing entries and cursor in one step, or nothing."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha1
from importlib.resources import files
from itertools import chain
from time import perf_counter
from typing import Any, Final, cast

from redis.asyncio import Redis
from redis.exceptions import NoScriptError

from streams.chain import link, origin
from streams.errors import Undeclared
from streams.fold import START, Batch, Emission, Encodable, Wiring
from streams.hooks import NO_STAGE_HOOKS, StageHooks
from streams.keys import Partition
from streams.ledger_tail import Value, append

_SCRIPT: Final = files("streams").joinpath("commit.lua").read_text("utf-8")
SCRIPT: Final = sha1(_SCRIPT.encode(), usedforsecurity=False).hexdigest()
"""The server names a script after its text, so that two releases can serve side by side."""
SEQUENCE: Final = "sequence:"
"""Begins the fields of the stage that say which number was given last, by stream."""
READ: Final = "read"
"""Field of the stage that says the number of the last entry read, where the stream is numbered, and that entry's id."""
FORM: Final = "form"
"""Field of the stage that says in which form the state is kept."""

Argument = str | bytes | int


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a stage has come. It is the fence: a commit stands only if the server still has the mark it names."""

    cursor: str = START
    """Id of the last entry folded in."""
    token: str = ""
    """Random, new with each commit: keeps out a writer from before the server was rolled back."""
    sequences: Mapping[str, int] = field(default_factory=dict)
    """Last number given on each stream written."""
    chain: str = ""
    """Chain of the last entry on the stage's chained stream; empty, or the partition's origin, before the first."""
    read: int | None = 0
    """Number of the last entry folded in, where the stream is numbered (``Wiring.numbered_by``); None where an earlier
    release folded it and did not keep the number."""


async def load_script(client: Redis) -> None:
    """Load the commit into the server; harmless when it is there already."""
    await client.script_load(_SCRIPT)


async def read_mark(client: Redis, stage_key: str) -> Mark:
    """Return how far the stage has come."""
    stored = cast("dict[bytes, bytes]", await client.hgetall(stage_key))
    return Mark(
        cursor=stored.get(b"cursor", START.encode()).decode(),
        token=stored.get(b"token", b"").decode(),
        sequences={
            name.decode().removeprefix(SEQUENCE): int(number)
            for name, number in stored.items()
            if name.startswith(SEQUENCE.encode())
        },
        chain=stored.get(b"chain", b"").decode(),
        read=number_read(stored.get(b"cursor"), stored.get(READ.encode())),
    )


def number_read(cursor: bytes | None, read: bytes | None) -> int | None:
    """Return the number of the last entry that a stage has read, from these two of its fields; None if not known.

    It counts only with the cursor that it was stored with: an earlier release that worked in between moved only that.
    """
    if cursor is None:
        return 0
    number, _, at = (read or b"").partition(b" ")
    return int(number) if at == cursor else None


def number(events: Iterable[Emission], partition: str, wiring: Wiring[Any], before: Mark) -> tuple[list[bytes], Mark]:
    """Give each event its place on its stream, and the chained ones their chain (``streams.ledger_tail``).

    Returns:
        The events as they are written, and the mark with the last numbers and the last chain.

    Raises:
        Undeclared: an event for a stream that the stage does not declare to write.
    """
    emissions = list(events)
    last = {out.stream: place for place, out in enumerate(emissions)}
    sequences, head, numbered = dict(before.sequences), before.chain or origin(partition), []
    for place, out in enumerate(emissions):
        if out.stream not in wiring.writes:
            raise Undeclared(wiring.stage, f"the stream {out.stream}")
        sequence = sequences[out.stream] = sequences.get(out.stream, 0) + 1
        chained = out.stream == wiring.chained
        attributes: dict[str, Value] = {**out.attributes, "sequence": sequence}
        if chained and place == last[out.stream]:
            attributes["groupend"] = True
        event = append(out.event.encode(), attributes)
        if chained:
            event, head = link(head, event)
        numbered.append(event)
    return numbered, Mark(before.cursor, before.token, sequences, head if wiring.chained else "", before.read)


@dataclass(frozen=True, slots=True)
class Committer:
    """Commits the batches of one stage of one partition."""

    client: Redis
    partition: Partition
    wiring: Wiring[Any]
    hooks: StageHooks = NO_STAGE_HOOKS

    async def commit(self, mark: Mark, cursor: str, batch: Batch, read: int | None = None) -> Mark | None:
        """Commit the batch and move the stage's cursor on.

        Args:
            mark: how far the stage had come when the batch's entries were read.
            cursor: id of the last entry in the batch.
            batch: what follows from the entries.
            read: number of the last entry in the batch, where the stream is numbered.

        Returns:
            The new mark, or None when another writer was first and nothing was written.

        Raises:
            RedisError: the server refused, or it is not known whether the commit stands; it is never half done.
            Undeclared: the batch writes a stream that the wiring does not name.
        """
        events, numbered = number(batch.emissions, self.partition.name, self.wiring, mark)
        after = replace(numbered, cursor=cursor, token=secrets.token_hex(8), read=read)
        keys, arguments = self._packed(mark, after, batch, events)
        began = perf_counter()
        if not await self._call(keys, arguments):
            self.hooks.fenced()
            return None
        self.hooks.committed(batch, mark.sequences, after.sequences, perf_counter() - began)
        return after

    def _packed(
        self, before: Mark, after: Mark, batch: Batch, events: Sequence[bytes]
    ) -> tuple[list[str], list[Argument]]:
        """Return keys and arguments as the head of the script names them."""
        by_stream: dict[str, list[tuple[Emission, bytes]]] = {}
        for out, event in zip(batch.emissions, events, strict=True):
            by_stream.setdefault(out.stream, []).append((out, event))
        contexts = _in_order(batch, by_stream) if batch.contexts else ()
        by_table: dict[str, list[tuple[str, Encodable]]] = {}
        for (table, name), value in batch.records.items():
            by_table.setdefault(table, []).append((name, value))

        keys = [self.partition.key(part) for part in (self.wiring.stage, *by_stream, *by_table)]
        arguments: list[Argument] = [before.cursor, before.token, after.cursor, after.token]
        arguments += [batch.folded, len(by_stream), *_counted(contexts)]
        places: dict[int, int] = {}
        for written in by_stream.values():
            arguments.append(len(written))
            for out, event in written:
                arguments.append(event)
                places[id(out.event)] = len(arguments)
        arguments += _counted([*_stage_fields(after), (FORM, self.wiring.form)])
        for records in by_table.values():
            # A record that is also published is sent once, and kept as published, with its sequence.
            arguments += _counted([(name, value.encode()) for name, value in records if id(value) not in places])
            arguments += _counted([(name, places[id(value)]) for name, value in records if id(value) in places])
        return keys, arguments

    async def _call(self, keys: list[str], arguments: list[Argument]) -> bool:
        try:
            return bool(await self.client.evalsha(SCRIPT, len(keys), *keys, *arguments))
        except NoScriptError:
            # The server was replaced, or started again.
            await load_script(self.client)
        return bool(await self.client.evalsha(SCRIPT, len(keys), *keys, *arguments))


def _in_order(batch: Batch, streams: Iterable[str]) -> list[tuple[str, Argument]]:
    """Return the contexts of traces, each with the place of its event among all as they are written."""
    places = (place for stream in streams for place, out in enumerate(batch.emissions) if out.stream == stream)
    return [(str(nth), batch.contexts[place]) for nth, place in enumerate(places, 1) if place in batch.contexts]


def _stage_fields(mark: Mark) -> list[tuple[str, Argument]]:
    fields: list[tuple[str, Argument]] = [(f"{SEQUENCE}{stream}", str(last)) for stream, last in mark.sequences.items()]
    if mark.read is not None:
        fields.append((READ, f"{mark.read} {mark.cursor}"))
    return [*fields, ("chain", mark.chain)] if mark.chain else fields


def _counted(fields: Sequence[tuple[str, Argument]]) -> list[Argument]:
    """Return the number of fields, then each field and its value."""
    return [len(fields), *chain.from_iterable(fields)]
