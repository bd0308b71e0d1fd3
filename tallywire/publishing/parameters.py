"""Which parameters each page takes. Others are refused: a misspelt filter would select everything, and say nothing."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Final
from urllib.parse import parse_qsl

from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from tallywire.publishing.filters import PARAMETERS
from tallywire.publishing.resources import KEY, PAGES, PROBES, RESOURCES
from tallywire.publishing.resources import PARAMETERS as NAMED
from tallywire.web.problems import bad_request

TAKEN: Final[Mapping[str, tuple[str, ...]]] = {
    **{
        resource.path: tuple(name for name in resource.parameters if NAMED[name].place == "query")
        for resource in RESOURCES
        if resource.path not in PROBES
    },
    **PAGES,
}
"""By the path of a page, as it is documented."""

REPEATED: Final = frozenset(PARAMETERS)
"""Those that may stand several times."""

_SHOWN: Final = 50


def checked(routes: Sequence[Route]) -> Sequence[Route]:
    """Return the routes, each of which now refuses parameters that it does not take."""
    for route in routes:
        if route.path in TAKEN:
            route.app = _Checked(route.app, TAKEN[route.path])
    return routes


class _Checked:
    """A page that is asked only for what it knows."""

    def __init__(self, app: ASGIApp, taken: Sequence[str]) -> None:
        self._app = app
        self._taken = taken

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["query_string"]:
            _require_known(scope["query_string"].decode("latin-1"), self._taken)
        await self._app(scope, receive, send)


def _require_known(query: str, taken: Sequence[str]) -> None:
    """See that a page takes all the parameters of a request.

    Raises:
        NotTaken: it does not, with the nearest that it takes.
    """
    seen = set[str]()
    for name, _ in parse_qsl(query, keep_blank_values=True):
        if name not in taken and name != KEY:
            raise bad_request(_unknown(name, taken))
        if name in seen and name not in REPEATED:
            raise bad_request(f"{name} stands twice.")
        seen.add(name)


def _unknown(name: str, taken: Sequence[str]) -> str:
    said = f"There is no parameter {name[:_SHOWN]} here."
    near = get_close_matches(name[:_SHOWN].lower(), taken, 1)
    if near:
        return f"{said} Did you mean {near[0]}?"
    return f"{said} There are: {', '.join(taken)}." if taken else f"{said} This page takes none."
