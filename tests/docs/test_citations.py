"""What comments and docstrings cite is in the repository."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("schemas", "services", "streams", "tallywire", "tests", "benchmarks", "scripts")
SOURCES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.suffix in {".py", ".lua"})

CITED = re.compile(
    r"(?<![\w/.*<-])(?:"
    r"(?:[\w-]+/)*[\w.-]+\.md"  # a document, wherever it is
    rf"|(?:docs|elections|{'|'.join(FOLDERS)})/[\w./-]*\w\.\w+"  # any file of ours, by its path
    r")\b"
)


def said(path: Path) -> Iterator[str]:
    """Yield what a source says to its readers: comments, and texts that stand by themselves."""
    text = path.read_text("utf-8")
    if path.suffix != ".py":
        yield text
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.value.value
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.string


def not_there(path: Path) -> list[str]:
    """Return what a source cites and nobody finds: from the root, from docs/, or beside the source."""
    if not CITED.search(path.read_text("utf-8")):
        # Most cite nothing, and reading their comments is slow.
        return []
    cited = {name for text in said(path) for name in CITED.findall(text)}
    return sorted(
        name for name in cited if not any((folder / name).exists() for folder in (ROOT, ROOT / "docs", path.parent))
    )


def test_what_a_source_cites_is_in_the_repository() -> None:
    """Promise: whoever follows a reference in a comment or docstring arrives."""
    lost = {str(path.relative_to(ROOT)): names for path in SOURCES if (names := not_there(path))}
    assert lost == {}


def test_every_section_of_the_rules_is_cited_where_it_is_kept_and_no_other() -> None:
    """Promise: from a sentence of the rules the way to its module is a search for the name of its section."""
    sections = set(re.findall(r"^## (.*)$", (ROOT / "docs/rules.md").read_text("utf-8"), re.MULTILINE))
    texts = (path.read_text("utf-8") for path in SOURCES if path.suffix == ".py" and path != Path(__file__))
    cited = {
        section
        for text in texts
        for named in re.findall(r'docs/rules\.md((?:,?\s(?:and\s)?"[^"]+")+)', text)
        for section in re.findall(r'"([^"]+)"', " ".join(named.split()))
    }
    assert cited == sections


@pytest.mark.parametrize(
    ("source", "lost"),
    [
        ('"""As docs/rules.md has it."""\n', []),
        ('"""As lost.md has it, and rules.md."""\n', ["lost.md"]),
        ('def f():\n    x = 1\n    """See docs/lost.md."""\n', ["docs/lost.md"]),
        ("x = 1  # see tests/lost/test_it.py\n", ["tests/lost/test_it.py"]),
        ('x = "lost.md"\n', []),
    ],
    ids=["there", "in a docstring", "in an attribute's docstring", "in a comment", "in a value"],
)
def test_a_lost_citation_is_found(tmp_path: Path, source: str, lost: list[str]) -> None:
    """Promise: docstrings and comments are read; texts that a program works with are not citations."""
    path = tmp_path / "source.py"
    path.write_text(source, "utf-8")
    assert not_there(path) == lost
