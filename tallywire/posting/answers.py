"""What a receipt becomes over HTTP: a status, and the receipt or the problem."""

from typing import Final

from starlette.responses import JSONResponse, Response

from schemas.events import ReceiptEvent
from tallywire.posting.posting import Waiting
from tallywire.posting.problems import NotTaken, Problem

TAKEN: Final = ("accepted", "duplicate")
"""What a receipt says of a message that is on the ledger."""

CONFLICTS: Final = ("id.reused",)
"""Reasons that say that the same id names another message."""

WAITING_DETAIL: Final = (
    "It is safe on the stream and not judged yet. Ask again at Location, or send it again: a repeat is harmless."
)

EVENT_TYPE: Final = "application/cloudevents+json"


def answer(election: str, outcome: bytes | Waiting) -> Response:
    """Return what to answer.

    Args:
        election: the election that was posted to.
        outcome: the receipt as published, or where it can be asked for.

    Raises:
        NotTaken: it was refused.
    """
    if isinstance(outcome, Waiting):
        headers = {
            "Location": f"/v1/elections/{election}/receipts/{outcome.place}",
            "Retry-After": "2",
            "Cache-Control": "no-store",
        }
        return JSONResponse({"status": "waiting", "detail": WAITING_DETAIL}, 202, headers)
    receipt = ReceiptEvent.model_validate_json(outcome).data
    if receipt.status != "refused":
        # A status that only a later release knows is neither taken nor refused, as far as we can say.
        return Response(outcome, 200 if receipt.status in TAKEN else 202, {"Cache-Control": "no-store"}, EVENT_TYPE)
    conflict = any(reason.code in CONFLICTS for reason in receipt.reasons)
    raise NotTaken(
        Problem(
            title="Conflict" if conflict else "Refused",
            status=409 if conflict else 422,
            detail=" ".join(reason.message for reason in receipt.reasons),
            entry_id=receipt.entry_id,
            event_id=receipt.event_id,
            reasons=receipt.reasons,
        )
    )
