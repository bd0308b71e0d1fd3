"""Closing an election when its night is over, and opening it again: what its operator sends, and what is waited for."""

import secrets
from time import monotonic, sleep
from typing import Final, cast

from pydantic import ValidationError

from schemas.closing import Closing
from schemas.register import RegisterHead
from services.ingest.rules.signed_state import HOLDS, HoldState
from streams.keys import Partition
from tallywire.client.connection import Connection
from tallywire.client.errors import NoServerError, UsageError
from tallywire.client.progress import behind
from tallywire.client.signing import SigningKey
from tallywire.client.submissions import Submission, signed_submission

SOURCE: Final = "/tallywire/closing"

_LOOK_S: Final = 0.1
"""Between two looks whether the services have read everything."""


def closing_message(head: RegisterHead, reason: str | None, operator: SigningKey, *, closed: bool) -> Submission:
    """Return the message that closes an election, or opens it again, signed.

    Args:
        head: its register.
        reason: why, in words.
        operator: the operator's key.
        closed: whether it is to be closed.

    Raises:
        UsageError: the reason is not text for people.
    """
    try:
        data = Closing(closed=closed, reason=reason)
    except ValidationError as error:
        raise UsageError(f"{reason!r} cannot be a reason: {error.errors()[0]['msg']}.") from error
    return signed_submission(
        data.model_dump_json(exclude_none=True).encode(),
        operator,
        # An election can be closed more than once, with the same words.
        id=f"{'close' if closed else 'reopen'}-{secrets.token_hex(8)}",
        source=SOURCE,
        type="tallywire.closing.v1",
        subject=head.election,
        election=head.election,
        test=head.test,
    )


def held(connection: Connection, election: str) -> list[str]:
    """Return the contests of which a declaration waits for a second person."""
    stored = cast("dict[bytes, bytes]", connection.at(election).hgetall(Partition(election).key(HOLDS)))
    holds = (HoldState.decode(value) for value in stored.values())
    return sorted({hold.ballot_id for hold in holds if hold.end is None})


def await_derived(connection: Connection, election: str, timeout_s: float) -> None:
    """Wait until aggregate and notify have read everything.

    Raises:
        NoServerError: they have not in time.
    """
    deadline = monotonic() + timeout_s
    while (waiting := behind(connection, election)) is not None:
        if monotonic() > deadline:
            raise NoServerError(
                f"The election is closed, but {waiting} has not read everything within {timeout_s:g} s, so no final "
                f"head was signed. When it has: tallywire checkpoint --election {election} --deposit --key FILE"
            )
        sleep(_LOOK_S)
