"""How the documents become a site: `make docs` (Sphinx reads the Markdown that is here, README and changelog too)."""

from pathlib import Path

from schemas import RELEASE

project = "Tallywire"
author = "The Tallywire authors"
project_copyright = author
release = RELEASE
language = "en-GB"

# The folder that is read is the repository: documents link to one another, and to files beside them.
root_doc = "docs/index"
include_patterns = ["*.md", "docs/**.md", "elections/**.md"]
extensions = ["myst_parser"]
# Anchors as the pages of the repository have them, so that a link works in both places.
myst_heading_anchors = 5

html_theme = "furo"
html_title = f"Tallywire {RELEASE}"
html_copy_source = False
# The front door leads to the first page.
html_additional_pages = {"index": "front_door.html"}
templates_path = [str(Path(__file__).parent / "site")]

suppress_warnings = [
    # Packs and decisions are reached from the pages about them.
    "toc.not_included",
    # Diagrams and tables are shown as they are written.
    "misc.highlighting_failure",
]
