"""Enrolling and retiring keys: the messages that the operator signs."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Final, cast

from pydantic import ValidationError

from schemas import tables
from schemas.key import Key, Role
from schemas.register import RegisterHead
from services.ingest.rules.intake import REGISTER
from services.ingest.rules.signed_state import KEYS, EnrolledKey
from streams.keys import Partition
from tallywire.client.connection import Connection
from tallywire.client.errors import NotThereError, RefusedError, UnreadableError, UsageError
from tallywire.client.people import Holder
from tallywire.client.signing import SigningKey
from tallywire.client.submissions import Submission, signed_submission
from tallywire.people.requests import KeyRequest, checked_name, draw_salt

SOURCE: Final = "/tallywire/keys"

PUBLIC_NAME: Final[Role] = "returning-officer"
"""Whose names are public by law."""


@dataclass(frozen=True, slots=True)
class Holding:
    """What a key is to be enrolled for."""

    person: str
    """Who holds it."""
    role: Role
    contests: tuple[str, ...] | None = None
    """The contests it is for; None for all."""
    valid_from: str | None = None
    valid_until: str | None = None
    holder: Holder | None = None
    """The holder's name, where the operator knows it."""


def read_head(connection: Connection, election: str) -> RegisterHead:
    """Return the register of an election that asks for signatures, as ingest has it.

    Raises:
        NotThereError: ingest has not taken it yet.
        RefusedError: the election does not ask for signatures.
    """
    value = cast("bytes | None", connection.at(election).hget(Partition(election).key(REGISTER), "election"))
    if value is None:
        raise NotThereError(f"Ingest has not taken the register of {election} yet.")
    head = tables.REGISTER.read(value)
    if head.signatures == "none":
        raise RefusedError(
            f"{election} does not ask for signatures, so it has no keys. It is loaded so with: tallywire election load "
            "DIR --key FILE"
        )
    return head


def read_keys(connection: Connection, election: str) -> dict[str, EnrolledKey]:
    """Return the keys of an election by id, those that are retired included.

    Raises:
        UnreadableError: what is stored there is none.
    """
    stored = cast("dict[bytes, bytes]", connection.at(election).hgetall(Partition(election).key(KEYS)))
    try:
        return {key_id.decode(): EnrolledKey.decode(value) for key_id, value in stored.items()}
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise UnreadableError(f"What {Partition(election).key(KEYS)} holds is no key.") from error


def known_key(connection: Connection, election: str, key_id: str) -> EnrolledKey:
    """Return a key that was enrolled.

    Raises:
        NotThereError: it was not.
    """
    key = read_keys(connection, election).get(key_id)
    if key is None:
        raise NotThereError(f"No key {key_id} was enrolled in {election}. `tallywire keys list` shows those that were.")
    return key


def named(request: KeyRequest, name: str | None) -> Holder | None:
    """Return whose key a request is for: as the operator says, else as the request does.

    Raises:
        UsageError: nobody can have this name.
    """
    if name is not None:
        return Holder(checked_name(name), draw_salt())
    return None if request.name is None else Holder(request.name, request.salt or draw_salt())


def enrolment(head: RegisterHead, request: KeyRequest, holding: Holding, operator: SigningKey) -> Submission:
    """Return the message that enrols a key, signed.

    Raises:
        UsageError: a person, a contest or a time is not written as one.
    """
    holder = holding.holder
    public = holder is not None and holding.role == PUBLIC_NAME
    try:
        key = Key(
            key_id=request.key_id,
            public_key=request.public_key,
            person=holding.person,
            role=holding.role,
            contests=holding.contests,
            mode="rehearsal" if head.test else "live",
            name=holder.name if holder is not None and public else None,
            name_digest=holder.digest if holder is not None and not public else None,
            valid_from=holding.valid_from,
            valid_until=holding.valid_until,
        )
    except ValidationError as error:
        wrong = error.errors()[0]
        raise UsageError(f"{wrong['input']!r} cannot be {wrong['loc'][0]}: {wrong['msg']}.") from error
    return _signed(head, key, operator)


def retirement(head: RegisterHead, key_id: str, reason: str, operator: SigningKey) -> Submission:
    """Return the message that retires a key, signed.

    Raises:
        UsageError: the reason is not text for people.
    """
    try:
        key = Key(action="retire", key_id=key_id, reason=reason)
    except ValidationError as error:
        wrong = error.errors()[0]
        raise UsageError(f"{wrong['input']!r} cannot be {wrong['loc'][0]}: {wrong['msg']}.") from error
    return _signed(head, key, operator)


def _signed(head: RegisterHead, key: Key, operator: SigningKey) -> Submission:
    data = key.model_dump_json(exclude_none=True).encode()
    return signed_submission(
        data,
        operator,
        # The same again is a repeat, and answered as one.
        id=f"{key.action}-{sha256(data).hexdigest()[:16]}",
        source=SOURCE,
        type="tallywire.key.v1",
        subject=key.key_id,
        election=head.election,
        test=head.test,
    )
