"""What the sender of a declaration is told, and where a refused entry is kept."""

from typing import Literal

from pydantic import Field

from schemas.hold import Decision
from schemas.wire import Array, Digest, Name, PersonId, Published, Revision, Sequence

Status = Literal["accepted", "duplicate", "refused", "held", "entered"]
"""What became of an entry: taken; taken already; not taken; a declaration that waits for a second person; figures that
one person has typed, which wait for another's."""


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


class Decided(Published):
    """What a second person has decided about a declaration that was held."""

    decision: Decision | Literal["superseded"]
    """What was decided; `superseded` when a higher revision was accepted before anybody did."""
    person: PersonId | None = None
    """Who decided; null where nobody had to."""
    reason: Name | None = None
    """Why, in words."""
    ledger_sequence: Sequence
    """Where the decision is on the ledger."""


class Entered(Published):
    """What became of figures that one person has typed."""

    agrees: bool | None
    """Whether another person's figures for the same revision are the same; null before there are any."""
    differences: Array[str] = ()
    """Where they differ, as paths (``data.votes.sarah-taylor``), without either figure: both are to look at the paper
    again."""
    other: Digest | None = None
    """Digest of the other entry, where they agree: the declaration cites both."""


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
    """Everything that is wrong, all at once; of a declaration that is held, what is odd about it. Empty when it was
    accepted."""
    ledger_sequence: Sequence | None
    """Where the declaration stands on the ledger: this one if accepted, the earlier one if a duplicate; else null."""
    stands: Stands | None = None
    """Of a declaration that is on the ledger and does not stand: the one of a higher revision that does. Else null."""

    signed: bool = False
    """Whether it was signed, and the signature holds."""
    person: PersonId | None = None
    """Who signed it, as the key is enrolled; null where it is not signed."""
    digest: Digest | None = None
    """Of a signed declaration or entry: SHA-256, in hex, over its signature, a newline, and its bytes. By this an entry
    is cited."""
    hold: Sequence | None = None
    """Where the hold is on the ledger, for a declaration that is or was held: a confirmation names it."""
    decided: Decided | None = None
    """What was decided about a declaration that was held; null while it waits, or where it never was."""
    entered: Entered | None = None
    """Of figures that one person has typed; else null."""


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
