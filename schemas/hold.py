"""Declarations that wait for a second person, and what that person decides."""

from typing import Annotated, Literal

from pydantic import Field

from schemas.wire import BallotId, Digest, Name, Revision, Sent, Sequence

Decision = Literal["confirm", "reject", "return"]
"""It is taken; it is not; it goes back to its sender to be looked at again."""


class Hold(Sent):
    """A declaration waits for a second person. Written by ingest: it says no figure, and not why."""

    ballot_id: BallotId
    """The contest."""
    revision: Revision
    """The revision that waits."""
    digest: Digest
    """SHA-256, in hex, over the declaration's signature, a newline, and its bytes."""
    event: Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
    """Stands for the sender and the event's id, which are bound."""
    under_review: bool = False
    """True where the declaration would change the winner that was published: the contest is under review until the hold
    ends."""


class Confirmation(Sent):
    """Another person decides on a declaration that is held."""

    ballot_id: BallotId
    """The contest."""
    hold: Sequence
    """Where the hold is on the ledger; the receipt of the held declaration says it."""
    decision: Decision
    """What is decided."""
    reason: Name | None = None
    """Why, in words; needed unless it is confirmed. Public: it must tell no figure."""
