"""Answering with pages and their files."""

from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tallywire.pages import files
from tallywire.pages.policy import HEADERS
from tallywire.pages.rendering import render
from tallywire.web.answers import Page, answer
from tallywire.web.problems import NotTaken, not_found

HTML: Final = "text/html"

STATIC: Final = "/static/{digest}/{name}"


def static_route() -> Route:
    """Return the route of style sheets, scripts and pictures."""
    return Route(STATIC, _static, methods=["GET"])


async def _static(request: Request) -> Response:
    name = request.path_params["name"]
    try:
        page = _file(name)
    except KeyError:
        raise not_found(f"There is no file {name[:200]}.") from None
    # A page of another release may ask for the one that it was made with: what is here is newer, and not to be kept.
    fitting = request.path_params["digest"] == files.digest()
    return answer(request, page, files.CACHING if fitting else "no-cache", {"X-Content-Type-Options": "nosniff"})


@cache
def _file(name: str) -> Page:
    return Page(files.content(name), files.media_type(name))


def page_of(content: str) -> Page:
    """Return a page, to be kept and answered."""
    return Page(content.encode(), HTML)


def wants_page(request: Request) -> bool:
    """Whether somebody looks at the answer in a browser."""
    return HTML in request.headers.get("accept", "")


def problem_page(why: NotTaken, headers: Mapping[str, str] = HEADERS) -> Response:
    """Answer somebody in a browser with what is wrong."""
    content = render("tallywire.pages", "problem.html", title=why.problem.title, detail=why.problem.detail)
    said = {**headers, **why.headers, "Cache-Control": "no-store"}
    return Response(content, HTTPStatus(why.problem.status), said, HTML)
