"""The signed head that somebody elsewhere has deposited, as it is shown to readers. Nothing of it is verified here.

Who holds the ledger and the signer's public key can: ``tallywire verify URL --public-key FILE``.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from tallywire.evidence.checkpoint import Checkpoint, stated_checkpoint
from tallywire.evidence.signed_notes import NoteFault
from tallywire.web.answers import LIVE, Page, answer
from tallywire.web.problems import NotTaken, Problem, not_found

NOTE: Final = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Deposit:
    """A signed head, and when it came."""

    note: str
    """As it was deposited."""
    deposited: str
    """When, by the server's clock."""


def read_deposit(note: bytes | None, deposited: bytes | None) -> Deposit | None:
    """Return what was deposited; None where nothing was."""
    if note is None:
        return None
    return Deposit(note.decode(errors="replace"), (deposited or b"").decode(errors="replace"))


def deposit_answer(
    request: Request, election: str, deposit: Deposit | None, ledger: int, headers: Mapping[str, str]
) -> Response:
    """Return the answer with a signed head: as it is, or, where the reader accepts JSON, with what it says.

    Args:
        request: the request.
        election: whose head it should be.
        deposit: what was deposited.
        ledger: entries of the ledger that are shown.
        headers: further headers.

    Raises:
        NotTaken: there is none, or it is not shown: it is another election's, or of more entries than are shown.
    """
    if deposit is None:
        raise not_found(
            f"No signed head of {election} has been deposited. Whoever signs does so with `tallywire checkpoint "
            "--deposit`."
        )
    head = _head(deposit)
    if head is None:
        raise _not_shown("What has been deposited is no head of a ledger.")
    if head.election != election:
        raise _not_shown(f"What has been deposited is a head of {head.election}.")
    if head.size > ledger:
        raise _not_shown(
            f"The head that has been deposited is of {head.size:,} entries, and {ledger:,} are shown here: either this "
            "service is behind, or the ledger was cut."
        )
    age_s = _age_s(deposit)
    said = {
        **headers,
        "Vary": "Accept, Accept-Encoding",
        "Tallywire-Checkpoint-Size": str(head.size),
        **({} if age_s is None else {"Tallywire-Checkpoint-Age": str(age_s)}),
    }
    if "application/json" in request.headers.get("accept", ""):
        document = {
            "election": election,
            "size": head.size,
            "deposited": deposit.deposited,
            "age_s": age_s,
            "note": deposit.note,
        }
        page = Page(json.dumps(document, ensure_ascii=False).encode(), "application/json")
    else:
        page = Page(deposit.note.encode(), NOTE)
    return answer(request, page, f"public, {LIVE}", said)


def _head(deposit: Deposit) -> Checkpoint | None:
    try:
        return stated_checkpoint(deposit.note)
    except NoteFault:
        return None


def _age_s(deposit: Deposit) -> int | None:
    try:
        since = datetime.now(UTC) - datetime.fromisoformat(deposit.deposited)
    except (ValueError, TypeError):
        return None
    return max(0, int(since.total_seconds()))


def _not_shown(detail: str) -> NotTaken:
    return NotTaken(Problem(title="Not shown", status=HTTPStatus.CONFLICT, detail=f"{detail} It is not shown."))
