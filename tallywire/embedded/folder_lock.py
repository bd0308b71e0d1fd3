"""Who has a folder: an ``flock`` that the kernel releases when its last holder is gone, however it ended.

A pid in a file proves nothing (the process may be gone and its number given to another); a lock that is held proves
that its holder lives.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def hold(path: Path) -> Iterator[int | None]:
    """Lock the file at ``path``, which is made when missing, or find that somebody else has it.

    Yields:
        The locked file's descriptor, None when somebody else holds the lock. A child that inherits the descriptor
        keeps the lock after this context has ended, for as long as the child lives.

    Raises:
        OSError: the file cannot be opened or written.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
            return
        yield descriptor
    finally:
        # Closed, never unlocked: unlocking would take the lock from a child that shares it.
        os.close(descriptor)


def is_held(path: Path) -> bool:
    """Say whether a living process holds the lock."""
    if not path.exists():
        return False
    with hold(path) as descriptor:
        return descriptor is None
