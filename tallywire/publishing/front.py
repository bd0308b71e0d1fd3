"""What people see first: which elections there are, and every address in words. Plain pages, without a script."""

import json
from base64 import b64encode
from collections.abc import Iterable, Mapping
from functools import cache
from hashlib import sha256
from html import escape
from typing import Final

from jiter import from_json
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tallywire.publishing.asyncapi import asyncapi_document
from tallywire.publishing.following import Election, Elections
from tallywire.publishing.openapi import openapi_document
from tallywire.publishing.resources import (
    EVENTS,
    EXAMPLE,
    GROUPS,
    HTML,
    JSON,
    PARAMETERS,
    RESOURCES,
    Resource,
)
from tallywire.web.answers import LIVE, Page, answer

KEPT: Final = "public, max-age=300"
"""How long the documents for programs may be kept, in seconds: they change with a release."""

_STYLE: Final = """
:root{color-scheme:light dark}
body{font:1rem/1.5 system-ui,sans-serif;max-width:52rem;margin:0 auto;padding:1rem;overflow-wrap:anywhere}
h1{font-size:1.6rem;line-height:1.2}
h2{font-size:1.2rem;margin:2rem 0 .25rem}
h3{font-size:1rem;margin:1.5rem 0 0}
p{margin:.25rem 0}
nav a{display:inline-block;margin-right:1rem;padding:.25rem 0}
section{border-top:1px solid #8886;padding-bottom:.5rem}
.state{border:1px solid;border-radius:1rem;padding:0 .6rem;font-size:.85rem;font-weight:normal;white-space:nowrap}
pre{background:#8882;padding:.5rem;white-space:pre-wrap;margin:.5rem 0}
dl{margin:.25rem 0}
dt{float:left;clear:left;margin-right:.5rem}
dd{margin:0 0 0 1rem}
"""

_POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{b64encode(sha256(_STYLE.encode()).digest()).decode()}'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""Of every page: nothing is taken from elsewhere, nothing runs, and nobody frames it."""

_BEGIN: Final = """at={at}  # where this page is
curl "$at/v1/elections/{election}/snapshot"
curl -N "$at/v1/elections/{election}/events/headlines?after=0\""""


class Front:
    """Answers with these pages, and with the documents that programs read.

    Args:
        elections: what there is.
    """

    def __init__(self, elections: Elections) -> None:
        self._elections = elections

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/", self.front, methods=["GET"]),
            Route("/docs", self.docs, methods=["GET"]),
            Route("/v1/openapi.json", self.openapi, methods=["GET"]),
            Route("/v1/asyncapi.json", self.asyncapi, methods=["GET"]),
        ]

    async def front(self, request: Request) -> Response:
        """Answer with the elections as a page, or with links as JSON."""
        said = {"Vary": "Accept, Accept-Encoding"}
        if chosen(request.headers.get("accept", "")) == JSON:
            return answer(request, Page(links(), JSON), f"public, {LIVE}", said)
        page = Page(front_page(self._elections.known.items()), HTML)
        return answer(request, page, f"public, {LIVE}", {**said, **HEADERS})

    async def docs(self, request: Request) -> Response:
        """Answer with every address in words."""
        host, port = request.scope["server"]
        names = next((_names(election) for election in self._elections.known.values() if election.read), ())
        page = Page(docs_page(f"http://{host}:{port}", names), HTML)
        return answer(request, page, f"public, {LIVE}", HEADERS)

    async def openapi(self, request: Request) -> Response:
        """Answer with the OpenAPI document."""
        return answer(request, openapi_page(), KEPT, {})

    async def asyncapi(self, request: Request) -> Response:
        """Answer with the AsyncAPI document."""
        return answer(request, asyncapi_page(), KEPT, {})


def _names(election: Election) -> tuple[tuple[str, str], ...]:
    """Return what the examples of paths are called in an election."""
    history = election.history
    head = history.head
    found = {
        "election": history.election,
        "ballot_id": next(iter(history.registers.contests), None),
        "body": next(iter(head.bodies if head else ()), None),
    }
    return tuple((name, one) for name, one in found.items() if one is not None)


def front_page(elections: Iterable[tuple[str, Election]]) -> bytes:
    """Return the page that lists the elections."""
    shown = "".join(_section(name, election) for name, election in elections)
    nothing = "<p>There is no election here yet. <code>tallywire election load</code> brings one.</p>"
    return _html(
        "Elections",
        "<h1>Elections</h1><p>Declarations as they are made, tallies, and headlines, for everybody.</p>"
        f"<nav>{_links()}</nav>{shown or nothing}",
    )


