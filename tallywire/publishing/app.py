"""The routes of the publishing service."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final

from redis.asyncio import Redis
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from schemas.rehearsals import is_rehearsal
from schemas.wire import NATIONAL
from streams.servers import Readable
from tallywire.pages.serving import static_route
from tallywire.publishing import atom, nist
from tallywire.publishing.api_keys import ApiKeys
from tallywire.publishing.board.routes import board_routes
from tallywire.publishing.deposits import deposit_answer
from tallywire.publishing.documents import View
from tallywire.publishing.door import METHODS, Door, said_to
from tallywire.publishing.filters import FEEDS, PARAMETERS, Filter, body_feed, read_filter, region_feed
from tallywire.publishing.following import Election
from tallywire.publishing.front import Front
from tallywire.publishing.history import NEVER
from tallywire.publishing.kept import Kept
from tallywire.publishing.ledger_pages import range_answer, read_range
from tallywire.publishing.moments import asked_place, moment_headers
from tallywire.publishing.parameters import checked
from tallywire.publishing.publishing import Publishing
from tallywire.publishing.settings import Settings
from tallywire.publishing.spreadsheets.tables import Tables
from tallywire.publishing.spreadsheets.writing import MEDIA_TYPE
from tallywire.web.answers import LIVE, PAST, Page, answer
from tallywire.web.counting import Counted
from tallywire.web.problems import NotTaken, Problem, bad_request, not_found, unavailable

JSON: Final = "application/json"

OVERDUE_S: Final = 5
"""How long a list of what is overdue may be kept, in seconds."""

Make = Callable[[View, Request], bytes]


@dataclass(frozen=True, slots=True)
class Document:
    """What is said of an election at any moment."""

    make: Make
    """Makes it."""
    media_type: str = JSON
    file: str = ""
    """What it is called, behind the election's id, where it is kept as a file."""


def application(servers: "Readable[Redis]", settings: Settings | None = None) -> Starlette:
    """Return the ASGI application.

    Args:
        servers: where the elections are; its clients are those of the event loop that runs the application.
        settings: what the operator says.
    """
    settings = settings or Settings()
    publishing = Publishing(servers, settings)
    keys = ApiKeys(settings.api_keys) if settings.api_keys is not None else None

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(publishing.elections.follow(), name="follow elections")]
        if keys is not None:
            tasks.append(asyncio.create_task(keys.keep_reading(), name="read API keys"))
        yield
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)

    app = asgi(publishing, keys)
    app.router.lifespan_context = lifespan
    return app


def asgi(publishing: Publishing, keys: ApiKeys | None = None) -> Starlette:
    """Return the routes behind their door; nothing is followed yet."""
    app = Starlette(
        routes=checked(routes(publishing)),
        middleware=[Middleware(Counted, service="publishing"), Middleware(Door, keys=keys)],
        # What else goes wrong is answered by the door.
        exception_handlers={HTTPException: _http_error},
    )
    app.router.redirect_slashes = False
    app.state.publishing = publishing
    return app


