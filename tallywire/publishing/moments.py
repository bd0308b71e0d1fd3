"""Which moment of an election a request asks for."""

from datetime import datetime
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tallywire.publishing.cursor import Cursor
from tallywire.publishing.following import Election
from tallywire.web.problems import NotTaken, Problem, bad_request, not_found


def asked_place(request: Request, election: Election, name: str = "at") -> int | Response:
    """Return the place of the moment that a parameter names, or the redirect to the cursor of the time that it names.

    Args:
        request: the request.
        election: what it is about.
        name: the parameter; where the request does not have it, the last moment is meant.

    Raises:
        NotTaken: it is neither a cursor nor a time, or a cursor of another history or of what has not come about.
    """
    at = request.query_params.get(name)
    if at is None:
        return election.history.last
    place = _place(election, at)
    return place if isinstance(place, int) else _redirect(request, election, place, name)


def moment_headers(election: Election) -> dict[str, str]:
    """Return what every answer about an election says of it."""
    return {"Tallywire-State": election.state.value, "Tallywire-Cursor": str(election.history.now.cursor)}


def _place(election: Election, at: str) -> int | datetime:
    """Return the moment's place that ``at`` names, or the time.

    Raises:
        NotTaken: it is neither, or a cursor of another history or of what has not come about.
    """
    try:
        cursor = Cursor.read(at)
    except ValueError:
        try:
            when = datetime.fromisoformat(at)
        except ValueError:
            when = None
        if when is None or when.tzinfo is None:
            raise bad_request(
                "at is a cursor, l15.r12.t40.h7-3f9c02d1, or a time with its offset, 2024-07-05T02:00:00+01:00."
            ) from None
        return when
    held = election.history.holds(cursor)
    if held is None:
        raise not_found(f"Nothing is known yet at {at}. The election is at {election.history.now.cursor}.")
    if not held:
        raise _other_history(election)
    return election.history.moment_of(cursor)


def _other_history(election: Election) -> NotTaken:
    detail = (
        "That cursor is of another history of this election, which a rebuild or the loss of a server has replaced. "
        f"Take a new snapshot: the election is at {election.history.now.cursor}."
    )
    return NotTaken(Problem(title="Another history", status=410, detail=detail))


def _redirect(request: Request, election: Election, when: datetime, name: str) -> Response:
    """Send a reader who asks for a time to the cursor of the last moment not later."""
    cursor = election.history.moments[election.history.moment_at(when)].cursor
    others = [(key, value) for key, value in request.query_params.multi_items() if key != name]
    # The path alone: the host is the sender's word.
    url = f"{request.url.path}?{urlencode([*others, (name, str(cursor))])}"
    return RedirectResponse(url, 307, {"Cache-Control": "no-store"})
