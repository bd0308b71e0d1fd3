"""How far an endpoint is: a table on the server, of which this is a copy that writes through."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

from redis.asyncio import Redis

from tallywire.publishing.cursor import Cursor

State = Literal["waiting", "aside", "parked"]

RESNAPSHOT: Final = "resnapshot"
"""In place of a stream: the event that says that another history has begun."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A delivery that has failed at least once."""

    election: str
    stream: str
    sequence: int
    event: str
    """The event's id."""
    attempts: int
    reason: str
    """Why the last one failed."""
    since: float
    """When the first one failed, in seconds since 1970."""
    due: float
    """When it is tried again."""
    state: State = "waiting"
    """``waiting``: all others wait behind it. ``aside``: it is tried by itself. ``parked``: it is not tried again."""


@dataclass(frozen=True, slots=True)
class Failing:
    """An endpoint that takes nothing just now."""

    attempts: int
    since: float
    due: float
    """When it is tried again."""


def deleted_with(election: str) -> tuple[str, str]:
    """Return what the fields begin with that are of no use once an election was deleted."""
    return f"failed {election} ", f"skipped {election} "


class Progress:
    """How far an endpoint is.

    Args:
        stored: the table as it is on the server.
    """

    def __init__(self, stored: Mapping[bytes, bytes]) -> None:
        self._fields = {name.decode(): value.decode() for name, value in stored.items()}
        self._changed: dict[str, str | None] = {}

    def get(self, name: str) -> str | None:
        """Return what a field says; None where there is none."""
        return self._fields.get(name)

    def number(self, name: str) -> float:
        """Return the number in a field; 0 where there is none."""
        return float(self._fields.get(name, 0))

    def put(self, name: str, value: object) -> None:
        """Change a field; None deletes it. ``save`` writes it."""
        if value is None:
            if self._fields.pop(name, None) is not None:
                self._changed[name] = None
        elif self._fields.get(name) != str(value):
            self._fields[name] = self._changed[name] = str(value)

    async def save(self, client: Redis, key: str) -> None:
        """Write what has changed, all of it or nothing."""
        if not self._changed:
            return
        written: dict[Any, Any] = {name: value for name, value in self._changed.items() if value is not None}
        deleted = [name for name, value in self._changed.items() if value is None]
        pipeline = client.pipeline(transaction=True)
        if written:
            pipeline.hset(key, mapping=written)
        if deleted:
            pipeline.hdel(key, *deleted)
        await pipeline.execute()
        self._changed.clear()

    def cursor(self, election: str) -> Cursor | None:
        """Return the place in an election; None before the first event."""
        text = self.get(f"cursor {election}")
        return None if text is None else Cursor.read(text)

    def move(self, election: str, cursor: Cursor) -> None:
        """Go on to a place in an election."""
        self.put(f"cursor {election}", cursor)

    def elections(self) -> dict[str, Cursor]:
        """Return the place in each election."""
        return {name[7:]: Cursor.read(text) for name, text in self._fields.items() if name.startswith("cursor ")}

    def skipped(self, election: str, subject: str) -> tuple[int, ...]:
        """Return the numbers of the tallies of a subject that were passed over since the last one that was sent."""
        text = self.get(f"skipped {election} {subject}")
        return tuple(int(part) for part in text.split(",")) if text else ()

    def skip(self, election: str, subject: str, sequences: tuple[int, ...]) -> None:
        """Note numbers of tallies that were passed over, beside those noted before."""
        noted = sorted({*self.skipped(election, subject), *sequences})
        self.put(f"skipped {election} {subject}", ",".join(map(str, noted)) or None)

    def skip_none(self, election: str, subject: str) -> None:
        """Forget what was passed over of a subject: the next tally has been sent, with their numbers."""
        self.put(f"skipped {election} {subject}", None)

    def skip_nothing(self, election: str) -> None:
        """Forget what was passed over of every subject of an election."""
        for name in [name for name in self._fields if name.startswith(f"skipped {election} ")]:
            self.put(name, None)

    def failed(self, state: State | None = None) -> Iterator[Failed]:
        """Yield the deliveries that have failed, those first that are due first."""
        # A copy: metrics are asked for from another thread.
        fields = tuple(self._fields.items())
        found = (Failed(**json.loads(text)) for name, text in fields if name.startswith("failed "))
        yield from sorted(
            (one for one in found if state in (None, one.state)),
            key=lambda one: (one.due, one.election, one.stream, one.sequence),
        )

    def failure(self, election: str, stream: str, sequence: int) -> Failed | None:
        """Return what is known of an event's delivery that has failed; None where none has."""
        text = self.get(f"failed {election} {stream} {sequence}")
        return None if text is None else Failed(**json.loads(text))

    def fail(self, failed: Failed) -> None:
        """Note a delivery that has failed."""
        text = json.dumps(asdict(failed), ensure_ascii=False)
        self.put(f"failed {failed.election} {failed.stream} {failed.sequence}", text)

    def forget(self, election: str, stream: str, sequence: int) -> None:
        """Forget that a delivery has failed."""
        self.put(f"failed {election} {stream} {sequence}", None)

    def forget_deleted(self, election: str) -> None:
        """Forget what failed and what was passed over of an election that was deleted: nothing of it is sent any more.

        The place stays: where an election of that name comes again, the receiver is told that it is another.
        """
        for name in [name for name in self._fields if name.startswith(deleted_with(election))]:
            self.put(name, None)

    @property
    def failing(self) -> Failing | None:
        """Since when the endpoint takes nothing; None while it does."""
        text = self.get("failing")
        return None if text is None else Failing(**json.loads(text))

    @failing.setter
    def failing(self, value: Failing | None) -> None:
        self.put("failing", None if value is None else json.dumps(asdict(value)))

    def as_json(self) -> dict[str, Any]:
        """Return what an operator is told of it."""
        failing = self.failing
        return {
            "delivered": int(self.number("delivered")),
            "last_success": self.number("succeeded") or None,
            "last_failure": self.number("refused") or None,
            "last_failure_reason": self.get("reason"),
            "failing_since": failing.since if failing else None,
            "next_attempt": failing.due if failing else None,
            "cursors": {election: str(cursor) for election, cursor in self.elections().items()},
            "aside": [asdict(one) for one in self.failed("aside")],
            "parked": [asdict(one) for one in self.failed("parked")],
        }