def routes(publishing: Publishing) -> list[Route]:
    """Return the routes for readers."""
    election = "/v1/elections/{election}"
    documents = _Documents(publishing)
    events = _Feeds(publishing)
    evidence = _Evidence(publishing)

    def shown(path: str, make: Make, media_type: str = JSON, file: str = "") -> Route:
        return Route(f"{election}{path}", documents.shown(Document(make, media_type, file)), methods=["GET"])

    def table(name: str, make: Make) -> Route:
        return shown(f"/{name}.csv", make, MEDIA_TYPE, f"{name}.csv")

    tables = Tables()
    of_contests: Kept[nist.OfContest] = Kept()

    def nist_report(view: View, _request: Request) -> bytes:
        return nist.report(view, publishing.settings.public_url, of_contests)

    def headlines_feed(view: View, request: Request) -> bytes:
        return atom.feed(view, _filter(request), _limit(request), publishing.settings.public_url)

    return [
        shown("/snapshot", lambda view, _request: view.snapshot()),
        shown("/contests", lambda view, _request: view.contests_document()),
        shown("/contests/{ballot_id}", lambda view, request: view.contest_document(request.path_params["ballot_id"])),
        shown("/regions", lambda view, _request: view.regions_document()),
        shown("/regions/{slug}", lambda view, request: view.region_document(request.path_params["slug"])),
        shown("/bodies", lambda view, _request: view.bodies_document()),
        shown("/bodies/{slug}", lambda view, request: view.body_document(request.path_params["slug"])),
        shown("/headlines", lambda view, request: view.headlines_document(_filter(request), _limit(request))),
        table("contests", lambda view, _request: tables.contests(view)),
        table("candidates", lambda view, _request: tables.candidates(view)),
        table("stages", lambda view, _request: tables.stages(view)),
        table("seats", lambda view, _request: tables.seats(view)),
        table("regions", lambda view, _request: tables.regions(view)),
        table("bodies", lambda view, _request: tables.bodies(view)),
        table("headlines", lambda view, request: tables.headlines(view, _filter(request), _limit(request))),
        shown("/nist.json", nist_report, file="nist.json"),
        shown("/headlines.atom", headlines_feed, atom.MEDIA_TYPE, "headlines.atom"),
        Route(f"{election}/overdue", documents.overdue, methods=["GET"]),
        Route(f"{election}/ledger", evidence.ledger, methods=["GET"]),
        Route(f"{election}/checkpoint", evidence.checkpoint, methods=["GET"]),
        Route(f"{election}/events", events.filtered, methods=["GET"]),
        Route(f"{election}/events/regions/{{slug}}", events.region, methods=["GET"]),
        Route(f"{election}/events/bodies/{{slug}}", events.body, methods=["GET"]),
        Route(f"{election}/events/{{feed}}", events.named, methods=["GET"]),
        *board_routes(publishing),
        static_route(),
        *Front(publishing.elections).routes(),
        Route("/v1/elections", documents.elections, methods=["GET"]),
        Route("/health/live", _live, methods=["GET"]),
        Route("/health/ready", documents.ready, methods=["GET"]),
    ]


