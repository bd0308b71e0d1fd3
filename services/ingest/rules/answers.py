"""What the sender of an entry is told, and what is kept of an entry that was refused."""

from functools import partial
from typing import Final, assert_never

from schemas.events import ReceiptEvent, RefusalEvent
from schemas.receipt import Receipt, Refusal
from services.ingest.rules.judging import Accepted, Duplicate, Judgement, Refused

SOURCE: Final = "/tallywire/ingest"


def receipt_of(judgement: Judgement) -> ReceiptEvent:
    """Return the receipt: every entry has one."""
    entry = judgement.entry
    return ReceiptEvent(
        id=f"{entry.election}:{entry.id}:receipt",
        source=SOURCE,
        subject=entry.subject or entry.id,
        time=entry.time,
        test=entry.rehearsal,
        data=_receipt(judgement),
    )


def _receipt(judgement: Judgement) -> Receipt:
    answer = partial(Receipt, entry_id=judgement.entry.id, event_id=judgement.entry.event_id)
    match judgement:
        case Accepted(ledger_sequence=place):
            return answer(status="accepted", reasons=(), ledger_sequence=place)
        case Duplicate(ledger_sequence=place):
            return answer(status="duplicate", reasons=(), ledger_sequence=place)
        case Refused(reasons=reasons):
            return answer(status="refused", reasons=reasons, ledger_sequence=None)
        case _:
            assert_never(judgement)


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
