"""The routes of the posting service."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, FastAPI, Path, Request
from fastapi.responses import JSONResponse
from redis.asyncio import Redis
from redis.exceptions import RedisError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match, Route

from schemas import RELEASE
from schemas.signatures import SIGNATURE_LENGTH_MAX
from streams.keys import NAME_LENGTH_MAX
from streams.servers import Servers
from tallywire.operations.traces import Traces, context_of
from tallywire.pages.serving import problem_page, static_route, wants_page
from tallywire.posting.answers import answer
from tallywire.posting.bodies import read_event
from tallywire.posting.crowd import Crowd
from tallywire.posting.desk.presence import Presence
from tallywire.posting.desk.routes import Desk
from tallywire.posting.desk.watch import Watch
from tallywire.posting.document import (
    CHALLENGE_RESPONSES,
    ENROLMENT_BODY,
    ENROLMENT_RESPONSES,
    FORM_RESPONSES,
    POST_RESPONSES,
    RECEIPT_RESPONSES,
    REQUEST_BODY,
    SESSION_END_RESPONSES,
    SESSION_RESPONSES,
    SIGN_IN_BODY,
    SIGN_IN_RESPONSES,
    document,
)
from tallywire.posting.enrolments import TAKEN, keep_request, require_private
from tallywire.posting.entry.pages import entry_routes
from tallywire.posting.forms import Form, read_form
from tallywire.posting.posting import WAIT_S, WAIT_S_MAX, Posting, trouble
from tallywire.posting.rates import BY_ADDRESS, BY_KEY, FAILURES, Rates
from tallywire.posting.sessions import Sessions, told
from tallywire.posting.settings import NO_SETTINGS, Settings
from tallywire.posting.signatures import HEADER, note_turned_away, require_signature
from tallywire.web.counting import Counted
from tallywire.web.problems import NotTaken, Problem, not_found
from tallywire.web.proxies import sender_address

_WAIT: Final = re.compile(r"(?:^|[,;])\s*wait\s*=\s*\"?([0-9]{1,6})\"?\s*(?:$|[,;])", re.ASCII)

PROBED: Final = ["GET", "HEAD"]
"""How probes ask."""

ELECTION_PATH: Final = "/v1/elections/{election}"

Election = Annotated[str, Path(description="Id of the election: `pcc.2024-05-02`.")]
BallotId = Annotated[str, Path(description="Id of the contest: `pcc.norfolk.2024-05-02`.")]
Place = Annotated[str, Path(description="The last part of a `Location`.")]


def application(servers: "Servers[Redis]", settings: Settings = NO_SETTINGS, traces: Traces | None = None) -> FastAPI:
    """Return the ASGI application.

    Args:
        servers: where the elections are; its clients are those of the event loop that runs the application.
        settings: what the operator says.
        traces: where traces go; None where nobody traces.
    """
    posting = Posting(servers)
    rates = Rates(servers)
    area = "desk" if settings.desk else "posting"
    sessions = Sessions(rates, settings.public_url, area)
    watch = Watch(settings.desk) if settings.desk else None

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        await posting.close()
        if watch is not None:
            watch.close()

    app = FastAPI(
        title="Tallywire: posting declarations",
        version=RELEASE,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        # Its address would be made of what the sender says that the host is.
        redirect_slashes=False,
        exception_handlers={NotTaken: _not_taken, HTTPException: _http_error},
    )
    app.add_middleware(Counted, service="posting")
    app.state.posting = posting
    app.include_router(_senders(posting, rates, traces))
    app.include_router(_sessions(posting, sessions))
    app.include_router(entry_routes(servers, posting, sessions, settings.telephone))
    app.include_router(_probes(posting))
    app.router.routes.append(static_route())
    if watch is not None:
        app.router.routes += Desk(posting, sessions, watch, Presence(servers, area), settings.board).routes()
    app.openapi = lambda: document(app)  # type: ignore[method-assign]  # FastAPI's own way to extend the document
    return app


def _senders(posting: Posting, rates: Rates, traces: Traces | None) -> APIRouter:
    """Return the routes for senders."""
    routes = APIRouter(prefix=ELECTION_PATH)
    servers, crowd = rates.servers, Crowd()

    @routes.post(
        "/declarations",
        operation_id="postDeclaration",
        summary="Post a declaration, and get its receipt",
        responses=POST_RESPONSES,
        openapi_extra=REQUEST_BODY,
        response_class=Response,
    )
    async def post_declaration(election: Election, request: Request) -> Response:
        """Append one event to the election's stream and wait for what becomes of it.

        Sending the same bytes again is harmless, and is the way to ask what became of them.
        """
        content = await read_event(request)
        with crowd.entered(), _traced(traces, election, request) as context:
            signature = await _signature(posting, rates, election, request, content)
            outcome = await posting.post(election, content, signature, _wait_s(request, WAIT_S), context)
            return answer(election, outcome)

    @routes.post(
        "/enrolments",
        operation_id="postEnrolment",
        summary="Ask for a key to be enrolled",
        responses=ENROLMENT_RESPONSES,
        openapi_extra=ENROLMENT_BODY,
        response_class=Response,
    )
    async def post_enrolment(election: Election, request: Request) -> Response:
        """Keep a request for the operator, who has invited its sender. It is signed with the key that it asks for."""
        require_private(request)
        content = await read_event(request)
        await posting.require_loaded(election)
        with crowd.entered():
            try:
                await rates.require(election, FAILURES, sender_address(request), len(content))
                key_id = await keep_request(servers, election, content, request.headers.get(HEADER, ""))
            except RedisError as error:
                raise trouble(error) from error
        told = {"status": "waiting", "key_id": key_id, "detail": TAKEN}
        return JSONResponse(told, 202, {"Cache-Control": "no-store"})

    @routes.get(
        "/receipts/{place}",
        operation_id="getReceipt",
        summary="Get a receipt that took longer",
        responses=RECEIPT_RESPONSES,
        response_class=Response,
    )
    async def get_receipt(election: Election, place: Place, request: Request) -> Response:
        """Answer as the post would have, at the `Location` that it named, for a day."""
        with crowd.entered():
            return answer(election, await posting.look(election, place, _wait_s(request, 0)))

    @routes.get(
        "/contests/{ballot_id}/form",
        operation_id="getForm",
        summary="Get what a declaration is filled in with",
        responses=FORM_RESPONSES,
    )
    async def get_form(election: Election, ballot_id: BallotId) -> Form:
        """Return who stands, in the order of the ballot paper, with the ids that a declaration uses."""
        await posting.require_loaded(election)
        try:
            form = await read_form(servers, election, ballot_id)
        except RedisError as error:
            raise trouble(error) from error
        if form is None:
            raise not_found(f"The election {election} has no contest of that id.")
        return form

    return routes


def _sessions(posting: Posting, sessions: Sessions) -> APIRouter:
    """Return the routes with which people sign in and out."""
    routes = APIRouter(prefix=f"{ELECTION_PATH}/sessions")
    crowd = Crowd()

    @routes.post(
        "/challenge",
        operation_id="postChallenge",
        summary="Get what is signed to sign in",
        status_code=201,
        responses=CHALLENGE_RESPONSES,
        response_class=Response,
    )
    async def post_challenge(election: Election, request: Request) -> Response:
        """Draw a challenge. It can be used once, within two minutes."""
        await posting.require_loaded(election)
        with crowd.entered():
            return await sessions.challenge(request, election)

    @routes.post(
        "",
        operation_id="postSession",
        summary="Sign in",
        status_code=201,
        responses=SIGN_IN_RESPONSES,
        openapi_extra=SIGN_IN_BODY,
        response_class=Response,
    )
    async def post_session(election: Election, request: Request) -> Response:
        """Begin a session for whoever has signed a challenge; its cookie lets a browser read, and nothing else."""
        content = await read_event(request)
        await posting.require_loaded(election)
        with crowd.entered():
            return await sessions.begin(request, election, content)

    @routes.get(
        "",
        operation_id="getSession",
        summary="Ask who is signed in",
        responses=SESSION_RESPONSES,
        response_class=Response,
    )
    async def get_session(election: Election, request: Request) -> Response:
        """Say who is signed in with the cookie of this request."""
        await posting.require_loaded(election)
        with crowd.entered():
            signed_in = await sessions.person(request, election)
        return JSONResponse(told(signed_in), headers={"Cache-Control": "no-store"})

    @routes.delete(
        "",
        operation_id="deleteSession",
        summary="Sign out",
        status_code=204,
        responses=SESSION_END_RESPONSES,
        response_class=Response,
    )
    async def delete_session(election: Election, request: Request) -> Response:
        """End the session of this request."""
        await posting.require_loaded(election)
        with crowd.entered():
            return await sessions.end(request, election)

    return routes


async def _signature(posting: Posting, rates: Rates, election: str, request: Request, content: bytes) -> str | None:
    """Return the signature of a post, once it has been looked at and counted; None where there is none.

    Raises:
        NotTaken: it does not hold, the post is one too many, there is no such election, or what is behind is away.
    """
    await posting.require_loaded(election)
    signature, address = request.headers.get(HEADER), sender_address(request)
    try:
        try:
            key_id = await require_signature(rates.servers, election, content, signature)
        except NotTaken as why:
            # It is not appended: whoever else is at that address may still post.
            await rates.require(election, FAILURES, address, len(content))
            await note_turned_away(rates.servers, election, address, why)
            raise
        if key_id is not None:
            # From this address: what is published is signed, and anybody may send it once more.
            await rates.require(election, BY_KEY, f"{key_id}:{address}", len(content))
        await rates.require(election, BY_ADDRESS, address, len(content))
    except RedisError as error:
        raise trouble(error) from error
    # Of an election whose register has just been sent nobody knows yet whether it asks for signatures: ingest does.
    return signature if signature is not None and len(signature) <= SIGNATURE_LENGTH_MAX else None


@contextmanager
def _traced(traces: Traces | None, election: str, request: Request) -> Iterator[str | None]:
    """Trace a post, in the sender's trace where it names one; give the context to write beside its message."""
    if traces is None:
        yield None
        return
    named = request.headers.get("traceparent", "").encode("latin-1")
    span = traces.begin("post declaration", named, {"tallywire.election": election[:NAME_LENGTH_MAX]})
    try:
        yield context_of(span)
    except NotTaken as why:
        span.set_attribute("http.response.status_code", why.problem.status)
        raise
    finally:
        span.end()


