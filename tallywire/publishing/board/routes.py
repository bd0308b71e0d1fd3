"""The addresses of the board."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tallywire.pages import files
from tallywire.pages.policy import HEADERS
from tallywire.pages.serving import HTML, problem_page
from tallywire.publishing.board.colours import EMPTY, stylesheet, stylesheet_digest
from tallywire.publishing.board.headlines import all_headlines
from tallywire.publishing.board.overview import overview
from tallywire.publishing.board.replay import night_document
from tallywire.publishing.board.shown import Make, Shown, difference, said_time
from tallywire.publishing.documents import View
from tallywire.publishing.filters import MOMENTS
from tallywire.publishing.following import Election, State
from tallywire.publishing.moments import asked_place, moment_headers
from tallywire.publishing.publishing import Publishing
from tallywire.publishing.resources import BOARD, PARTIES
from tallywire.web.answers import LIVE, Page, answer
from tallywire.web.problems import NotTaken, bad_request, not_found

JSON: Final = "application/json"
CSS: Final = files.MEDIA_TYPES["css"]

MADE: Final[Mapping[str, Make]] = {
    "": overview,
    "/regions/{slug}": overview,
    "/headlines": all_headlines,
    "/regions/{slug}/headlines": all_headlines,
}
"""The pages of an election, by what stands behind its address."""

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
    ]
    for suffix, make in MADE.items():
        pages = _Pages(publishing, make)
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

    async def page(self, request: Request) -> Response:
        """Answer with the page, or with a page that says why there is none."""
        try:
            election = self.publishing.election(request.path_params["election"])
            place = asked_place(request, election)
            if isinstance(place, Response):
                return place
            live = "at" not in request.query_params
            caching = LIVE if live else HTML_PAST
            state = "" if election.state is State.LIVE else election.reason
            last = str(election.history.now.cursor)
            key = (request.scope["path"], live, state, last, *_moment(election, place))
            page = self.publishing.pages.get(
                key,
                lambda: Page(self._shown(request, election, place).page(live=live, state=state).encode(), HTML),
            )
        except NotTaken as why:
            return problem_page(why)
        return answer(request, page, f"public, {caching}", {**moment_headers(election), **HEADERS})

    async def changes(self, request: Request) -> Response:
        """Answer with the parts of the page that differ between two moments."""
        election = self.publishing.election(request.path_params["election"])
        before, after = asked_place(request, election, "since"), asked_place(request, election)
        if isinstance(before, Response) or isinstance(after, Response):
            raise bad_request("since and at are cursors.")
        key = (request.scope["path"], "changes", *_moment(election, before), *_moment(election, after))

        def made() -> Page:
            shown = self._shown(request, election, after)
            said = {
                "cursor": str(shown.view.moment.cursor),
                "time": said_time(shown.view),
                "parts": difference(self._shown(request, election, before), shown),
            }
            return Page(json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode(), JSON)

        caching = LIVE if "at" not in request.query_params else HTML_PAST
        return answer(request, self.publishing.pages.get(key, made), f"public, {caching}", moment_headers(election))

    def _shown(self, request: Request, election: Election, place: int) -> Shown:
        view = View(election.history, place, self.publishing.settings.licence)
        names = {name: value for name, value in request.path_params.items() if name != "election"}
        try:
            return self.make(view, names)
        except KeyError as error:
            raise not_found(f"{election.history.election} has no {str(error.args[0])[:200]} here.") from error


def _moment(election: Election, place: int) -> tuple[str, str]:
    return str(election.history.moments[place].cursor), election.history.election
