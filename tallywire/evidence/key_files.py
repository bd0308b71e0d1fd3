"""Keys, signed heads and exports as files on the disk, with a sentence for each way in which that can fail."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final, TypeVar

from tallywire.client.errors import RefusedError, UsageError, file_error
from tallywire.evidence.advice import advice
from tallywire.evidence.checkpoint import Checkpoint, read_checkpoint
from tallywire.evidence.difference import Difference
from tallywire.evidence.ledger_file import ExportFault, Header, read_header
from tallywire.evidence.signed_notes import NoteFault, Signer, Verifier

NOTE_LENGTH_MAX: Final = 64 * 1024
"""Bytes of a key or a signed head; 16 signatures of the longest kind fit."""

Read = TypeVar("Read")


def make_keys(path: Path, name: str) -> Verifier:
    """Draw a key pair: the private key goes to ``path``, which only its owner may read, the public one beside it.

    Raises:
        UsageError: a file is there already, or cannot be written.
    """
    public_path = public_of(path)
    try:
        signer = Signer.draw(name)
    except NoteFault as fault:
        raise UsageError(f"{fault}.") from fault
    # Both are looked for before one is written: half a pair would be in the way of the next attempt.
    for place in (path, public_path):
        if os.path.lexists(place):
            raise _never_replaced(place)
    for place, mode, line in ((path, 0o600, signer.encode()), (public_path, 0o644, signer.verifier.encode())):
        try:
            with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
                file.write(line + "\n")
        except FileExistsError as error:
            raise _never_replaced(place) from error
        except OSError as error:
            raise file_error(place, "be written", error) from error
    return signer.verifier


def _never_replaced(path: Path) -> UsageError:
    return UsageError(f"{path} is there already, and a key is never replaced. Name another file.")


def public_of(path: Path) -> Path:
    """Return where the public key of a private one is kept."""
    return path.parent / f"{path.name}.pub"


def read_signer(path: Path) -> Signer:
    """Read a private key.

    Raises:
        UsageError: it cannot be read.
        RefusedError: it is none.
    """
    return _read(path, Signer.decode)


def read_verifier(path: Path) -> Verifier:
    """Read a public key.

    Raises:
        UsageError: it cannot be read.
        RefusedError: it is none.
    """
    return _read(path, Verifier.decode)


def read_head(path: Path, public_key: Path) -> Checkpoint:
    """Read a signed head.

    Raises:
        UsageError: one of the files cannot be read.
        RefusedError: the key or the head is none, or its signature does not hold.
    """
    verifier = _read(public_key, Verifier.decode)
    return _read(path, lambda note: read_checkpoint(note, verifier))


def _read(path: Path, decode: Callable[[str], Read]) -> Read:
    try:
        with path.open("rb") as file:
            content = file.read(NOTE_LENGTH_MAX + 1)
    except OSError as error:
        raise file_error(path, "be read", error) from error
    if len(content) > NOTE_LENGTH_MAX:
        raise RefusedError(f"{path} is too long for a key or a signed head.")
    try:
        return decode(content.decode())
    except UnicodeDecodeError as error:
        raise RefusedError(f"{path} is not text.") from error
    except NoteFault as fault:
        raise RefusedError(f"{path} {fault}.") from fault


@contextmanager
def open_export(path: Path) -> Iterator[tuple[Header, IO[bytes]]]:
    """Open an export and read its first line.

    Raises:
        UsageError: it cannot be read.
        RefusedError: it is no export, or a damaged one; from inside the block, too.
    """
    try:
        with path.open("rb") as file:
            yield read_header(file), file
    except ExportFault as fault:
        raise RefusedError(f"{path} {fault}.") from fault
    except OSError as error:
        raise file_error(path, "be read", error) from error


def require_file(path: Path, why: str) -> None:
    """See that a path names a file on a disk, or none yet.

    Raises:
        UsageError: it names a pipe, a device, or, with ``-``, the standard input or output.
    """
    try:
        other = path == Path("-") or (path.exists() and not path.is_file())
    except OSError as error:
        raise file_error(path, "be looked at", error) from error
    if other:
        raise UsageError(f"{path} is no file on a disk. {why}")


@contextmanager
def differences_end() -> Iterator[None]:
    """End a command on a difference: what it was asked for needs a ledger that is whole.

    Raises:
        RefusedError: there is one.
    """
    try:
        yield
    except Difference as difference:
        lines = ("Nothing was done: verification FAILED.", str(difference), *advice(difference))
        raise RefusedError("\n".join(lines)) from difference
