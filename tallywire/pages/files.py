"""Style sheets, scripts and pictures of pages. The address of each has a digest of it, so it may be kept for ever."""

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
def digest(name: str) -> str:
    """Return what tells this version of a file from others."""
    return sha256(content(name)).hexdigest()[:12]


def address(name: str) -> str:
    """Return where a file is served."""
    return f"/static/{digest(name)}/{name}"


def media_type(name: str) -> str:
    """Return what a file is."""
    return MEDIA_TYPES[name.rpartition(".")[2]]
