"""What the entry page shows besides forms: the contests of a key, what others have typed of them, and notes."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from redis.asyncio import Redis

from schemas import tables
from schemas.events import EntryEvent
from schemas.register import Contest
from schemas.wire import Name, PersonId, Revision
from services.ingest.rules.intake import CLOSING, ClosingState, revision_key
from services.ingest.rules.signed_state import ENTRIES, Unpublished, decode_unpublished
from streams.keys import Partition
from streams.servers import Servers
from tallywire.client.snapshot import HEAD
from tallywire.posting.enrolments import not_allowed
from tallywire.posting.sessions import SignedIn
from tallywire.web.problems import not_found, unreadable

SEES_BOTH: Final = ("second-person", "returning-officer")
"""Roles that see both readings, once they have typed their own."""

NOTE_LASTS_S: Final = 24 * 60 * 60
"""How long a note to somebody who has typed is kept: a night and the morning after."""

_NOT_SEEN: Final = (
    "Both readings are shown to a second person or a returning officer of the contest who has typed the figures, too."
)


class Return(BaseModel):
    """Figures are returned to who has typed them, with a note."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")

    revision: Revision
    person: PersonId
    """Who has typed them."""
    note: Annotated[Name, Field(max_length=300)]
    """What should be looked at. It is shown to that person, and not published."""


