"""The pages of an archive on the disk, looked at as a browser would."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

from tallywire.archive.pages import Pages
from tallywire.publishing.history import History
from tallywire.publishing.settings import Settings

ARCHIVED = "2030-05-04T10:00:00Z"


def written(history: History, folder: Path) -> Path:
    """Write the pages of an election, and return the folder."""
    Pages(history, Settings("Synthetic licence", archived=ARCHIVED), folder).write(lambda _what, _total, chunks: chunks)
    return folder


@dataclass(slots=True)
class Read:
    """What stands in a page."""

    links: list[str] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    tags: set[str] = field(default_factory=set)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.read = Read()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.read.tags.add(tag)
        for name, value in attrs:
            if name in {"href", "src", "action", "srcset", "data"} and value is not None:
                self.read.links.append(value)
            if name == "id" and value is not None:
                self.read.ids.add(value)


def read_page(path: Path) -> Read:
    """Return what stands in a page."""
    reader = _Reader()
    reader.feed(path.read_text(encoding="utf-8"))
    return reader.read


def broken_links(folder: Path, outside: frozenset[str] = frozenset()) -> Iterator[str]:
    """Yield every link of every page that leads to no file of the folder, or to no place in it.

    Args:
        folder: of the archive.
        outside: files that are not there, and may be linked to.
    """
    pages = {path: read_page(path) for path in folder.rglob("*.html")}
    for page, read in pages.items():
        for link in read.links:
            name, _, place = link.partition("#")
            target = (page.parent / unquote(name)).resolve() if name else page
            relative = target.relative_to(folder.resolve()).as_posix() if name else ""
            if relative in outside:
                continue
            if name.startswith("/") or ":" in name or "?" in name or not target.is_file():
                yield f"{page.relative_to(folder)}: {link}"
            elif place and target in pages and place not in pages[target].ids:
                yield f"{page.relative_to(folder)}: {link}, a place that is not there"
