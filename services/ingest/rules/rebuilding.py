"""From the ledger back to what ingest remembers: what it would know had it just accepted every entry.

The law: folding a ledger with ``readmit`` gives the register, the revisions and the ids that ``judge`` had kept when
it wrote that ledger, to the byte. So an election moves between servers with its ledger alone.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from pydantic import ValidationError

from schemas.events import LEDGER_EVENT, AmendmentEvent, DeclarationEvent, LedgerEvent, RegisterEvent
from schemas.register import Register
from services.amending import amended
from services.ingest.rules.intake import Revisions, Taken, digest, event_key, figures_digest

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
    contests: Mapping[str, Revisions] = field(default_factory=dict)
    """By ballot id, the revisions from now on of the contests that the entry touches."""


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


def readmit(
    register: Register | None, contests: Mapping[str, Revisions], sequence: int, ledger_entry: bytes
) -> Readmitted:
    """Return what ingest remembers of the next ledger entry.

    Args:
        register: the register as of the entry before; None before the first.
        contests: the revisions as of the entry before, by ballot id.
        sequence: the entry's place on the ledger, from 1.
        ledger_entry: its bytes.

    Raises:
        NotFromIngest: ingest cannot have written it after what came before.
    """
    event = _event(ledger_entry)
    taken = event_key(event.source, event.id), Taken(digest(sent_bytes(ledger_entry)), sequence)
    try:
        match event:
            case RegisterEvent(data=first) if register is None:
                return Readmitted(taken, first, {ballot_id: Revisions({}) for ballot_id in first.contests})
            case AmendmentEvent(data=amendment) if register is not None:
                return Readmitted(taken, amended(register, amendment))
            case DeclarationEvent(data=declared) if register is not None:
                figures = Taken(figures_digest(declared), sequence)
                revisions = contests[declared.ballot_id].plus(declared.revision, figures)
                return Readmitted(taken, contests={declared.ballot_id: revisions})
    except KeyError as error:
        message = f"it is about {error}, which the register does not list"
        raise NotFromIngest(message) from error
    raise NotFromIngest("it comes before the register" if register is None else "it is a second register")


def _event(ledger_entry: bytes) -> LedgerEvent:
    try:
        return LEDGER_EVENT.validate_json(ledger_entry)
    except ValidationError as error:
        message = f"it is no event as ingest accepts it ({error.errors()[0]['msg']})"
        raise NotFromIngest(message) from error
