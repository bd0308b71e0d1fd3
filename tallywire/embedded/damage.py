"""Whether what a server has kept can be read: as far as its list of files tells, and as the server says itself."""

import re
from pathlib import Path
from typing import Final

from tallywire.embedded.errors import FolderUnusable, ServerFailed

WHAT_TO_DO: Final = (
    "What it has kept seems to be damaged. Keep the folder, start on another one (--data), and bring each election "
    "back from an export with `tallywire restore`."
)

_UNREADABLE: Final = re.compile(
    "reading the append only file|AOF loading aborted|AOF MANIFEST FILE ERROR|Unable to obtain the AOF file|"
    "the truncated file is not the last file|[Ii]nternal error in RDB"
)
"""How a server says that it cannot read what it kept."""

_CUT: Final = "Truncating the AOF"
"""How a server says that its log ended in the middle of a write, and that it goes on with what stands before it."""

_LISTED: Final = re.compile(rb"^file (\S+\.(base|incr)\.\S+) seq \d+ type ([bih])\b", re.MULTILINE)
"""A line of the manifest: a file, which part of the log it is, and whether it is in use (b, i) or history (h)."""

_NEEDED: Final = {(b"base", b"b"), (b"incr", b"i")}
"""What the manifest of every log names: from its first moment a server writes one with both."""


def is_unreadable(said: str) -> bool:
    """Say whether a server that ended while it started has said that it cannot read what it kept."""
    return bool(_UNREADABLE.search(said))


def was_cut(said: str) -> bool:
    """Say whether a server has said that the end of its log was cut off."""
    return _CUT in said


def _was_worked_on(folder: Path) -> bool:
    """Whether services have said in their log that they worked on an election: then the server has written, too."""
    logs = (folder / name for name in ("services.log", "services.log.1"))
    return any(b'"stage.leading"' in path.read_bytes() for path in logs if path.exists())


def require_listed(folder: Path) -> None:
    """See that the manifest of a server's log names what lies beside it.

    Of a log without manifest, or with one that takes what is in use for history, the server says nothing: it begins
    anew, and deletes what was there. An empty base it takes for one in which nothing was written.

    Args:
        folder: where the server, which is not running, keeps its data.

    Raises:
        ServerFailed: the manifest cannot be right.
        FolderUnusable: the log may not be read.
    """
    log = folder / "appendonlydir"
    manifest = log / "appendonly.aof.manifest"
    try:
        sizes = {path.name.encode(): path.stat().st_size for path in log.glob("*.aof.*")}
        lines = _LISTED.findall(manifest.read_bytes() if manifest.exists() else b"")
    except OSError as error:
        raise FolderUnusable(f"The log in {log} cannot be read: {error.strerror}. Name another folder.") from error
    written = {name for name, size in sizes.items() if name.endswith(b".incr.aof") and size}
    # The first base is made before anything is written, and may lie there alone if the server is killed just then.
    if not written and not any(b".base." in name and b".1.base." not in name for name in sizes):
        if _was_worked_on(folder):
            raise ServerFailed(f"The log in {log} is empty, and services have worked on {folder}.\n{WHAT_TO_DO}")
        return
    kinds = {(part, kind) for _, part, kind in lines}
    # A base and what was written after it become history together.
    torn_apart = (b"incr", b"h") in kinds and (b"base", b"h") not in kinds
    bare = any(kind == b"b" and not sizes.get(name, 1) for name, _, kind in lines)
    if not written <= {name for name, _, _ in lines} or not kinds >= _NEEDED or torn_apart or bare:
        raise ServerFailed(
            f"{manifest} does not name what lies beside it, or that is empty: the server would begin anew without it.\n"
            f"{WHAT_TO_DO}"
        )
