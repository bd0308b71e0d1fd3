"""What is stored of sessions, and ending them as the operator."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, cast

from streams.keys import Partition
from tallywire.client.connection import Connection

AREAS: Final = ("posting", "desk")
"""What keys of sessions begin with: those of the posting service, and those of one that serves the desk alone."""

_READ_MAX: Final = 1_000
"""Keys that the server looks at in one step."""


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """What is stored of a session, under the digest of its token."""

    person: str
    key_id: str
    """With what the person has signed in."""
    until: int
    """When it ends at the latest: seconds since 1970, by the server's clock."""

    def encode(self) -> bytes:
        """Return it as stored."""
        return json.dumps({name: getattr(self, name) for name in self.__slots__}).encode()

    @classmethod
    def decode(cls, value: bytes) -> "SessionRecord":
        """Return it from its stored form."""
        return cls(**json.loads(value))


def challenge_key(area: str, election: str, digest: str) -> str:
    """Return the key that says that a challenge was not used yet."""
    return Partition(election).key(f"{area}:challenge:{digest}")


def session_key(area: str, election: str, digest: str) -> str:
    """Return the key of a session."""
    return Partition(election).key(f"{area}:session:{digest}")


def sessions(connection: Connection, election: str) -> Iterator[tuple[str, SessionRecord]]:
    """Yield the sessions of an election, each with its key."""
    client = connection.at(election)
    for area in AREAS:
        for key in client.scan_iter(match=session_key(area, election, "*"), count=_READ_MAX):
            stored = cast("bytes | None", client.get(key))
            if stored is not None:
                yield key.decode(), SessionRecord.decode(stored)


def end_sessions(connection: Connection, election: str, person: str) -> int:
    """End all sessions of a person, and return how many there were."""
    found = [key for key, record in sessions(connection, election) if record.person == person]
    for key in found:
        connection.at(election).delete(key)
    return len(found)
