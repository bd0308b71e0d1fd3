"""The names of people whose names are private: kept beside the election, by the operator alone."""

import json
from dataclasses import dataclass
from typing import Final, cast

from schemas.key import name_digest
from streams.keys import Partition
from tallywire.client.connection import Connection
from tallywire.client.errors import UnreadableError

PEOPLE: Final = "people"
"""The table of names by key id. No service reads or writes it; the ledger has commitments to what it holds."""

INVITATIONS: Final = "invitations"
"""The table of invitations by the digest of their token. The operator alone writes it."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a key."""

    name: str
    salt: str
    """The salt of the commitment."""

    @property
    def digest(self) -> str:
        """The commitment to the name that is on the ledger."""
        return name_digest(self.salt, self.name)

    def encode(self) -> bytes:
        """Return it as stored."""
        return json.dumps({"name": self.name, "salt": self.salt}, ensure_ascii=False).encode()

    @classmethod
    def decode(cls, value: bytes) -> "Holder":
        """Return it from its stored form."""
        return cls(**json.loads(value))


def keep_holder(connection: Connection, election: str, key_id: str, holder: Holder) -> None:
    """Write down who holds a key."""
    connection.at(election).hset(Partition(election).key(PEOPLE), key_id, holder.encode())


def forget_holder(connection: Connection, election: str, key_id: str) -> None:
    """Delete who holds a key, and the salt: nobody can find the name by its commitment then."""
    connection.at(election).hdel(Partition(election).key(PEOPLE), key_id)


def read_holder(connection: Connection, election: str, key_id: str) -> Holder | None:
    """Return who holds a key; None where nobody wrote it down.

    Raises:
        UnreadableError: what is stored there is no name.
    """
    value = cast("bytes | None", connection.at(election).hget(Partition(election).key(PEOPLE), key_id))
    try:
        return None if value is None else Holder.decode(value)
    except (ValueError, TypeError) as error:
        raise UnreadableError(f"What {Partition(election).key(PEOPLE)} holds of {key_id} is no name.") from error
