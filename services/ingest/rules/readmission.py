"""From the ledger back to what ingest remembers: what it would know had it just accepted every entry.

The law: folding a ledger with ``readmit`` gives the register, the revisions and the ids that ``judge`` had kept when
it wrote that ledger, to the byte. So an election moves between servers with its ledger alone.
"""

import re
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError

from schemas.events import AmendmentEvent, DeclarationEvent, LedgerEvent, RegisterEvent
from schemas.reading import read_ledger_event
from schemas.register import Register
from services.ingest.rules.intake import Revision, Taken, digest, event_key, figures_digest
from services.rules.amending import amended

_OURS: Final = re.compile(
    rb',"acceptedtime":"[^"]{1,40}","sequence":[0-9]{1,10}(?:,"groupend":true)?(?:,"chain":"[0-9a-f]{64}")?\}\Z'
)
_OURS_LENGTH_MAX: Final = 250
"""Bytes that ingest appends at most."""


class NotFromIngest(ValueError):  # noqa: N818  # says what is wrong with the entry
    """A ledger entry that ingest cannot have written."""


@dataclass(frozen=True, slots=True)
class Readmitted:
    """What ingest remembers of one ledger entry."""

    taken: tuple[str, Taken]
    """Event key, and what is remembered under it."""
    register: Register | None = None
    """The register from now on, where the entry changes it."""
    listed: tuple[str, ...] = ()
    """Ballot ids of the contests that the entry introduces."""
    revision: Revision | None = None
    """The revision that it declares."""


def sent_bytes(ledger_entry: bytes) -> bytes:
    """Return the message as it was sent: the entry without what ingest appended.

    Raises:
        NotFromIngest: the entry does not end in what ingest appends.
    """
    appended = _OURS.search(ledger_entry, max(0, len(ledger_entry) - _OURS_LENGTH_MAX))
    if appended is None:
        message = "it does not end in acceptedtime, sequence and chain"
        raise NotFromIngest(message)
    return ledger_entry[: appended.start()] + b"}"


def readmit(register: Register | None, sequence: int, ledger_entry: bytes) -> Readmitted:
    """Return what ingest remembers of the next ledger entry.

    Args:
        register: the register as of the entry before; None before the first.
        sequence: the entry's place on the ledger, from 1.
        ledger_entry: its bytes.

    Raises:
        NotFromIngest: ingest cannot have written it after what came before.
        OfLaterRelease: only a later release can have written it.
    """
    event = _event(ledger_entry)
    taken = event_key(event.source, event.id), Taken(digest(sent_bytes(ledger_entry)), sequence)
    try:
        match event:
            case RegisterEvent(data=first) if register is None:
                return Readmitted(taken, first, listed=tuple(first.contests))
            case AmendmentEvent(data=amendment) if register is not None:
                return Readmitted(taken, amended(register, amendment))
            case DeclarationEvent(data=declared) if register is not None and declared.ballot_id in register.contests:
                figures = Taken(figures_digest(declared), sequence)
                return Readmitted(taken, revision=Revision(declared.ballot_id, declared.revision, figures))
    except KeyError as error:
        raise _unlisted(str(error)) from error
    if isinstance(event, DeclarationEvent) and register is not None:
        raise _unlisted(repr(event.data.ballot_id))
    raise NotFromIngest("it comes before the register" if register is None else "it is a second register")


def _unlisted(name: str) -> NotFromIngest:
    return NotFromIngest(f"it is about {name}, which the register does not list")


def _event(ledger_entry: bytes) -> LedgerEvent:
    try:
        return read_ledger_event(ledger_entry)
    except ValidationError as error:
        message = f"it is no event as ingest accepts it ({error.errors()[0]['msg']})"
        raise NotFromIngest(message) from error