class _Documents:
    """Answers with how an election stands."""

    def __init__(self, publishing: Publishing) -> None:
        self._publishing = publishing

    def shown(self, document: Document) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the endpoint of a document."""

        async def endpoint(request: Request) -> Response:
            name = request.path_params["election"]
            election = self._publishing.election(name)
            if not request.scope["query_string"]:
                # Most requests; reading parameters that are not there takes as long as finding the page.
                return self._page(request, election, election.history.last, document, LIVE)
            place = asked_place(request, election)
            if isinstance(place, Response):
                return place
            caching = PAST if "at" in request.query_params else LIVE
            return self._page(request, election, place, document, caching, _kept_parameters(request))

        return endpoint

    def _page(  # noqa: PLR0913, PLR0917  # what a page depends on
        self,
        request: Request,
        election: Election,
        place: int,
        document: Document,
        caching: str,
        asked: tuple[tuple[str, str], ...] = (),
    ) -> Response:
        history = election.history
        moment = history.moments[place]
        key = (request.scope["path"], *asked, str(moment.cursor), history.election)

        def made() -> Page:
            try:
                content = document.make(View(history, place, self._publishing.settings.licence), request)
            except KeyError as error:
                raise not_found(f"{history.election} has no {str(error.args[0])[:200]} here.") from error
            # Of what came about in the same second, only the last can be told by its time.
            settled = place > 0 and history.moments[place - 1].accepted.replace(
                microsecond=0
            ) < moment.accepted.replace(microsecond=0)
            file = f"{history.election}-{document.file}" if document.file else ""
            return Page(
                content, document.media_type, moment.accepted if moment.accepted > NEVER else None, settled, file
            )

        return answer(request, self._publishing.pages.get(key, made), f"public, {caching}", moment_headers(election))

    async def overdue(self, request: Request) -> Response:
        """Answer with what is later than expected."""
        election = self._publishing.election(request.path_params["election"])
        view = View(election.history, election.history.last, self._publishing.settings.licence)
        page = Page(view.overdue_document(view.clock(datetime.now(UTC))), JSON)
        return answer(request, page, f"public, max-age={OVERDUE_S}", moment_headers(election))

    async def elections(self, request: Request) -> Response:
        """Answer with every election there is."""
        if not self._publishing.elections.listed:
            raise unavailable("The list of elections has not been read yet. Try again.")
        listed = [_summary(name, each) for name, each in self._publishing.elections.known.items()]
        page = Page(bytes(JSONResponse({"elections": listed}).body), JSON)
        return answer(request, page, f"public, {LIVE}", {})

    async def ready(self, _request: Request) -> Response:
        """Say whether every election is live."""
        known = self._publishing.elections.known
        reasons = self._publishing.elections.why_not_live()
        states = {name: each.state.value for name, each in known.items()}
        body = {"ready": not reasons, "reasons": reasons, "elections": states}
        return JSONResponse(body, 503 if reasons else 200, {"Cache-Control": "no-store"})


class _Evidence:
    """Answers with what everything else can be recomputed from."""

    def __init__(self, publishing: Publishing) -> None:
        self._publishing = publishing

    async def ledger(self, request: Request) -> Response:
        """Answer with entries of the ledger: as far as it is shown, or was at a cursor."""
        election = self._publishing.election(request.path_params["election"])
        place = asked_place(request, election)
        if isinstance(place, Response):
            return place
        caching = PAST if "at" in request.query_params else LIVE
        wanted = read_range(request.query_params, election.history.moments[place].cursor.ledger)
        return range_answer(
            request,
            election.history,
            wanted,
            pages=self._publishing.pages,
            caching=f"public, {caching}",
            headers=moment_headers(election),
        )

    async def checkpoint(self, request: Request) -> Response:
        """Answer with the signed head that was deposited."""
        election = self._publishing.election(request.path_params["election"])
        history = election.history
        shown = history.now.cursor.ledger
        return deposit_answer(request, history.election, election.deposit, shown, moment_headers(election))


class _Feeds:
    """Answers with streams of events."""

    def __init__(self, publishing: Publishing) -> None:
        self._publishing = publishing

    async def filtered(self, request: Request) -> Response:
        """Stream all events, or those that a filter selects."""
        return self._stream(request, _filter(request))

    async def named(self, request: Request) -> Response:
        """Stream the events of a feed with a path of its own."""
        wanted = FEEDS.get(request.path_params["feed"])
        if wanted is None:
            raise not_found(f"There is no such feed. There are: {', '.join(FEEDS)}, regions/…, bodies/….")
        return self._stream(request, wanted)

    async def region(self, request: Request) -> Response:
        """Stream what is about a region."""
        slug = request.path_params["slug"]
        self._require(request, "regions", slug)
        return self._stream(request, region_feed(slug))

    async def body(self, request: Request) -> Response:
        """Stream what is about a council or parliament."""
        slug = request.path_params["slug"]
        self._require(request, "bodies", slug)
        return self._stream(request, body_feed(slug))

    def _require(self, request: Request, part: str, slug: str) -> None:
        history = self._publishing.election(request.path_params["election"]).history
        head = history.head
        if head is None or slug not in {*getattr(head, part), *((NATIONAL,) if part == "regions" else ())}:
            raise not_found(f"{history.election} has no {slug[:200]} among its {part}.")

    def _stream(self, request: Request, wanted: Filter) -> Response:
        election = self._publishing.election(request.path_params["election"])
        return self._publishing.streaming.answer(request, election, wanted)


_KEPT: Final = frozenset({*PARAMETERS, "last"})
"""Parameters that make another page."""


def _kept_parameters(request: Request) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(item for item in request.query_params.multi_items() if item[0] in _KEPT))


def _filter(request: Request) -> Filter:
    """Return what a reader wants.

    Raises:
        NotTaken: a parameter cannot be.
    """
    try:
        return read_filter(request.query_params.multi_items())
    except ValueError as error:
        raise bad_request(str(error)) from error


def _limit(request: Request) -> int | None:
    """Return how many of the last headlines are wanted.

    Raises:
        NotTaken: that is no number.
    """
    last = request.query_params.get("last")
    if last is None:
        return None
    if not re.fullmatch(r"[0-9]{1,6}", last):
        raise bad_request("last is how many of the last headlines you want: a whole number.")
    return int(last)


def _summary(name: str, election: Election) -> dict[str, object]:
    history = election.history
    head = history.head
    return {
        "election": name,
        "name": None if head is None else head.name,
        # Also before its register is there, and between two rounds of a sandbox.
        "test": is_rehearsal(name) or (head is not None and head.test),
        "state": election.state.value,
        "reason": election.reason or None,
        "closed_since": history.closed_since(history.now.cursor.ledger),
        "cursor": str(history.now.cursor) if election.read else None,
        "snapshot": f"/v1/elections/{name}/snapshot",
        "events": f"/v1/elections/{name}/events",
    }


async def _live(_request: Request) -> Response:
    """Say that the process runs."""
    return JSONResponse({"live": True, "reasons": []}, headers={"Cache-Control": "no-store"})


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  # it is registered for these alone
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        problem = Problem(title="Method not allowed", status=405, detail="Pages are read with GET or HEAD.")
        return said_to(request.scope, NotTaken(problem, {"Allow": METHODS}))
    nothing = not_found(f"There is nothing at {request.url.path[:200]}. /v1/elections lists what there is.")
    return said_to(request.scope, nothing)
