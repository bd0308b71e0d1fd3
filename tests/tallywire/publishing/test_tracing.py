"""From a figure to the bytes that the returning officer has signed, as docs/evidence.md says it."""

import base64
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

from tests.pipeline.faults import SERVICES
from tests.pipeline.pipeline import Pipeline
from tests.pipeline.signed_sender import open_signed
from tests.pipeline.subscriber import Publisher
from tests.services.ingest.signed_election import CLERK, OFFICER, Person, declared
from tests.services.registers import ELECTION, TESTSHIRE

PAGE: Final = Path(__file__).parents[3] / "docs" / "evidence.md"

DER: Final = bytes.fromhex("302a300506032b6570032100")
"""What stands before an Ed25519 key in DER (RFC 8410)."""


def recipe(publisher: Publisher, who: Person) -> "subprocess.CompletedProcess[str]":
    """Run the page's lines of Python with somebody's public key."""
    (lines,) = re.findall(r"```python\n(import base64.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    command = [sys.executable, "-c", lines, publisher.url, ELECTION, TESTSHIRE, who.public_key]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def openssl_accepts(who: Person, content: bytes, signature: bytes, folder: Path) -> bool:
    """Whether OpenSSL says that somebody has signed some bytes."""
    key, signed, value = folder / "key.der", folder / "signed", folder / "signature"
    key.write_bytes(DER + who.key.public_key().public_bytes_raw())
    signed.write_bytes(content)
    value.write_bytes(signature)
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", str(key), "-rawin"]
    done = subprocess.run([*command, "-in", str(signed), "-sigfile", str(value)], capture_output=True, check=False)
    return done.returncode == 0


def test_a_figure_leads_to_the_signed_bytes_in_two_requests(pipeline: Pipeline, tmp_path: Path) -> None:
    """Promise: a contest names its ledger entries; those have the bytes that the officer has signed."""
    sender = open_signed(pipeline, *SERVICES)
    assert sender.post(OFFICER, declared()).status == 200
    publisher = Publisher(pipeline)
    publisher.await_ready()
    publisher.await_cursor(ELECTION, results=1)
    traced = recipe(publisher, OFFICER)
    assert traced.returncode == 0, traced.stderr
    assert traced.stdout.startswith("signed, ledger entry ")
    assert "InvalidSignature" in recipe(publisher, CLERK).stderr

    contest = publisher.page(ELECTION, f"contests/{TESTSHIRE}")
    (reference,) = (each for each in contest["ledger"] if each["type"] == "tallywire.declaration.v1")
    entry = publisher.get(reference["href"]).json["entry"]
    event = json.loads(entry)
    header, _, value = event["signature"].partition("..")
    # What was sent is on the declarations stream, byte for byte.
    stream = pipeline.client.xrevrange(pipeline.centre(ELECTION).key("declarations"), count=1)
    sent = stream[0][1][b"data"]
    assert entry.encode().startswith(sent.rstrip()[:-1])
    signature = base64.urlsafe_b64decode(value + "==")
    assert openssl_accepts(OFFICER, header.encode() + b"." + sent, signature, tmp_path)
    assert not openssl_accepts(OFFICER, header.encode() + b"." + sent.replace(b"1", b"2", 1), signature, tmp_path)
    assert reference["chain"] == event["chain"]
