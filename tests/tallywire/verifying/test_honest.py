"""``tallywire verify`` over HTTP against a service that does not cheat, and against what is none."""

import json
import socket
from pathlib import Path

import pytest

from tests.deploy.certificates import Authority
from tests.tallywire.evidence.nights import ELECTION, entries, tallywire
from tests.tallywire.verifying.cheat import cheating, honest
from tests.tallywire.verifying.conftest import Shown, verify


def test_a_night_is_verified_from_what_is_served_alone(shown: Shown) -> None:
    """Promise: ledger, signed head, feed and every page agree; what cannot be proven is said."""
    size = len(entries(shown.pipeline.client, "ledger"))
    url = f"{shown.publisher.url}/v1/elections/{ELECTION}"
    code, found = verify(url, "--public-key", f"{shown.key}.pub")
    assert (code, found.get("size")) == (0, size), found
    assert (found["checkpoint"], found["shown"]["head_size"]) == (size, size)
    assert found["shown"]["cursor"] == shown.publisher.await_cursor(ELECTION)
    assert found["shown"]["pages"] > 20
    assert not [each for each in found["not_checked"] if "replaced" in each]
    assert found["events"]["headlines"] > 14


def test_without_the_key_it_is_said_what_is_not_proven(shown: Shown) -> None:
    """Promise: who has no key of the signer's is told that a replaced ledger would pass."""
    done = tallywire("", "verify", shown.publisher.url, "--election", ELECTION)
    assert done.exit_code == 0, done.output
    assert "that nobody has replaced the ledger as a whole" in done.stdout.replace("\n", " ")
    assert f"{ELECTION}: verified" in done.stdout


def test_every_election_of_a_service_is_verified(shown: Shown) -> None:
    """Promise: a URL without an election means all of them."""
    code, found = verify(f"{shown.publisher.url}/")
    assert (code, found["election"]) == (0, ELECTION)


def test_entries_that_no_head_has_seen_are_counted(shown: Shown, tmp_path: Path) -> None:
    """Promise: what came after the signed head is not called proven; a head of one's own is compared, too."""
    kept = tmp_path / "early.head"
    kept.write_text(shown.early, "utf-8")
    signed = ("--public-key", f"{shown.key}.pub")
    # As it was before the last deposit.
    with cheating(shown.publisher.url, lambda path, content: replace_head(path, content, shown.early)) as url:
        code, found = verify(f"{url}/v1/elections/{ELECTION}", *signed, "--checkpoint", str(kept))
    assert code == 0, found
    assert any("that the last" in each and "no signed head" in each for each in found["not_checked"])


def replace_head(path: str, content: bytes, note: str) -> bytes:
    """Show another signed head, with what is said of it made to fit."""
    if not path.endswith("/checkpoint"):
        return content
    return json.dumps({**json.loads(content), "note": note, "size": int(note.split("\n")[1])}).encode()


def test_a_reader_who_is_cut_off_goes_on(shown: Shown) -> None:
    """Promise: a feed that breaks off is gone on with where it was."""
    blocks = 0

    def cut(_path: str, content: bytes) -> bytes:
        nonlocal blocks
        if content.startswith(b"id:"):
            blocks += 1
            if blocks % 20 == 0:
                raise ConnectionError
        return content

    with cheating(shown.publisher.url, cut) as url:
        code, found = verify(f"{url}/v1/elections/{ELECTION}")
    assert code == 0, found
    assert blocks > 40


@pytest.mark.parametrize(
    ("url", "code", "said"),
    [
        ("ftp://results.example.org", 2, "is not the URL of a publishing service"),
        ("results.example.org", 2, "is not the URL of a publishing service"),
        ("http://127.0.0.1:9/v1/elections/no%20id", 2, "is no election's id"),
    ],
)
def test_what_is_no_url_is_a_sentence(url: str, code: int, said: str) -> None:
    """Promise: a mistake on the command line is exit code 2, before anybody is asked."""
    done = tallywire("", "verify", url)
    assert (done.exit_code, said in done.stderr.replace("\n", " ")) == (code, True), done.stderr


def test_who_is_not_there_is_a_sentence(shown: Shown) -> None:
    """Promise: nobody there is 3, another election 6, another kind of server or a redirect 2; each says what it is."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        assert verify(f"http://127.0.0.1:{nobody.getsockname()[1]}")[0] == 3
    code, found = verify(shown.publisher.url, "--election", "pcc.2021-05-06")
    assert (code, ELECTION in found["said"]) == (6, True)
    with cheating(shown.publisher.url, lambda _path, _content: b"<html>It works!</html>") as url:
        code, found = verify(url)
    assert (code, "There is no publishing service" in found["said"]) == (2, True)
    with cheating(shown.publisher.url, honest, lambda _path: 301) as url:
        assert verify(url)[0] == 2
    with cheating(shown.publisher.url, honest, lambda path: 302 if "/ledger" in path else None) as url:
        code, found = verify(url)
    assert (code, "elsewhere.example.org" in found["said"]) == (2, True)
    with cheating(shown.publisher.url, honest, lambda path: 410 if "/ledger" in path else None) as url:
        code, found = verify(url)
    assert (code, "another history meanwhile" in found["said"].replace("\n", " ")) == (1, True)
    with cheating(shown.publisher.url, honest, lambda path: 500 if "/contests/" in path else None) as url:
        assert verify(url)[0] == 1


@pytest.mark.parametrize(
    "arguments", [("--file", "x.ledger"), ("--checkpoint", "x.head"), ("--max-age", "60")], ids=" ".join
)
def test_options_that_do_not_fit_are_refused(arguments: tuple[str, ...]) -> None:
    """Promise: an option that means nothing there is exit code 2."""
    assert tallywire("", "verify", "http://127.0.0.1:9", *arguments).exit_code == 2


def test_who_cannot_prove_who_they_are_is_not_read(
    shown: Shown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Promise: over HTTPS name and certificate are checked; an authority of one's own is named as for any program."""
    authority = Authority(tmp_path / "tls")
    with cheating(shown.publisher.url, honest, certificate=authority.sign("results")) as url:
        code, found = verify(url)
        assert (code, "certificate" in found["said"].lower()) == (3, True), found
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
        code, found = verify(url)
    assert code == 0, found
