"""The addresses of still pictures: drawn once for a moment, one after another, and kept with the pages."""

import asyncio
import sys
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Final

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from schemas.wire import NATIONAL
from tallywire.publishing.board.stills import map_still, tally_still
from tallywire.publishing.documents import View
from tallywire.publishing.moments import asked_place, moment_headers
from tallywire.publishing.publishing import Publishing
from tallywire.publishing.resources import BOARD
from tallywire.web.answers import LIVE, PAST, Page, answer
from tallywire.web.problems import not_found, unavailable

SVG: Final = "image/svg+xml"
PNG: Final = "image/png"

STILLS: Final[Mapping[str, Callable[[View, str], str]]] = {"map": map_still, "tally": tally_still}
"""What there is a picture of."""

PLACES: Final = ("", "/regions/{slug}")
"""What may stand before a picture's name: of the whole election, or of a region."""

WAITING_MAX: Final = 20
"""Pictures that wait to be drawn. One is drawn at a time, in a quarter of a second: whoever asks for every moment of a
night has to wait, and costs no more than one processor at its lowest priority."""

DRAWN_S: Final = 20
"""After how many seconds a picture that is not drawn is given up."""

HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    # They are made to be shown on pages of others.
    "Cross-Origin-Resource-Policy": "cross-origin",
}

log = structlog.get_logger()


def picture_addresses() -> tuple[str, ...]:
    """Return the path of every picture."""
    return tuple(f"{BOARD}{place}/{name}.{form}" for place in PLACES for name in STILLS for form in ("svg", "png"))


def picture_routes(publishing: Publishing) -> list[Route]:
    """Return the routes of still pictures."""
    pictures = Pictures(publishing)
    return [Route(path, pictures.picture, methods=["GET"]) for path in picture_addresses()]


class Pictures:
    """Answers with still pictures."""

    def __init__(self, publishing: Publishing) -> None:
        self._publishing = publishing
        self._drawing = asyncio.Lock()
        self._asked: dict[object, asyncio.Future[Page]] = {}
        """Pictures that are being drawn or wait for it: whoever asks for one of them waits for the same."""

    async def picture(self, request: Request) -> Response:
        """Answer with a picture of a moment."""
        election = self._publishing.election(request.path_params["election"])
        place = asked_place(request, election)
        if isinstance(place, Response):
            return place
        history = election.history
        name, _, form = request.url.path.rpartition("/")[2].partition(".")
        key = (request.url.path, str(history.moments[place].cursor), history.election, history.map_digest)
        slug = request.path_params.get("slug", NATIONAL)
        file = f"{history.election}-{name}.{form}" if slug == NATIONAL else f"{history.election}-{slug}-{name}.{form}"

        def made() -> Page:
            view = View(history, place, self._publishing.settings.licence)
            try:
                return Page(STILLS[name](view, slug).encode(), SVG, file_name=file)
            except KeyError as error:
                raise not_found(f"{history.election} has no {str(error.args[0])[:200]} here.") from error

        if form == "svg":
            page = self._publishing.pages.get(key, made)
        else:
            page = self._publishing.pages.kept(key) or await self.drawn(key, lambda: self._draw(made, file))
        caching = LIVE if "at" not in request.query_params else PAST
        return answer(request, page, f"public, {caching}", {**moment_headers(election), **HEADERS})

    async def drawn(self, key: object, draw: Callable[[], Coroutine[Any, Any, Page]]) -> Page:
        """Return a picture that is not kept, drawing it unless somebody has asked for the same already.

        Raises:
            NotTaken: too many wait to be drawn.
        """
        asked = self._asked.get(key)
        if asked is None:
            if len(self._asked) >= WAITING_MAX:
                raise unavailable("Many pictures are being drawn just now. Try again.")
            asked = self._asked[key] = asyncio.ensure_future(draw())
            asked.add_done_callback(lambda _: self._asked.pop(key, None))
        # Whoever goes away leaves the picture to those who wait for it, too.
        page = await asyncio.shield(asked)
        return self._publishing.pages.get(key, lambda: page)

    async def _draw(self, made: Callable[[], Page], file: str) -> Page:
        async with self._drawing:
            svg = made().content
            program = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "tallywire.publishing.board.png",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
            )
            try:
                content, said = await asyncio.wait_for(program.communicate(svg), DRAWN_S)
            except TimeoutError:
                program.kill()
                await program.wait()
                content, said = b"", b"It took too long."
            if program.returncode or not content:
                log.error("picture.failed", file=file, reason=said.decode(errors="replace")[-500:])
                raise unavailable("The picture cannot be drawn just now. It is there as SVG.")
            return Page(content, PNG, file_name=file)
