"""Where backups are: a folder, or a store that speaks S3. A file appears whole or not at all, and is never replaced."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Protocol

from tallywire.client.errors import RefusedError, UsageError, file_error

S3: Final = "s3://"
"""What the name of a place begins with that is no folder."""


class Store(Protocol):
    """A place for files, which are named by a path in it."""

    def names(self) -> list[str]:
        """Return the names of the files there are.

        Raises:
            TallywireError: the place cannot be read.
        """
        ...

    def put(self, name: str, file: Path) -> None:
        """Put a file there, whole or not at all.

        Raises:
            RefusedError: one of that name is there, or there is no room.
            TallywireError: the place cannot be written.
        """
        ...

    def get(self, name: str, file: Path) -> None:
        """Copy a file from there to a place where there is none; only its owner may read it.

        Raises:
            TallywireError: it cannot be read or written.
        """
        ...

    def remove(self, name: str) -> None:
        """Remove a file; harmless when it has gone.

        Raises:
            TallywireError: it cannot be removed.
        """
        ...


def open_store(place: str) -> Store:
    """Return the store that a place names: ``s3://BUCKET/PREFIX``, else a folder.

    Raises:
        UsageError: it cannot be one.
    """
    if place.startswith(S3):
        from tallywire.backups.s3 import open_bucket  # noqa: PLC0415  # its library is an extra

        return open_bucket(place)
    return Folder(Path(place))


class Folder:
    """A folder, made when something is put there.

    Args:
        path: the folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def names(self) -> list[str]:
        """Return the names of the files there are."""
        with _said(self.path, "be read"):
            if not self.path.is_dir():
                raise UsageError(f"There is no folder {self.path}.")
            return [file.relative_to(self.path).as_posix() for file in self.path.glob("*/*") if file.is_file()]

    def put(self, name: str, file: Path) -> None:
        """Put a file there."""
        place = self.path / name
        draft = place.with_name(f".{place.name}.draft")
        with _said(place, "be written"):
            # Declarations may not be public yet.
            place.parent.mkdir(mode=0o700, exist_ok=True)
            try:
                self._copy(file, draft)
                # Fails where a file is, unlike a rename.
                os.link(draft, place)
            except FileExistsError as error:
                raise RefusedError(f"{place} is there already, and no backup is replaced.") from error
            finally:
                draft.unlink(missing_ok=True)
            for folder in (place.parent, self.path):
                self._flush(folder)

    def get(self, name: str, file: Path) -> None:
        """Copy a file from there."""
        with _said(self.path / name, "be read"):
            self._copy(self.path / name, file)

    def remove(self, name: str) -> None:
        """Remove a file."""
        with _said(self.path / name, "be removed"):
            (self.path / name).unlink(missing_ok=True)

    @staticmethod
    def _copy(source: Path, target: Path) -> None:
        # One that an earlier attempt has left is no backup: its name begins with a dot.
        if target.name.startswith("."):
            target.unlink(missing_ok=True)
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as written, source.open("rb") as read:
            shutil.copyfileobj(read, written)
            written.flush()
            os.fsync(written.fileno())

    @staticmethod
    def _flush(folder: Path) -> None:
        """Let the folder's new entry outlive a power cut."""
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def _said(path: Path, how: str) -> Iterator[None]:
    """Turn what the system says into a sentence.

    Raises:
        TallywireError: it has said something.
    """
    try:
        yield
    except OSError as error:
        raise file_error(path, how, error) from error
