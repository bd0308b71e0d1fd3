"""The board of an election and its documents as files: asked of the publishing service in this process.

Every address that a file links to is made a file, too, and every link is written relative to it: the folder opens from
any web server, below any path, and from the disk. What has no file is a fault of ours, and ends the archiving.
"""

import asyncio
import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from html import escape, unescape
from pathlib import Path
from posixpath import dirname, relpath
from typing import Any, Final, cast
from urllib.parse import quote, unquote

import httpx2

from schemas.wire import NATIONAL
from tallywire.client.one_line import one_line
from tallywire.evidence.whole_ledger import LedgerProgress
from tallywire.publishing.app import asgi
from tallywire.publishing.atom import ENTRIES_MAX
from tallywire.publishing.board.png import drawn
from tallywire.publishing.following import Election, State
from tallywire.publishing.history import History
from tallywire.publishing.hub import Hub
from tallywire.publishing.publishing import Publishing
from tallywire.publishing.settings import Settings

BOARD: Final = "board"
"""The folder of the pages."""

DOCUMENTS: Final = "documents"
"""The folder of what programs read."""

LEDGER: Final = "ledger.jsonl"
HEAD: Final = "final.head"
INDEX: Final = "index.html"

POLICY: Final = (
    "<meta http-equiv=\"Content-Security-Policy\" content=\"script-src 'none'; object-src 'none'; "
    "frame-src 'none'; form-action 'none'; base-uri 'none'\">"
)
"""No page of an archive runs or sends anything. What may be loaded is left open: from the disk there is no own host."""

_TABLES: Final = ("contests", "candidates", "stages", "seats", "regions", "bodies", "headlines")
_HTML_LINK: Final = re.compile(r'(?<=\s)(href|src)="([^"]*)"')
_JSON_LINK: Final = re.compile(rb'"href":"([^"]*)"')
_CHARSET: Final = '<meta charset="utf-8">'


class NoFileError(Exception):
    """A page links to what is no file of the archive: a fault of ours."""


@dataclass(frozen=True)
class Site:
    """Which file of an archive an address of the publishing service is."""

    election: str

    def file(self, address: str) -> str:
        """Return the file, relative to the archive.

        Raises:
            NoFileError: it is none.
        """
        for pattern, file in self._files:
            if found := pattern.fullmatch(unquote(address)):
                return found.expand(file)
        raise NoFileError(address)

    @cached_property
    def _files(self) -> Sequence[tuple[re.Pattern[str], str]]:
        """What addresses look like, and the file of each; the first that fits."""
        board, api = (re.escape(f"{place}/{self.election}") for place in ("/elections", "/v1/elections"))
        return tuple(
            (re.compile(address), file)
            for address, file in (
                ("/elections", INDEX),
                (r"/static/[^/]+/([^/?]+)", rf"{BOARD}/static/\1"),
                (board, f"{BOARD}/index.html"),
                (rf"{board}/parties-[^/?]+", f"{BOARD}/parties.css"),
                (rf"{board}/([^?]+\.(?:png|svg))", rf"{BOARD}/\1"),
                (rf"{board}/([^?]+)", rf"{BOARD}/\1.html"),
                # Which entries are asked for is not said of a file.
                (rf"{api}/ledger(?:\?.*)?", LEDGER),
                (f"{api}/checkpoint", HEAD),
                (rf"{api}/(headlines\.atom)(?:\?.*)?", rf"{DOCUMENTS}/\1"),
                (rf"{api}/(nist\.json|[a-z]+\.csv)", rf"{DOCUMENTS}/\1"),
                (rf"{api}/([^?]+)", rf"{DOCUMENTS}/\1.json"),
            )
        )

    def link(self, at: str, address: str) -> str:
        """Return how a file links to an address.

        Args:
            at: the file with the link.
            address: what it links to, as the publishing service writes it.

        Raises:
            NoFileError: it is no file of the archive.
        """
        if address.startswith(("#", "urn:", "data:")):
            return address
        address, mark, fragment = address.partition("#")
        return quote(relpath(self.file(address), dirname(at) or ".")) + mark + fragment