def _probes(posting: Posting) -> APIRouter:
    """Return the routes for whoever keeps the process running."""
    routes = APIRouter(prefix="/health", include_in_schema=False)

    @routes.api_route("/live", methods=PROBED)
    async def live() -> JSONResponse:
        """Say that the process runs."""
        return JSONResponse({"live": True, "reasons": []}, headers={"Cache-Control": "no-store"})

    @routes.api_route("/ready", methods=PROBED)
    async def ready() -> JSONResponse:
        """Say whether anything can be posted."""
        reasons = posting.why_ending() or tuple(filter(None, [await posting.why_not_ready()]))
        body = {"ready": not reasons, "reasons": reasons}
        return JSONResponse(body, 503 if reasons else 200, {"Cache-Control": "no-store"})

    return routes


def _said_to(request: Request, why: NotTaken) -> Response:
    """Return what is said to somebody whose request is not answered: a page to who looks at pages, else JSON."""
    looked_at = not request.url.path.startswith("/v1/") and wants_page(request)
    return problem_page(why) if looked_at else why.response()


async def _not_taken(request: Request, found: Exception) -> Response:
    assert isinstance(found, NotTaken)  # noqa: S101  # registered for that
    return _said_to(request, found)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  # as above
    title, headers = str(error.detail), dict(error.headers or {})
    detail = {404: "There is no such page.", 405: "This page does not answer that method."}.get(
        error.status_code, title
    )
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(sorted(_methods(request)))
    return _said_to(request, NotTaken(Problem(title=title, status=error.status_code, detail=detail), headers))


def _methods(request: Request) -> set[str]:
    """Return the methods that an address answers: each has a route of its own, and Starlette names the first one's."""
    routes = (route for route in request.app.routes if isinstance(route, Route))
    return {
        method
        for route in routes
        if route.matches(request.scope)[0] is not Match.NONE
        for method in route.methods or ()
    }


def _wait_s(request: Request, default_s: float) -> float:
    """Return how long the sender wants to wait for a receipt: ``Prefer: wait=5`` (RFC 7240), in seconds."""
    preferred = _WAIT.search(request.headers.get("prefer", ""))
    return min(float(preferred[1]), WAIT_S_MAX) if preferred else default_s
