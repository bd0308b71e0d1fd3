"""Which parameters each page takes. Others are refused: a misspelt filter would select everything, and say nothing."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Final
from urllib.parse import parse_qsl

from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from tallywire.publishing.filters import PARAMETERS
from tallywire.web.problems import bad_request

KEY: Final = "key"
"""The API key of who cannot send a header, as a browser's EventSource. Every page takes it, also where none is asked
for: a reader may have been written for another server."""

_ELECTION: Final = "/v1/elections/{election}"
_FILTER: Final = (*PARAMETERS,)

TAKEN: Final[Mapping[str, tuple[str, ...]]] = {
    f"{_ELECTION}/snapshot": ("at",),
    f"{_ELECTION}/contests": ("at",),
    f"{_ELECTION}/contests/{{ballot_id}}": ("at",),
    f"{_ELECTION}/regions": ("at",),
    f"{_ELECTION}/regions/{{slug}}": ("at",),
    f"{_ELECTION}/bodies": ("at",),
    f"{_ELECTION}/bodies/{{slug}}": ("at",),
    f"{_ELECTION}/headlines": ("at", "last", *_FILTER),
    f"{_ELECTION}/overdue": (),
    f"{_ELECTION}/ledger": ("from", "to", "at"),
    f"{_ELECTION}/checkpoint": (),
    f"{_ELECTION}/events": ("after", *_FILTER),
    f"{_ELECTION}/events/regions/{{slug}}": ("after",),
    f"{_ELECTION}/events/bodies/{{slug}}": ("after",),
    f"{_ELECTION}/events/{{feed}}": ("after",),
    "/v1/elections": (),
}
"""By the path of a page. A page that is not named here looks at its parameters itself."""

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
