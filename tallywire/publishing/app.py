"""The routes of the publishing service."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from redis.asyncio import Redis
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from schemas.rehearsals import is_rehearsal
from schemas.wire import NATIONAL
from streams.servers import Readable
from tallywire.publishing import atom, nist, spreadsheets
from tallywire.publishing.api_keys import ApiKeys
from tallywire.publishing.cursor import Cursor
from tallywire.publishing.deposits import deposit_answer
from tallywire.publishing.documents import View
from tallywire.publishing.door import METHODS, Door
from tallywire.publishing.filters import FEEDS, PARAMETERS, Filter, body_feed, read_filter, region_feed
from tallywire.publishing.following import Election, Elections, State
from tallywire.publishing.front import Front
from tallywire.publishing.history import NEVER
from tallywire.publishing.kept import Kept
from tallywire.publishing.ledger_pages import range_answer, read_range
from tallywire.publishing.pages import LIVE, PAST, Page, Pages, answer
from tallywire.publishing.parameters import checked
from tallywire.publishing.streaming import Streaming
from tallywire.web.problems import NotTaken, Problem, bad_request, not_found, unavailable

JSON: Final = "application/json"

OVERDUE_S: Final = 5
"""How long a list of what is overdue may be kept, in seconds."""

NO_LICENCE: Final = "not stated by who runs this service"

Make = Callable[[View, Request], bytes]


@dataclass(frozen=True, slots=True)
class Document:
    """What is said of an election at any moment."""

    make: Make
    """Makes it."""
    media_type: str = JSON
    file: str = ""
    """What it is called, behind the election's id, where it is kept as a file."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the operator says of the service."""

    licence: str = NO_LICENCE
    """Under which its feed may be used."""
    readers_max: int = 20_000
    """Readers of feeds at once. Each takes a connection, and up to 100 KB while it takes nothing."""
    stream_s: float = float("inf")
    """How long a stream lasts, in seconds. Behind a cache that shares one among readers: five minutes."""
    public_url: str = ""
    """Where the service is reached from outside. Links begin with it, never with what a request says; where it is empty
    they are relative."""
    api_keys: Path | None = None
    """The file of the API keys that readers need; None where everybody may read."""


class Publishing:
    """What the routes stand on.

    Args:
        servers: where the elections are.
        settings: what the operator says.
    """

    def __init__(self, servers: "Readable[Redis]", settings: Settings) -> None:
        self.settings = settings
        self.elections = Elections(servers)
        self.streaming = Streaming(self.elections, settings.readers_max, settings.stream_s)
        self.pages = Pages()

    def election(self, name: str) -> Election:
        """Return an election that can be shown.

        Raises:
            NotTaken: there is none of that id, or it has not been read yet.
        """
        election = self.elections.known.get(name)
        if election is None:
            if not self.elections.listed:
                raise unavailable("The list of elections has not been read yet. Try again.")
            raise not_found(f"There is no election {name[:200]}. /v1/elections lists them.")
        if not election.read:
            raise unavailable(f"{name} is being read: {election.reason} Try again.")
        return election

    def stop(self) -> None:
        """End every stream."""
        self.elections.end()


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

    app = Starlette(
        routes=checked(routes(publishing)),
        middleware=[Middleware(Door, keys=keys)],
        lifespan=lifespan,
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
        return shown(f"/{name}.csv", make, spreadsheets.MEDIA_TYPE, f"{name}.csv")

    tables = spreadsheets.Tables()
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
            at = request.query_params.get("at")
            if at is None:
                return self._page(request, election, election.history.last, document, LIVE)
            place = _place(election, at)
            if isinstance(place, datetime):
                return _redirect(request, election, place)
            return self._page(request, election, place, document, PAST)

        return endpoint

    def _page(self, request: Request, election: Election, place: int, document: Document, caching: str) -> Response:
        history = election.history
        moment = history.moments[place]
        key = (request.scope["path"], *_kept_parameters(request), str(moment.cursor), history.election)

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

        return answer(request, self._publishing.pages.get(key, made), f"public, {caching}", _headers(election))

    async def overdue(self, request: Request) -> Response:
        """Answer with what is later than expected."""
        election = self._publishing.election(request.path_params["election"])
        view = View(election.history, election.history.last, self._publishing.settings.licence)
        page = Page(view.overdue_document(view.clock(datetime.now(UTC))), JSON)
        return answer(request, page, f"public, max-age={OVERDUE_S}", _headers(election))

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
        reasons = [f"{name}: {each.reason}" for name, each in known.items() if each.state is not State.LIVE]
        if not self._publishing.elections.listed:
            reasons.append("The list of elections has not been read yet.")
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
        end, caching = election.history.now.cursor.ledger, LIVE
        at = request.query_params.get("at")
        if at is not None:
            place = _place(election, at)
            if isinstance(place, datetime):
                return _redirect(request, election, place)
            end, caching = election.history.moments[place].cursor.ledger, PAST
        wanted = read_range(request.query_params, end)
        return range_answer(
            request,
            election.history,
            wanted,
            pages=self._publishing.pages,
            caching=f"public, {caching}",
            headers=_headers(election),
        )

    async def checkpoint(self, request: Request) -> Response:
        """Answer with the signed head that was deposited."""
        election = self._publishing.election(request.path_params["election"])
        history = election.history
        shown = history.now.cursor.ledger
        return deposit_answer(request, history.election, election.deposit, shown, _headers(election))


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


def _redirect(request: Request, election: Election, when: datetime) -> Response:
    """Send a reader who asks for a time to the cursor of the last moment not later."""
    cursor = election.history.moments[election.history.moment_at(when)].cursor
    others = [(name, value) for name, value in request.query_params.multi_items() if name != "at"]
    # The path alone: the host is the sender's word.
    url = f"{request.url.path}?{urlencode([*others, ('at', str(cursor))])}"
    return RedirectResponse(url, 307, {"Cache-Control": "no-store"})


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


def _headers(election: Election) -> dict[str, str]:
    return {"Tallywire-State": election.state.value, "Tallywire-Cursor": str(election.history.now.cursor)}


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
        return NotTaken(problem, {"Allow": METHODS}).response()
    return not_found(f"There is nothing at {request.url.path[:200]}. /v1/elections lists what there is.").response()