def addresses(history: History) -> Iterator[str]:
    """Yield the address of every page and document of an election; those of pictures and styles stand on the pages."""
    board, api = f"/elections/{history.election}", f"/v1/elections/{history.election}"
    head = history.head
    regions = () if head is None else tuple(head.regions)
    bodies = () if head is None else tuple(head.bodies)
    yield from (board, f"{board}/headlines")
    for slug in regions:
        if slug != NATIONAL:
            yield from (f"{board}/regions/{slug}", f"{board}/regions/{slug}/headlines")
    yield from (f"{board}/bodies/{slug}" for slug in bodies)
    yield from (f"{board}/contests/{ballot_id}" for ballot_id in history.registers.contests)
    yield from (f"{api}/{name}" for name in ("snapshot", "contests", "regions", "bodies", "headlines", "nist.json"))
    yield f"{api}/headlines.atom?last={ENTRIES_MAX}"
    yield from (f"{api}/{name}.csv" for name in _TABLES)
    yield from (f"{api}/regions/{slug}" for slug in dict.fromkeys((NATIONAL, *regions)))
    yield from (f"{api}/bodies/{slug}" for slug in bodies)
    yield from (f"{api}/contests/{ballot_id}" for ballot_id in history.registers.contests)


@dataclass(slots=True)
class Pages:
    """Writes the pages of an election below a folder.

    Args:
        history: the election, whole.
        settings: what the operator says, and when it is archived.
        folder: where; it is there.
    """

    history: History
    settings: Settings
    folder: Path
    site: Site = field(init=False)
    _known: set[str] = field(default_factory=set)
    _waiting: deque[str] = field(default_factory=deque)

    def __post_init__(self) -> None:
        """Say which file each address is."""
        self.site = Site(self.history.election)

    def write(self, progress: LedgerProgress) -> int:
        """Write all of them, and return how many there are.

        Raises:
            NoFileError: a page links to what is no file, or has none.
            OSError: a file cannot be written.
        """
        for address in addresses(self.history):
            self._want(address)
        for _ in progress("Pages", len(self._waiting), self._written()):
            pass
        return len(self._known)

    def put(self, name: str, html: str) -> None:
        """Write a page of the archive's own, which links as pages of the service do.

        Raises:
            NoFileError, OSError: as of ``write``.
        """
        self._save(name, self._rewritten_html(name, html).encode())

    def _written(self) -> Iterator[list[str]]:
        with asyncio.Runner() as runner:
            # Every answer comes from the history: no server is asked.
            publishing = Publishing(cast("Any", None), self.settings)
            known = Election(Hub(self.history), State.LIVE, "", read=True)
            publishing.elections.known[self.history.election] = known
            publishing.elections.listed = True
            transport = httpx2.ASGITransport(asgi(publishing))
            # Files are read as they are.
            client = httpx2.AsyncClient(
                transport=transport, base_url="http://archive", headers={"Accept-Encoding": "identity"}, timeout=60
            )
            try:
                while self._waiting:
                    address = self._waiting.popleft()
                    # Nobody else waits for this process: pictures are drawn in it.
                    answer = runner.run(client.get(re.sub(r"\.png$", ".svg", address)))
                    self._take(address, answer)
                    yield [address]
            finally:
                runner.run(client.aclose())

    def _take(self, address: str, answer: httpx2.Response) -> None:
        if answer.status_code != httpx2.codes.OK:
            raise NoFileError(f"{address}: {answer.status_code} {one_line(answer.text)}")
        name, kind = self.site.file(address), answer.headers["content-type"].partition(";")[0]
        content = answer.content
        if kind == "text/html":
            content = self._rewritten_html(name, content.decode()).encode()
        elif kind == "application/atom+xml":
            content = self._rewritten(name, content.decode()).encode()
        elif name.endswith(".png"):
            content = drawn(answer.text)
        elif kind == "application/json":
            content = _JSON_LINK.sub(
                lambda found: b'"href":"%s"' % self._link(name, found[1].decode()).encode(), content
            )
        self._save(name, content)

    def _rewritten_html(self, name: str, html: str) -> str:
        return self._rewritten(name, html.replace(_CHARSET, f"{_CHARSET}\n{POLICY}", 1))

    def _rewritten(self, name: str, text: str) -> str:
        return _HTML_LINK.sub(lambda found: f'{found[1]}="{escape(self._link(name, unescape(found[2])))}"', text)

    def _link(self, name: str, address: str) -> str:
        link = self.site.link(name, address)
        if not address.startswith(("#", "urn:", "data:")):
            self._want(address.partition("#")[0])
        return link

    def _want(self, address: str) -> None:
        """Have an address become a file, unless it is one already or is written otherwise."""
        file = self.site.file(address)
        if file not in {INDEX, LEDGER, HEAD} and file not in self._known:
            self._known.add(file)
            self._waiting.append(address)

    def _save(self, name: str, content: bytes) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
