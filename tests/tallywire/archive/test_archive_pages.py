"""The pages of an archive: files that need no service."""

import json
import re
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from streams.fold import Entry
from tallywire.archive.pages import HEAD, INDEX, LEDGER, NoFileError, Site
from tallywire.evidence.ledger_file import Header, write_export
from tallywire.publishing.history import History
from tests.tallywire.archive.site import broken_links, read_page, written
from tests.tallywire.publishing.board.systems_nights import parliament_night
from tests.tallywire.publishing.histories import ELECTION, STRANGE, strange_night

ELSEWHERE = frozenset({INDEX, LEDGER, HEAD})
"""Files that are written beside the pages."""


@pytest.fixture(scope="module")
def strange(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the pages of a night with every kind of declaration."""
    return written(strange_night(), tmp_path_factory.mktemp("archive"))


def test_every_link_resolves_in_the_folder(strange: Path) -> None:
    """Promise: nothing on a page points outside, at the service or at nothing, and nothing needs a server."""
    _require_whole(strange_night(), strange)


def test_so_does_every_link_of_a_parliament_with_lists(tmp_path: Path) -> None:
    """Promise: the same of regions, bodies, stages and a map of hexagons."""
    history = parliament_night()
    _require_whole(history, written(history, tmp_path))


def _require_whole(history: History, folder: Path) -> None:
    assert list(broken_links(folder, ELSEWHERE)) == []
    pages = list(folder.rglob("*.html"))
    for page in pages:
        assert read_page(page).tags.isdisjoint({"script", "form", "iframe"}), page
        content = page.read_text()
        assert "?at=" not in content, page
        assert "THIS-SERVICE" not in content, page
        assert "Not closed" in content, page
    for ballot_id in history.registers.contests:
        assert (folder / f"board/contests/{ballot_id}.html").is_file()
        assert (folder / f"documents/contests/{ballot_id}.json").is_file()
    assert history.head is not None
    assert {path.stem for path in (folder / "board/bodies").glob("*")} == set(history.head.bodies)
    for document in folder.rglob("documents/**/*.json"):
        assert b'"/v1/' not in document.read_bytes(), document
        json.loads(document.read_bytes())
    feed = (folder / "documents/headlines.atom").read_text()
    linked = [link for link in re.findall('href="([^"]*)"', feed) if not link.startswith("urn:")]
    assert all((folder / "documents" / link).is_file() for link in linked)


def test_what_a_page_proves_can_be_taken_from_the_ledger_beside_it(strange: Path, tmp_path: Path) -> None:
    """Promise: the command that a contest's page says prints the digest that it shows."""
    history = strange_night()
    page = (strange / f"board/contests/{STRANGE}.html").read_text()
    ledger = [entry.content for entry in history.ledger]
    header = Header(ELECTION, len(ledger), history.ledger[-1].chain)
    entries = _entries(ledger)
    write_export(tmp_path / LEDGER, header, [entries])
    found = re.search("""data-command="entry">python3 -c '(.*?)'</pre>""", page)
    assert found is not None
    said = subprocess.run(
        [sys.executable, "-c", found[1]], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout.strip()
    assert said == sha256(ledger[-1]).hexdigest()
    assert said in page


def _entries(ledger: list[bytes]) -> list[Entry]:
    return [Entry(f"{number}-0", {b"data": content}) for number, content in enumerate(ledger, 1)]


def test_an_address_that_is_no_file_is_found() -> None:
    """Promise: a link that an archive cannot keep ends the archiving; it is not written as it is."""
    site = Site("pcc.2030-05-02")
    board = "/elections/pcc.2030-05-02"
    for address in ("https://example.org/", f"{board}?at=l1", "/docs", "/elections/pcc.2024-05-02", "?at=l1"):
        with pytest.raises(NoFileError):
            site.link("board/index.html", address)
    assert site.link("board/contests/a.html", f"{board}#h-bodies") == "../index.html#h-bodies"
