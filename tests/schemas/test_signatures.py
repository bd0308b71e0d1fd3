"""Signatures of events: what is made elsewhere holds here, and what was altered anywhere does not."""

import json
import subprocess
from hashlib import sha512
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from schemas.signatures import (
    encode,
    header_of,
    read_public_key,
    read_signature,
    signed_bytes,
    thumbprint,
)

KEY: Final = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC: Final = KEY.public_key().public_bytes_raw()
CONTENT: Final = b'{"specversion": "1.0", "id": "1"}\n'

ORDER: Final = 2**252 + 27742317777372353535851937790883648493
"""Of the group of Ed25519 (RFC 8032)."""

OPENSSL: Final = r"""
b64u(){ base64 -w0 | tr '+/' '-_' | tr -d '='; }
h=$(printf '{"alg":"Ed25519","b64":false,"crit":["b64"],"kid":"%s"}' "$2" | b64u); t=$(mktemp)
{ printf '%s.' "$h"; cat "$3"; } > "$t"
echo "$h..$(openssl pkeyutl -sign -rawin -inkey "$1" -in "$t" | b64u)"; rm "$t"
"""
"""The lines of docs/posting.md."""


def signed(content: bytes, header: str | None = None) -> str:
    """Return a signature as a sender makes it."""
    head = header_of(thumbprint(PUBLIC)) if header is None else header
    return f"{head}..{encode(KEY.sign(signed_bytes(head, content)))}"


def holds(text: str, content: bytes = CONTENT) -> bool:
    """Whether a text is a signature that holds."""
    found = read_signature(text)
    return found is not None and found.key_id == thumbprint(PUBLIC) and found.holds(content, PUBLIC)


def test_the_thumbprint_is_that_of_the_standard() -> None:
    """Promise: keys are named as RFC 8037 appendix A.3 names the key of its example."""
    public = read_public_key("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")
    assert public is not None
    assert thumbprint(public) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_any_flipped_bit_breaks_a_signature() -> None:
    """Promise: of the content and of the signature, no bit can be altered, and no byte left out or added."""
    text = signed(CONTENT)
    assert holds(text)
    flipped = [
        bytes((*CONTENT[:at], CONTENT[at] ^ 1 << bit, *CONTENT[at + 1 :]))
        for at in range(len(CONTENT))
        for bit in range(8)
    ]
    assert not any(holds(text, content) for content in (*flipped, CONTENT.rstrip(), CONTENT + b"\n", b""))
    written = text.encode()
    altered = [
        bytes((*written[:at], written[at] ^ 1 << bit, *written[at + 1 :]))
        for at in range(len(written))
        for bit in range(7)
    ]
    assert not any(holds(other.decode("ascii")) for other in altered)


def test_a_signature_is_written_in_one_way_only() -> None:
    """Promise: other algorithms, other members, twice the same member and other spellings of base64 are not taken."""
    kid = thumbprint(PUBLIC)
    good: dict[str, object] = {"alg": "Ed25519", "b64": False, "crit": ["b64"], "kid": kid}
    assert holds(signed(CONTENT, encode(json.dumps(good).encode())))
    changes: tuple[dict[str, object], ...] = (
        {"alg": "none"},
        {"alg": "EdDSA"},
        {"b64": True},
        {"b64": 0},
        {"crit": []},
        {"kid": None},
        {"x": 1},
    )
    others = [json.dumps({**good, **change}) for change in changes]
    others += [f'{{"kid":"{kid}",{json.dumps(good)[1:]}', json.dumps([*good.items()]), "[]", "1", "", "{" * 200]
    for header in others:
        assert not holds(signed(CONTENT, encode(header.encode()))), header
    text = signed(CONTENT)
    for other in (text + "=", text + "\n", f" {text}", text.replace("..", "."), text.replace("..", "...")):
        assert not holds(other), other


def test_a_signature_that_could_be_written_in_another_way_does_not_hold() -> None:
    """Promise: a signature's number is below the order of the group, and its point is not one of small order."""
    header = header_of(thumbprint(PUBLIC))
    message = signed_bytes(header, CONTENT)
    good = KEY.sign(message)
    number = int.from_bytes(good[32:], "little")
    larger = good[:32] + (number + ORDER).to_bytes(32, "little")
    neutral = (1).to_bytes(32, "little")
    secret = int.from_bytes(sha512(bytes(range(32))).digest()[:32], "little") & (2**254 - 8) | 2**254
    challenge = int.from_bytes(sha512(neutral + PUBLIC + message).digest(), "little")
    small = neutral + (challenge * secret % ORDER).to_bytes(32, "little")
    KEY.public_key().verify(small, message)  # OpenSSL takes it
    assert [holds(f"{header}..{encode(signature)}") for signature in (good, larger, small)] == [True, False, False]


def test_a_signature_made_with_openssl_alone_holds(tmp_path: Path) -> None:
    """Promise: the lines of the documents make a signature that holds, with a shell, openssl and nothing of ours."""
    (tmp_path / "key").write_bytes(KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (tmp_path / "body").write_bytes(CONTENT)
    made = subprocess.run(
        ["bash", "-ec", OPENSSL, "sign", "key", thumbprint(PUBLIC), "body"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert holds(made.stdout.strip())
