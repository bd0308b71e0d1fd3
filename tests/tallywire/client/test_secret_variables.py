"""Secrets in the environment, or in a file that it names."""

from pathlib import Path

import pytest

from tallywire.client.errors import UsageError
from tallywire.client.signing import KEY_VARIABLE, SigningKey, read_key


def test_a_private_key_may_be_in_the_environment_or_in_a_file_that_it_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Promise: a container signs with a key that is in no variable; said twice it is a mistake."""
    key, place = SigningKey.draw(), tmp_path / "key.pem"
    place.write_bytes(key.pem)
    monkeypatch.setenv(KEY_VARIABLE, key.pem.decode())
    assert read_key(None) == key
    monkeypatch.setenv(f"{KEY_VARIABLE}_FILE", str(place))
    with pytest.raises(UsageError, match="both set"):
        read_key(None)
    monkeypatch.delenv(KEY_VARIABLE)
    assert read_key(None) == key
    monkeypatch.delenv(f"{KEY_VARIABLE}_FILE")
    assert read_key(None) is None
