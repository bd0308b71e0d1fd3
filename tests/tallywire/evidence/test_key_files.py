"""The files of keys."""

from pathlib import Path

import pytest

from tallywire.client.errors import RefusedError
from tallywire.evidence.key_files import NOTE_LENGTH_MAX, read_signer


def test_a_key_beyond_the_limit_is_not_read(tmp_path: Path) -> None:
    """Promise: a file that is no key is told from one by its length alone."""
    path = tmp_path / "key"
    path.write_bytes(b"x" * (NOTE_LENGTH_MAX + 1))
    with pytest.raises(RefusedError, match="too long for a key"):
        read_signer(path)
