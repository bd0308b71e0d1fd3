"""The folder of a demo: it goes with the demo, or, if that was killed, with the next one."""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import gettempdir, mkdtemp
from typing import Final

from tallywire.embedded.folder_lock import hold, is_held

PREFIX: Final = "tallywire-demo-"

LOCK: Final = "demo.lock"
"""Held for as long as the demo lives, however it ends."""

SERVER_LOCK: Final = "server.lock"
"""Held by the demo's server, which outlives a demo that was killed by some milliseconds."""


@contextmanager
def demo_folder() -> Iterator[Path]:
    """Provide a folder for a demo, after those that killed demos have left are gone."""
    _remove_abandoned()
    with ExitStack() as stack:
        folder = _locked_folder(stack)
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        yield folder


def _locked_folder(stack: ExitStack) -> Path:
    """Return a new folder that is locked until the stack is closed."""
    while True:
        folder = Path(mkdtemp(prefix=PREFIX))
        # Another demo that starts at this moment may find it before it is locked, and remove it.
        with suppress(FileNotFoundError):
            lock = stack.enter_context(hold(folder / LOCK))
            if lock is not None and os.fstat(lock).st_nlink:
                return folder


def _remove_abandoned() -> None:
    """Remove what demos of this user have left that live no more."""
    with suppress(OSError), os.scandir(gettempdir()) as entries:
        for entry in entries:
            with suppress(OSError):
                ours = entry.is_dir(follow_symlinks=False) and entry.stat(follow_symlinks=False).st_uid == os.getuid()
                if ours and entry.name.startswith(PREFIX):
                    _remove_if_abandoned(Path(entry.path))


def _remove_if_abandoned(folder: Path) -> None:
    with hold(folder / LOCK) as lock:
        if lock is not None and not is_held(folder / SERVER_LOCK):
            shutil.rmtree(folder, ignore_errors=True)
