"""The routes of the entry pages. They are for browsers: the OpenAPI document does not name them."""

import json
from typing import Final, cast

from fastapi import APIRouter, Request
from redis.asyncio import Redis
from redis.exceptions import RedisError
from starlette.responses import JSONResponse, Response

from schemas import tables
from schemas.signatures import KEY_ID
from services.ingest.rules.signed_state import KEYS
from streams.keys import CATALOGUE, Partition
from streams.servers import Servers
from tallywire.client.connection import elections_in
from tallywire.client.snapshot import HEAD
from tallywire.pages import files
from tallywire.pages.policy import HEADERS
from tallywire.pages.rendering import render
from tallywire.pages.serving import page_of
from tallywire.posting.bodies import read_event
from tallywire.posting.entry.noted import odd_steps
from tallywire.posting.entry.readings import Readings
from tallywire.posting.entry.words import DEFAULT, catalogues, say
from tallywire.posting.posting import Posting, trouble
from tallywire.posting.sessions import Sessions, SignedIn
from tallywire.web.answers import Page, answer
from tallywire.web.problems import not_found

PACKAGE: Final = "tallywire.posting.entry"

_WORKER: Final = "enter-worker.js"

ENTER: Final = (
    "enter.js",
    *sorted(name for name in files.names() if name.startswith("enter-") and name.endswith(".js") and name != _WORKER),
    "people.js",
    "figures.js",
    "stages.js",
    "numbers.js",
    "elements.js",
    "words.js",
    "lean-qr.js",
)
"""Scripts of the entry page, which works without a connection once it was loaded."""

STYLES: Final = ("tallywire.css", "enter.css", "tallywire.svg")

_NO_STORE: Final = {"Cache-Control": "no-store"}


def entry_routes(servers: "Servers[Redis]", posting: Posting, sessions: Sessions, telephone: str = "") -> APIRouter:
    """Return the routes.

    Args:
        servers: where the elections are.
        posting: which elections are loaded.
        sessions: who is signed in.
        telephone: the desk's number, as it is to be shown; empty where nobody said.
    """
    routes = APIRouter(include_in_schema=False)
    routes.include_router(_pages(servers, telephone))
    routes.include_router(_for_anybody(servers, posting))
    routes.include_router(_for_the_signed_in(servers, posting, sessions))
    return routes


def _pages(servers: "Servers[Redis]", telephone: str) -> APIRouter:
    """Return the routes of the pages themselves."""
    routes = APIRouter()

    async def page(request: Request, name: str, script: str) -> Response:
        language = request.query_params.get("lang", DEFAULT)
        content = render(
            PACKAGE,
            "entry.html",
            language=language if language in catalogues() else DEFAULT,
            title=say(language if language in catalogues() else DEFAULT, name),
            here=request.url.path,
            script=script,
            # All of them at once: each is found only when the one that imports it was read.
            imported=ENTER[1:] if script == ENTER[0] else (),
            telephone=telephone,
            catalogues=catalogues(),
            elections=await _elections(servers),
            say=say,
        )
        return answer(request, page_of(content), "no-cache", HEADERS)

    @routes.get("/enter")
    async def enter(request: Request) -> Response:
        """Show the page on which declarations are entered."""
        return await page(request, "page", "enter.js")

    @routes.get("/enrol")
    async def enrol(request: Request) -> Response:
        """Show the page on which a browser makes its key."""
        return await page(request, "enrol.page", "enrol.js")

    @routes.get("/post")
    async def post(request: Request) -> Response:
        """Show the page that sends what was signed on another device."""
        return await page(request, "send.page", "post.js")

    @routes.get("/enter/worker.js")
    async def worker(request: Request) -> Response:
        """Return the script that keeps the page for when there is no connection, with all that it keeps."""
        kept = [files.address(name) for name in (*ENTER, *STYLES)]
        content = f"const KEPT = {json.dumps(kept)}\n{files.content(_WORKER).decode()}"
        page = Page(content.encode(), files.media_type(_WORKER))
        return answer(request, page, "no-cache", {**HEADERS, "Service-Worker-Allowed": "/enter"})

    return routes


