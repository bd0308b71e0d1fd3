"""What readers may ask for: one row for each address, from which both documents and the page of addresses are made.

A test holds that every route has a row, and every row a route.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypedDict, Unpack

from pydantic import BaseModel

from tallywire.publishing import shapes
from tallywire.publishing.event import TYPES
from tallywire.publishing.filters import FEEDS, VALUES_MAX

Schema = dict[str, Any]

KEY: Final = "key"
"""The API key of who cannot send a header, as a browser's EventSource. Every page takes it, also where none is asked
for: a reader may have been written for another server."""

JSON: Final = "application/json"
HTML: Final = "text/html"
EVENTS: Final = "text/event-stream"
CSV: Final = "text/csv"
ATOM: Final = "application/atom+xml"
LINES: Final = "application/x-ndjson"
TEXT: Final = "text/plain"

EXAMPLE: Final = "local.2030-05-02"
"""The election of the examples."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """Something that a request may say."""

    description: str
    schema: Schema
    example: str
    place: str = "query"
    """Where it is said: ``path``, ``query`` or ``header``."""


def _listed(description: str, example: str) -> Parameter:
    more = f" Several with commas, or by saying it again: any of them; at most {VALUES_MAX}."
    return Parameter(description + more, {"type": "string"}, example)


PARAMETERS: Final[Mapping[str, Parameter]] = {
    "election": Parameter("Id of an election.", {"type": "string"}, EXAMPLE, "path"),
    "ballot_id": Parameter("Id of a contest.", {"type": "string"}, "local.synthetic.place-0.2030-05-02", "path"),
    "slug": Parameter("Slug of a region, council or parliament.", {"type": "string"}, "", "path"),
    "feed": Parameter("Which events.", {"type": "string", "enum": list(FEEDS)}, "headlines", "path"),
    "at": Parameter(
        "A past moment: a cursor, or a time with its offset, which is answered with a redirect to the cursor of the "
        "last moment not later.",
        {"type": "string"},
        "2030-05-02T23:30:00+01:00",
    ),
    "from": Parameter("The first ledger entry wanted.", {"type": "string", "pattern": "^[1-9][0-9]{0,9}$"}, "1"),
    "to": Parameter("The last ledger entry wanted.", {"type": "string", "pattern": "^[1-9][0-9]{0,9}$"}, "200"),
    "last": Parameter("Only so many of the last headlines.", {"type": "string", "pattern": "^[0-9]{1,6}$"}, "20"),
    "after": Parameter(
        "The cursor after which to go on, or 0 for the beginning; without one the feed begins now.",
        {"type": "string"},
        "0",
    ),
    "Last-Event-ID": Parameter(
        "The same as `after`, and before it: the id of the last block that was read.", {"type": "string"}, "0", "header"
    ),
    "type": _listed(f"Types of events: {', '.join(TYPES.values())}.", "headline"),
    "kind": _listed("Kinds of headlines (`gain`, `control_lost`) or of results (`declared`, `withdrawn`).", "gain"),
    "priority": Parameter(
        "Only headlines at least so loud, 1 being the loudest. Events of other types pass.",
        {"type": "string", "enum": ["1", "2", "3", "4", "5"]},
        "3",
    ),
    "party": _listed("Ids of parties that the event is about.", "PP53"),
    "region": _listed("Slugs of regions.", "north-testing"),
    "body": _listed("Slugs of councils and parliaments.", "council-0"),
    "ballot": _listed("Ids of contests.", "local.synthetic.place-0.2030-05-02"),
}
"""By name; what a path names is a parameter, too."""

FILTERS: Final = ("type", "kind", "priority", "party", "region", "body", "ballot")
"""Parameters that select events."""


PROBES: Final = frozenset({"/health/live", "/health/ready"})
"""Asked by whoever keeps the process running."""

FOR_PEOPLE: Final = ("/elections", "/static/")
"""What the addresses of pages for people begin with."""


def for_anybody(path: str) -> bool:
    """Whether a path is answered without an API key: a browser has none to show."""
    return path in PROBES or path.startswith(FOR_PEOPLE)


@dataclass(frozen=True, slots=True)
class Resource:
    """An address that readers may ask for with GET or HEAD."""

    path: str
    """With names in braces."""
    group: str
    """What it belongs to."""
    summary: str
    """What it is, in a few words."""
    shape: type[BaseModel] | None = None
    """Shape of its JSON; None where it has none."""
    media_types: tuple[str, ...] = (JSON,)
    """As which it is answered."""
    description: str = ""
    """More about it, in Markdown."""
    parameters: tuple[str, ...] = ()
    """What it takes besides what its path names."""
    statuses: tuple[int, ...] = (200, 304)
    """Which answers it may give, besides those that every address may give."""
    slug: str = ""
    """Example of the ``slug`` in its path."""
    link: str = ""
    """In which words the front page links to it, for each election; empty where it does not."""
    example: Any = None
    """An answer, where it is not among the kept ones."""

    @property
    def path_parameters(self) -> tuple[str, ...]:
        """Names of the parameters in its path."""
        return tuple(re.findall(r"{(\w+)}", self.path))

    @property
    def all_statuses(self) -> tuple[int, ...]:
        """Which answers it may give."""
        for_readers = () if for_anybody(self.path) else (400, 401, 429)
        return tuple(sorted({*self.statuses, *for_readers, 414, 431, 500}))

    def example_of(self, name: str) -> str:
        """Return an example of a parameter, here."""
        return self.slug if name == "slug" else PARAMETERS[name].example


ABOUT: Final = "The service"
STANDING: Final = "How an election stands"
PROOF: Final = "What proves it"
FEED: Final = "What happens"

GROUPS: Final[Mapping[str, str]] = {
    STANDING: "Documents, each true at the cursor that it names. `?at=` answers any past moment.",
    PROOF: "The ledger, byte for byte, and its signed head: `tallywire verify URL` recomputes everything from them.",
    FEED: "Server-Sent Events, from any cursor on.",
    ABOUT: "What there is, and whether it is well.",
}
"""What each group is."""

_ELECTION: Final = "/v1/elections/{election}"
_MOMENT: Final = (200, 304, 307, 400, 404, 410, 503)
_STREAM: Final = (200, 400, 404, 503)
_CURSOR: Final = ("Last-Event-ID", "after")
_SAMPLE_LINKS: Final = {
    "elections": "/v1/elections",
    "docs": "/docs",
    "openapi": "/v1/openapi.json",
    "asyncapi": "/v1/asyncapi.json",
}


class _Said(TypedDict, total=False):
    """What a row may say besides."""

    description: str
    slug: str
    link: str


def _page(
    path: str,
    summary: str,
    shape: type[BaseModel] | None,
    parameters: tuple[str, ...] = (),
    media_types: tuple[str, ...] = (JSON,),
    **said: Unpack[_Said],
) -> Resource:
    return Resource(
        f"{_ELECTION}{path}",
        STANDING,
        summary,
        shape,
        media_types,
        parameters=("at", *parameters),
        statuses=_MOMENT,
        **said,
    )


def _table(name: str, summary: str, parameters: tuple[str, ...] = ()) -> Resource:
    return _page(
        f"/{name}.csv",
        summary,
        None,
        parameters,
        (CSV,),
        description="For spreadsheets: docs/spreadsheets.md describes the columns.",
        link=f"{name}.csv",
    )


def _feed(path: str, summary: str, parameters: tuple[str, ...] = (), **said: Unpack[_Said]) -> Resource:
    return Resource(
        f"{_ELECTION}/events{path}",
        FEED,
        summary,
        media_types=(EVENTS,),
        parameters=(*_CURSOR, *parameters),
        statuses=_STREAM,
        **said,
    )


RESOURCES: Final[tuple[Resource, ...]] = (
    _page(
        "/snapshot",
        "The whole election in short",
        shapes.Snapshot,
        description="Begin here: each contest with its result in short, each region's tally, control of each body, and "
        "the last 20 headlines. Then follow the feed from its `cursor`.",
        link="Snapshot",
    ),
    _page("/contests", "Every contest with its result", shapes.Contests, link="Contests"),
    _page(
        "/contests/{ballot_id}",
        "One contest",
        shapes.ContestDocument,
        description="With every result that it had, and the ledger entries from which they follow.",
    ),
    _page("/regions", "Every region with its tally", shapes.Regions, link="Regions"),
    _page(
        "/regions/{slug}",
        "One region",
        shapes.RegionDocument,
        description="With every tally that it had. `uk` is the whole country.",
        slug="uk",
    ),
    _page("/bodies", "Who controls each council and parliament", shapes.Bodies, link="Bodies"),
    _page(
        "/bodies/{slug}",
        "One council or parliament",
        shapes.BodyDocument,
        description="With every state of control that it had.",
        slug="council-0",
    ),
    _page(
        "/headlines",
        "Headlines",
        shapes.Headlines,
        ("last", *FILTERS),
        description="All of them, or those that a filter selects, oldest first.",
        link="Headlines",
    ),
    _table("contests", "Every contest, a row each"),
    _table("candidates", "Every candidate with votes, a row each"),
    _table("stages", "Counts by single transferable vote, a row for each candidate at each stage"),
    _table("seats", "List seats in the order in which they were given, a row each"),
    _table("regions", "Every region's tally, a row for each party"),
    _table("bodies", "Control of every council and parliament, a row for each party"),
    _table("headlines", "Headlines, a row each", ("last", *FILTERS)),
    _page(
        "/headlines.atom",
        "Headlines as an Atom feed, newest first",
        None,
        ("last", *FILTERS),
        (ATOM,),
        description="Corrections and withdrawals are entries that name what they replace.",
        link="Atom",
    ),
    _page(
        "/nist.json",
        "The election as NIST SP 1500-100, version 2",
        None,
        description="By NIST's own schema; docs/nist.md says what it cannot carry.",
        link="NIST",
    ),
    Resource(
        f"{_ELECTION}/overdue",
        STANDING,
        "What is later than expected",
        shapes.Overdue,
        description="As of now; it may be kept for five seconds. It has no past moments.",
        statuses=(200, 304, 404, 503),
        link="Overdue",
    ),
    Resource(
        f"{_ELECTION}/ledger",
        PROOF,
        "Entries of the ledger",
        media_types=(LINES,),
        description="A line of JSON an entry: the text of `entry`, as UTF-8, is the very bytes. As far as it is shown, "
        "or was at a cursor.",
        parameters=("from", "to", "at"),
        statuses=_MOMENT,
        example='{"sequence":1,"entry":"{…}"}\n',
        link="Ledger",
    ),
    Resource(
        f"{_ELECTION}/checkpoint",
        PROOF,
        "The signed head of the ledger",
        shapes.SignedHead,
        (TEXT, JSON),
        "As a signer elsewhere has deposited it: the signed note itself, or, with `Accept: application/json`, with "
        "what it says. It is not verified here.",
        statuses=(200, 304, 404, 409, 503),
        example={
            "election": EXAMPLE,
            "size": 2,
            "deposited": "2030-05-02T22:30:00.000Z",
            "age_s": 12,
            "note": f"tallywire.{EXAMPLE}\n2\n…",
        },
    ),
    _feed(
        "",
        "Every event, or those that a filter selects",
        FILTERS,
        description="Results and control, headlines, tallies, in the order in which they came about.",
        link="Feed",
    ),
    _feed("/{feed}", "Headlines, results (with control), or tallies"),
    _feed(
        "/regions/{slug}",
        "What is about a region",
        description="Its tallies, and results, control and headlines of its contests.",
        slug="uk",
    ),
    _feed("/bodies/{slug}", "What is about a council or parliament", slug="council-0"),
    Resource("/v1/elections", ABOUT, "Every election there is", shapes.ElectionList, statuses=(200, 304, 503)),
    Resource(
        "/",
        ABOUT,
        "Where to begin",
        shapes.Links,
        (HTML, JSON),
        "A page for people; with `Accept: application/json` the same as links.",
        example=_SAMPLE_LINKS,
    ),
    Resource("/docs", ABOUT, "Every address, in words", media_types=(HTML,)),
    Resource("/v1/openapi.json", ABOUT, "This service as OpenAPI 3.1"),
    Resource("/v1/asyncapi.json", ABOUT, "The feeds as AsyncAPI 3"),
    Resource(
        "/health/live",
        ABOUT,
        "Whether the process runs",
        shapes.Live,
        statuses=(200,),
        example={"live": True, "reasons": []},
    ),
    Resource(
        "/health/ready",
        ABOUT,
        "Whether every election is live",
        shapes.Ready,
        description="With 503 where one is not; the body says which, and why.",
        statuses=(200, 503),
        example={"ready": True, "reasons": [], "elections": {EXAMPLE: "live"}},
    ),
)
"""Every address."""

ELECTIONS: Final = "/elections"
BOARD: Final = f"{ELECTIONS}/{{election}}"
PARTIES: Final = f"{BOARD}/parties-{{digest}}.css"

PAGES: Final[Mapping[str, tuple[str, ...]]] = {
    ELECTIONS: (),
    BOARD: ("at", "wall"),
    f"{BOARD}/changes": ("since", "at", "wall"),
    f"{BOARD}/regions/{{slug}}": ("at", "wall"),
    f"{BOARD}/regions/{{slug}}/changes": ("since", "at", "wall"),
    f"{BOARD}/contests/{{ballot_id}}": ("at",),
    f"{BOARD}/contests/{{ballot_id}}/changes": ("since", "at"),
    f"{BOARD}/regions": ("region", "at"),
    f"{BOARD}/overdue": (),
    f"{BOARD}/regions/{{slug}}/overdue": (),
    f"{BOARD}/bodies/{{slug}}": ("at",),
    f"{BOARD}/bodies/{{slug}}/changes": ("since", "at"),
    f"{BOARD}/headlines": ("at",),
    f"{BOARD}/headlines/changes": ("since", "at"),
    f"{BOARD}/regions/{{slug}}/headlines": ("at",),
    f"{BOARD}/regions/{{slug}}/headlines/changes": ("since", "at"),
    f"{BOARD}/contests/{{ballot_id}}/embed": ("at", "theme"),
    f"{BOARD}/contests/{{ballot_id}}/embed/changes": ("since", "at", "theme"),
    f"{BOARD}/embed": ("at", "region", "ballot", "theme"),
    f"{BOARD}/embed/changes": ("since", "at", "region", "ballot", "theme"),
    f"{BOARD}/embed/{{piece}}": ("at", "theme"),
    f"{BOARD}/embed/{{piece}}/changes": ("since", "at", "theme"),
    f"{BOARD}/regions/{{slug}}/embed/{{piece}}": ("at", "theme"),
    f"{BOARD}/regions/{{slug}}/embed/{{piece}}/changes": ("since", "at", "theme"),
    f"{BOARD}/moments": ("after",),
    f"{BOARD}/night.json": ("at",),
    PARTIES: (),
    **{
        f"{BOARD}{place}/{name}.{form}": ("at",)
        for place in ("", "/regions/{slug}")
        for name in ("map", "tally")
        for form in ("svg", "png")
    },
    "/static/{digest}/{name}": (),
}
"""Pages for people and what belongs to them, with the parameters that each takes. Any release may change them."""
