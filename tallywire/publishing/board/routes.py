"""The addresses of the board."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from schemas.wire import NATIONAL
from tallywire.pages import files
from tallywire.pages.policy import FRAMED, HEADERS
from tallywire.pages.serving import HTML, problem_page
from tallywire.publishing.board.bodies import body_page
from tallywire.publishing.board.colours import EMPTY, stylesheet, stylesheet_digest
from tallywire.publishing.board.contests import contest_page
from tallywire.publishing.board.embeds import embed, embed_contest, embedding
from tallywire.publishing.board.headlines import all_headlines
from tallywire.publishing.board.listing import elections_page
from tallywire.publishing.board.overview import overdue, overview
from tallywire.publishing.board.pictures import picture_routes
from tallywire.publishing.board.replay import night_document
from tallywire.publishing.board.shown import Make, Shown, difference, said_time
from tallywire.publishing.board.wall import or_wall
from tallywire.publishing.documents import View
from tallywire.publishing.filters import MOMENTS
from tallywire.publishing.following import Election, State
from tallywire.publishing.kept import Latest
from tallywire.publishing.moments import asked_place, moment_headers
from tallywire.publishing.publishing import Publishing
from tallywire.publishing.resources import BOARD, ELECTIONS, KEY, PARTIES
from tallywire.web.answers import LIVE, Page, answer
from tallywire.web.problems import NotTaken, bad_request, not_found, unavailable

JSON: Final = "application/json"
CSS: Final = files.MEDIA_TYPES["css"]

MADE: Final[dict[str, Make]] = {
    "": or_wall(overview),
    "/regions/{slug}": or_wall(overview),
    "/contests/{ballot_id}": contest_page,
    "/embed": embedding,
    "/bodies/{slug}": body_page,
    "/headlines": all_headlines,
    "/regions/{slug}/headlines": all_headlines,
}
"""The pages of an election, by what stands behind its address."""

EMBEDDED: Final[dict[str, Make]] = {
    "/embed/{piece}": embed,
    "/regions/{slug}/embed/{piece}": embed,
    "/contests/{ballot_id}/embed": embed_contest,
}
"""Those that anybody may put on a page of their own."""

_MOMENTS_NAMED: Final = frozenset({"at", "since", KEY})

MADE_MAX: Final = 50
"""Moments of each kind of page that are kept in parts: 20 MB where each is of 650 contests."""

HTML_PAST: Final = "max-age=300"
"""How long a page of a past moment may be kept, in seconds: a later release may write it otherwise."""


def board_routes(publishing: Publishing) -> list[Route]:
    """Return the routes of the board."""
    stream = _Moments(publishing)
    night, colours = _Night(publishing), _Colours(publishing)
    routes = [
        Route(f"{BOARD}/moments", stream.moments, methods=["GET"]),
        Route(f"{BOARD}/night.json", night.moments, methods=["GET"]),
        Route(PARTIES, colours.stylesheet, methods=["GET"]),
        *picture_routes(publishing),
    ]
    late = _Overdue(publishing)
    routes += [
        Route(ELECTIONS, _Listing(publishing).elections, methods=["GET"]),
        Route(f"{BOARD}/overdue", late.fragment, methods=["GET"]),
        Route(f"{BOARD}/regions/{{slug}}/overdue", late.fragment, methods=["GET"]),
        Route(f"{BOARD}/regions", _region, methods=["GET"]),
    ]
    for suffix, make in (MADE | EMBEDDED).items():
        pages = _Pages(publishing, make, FRAMED if suffix in EMBEDDED else HEADERS)
        routes += [
            Route(f"{BOARD}{suffix}/changes", pages.changes, methods=["GET"]),
            Route(f"{BOARD}{suffix}", pages.page, methods=["GET"]),
        ]
    return routes


class _Moments:
    """Answers with the stream of moments: pages hear from it that something has changed."""

    def __init__(self, publishing: Publishing) -> None:
        self._publishing = publishing

    async def moments(self, request: Request) -> Response:
        """Stream each moment's cursor."""
        election = self._publishing.election(request.path_params["election"])
        return self._publishing.streaming.answer(request, election, MOMENTS)


@dataclass(frozen=True, slots=True)
class _Night:
    """Answers with every moment of a night."""

    publishing: Publishing

    async def moments(self, request: Request) -> Response:
        """Answer with each moment until one."""
        election = self.publishing.election(request.path_params["election"])
        place = asked_place(request, election)
        if isinstance(place, Response):
            return place
        view = View(election.history, place, self.publishing.settings.licence)
        page = self.publishing.pages.get(
            (request.scope["path"], *_moment(election, place)), lambda: Page(night_document(view), JSON)
        )
        caching = LIVE if "at" not in request.query_params else HTML_PAST
        return answer(request, page, f"public, {caching}", moment_headers(election))


@dataclass(frozen=True, slots=True)
class _Colours:
    """Answers with the colours of an election's parties."""

    publishing: Publishing

    async def stylesheet(self, request: Request) -> Response:
        """Answer with the style sheet. Of another register it is another one: then it is not to be kept."""
        election = self.publishing.election(request.path_params["election"])
        head = election.history.head
        digest = EMPTY if head is None else stylesheet_digest(head)
        page = self.publishing.pages.get(
            (PARTIES, election.history.election, digest),
            lambda: Page(b"" if head is None else stylesheet(head).encode(), CSS),
        )
        fitting = request.path_params["digest"] == digest != EMPTY
        return answer(request, page, files.CACHING if fitting else "no-cache", {"X-Content-Type-Options": "nosniff"})