@dataclass(frozen=True, slots=True)
class Readings:
    """Reads what waits unpublished, for those who may see it.

    Args:
        servers: where the elections are.
    """

    servers: "Servers[Redis]"

    async def contests(self, election: str, who: SignedIn) -> list[dict[str, object]]:
        """Return the contests of a key, in the order of the register, each with who has typed its next revision.

        No figures are in it.

        Raises:
            RedisError: the server does not say.
        """
        partition = Partition(election)
        client = await self.servers.current(partition.key(tables.CONTESTS.name))
        pipeline = client.pipeline(transaction=False)
        pipeline.hget(partition.key(tables.REGISTER.name), HEAD)
        if who.contests is None:
            pipeline.hgetall(partition.key(tables.CONTESTS.name))
        else:
            pipeline.hmget(partition.key(tables.CONTESTS.name), list(who.contests))
        pipeline.hkeys(partition.key(ENTRIES))
        head, stored, typed = cast("tuple[bytes | None, Any, list[bytes]]", tuple(await pipeline.execute()))
        named: Mapping[str, bytes | None] = (
            {name.decode(): value for name, value in stored.items()}
            if who.contests is None
            else dict(zip(who.contests, stored, strict=True))
        )
        found = {name: tables.CONTESTS.read(value) for name, value in named.items() if value is not None}
        next_revisions = await self._next_revisions(election, found)
        by_revision: dict[str, list[str]] = {}
        for field in typed:
            key, _, person = field.decode().rpartition(" ")
            by_revision.setdefault(key, []).append(person)
        notes = await self._notes(election, who.person, {name: next_revisions[name] for name in found})
        test = head is not None and tables.REGISTER.read(head).test
        return [
            {
                "ballot_id": name,
                "name": contest.name,
                "test": test,
                "next_revision": next_revisions[name],
                "typed": [
                    {"person": person, "mine": person == who.person}
                    for person in sorted(by_revision.get(revision_key(name, next_revisions[name]), ()))
                ],
                "returned": notes.get(name),
            }
            for name, contest in sorted(found.items(), key=lambda each: (each[1].name, each[0]))
        ]

    async def contest(self, election: str, who: SignedIn, ballot_id: str) -> Contest:
        """Return a contest of a key.

        Raises:
            NotTaken: it is none, or not in the register.
            RedisError: the server does not say.
        """
        key = Partition(election).key(tables.CONTESTS.name)
        stored = cast("bytes | None", await (await self.servers.current(key)).hget(key, ballot_id))
        if stored is None or not _has(who, ballot_id):
            raise not_found("That is no contest of yours.")
        return tables.CONTESTS.read(stored)

    async def closed_since(self, election: str) -> str | None:
        """Return since when an election is closed; None while it is open.

        Raises:
            RedisError: the server does not say.
        """
        key = Partition(election).key(CLOSING)
        stored = cast("bytes | None", await (await self.servers.current(key)).hget(key, "election"))
        return None if stored is None else ClosingState.decode(stored).since

    async def readings(self, election: str, who: SignedIn, ballot_id: str, revision: int) -> list[dict[str, object]]:
        """Return what people have typed of a revision of a contest.

        Raises:
            NotTaken: this person may not see it, or not yet.
            RedisError: the server does not say.
        """
        if who.role not in SEES_BOTH or not _has(who, ballot_id):
            raise not_allowed(_NOT_SEEN)
        partition, key = Partition(election), revision_key(ballot_id, revision)
        client = await self.servers.current(partition.key(ENTRIES))
        names = cast("list[bytes]", await client.hkeys(partition.key(ENTRIES)))
        fields = [name for name in names if name.decode().rpartition(" ")[0] == key]
        stored = cast("list[bytes | None]", await client.hmget(partition.key(ENTRIES), fields)) if fields else []
        waiting = [found for value in stored if value and isinstance(found := decode_unpublished(value), Unpublished)]
        if who.person not in {each.person for each in waiting}:
            raise not_allowed(_NOT_SEEN)
        return [
            {
                "person": each.person,
                "mine": each.person == who.person,
                "digest": each.digest,
                "time": each.time,
                "figures": EntryEvent.model_validate_json(each.sent).data.model_dump(mode="json", exclude_unset=True),
            }
            for each in sorted(waiting, key=lambda one: (one.time, one.person))
        ]

    async def give_back(self, election: str, who: SignedIn, ballot_id: str, content: bytes) -> None:
        """Keep a note for somebody whose figures differ from those of who writes it.

        Raises:
            NotTaken: it is none, or this person may not see those figures.
            RedisError: the server does not keep it.
        """
        try:
            returned = Return.model_validate_json(content)
        except ValidationError as error:
            raise unreadable(error, "Say what is to be looked at.") from error
        readings = await self.readings(election, who, ballot_id, returned.revision)
        if returned.person not in {each["person"] for each in readings if not each["mine"]}:
            raise not_found("That person has typed nothing of this contest.")
        key = _note_key(election, ballot_id, returned.revision, returned.person)
        note = json.dumps({"person": who.person, "note": returned.note})
        await (await self.servers.current(key)).set(key, note, ex=NOTE_LASTS_S)

    async def _next_revisions(self, election: str, contests: Iterable[str]) -> dict[str, int]:
        names = list(contests)
        if not names:
            return {}
        key = Partition(election).key(tables.RESULTS.name)
        client = await self.servers.current(key)
        stored = cast("list[bytes | None]", await client.hmget(key, names))
        return {
            name: 1 if value is None else tables.RESULTS.read(value).data.revision + 1
            for name, value in zip(names, stored, strict=True)
        }

    async def _notes(self, election: str, person: str, revisions: Mapping[str, int]) -> dict[str, object]:
        if not revisions:
            return {}
        keys = [_note_key(election, name, revision, person) for name, revision in revisions.items()]
        pipeline = (await self.servers.current(keys[0])).pipeline(transaction=False)
        for key in keys:
            pipeline.get(key)
        stored = cast("list[bytes | None]", await pipeline.execute())
        return {name: json.loads(value) for name, value in zip(revisions, stored, strict=True) if value is not None}


def _has(who: SignedIn, ballot_id: str) -> bool:
    return who.contests is None or ballot_id in who.contests


def _note_key(election: str, ballot_id: str, revision: int, person: str) -> str:
    return Partition(election).key(f"posting:returned:{ballot_id}:{revision}:{person}")
