"""Secrets in the environment: in a variable, or in the file that ``NAME_FILE`` names, as containers hand them over."""

import os
from pathlib import Path
from typing import Final

from tallywire.client.errors import UsageError, file_error

SUFFIX: Final = "_FILE"
"""``TALLYWIRE_REDIS_URL_FILE`` names the file with what ``TALLYWIRE_REDIS_URL`` would hold."""


def secret(variable: str, *, several_lines: bool = False) -> str | None:
    """Return what an environment variable holds, or the file that is named in its place; None where neither is set.

    White space around it is no part of it: a file ends with a new line.

    Args:
        variable: its name.
        several_lines: whether it may have more than one line, as a key does.

    Raises:
        UsageError: both are set, or the file cannot be read or holds nothing. The message has nothing of the secret.
    """
    value, place = os.environ.get(variable), os.environ.get(variable + SUFFIX)
    if not place:
        return value or None
    if value:
        raise UsageError(f"{variable} and {variable}{SUFFIX} are both set. Set one of them.")
    path = Path(place)
    try:
        held = path.read_bytes().strip()
    except OSError as error:
        raise file_error(path, f"be read, which {variable}{SUFFIX} names", error) from error
    try:
        text = held.decode()
    except UnicodeDecodeError:
        # Its cause would show a part of it.
        raise UsageError(f"{path}, which {variable}{SUFFIX} names, is not text.") from None
    if not text or ("\n" in text and not several_lines):
        raise UsageError(
            f"{path}, which {variable}{SUFFIX} names, holds {'more than one line' if text else 'nothing'}."
        )
    return text
