"""docs/signatures.md: the table of roles is the code's, and what it says to type signs."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

from schemas.signatures import Signature, read_public_key, read_signature
from tallywire.people.requests import read_request
from tests.docs.roles_table import DOCUMENT, written

TEXT: Final = DOCUMENT.read_text("utf-8")
SHELL: Final = re.findall(r"^```sh\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
NODE: Final = re.findall(r"^```js\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
BODY: Final = b'{"id": "norfolk-1", "name": "\xc3\x97"}\n'
"""With a line end, which is signed, too."""


def test_the_table_of_roles_is_the_codes() -> None:
    """Promise: who may do what is what ingest lets through. To write it anew: python -m tests.docs.roles_table."""
    assert written(TEXT) == TEXT


def run(folder: Path, *command: str) -> str:
    """Run a command in a folder, and return what it printed."""
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, timeout=60)
    return done.stdout


def made(folder: Path) -> bytes:
    """Make a key and a request as the document says, and return the public key."""
    (folder / "norfolk.json").write_bytes(BODY)
    run(folder, "bash", "-ec", "\n".join(SHELL))
    request = read_request((folder / "norfolk.key.request").read_bytes(), "it")
    public_key = read_public_key(request.public_key)
    assert public_key is not None
    assert json.loads((folder / "request").read_bytes())["key_id"] == request.key_id
    return public_key


def signature(printed: str) -> Signature:
    """Return the signature that was printed."""
    found = read_signature(printed.strip())
    assert found is not None, printed
    return found


def test_a_shell_signs_with_openssl(tmp_path: Path) -> None:
    """Promise: the lines of the document make a key, a request that is taken, and a signature that holds."""
    public_key = made(tmp_path)
    printed = run(tmp_path, "bash", "-ec", f"{SHELL[0]}\nsign norfolk.key norfolk.json")
    assert signature(printed).holds(BODY, public_key)
    assert not signature(printed).holds(BODY.rstrip(), public_key)


@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed here")
def test_node_signs(tmp_path: Path) -> None:
    """Promise: the script of the document makes a signature that holds."""
    public_key = made(tmp_path)
    (tmp_path / "sign.mjs").write_text(NODE[0], "utf-8")
    assert signature(run(tmp_path, "node", "sign.mjs", "norfolk.key", "norfolk.json")).holds(BODY, public_key)