def _links() -> str:
    shown = (
        ("/elections", "The boards, for people"),
        ("/docs", "Every address"),
        ("/v1/elections", "This list as JSON"),
        ("/v1/openapi.json", "OpenAPI"),
        ("/v1/asyncapi.json", "AsyncAPI"),
    )
    return "".join(f'<a href="{path}">{words}</a>' for path, words in shown)


def _section(name: str, election: Election) -> str:
    history = election.history
    head = history.head
    title = escape(name if head is None else head.name)
    test = ' <span class="state">test: not real</span>' if head is not None and head.test else ""
    said = history.events["headlines"][: history.now.cursor.headlines]
    # Of a later release it may be of another form.
    latest = str(from_json(said[-1].content)["data"].get("text", "")) if said else ""
    links = "".join(
        f'<a href="{escape(resource.path.format(election=name), quote=True)}">{escape(resource.link)}</a>'
        for resource in RESOURCES
        if resource.link
    )
    board = f'<a href="/elections/{escape(name, quote=True)}">Board</a>'
    reason = f"<p>{escape(election.reason)}</p>" if election.reason else ""
    closed = ' <span class="state">final</span>' if history.closed_since(history.now.cursor.ledger) else ""
    return (
        f'<section><h2>{title} <span class="state">{election.state.value}</span>{test}{closed}</h2>'
        f"<p><code>{escape(name)}</code></p>{reason}"
        f"{f'<p>Latest: {escape(latest)}</p>' if latest else ''}"
        f"<nav>{board + links if election.read else ''}</nav></section>"
    )


def docs_page(at: str, names: Iterable[tuple[str, str]]) -> bytes:
    """Return the page that lists every address.

    Args:
        at: where the service answers.
        names: names of an election for the examples: ``election``, ``ballot_id``, ``body``.
    """
    known = dict(names)
    begin = escape(_BEGIN.format(at=at, election=known.get("election", EXAMPLE)))
    groups = "".join(
        f"<section><h2>{escape(group)}</h2><p>{_text(GROUPS[group])}</p>"
        f"{''.join(_entry(resource, known) for resource in RESOURCES if resource.group == group)}</section>"
        for group in GROUPS
    )
    return _html(
        "Addresses",
        f'<h1>Addresses</h1><nav><a href="/">Elections</a>{_links()}</nav>'
        "<p>Take a snapshot, keep its <code>cursor</code>, and follow the feed from there; after any break go on with "
        "the <code>id</code> of the last block that was read (<code>Last-Event-ID</code>). Nothing is lost or said "
        f"twice.</p><pre>{begin}</pre>{groups}",
    )


def _entry(resource: Resource, known: Mapping[str, str]) -> str:
    named = (*resource.path_parameters, *resource.parameters)
    listed = "".join(
        f"<dt><code>{escape(name)}</code></dt><dd>{_text(PARAMETERS[name].description)}</dd>" for name in named
    )
    values = {name: known.get(name, resource.example_of(name)) for name in resource.path_parameters}
    if "/bodies/" in resource.path:
        values["slug"] = known.get("body", resource.slug)
    stream = "-N " if EVENTS in resource.media_types else ""
    statuses = ", ".join(map(str, resource.statuses))
    return (
        f"<h3><code>{escape(resource.path)}</code></h3>"
        f"<p>{_text(resource.summary)}. {_text(resource.description)}</p>"
        f"{f'<dl>{listed}</dl>' if listed else ''}"
        f"<p>Answers {statuses} as {escape(', '.join(resource.media_types))}.</p>"
        f'<pre>curl {stream}"$at{escape(resource.path.format(**values))}"</pre>'
    )


def _text(markdown: str) -> str:
    """Return a line of Markdown, of which only code is used, as HTML."""
    parts = escape(markdown).split("`")
    return "".join(f"<code>{part}</code>" if place % 2 else part for place, part in enumerate(parts))


def _html(title: str, body: str) -> bytes:
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title} - Tallywire</title>'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><style>{_STYLE}</style></head>'
        f"<body>{body}</body></html>"
    ).encode()


@cache
def openapi_page() -> Page:
    """Return the OpenAPI document as JSON; compressed once, as pages are."""
    return Page(json.dumps(openapi_document(), ensure_ascii=False).encode(), JSON)


@cache
def asyncapi_page() -> Page:
    """Return the AsyncAPI document as JSON; compressed once, too."""
    return Page(json.dumps(asyncapi_document(), ensure_ascii=False).encode(), JSON)


def links() -> bytes:
    """Return the front page as JSON."""
    (front,) = (resource for resource in RESOURCES if resource.path == "/")
    return json.dumps(front.example).encode()


def chosen(accept: str) -> str:
    """Return the media type of the front page for a reader who accepts these: JSON where that is named and HTML not."""
    named = {part.partition(";")[0].strip().lower() for part in accept.split(",")}
    return JSON if JSON in named and HTML not in named else HTML
