"""What a sender is told when something was not taken: problem details, RFC 9457."""

from typing import Final

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.responses import Response

from schemas.receipt import Decided, Reason

MEDIA_TYPE: Final = "application/problem+json"

RETRY_AFTER_S: Final = 2
"""When to try again where nothing better is known: a service that was killed is back within two seconds."""


class Problem(BaseModel):
    """Why something was not taken."""

    model_config = ConfigDict(extra="allow", frozen=True)

    type: str = "about:blank"
    """RFC 9457 names a kind of problem by a URI; ``about:blank`` says that the status says it all."""
    title: str
    """What the status means, in a few words."""
    status: int
    """The HTTP status."""
    detail: str
    """What is wrong in this case, and what to do."""
    entry_id: str | None = None
    """Id of the entry on the declarations stream; null where nothing was appended."""
    event_id: str | None = None
    """The sender's event id, where it could be read."""
    reasons: tuple[Reason, ...] = ()
    """Everything that is wrong with a refused entry; docs/reasons.md lists the codes."""
    hold: int | None = None
    """Where it was held, on the ledger; null for what never was."""
    decided: Decided | None = None
    """What a second person has decided about it; null where it never was held."""


class NotTaken(Exception):  # noqa: N818  # not an error of ours: it ends a request with a problem
    """A request cannot be done.

    Args:
        problem: what to answer.
        headers: headers of the answer.
    """

    def __init__(self, problem: Problem, headers: dict[str, str] | None = None) -> None:
        super().__init__(problem.detail)
        self.problem = problem
        self.headers = headers or {}

    def response(self) -> Response:
        """Return the answer."""
        body = self.problem.model_dump_json(exclude_defaults=True)
        return Response(body, self.problem.status, {**self.headers, "Cache-Control": "no-store"}, MEDIA_TYPE)


def bad_request(detail: str) -> NotTaken:
    """The request itself is malformed."""
    return NotTaken(Problem(title="Malformed request", status=400, detail=detail))


def unreadable(error: ValidationError, advice: str) -> NotTaken:
    """The body is not what is read there: where, why, and what to send instead."""
    wrong = error.errors()[0]
    return bad_request(f"{'.'.join(map(str, wrong['loc']))}: {wrong['msg']}. {advice}")


def not_found(detail: str) -> NotTaken:
    """There is no such election, contest or page."""
    return NotTaken(Problem(title="Not found", status=404, detail=detail))


def too_large(limit: int) -> NotTaken:
    """The body is longer than anything that may be sent."""
    detail = (
        f"The body is longer than {limit:,} bytes, which is as long as a declaration may be. Send one event a request."
    )
    return NotTaken(Problem(title="Too large", status=413, detail=detail))


def unsupported(detail: str) -> NotTaken:
    """The body is not in a form that is read here."""
    return NotTaken(
        Problem(title="Unsupported media type", status=415, detail=detail),
        {"Accept-Post": "application/cloudevents+json, application/json"},
    )


def unavailable(detail: str, retry_after_s: int = RETRY_AFTER_S) -> NotTaken:
    """What is behind this service is away, full or emptied. Trying again is harmless."""
    return NotTaken(Problem(title="Not available now", status=503, detail=detail), {"Retry-After": str(retry_after_s)})