def _for_anybody(servers: "Servers[Redis]", posting: Posting) -> APIRouter:
    """Return the routes of what the scripts of the pages ask for, whoever uses them."""
    routes = APIRouter()

    @routes.get("/enrol/{election}/{key_id}")
    async def enrolled(election: str, key_id: str) -> Response:
        """Say whether a key was enrolled: a page waits for it. Keys are public."""
        await posting.require_loaded(election)
        if not KEY_ID.fullmatch(key_id):
            raise not_found("That is no key's id.")
        key = Partition(election).key(KEYS)
        try:
            stored = cast("bytes | None", await (await servers.current(key)).hget(key, key_id))
        except RedisError as error:
            raise trouble(error) from error
        return JSONResponse({"enrolled": stored is not None}, headers=_NO_STORE)

    @routes.get("/enter/{election}/loaded")
    async def loaded(election: str) -> Response:
        """Say that the service is there: a page asks before it sends, to know whether anything was tried."""
        await posting.require_loaded(election)
        return JSONResponse({"loaded": True}, headers=_NO_STORE)

    return routes


def _for_the_signed_in(servers: "Servers[Redis]", posting: Posting, sessions: Sessions) -> APIRouter:
    """Return the routes of what is for whoever is signed in."""
    routes, readings = APIRouter(), Readings(servers)

    async def posted(election: str, request: Request) -> tuple[SignedIn, bytes]:
        """Return who is signed in, and what their page has sent."""
        await posting.require_loaded(election)
        sessions.require_own_page(request)
        return await sessions.person(request, election), await read_event(request)

    @routes.get("/enter/{election}/contests")
    async def contests(election: str, request: Request) -> Response:
        """Return the contests of whoever is signed in, and since when the election is closed, if it is."""
        await posting.require_loaded(election)
        who = await sessions.person(request, election)
        try:
            shown = {
                "contests": await readings.contests(election, who),
                "closed_since": await readings.closed_since(election),
            }
        except RedisError as error:
            raise trouble(error) from error
        return JSONResponse(shown, headers=_NO_STORE)

    @routes.get("/enter/{election}/contests/{ballot_id}/readings/{revision}")
    async def both(election: str, ballot_id: str, revision: int, request: Request) -> Response:
        """Return both readings to a second person who has typed, too."""
        await posting.require_loaded(election)
        who = await sessions.person(request, election)
        try:
            found = await readings.readings(election, who, ballot_id, revision)
        except RedisError as error:
            raise trouble(error) from error
        return JSONResponse({"readings": found}, headers=_NO_STORE)

    @routes.post("/enter/{election}/contests/{ballot_id}/noted")
    async def noted(election: str, ballot_id: str, request: Request) -> Response:
        """Return what a result would note of a count by stages, as it is typed. Nothing of it is kept."""
        who, content = await posted(election, request)
        try:
            contest = await readings.contest(election, who, ballot_id)
        except RedisError as error:
            raise trouble(error) from error
        return JSONResponse({"noted": odd_steps(contest, content)}, headers=_NO_STORE)

    @routes.post("/enter/{election}/contests/{ballot_id}/returns")
    async def give_back(election: str, ballot_id: str, request: Request) -> Response:
        """Return figures to who has typed them, with a note."""
        who, content = await posted(election, request)
        try:
            await readings.give_back(election, who, ballot_id, content)
        except RedisError as error:
            raise trouble(error) from error
        return Response(status_code=204, headers=_NO_STORE)

    return routes


async def _elections(servers: "Servers[Redis]") -> list[dict[str, object]]:
    """Return the elections that are loaded, with whether figures are entered there; none where the server is away."""
    try:
        loaded = elections_in(await (await servers.current(CATALOGUE)).xrange(CATALOGUE))
        found: list[dict[str, object]] = []
        for election in loaded:
            key = Partition(election).key(tables.REGISTER.name)
            head = cast("bytes | None", await (await servers.current(key)).hget(key, HEAD))
            if head is not None:
                register = tables.REGISTER.read(head)
                signed = register.signatures == "required"
                found.append({"election": election, "name": register.name, "signed": signed})
    except RedisError:
        return []
    return found
