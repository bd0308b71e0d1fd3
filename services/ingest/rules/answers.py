"""What the sender of an entry is told, and what is kept of an entry that was refused."""

from typing import Final, assert_never

from schemas.events import ReceiptEvent, RefusalEvent
from schemas.receipt import Reason, Receipt, Refusal, Stands, Status
from services.ingest.rules.judging import Accepted, Duplicate, Judged, Judgement, Refused

SOURCE: Final = "/tallywire/ingest"


def receipt_of(judgement: Judgement) -> ReceiptEvent:
    """Return the receipt: every entry has one."""
    match judgement:
        case Accepted(entry=entry, ledger_sequence=place, stands=stands):
            return _receipt(entry, "accepted", (), place, stands)
        case Duplicate(entry=entry, ledger_sequence=place, stands=stands):
            return _receipt(entry, "duplicate", (), place, stands)
        case Refused(entry=entry, reasons=reasons):
            return _receipt(entry, "refused", reasons, None)
        case _:
            assert_never(judgement)


def _receipt(
    entry: Judged, status: Status, reasons: tuple[Reason, ...], sequence: int | None, stands: Stands | None = None
) -> ReceiptEvent:
    return ReceiptEvent(
        id=f"{entry.election}:{entry.id}:receipt",
        source=SOURCE,
        subject=entry.subject or entry.id,
        time=entry.time,
        test=entry.rehearsal,
        data=Receipt(
            status=status,
            entry_id=entry.id,
            event_id=entry.event_id,
            reasons=reasons,
            ledger_sequence=sequence,
            stands=stands,
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
