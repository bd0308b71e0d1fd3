"""What the sender of a declaration is told, and where a refused entry is kept."""

from typing import Literal

from pydantic import Field

from schemas.wire import Array, Published, Revision, Sequence

Status = Literal["accepted", "duplicate", "refused"]
"""What became of an entry: taken, taken already, or not taken."""


class Reason(Published):
    """One thing that is wrong with an entry."""

    code: str = Field(pattern=r"^[a-z_]+\.[a-z0-9_]+$")
    """Stable name of the fault, ``<part>.<fault>``; the list is in docs/reasons.md."""
    path: str
    """Where it is: dots between the names of nested fields (``data.votes.sarah-taylor``); empty for the whole entry."""
    message: str
    """What is wrong and what to do, in one sentence."""


class Stands(Published):
    """The declaration that stands of a contest."""

    revision: Revision
    """Its revision: the highest that was accepted."""
    ledger_sequence: Sequence
    """Where it is on the ledger."""


class Receipt(Published):
    """The answer to one entry of the declarations stream."""

    status: Status | str
    """What became of the entry. A later release may know more: what is not `accepted` or `duplicate` was not taken, or
    not yet."""
    entry_id: str
    """Id of the entry on the declarations stream, as XADD returned it."""
    event_id: str | None
    """The sender's event id, where it could be read."""
    reasons: Array[Reason]
    """Everything that is wrong, all at once; empty when accepted."""
    ledger_sequence: Sequence | None
    """Where the declaration stands on the ledger: this one if accepted, the earlier one if a duplicate; else null."""
    stands: Stands | None = None
    """Of a declaration that is on the ledger and does not stand: the one of a higher revision that does. Else null."""


class Refusal(Published):
    """An entry that was refused, kept as it came."""

    entry_id: str
    """Id of the entry on the declarations stream."""
    reasons: Array[Reason]
    """The reasons on its receipt."""
    fields: dict[str, str]
    """The entry's fields, names and values base64 of their bytes (RFC 4648)."""
    cut: bool = False
    """True when a value was too long to be kept twice: its beginning is here, the whole of it on the declarations
    stream under the entry's id."""