@dataclass(frozen=True, slots=True)
class _Pages:
    """Answers with a page at any moment, and with what differs between two."""

    publishing: Publishing
    make: Make
    headers: Mapping[str, str]
    """What a browser may do with it."""
    made: Latest[Shown] = field(default_factory=lambda: Latest(MADE_MAX))
    """The page at the moments that were asked for last: all who follow come from one of them to another."""

    async def page(self, request: Request) -> Response:
        """Answer with the page, or with a page that says why there is none."""
        try:
            election = self.publishing.election(request.path_params["election"])
            place = asked_place(request, election)
            if isinstance(place, Response):
                return place
            follows = "at" not in request.query_params and not self.publishing.settings.archived
            now = datetime.now(UTC) if follows else None
            caching = HTML_PAST if now is None else LIVE
            state = "" if election.state is State.LIVE else election.reason or election.state.value
            # A page of the past shows the whole night; one of the present is late or not by the minute.
            others = str(election.history.now.cursor), None if now is None else now.replace(second=0, microsecond=0)
            page = self.publishing.pages.get(
                (request.scope["path"], _asked(request), state, *others, *_moment(election, place)),
                lambda: Page(self._shown(request, election, place).page(now, state).encode(), HTML),
            )
        except NotTaken as why:
            return problem_page(why, self.headers)
        return answer(request, page, f"public, {caching}", {**moment_headers(election), **self.headers})

    async def changes(self, request: Request) -> Response:
        """Answer with the parts of the page that differ between two moments."""
        election = self.publishing.election(request.path_params["election"])
        before, after = asked_place(request, election, "since"), asked_place(request, election)
        if isinstance(before, Response) or isinstance(after, Response):
            raise bad_request("since and at are cursors.")
        key = (request.scope["path"], "changes", _asked(request), *_moment(election, before), *_moment(election, after))

        def made() -> Page:
            shown = self._kept(request, election, after)
            said = {
                "cursor": str(shown.view.moment.cursor),
                "time": said_time(shown.view),
                "parts": difference(self._kept(request, election, before), shown),
            }
            return Page(json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode(), JSON)

        caching = LIVE if "at" not in request.query_params else HTML_PAST
        return answer(request, self.publishing.pages.get(key, made), f"public, {caching}", moment_headers(election))

    def _shown(self, request: Request, election: Election, place: int) -> Shown:
        settings = self.publishing.settings
        view = View(election.history, place, settings.licence, settings.public_url, settings.archived)
        if view.head is None:
            raise _without_register(election, place)
        names = {name: value for name, value in request.path_params.items() if name != "election"} | dict(
            _asked(request)
        )
        try:
            return self.make(view, names)
        except KeyError as error:
            raise not_found(f"{election.history.election} has no {str(error.args[0])[:200]} here.") from error

    def _kept(self, request: Request, election: Election, place: int) -> Shown:
        """Return the page at a moment, perhaps as it was made when that was the last one."""
        key = (request.scope["path"], _asked(request), *_moment(election, place))
        return self.made.get(key, lambda: self._shown(request, election, place))


@dataclass(frozen=True, slots=True)
class _Listing:
    """Answers with the list of elections."""

    publishing: Publishing

    async def elections(self, request: Request) -> Response:
        """Answer with the page that lists them."""
        elections = self.publishing.elections
        if not elections.listed:
            return problem_page(unavailable("The list of elections has not been read yet. Try again."))
        page = Page(elections_page(elections.known.items()).encode(), HTML)
        return answer(request, page, f"public, {LIVE}", HEADERS)


@dataclass(frozen=True, slots=True)
class _Overdue:
    """Answers with what is later than expected, as a piece of a page."""

    publishing: Publishing

    async def fragment(self, request: Request) -> Response:
        """Answer with the list as of now."""
        election = self.publishing.election(request.path_params["election"])
        view = View(election.history, election.history.last, self.publishing.settings.licence)
        if view.head is None:
            raise _without_register(election, view.place)
        try:
            html = overdue(view, request.path_params, datetime.now(UTC))
        except KeyError as error:
            raise not_found(f"{election.history.election} has no {str(error.args[0])[:200]} here.") from error
        return answer(request, Page(html.encode(), HTML), f"public, {LIVE}", {**moment_headers(election), **HEADERS})


async def _region(request: Request) -> Response:
    """Send a reader who has chosen a region to its page: for forms that work without a script."""
    election, asked = request.path_params["election"], request.query_params
    slug = asked.get("region", NATIONAL)
    path = f"/elections/{election}" if slug == NATIONAL else f"/elections/{election}/regions/{slug}"
    said = f"?{urlencode({'at': asked['at']})}" if "at" in asked else ""
    return RedirectResponse(f"{quote(path)}{said}", 303, {"Cache-Control": "no-store"})


def _without_register(election: Election, place: int) -> NotTaken:
    name = election.history.election
    if place < election.history.last:
        return not_found(f"Nothing was known of {name} at that moment: its register came later.")
    return unavailable(f"The register of {name} has not been loaded yet. Try again.")


def _asked(request: Request) -> tuple[tuple[str, str], ...]:
    """Return the parameters that make another page, not another moment of it."""
    return tuple(item for item in request.query_params.items() if item[0] not in _MOMENTS_NAMED)


def _moment(election: Election, place: int) -> tuple[str, ...]:
    history = election.history
    return str(history.moments[place].cursor), history.election, history.map_digest
