"""What a receipt becomes over HTTP: a status, and the receipt or the problem."""

from typing import Final, get_args

import structlog
from starlette.responses import JSONResponse, Response

from schemas.events import ReceiptEvent
from schemas.receipt import Status
from services.shell import ID_LENGTH_MAX
from tallywire.operations.counts import POSTS
from tallywire.posting.posting import Waiting
from tallywire.web.problems import NotTaken, Problem

log = structlog.get_logger()

STATUSES: Final = frozenset(get_args(Status))
"""What a receipt may say in this release."""

TAKEN: Final = ("accepted", "duplicate")
"""What a receipt says of a message that is on the ledger."""

CONFLICTS: Final = frozenset({"id.reused", "id.second_source"})
"""Reasons that say that the same id names another message."""

FORBIDDEN: Final = frozenset(
    {
        "key.retired",
        "key.expired",
        "key.not_yet_valid",
        "key.other_contest",
        "key.may_not",
        "key.corrects_only",
        "confirmation.own",
        "entries.missing",
    }
)
"""Reasons that say that whoever has signed it may not send it."""

WAITING_DETAIL: Final = (
    "It is safe on the stream and not judged yet. Ask again at Location, or send it again: a repeat is harmless."
)

PARKED_DETAIL: Final = (
    "We have it, and a fault of ours keeps it from being judged: an operator has to act. Do not send it again before "
    "that; ring the desk if it is urgent."
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
        POSTS.labels(election, "waiting").inc()
        log.info("post.answered", election=election, status="waiting")
        headers = {
            "Location": f"/v1/elections/{election}/receipts/{outcome.place}",
            "Retry-After": "2",
            "Cache-Control": "no-store",
        }
        detail = PARKED_DETAIL if outcome.parked else WAITING_DETAIL
        return JSONResponse({"status": "waiting", "detail": detail}, 202, headers)
    told = ReceiptEvent.model_validate_json(outcome)
    receipt = told.data
    known = receipt.status if receipt.status in STATUSES else "other"
    POSTS.labels(election, known).inc()
    log.info("post.answered", election=election, entry=receipt.entry_id, **_ids(told), status=known)
    if receipt.status != "refused":
        # A status that only a later release knows is neither taken nor refused, as far as we can say.
        return Response(outcome, 200 if receipt.status in TAKEN else 202, {"Cache-Control": "no-store"}, EVENT_TYPE)
    status, title = _refusal({reason.code for reason in receipt.reasons})
    raise NotTaken(
        Problem(
            title=title,
            status=status,
            detail=" ".join(reason.message for reason in receipt.reasons),
            entry_id=receipt.entry_id,
            event_id=receipt.event_id,
            reasons=receipt.reasons,
            hold=receipt.hold,
            decided=receipt.decided,
        )
    )


def _ids(receipt: ReceiptEvent) -> dict[str, str]:
    """Return the ids of the event that a receipt is for, for a log."""
    ids = {"event_id": receipt.data.event_id, "ballot": receipt.subject}
    return {name: value[:ID_LENGTH_MAX] for name, value in ids.items() if value is not None}


def _refusal(codes: set[str]) -> tuple[int, str]:
    """Return status and title of a refusal."""
    if any(code.startswith("signature.") for code in codes):
        # The key was retired, or the election loaded anew, between our look and ingest's.
        return 401, "Not signed"
    if codes & FORBIDDEN:
        return 403, "Not allowed"
    return (409, "Conflict") if codes & CONFLICTS else (422, "Refused")
