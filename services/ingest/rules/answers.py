"""What the sender of an entry is told, and what is kept of an entry that was refused."""

from collections.abc import Iterator
from typing import Any, assert_never

from schemas.events import ReceiptEvent, RefusalEvent
from schemas.receipt import Reason, Receipt, Refusal
from services.ingest.rules.judgement import SOURCE, Accepted, Duplicate, Held, Judged, Judgement, Refused, Told, Waiting


def receipts_of(judgement: Judgement) -> Iterator[ReceiptEvent]:
    """Return the receipts: every entry has one, and what it decides about earlier ones is told to their senders."""
    yield receipt_of(judgement)
    if isinstance(judgement, Accepted | Waiting):
        yield from map(_told, judgement.told)


def receipt_of(judgement: Judgement) -> ReceiptEvent:
    """Return the receipt of the entry itself."""
    match judgement:
        case Accepted(entry=entry, ledger_sequence=place, stands=stands):
            return _receipt(entry, status="accepted", ledger_sequence=place, stands=stands)
        case Duplicate(entry=entry, ledger_sequence=place, stands=stands, hold=hold, decided=decided):
            return _receipt(entry, status="duplicate", ledger_sequence=place, stands=stands, hold=hold, decided=decided)
        case Held(entry=entry, reasons=reasons, hold=hold):
            return _receipt(entry, status="held", reasons=reasons, hold=hold)
        case Waiting(entry=entry, entered=entered):
            return _receipt(entry, status="entered", entered=entered)
        case Refused(entry=entry, reasons=reasons, hold=hold, decided=decided):
            return _receipt(entry, status="refused", reasons=reasons, hold=hold, decided=decided)
        case _:
            assert_never(judgement)


def _told(told: Told) -> ReceiptEvent:
    """Return another receipt of an earlier entry: its id names the entry that brings it about."""
    return _receipt(
        told.entry,
        by=f":{told.by}",
        status=told.status,
        reasons=told.reasons,
        ledger_sequence=told.ledger_sequence,
        hold=told.hold,
        decided=told.decided,
        entered=told.entered,
        stands=told.stands,
    )


def _receipt(
    entry: Judged,
    *,
    by: str = "",
    reasons: tuple[Reason, ...] = (),
    ledger_sequence: int | None = None,
    **facts: Any,  # noqa: ANN401  # fields of a receipt, which checks them
) -> ReceiptEvent:
    return ReceiptEvent(
        id=f"{entry.election}:{entry.id}:receipt{by}",
        source=SOURCE,
        subject=entry.subject or entry.id,
        time=entry.time,
        test=entry.rehearsal,
        data=Receipt(
            entry_id=entry.id,
            event_id=entry.event_id,
            reasons=reasons,
            ledger_sequence=ledger_sequence,
            signed=entry.person is not None,
            person=entry.person,
            digest=entry.digest,
            **facts,
        ),
    )


def refusal_of(refused: Refused) -> RefusalEvent:
    """Return the dead letter: the reasons, and the entry as it came, as far as there is room."""
    entry = refused.entry
    return RefusalEvent(
        id=f"{entry.election}:{entry.id}:refusal",
        source=SOURCE,
        subject=entry.subject or entry.id,
        time=entry.time,
        test=entry.rehearsal,
        data=Refusal(entry_id=entry.id, reasons=refused.reasons, fields=dict(refused.fields), cut=refused.cut),
    )
