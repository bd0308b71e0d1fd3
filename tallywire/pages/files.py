"""Style sheets, scripts and pictures of pages. Their addresses have a digest of all files: they may be kept for ever.

It is one digest for all, so that a script imports another beside it: ``import './following.js'``.
"""

from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Final

FOLDER: Final = files("tallywire.pages") / "static"

MEDIA_TYPES: Final = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
"""By the end of a file's name."""

CACHING: Final = "public, max-age=31536000, immutable"


@cache
def content(name: str) -> bytes:
    """Return a file.

    Raises:
        KeyError: there is none of that name.
    """
    if name not in names():
        raise KeyError(name)
    return (FOLDER / name).read_bytes()


@cache
def names() -> frozenset[str]:
    """Return the names of all files."""
    return frozenset(each.name for each in FOLDER.iterdir() if each.is_file())


@cache
def digest() -> str:
    """Return what tells these files from those of other releases."""
    named = (f"{name} {sha256(content(name)).hexdigest()}\n" for name in sorted(names()))
    return sha256("".join(named).encode()).hexdigest()[:12]


def address(name: str) -> str:
    """Return where a file is served.

    Raises:
        KeyError: there is none of that name.
    """
    if name not in names():
        raise KeyError(name)
    return f"/static/{digest()}/{name}"


def media_type(name: str) -> str:
    """Return what a file is."""
    return MEDIA_TYPES[name.rpartition(".")[2]]
