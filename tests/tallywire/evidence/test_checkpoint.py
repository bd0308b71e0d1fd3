"""Signed heads: what a ledger alone cannot show is found against a head that was kept outside."""

import json
import stat
from pathlib import Path

import pytest

from tallywire.evidence.signed_notes import Verifier
from tests.tallywire.evidence.conftest import Night
from tests.tallywire.evidence.nights import ELECTION, chained, entries, key, tallywire


@pytest.fixture
def signing_key(tmp_path: Path) -> Path:
    """Make a key pair."""
    path = tmp_path / "night.key"
    assert tallywire("", "keys", "note", str(path), "--name", "results.example.org").exit_code == 0
    return path


@pytest.fixture
def head(night: Night, signing_key: Path, tmp_path: Path) -> Path:
    """Sign the head of the night and keep it outside."""
    done = tallywire(night.url, "checkpoint", "--key", str(signing_key))
    assert done.exit_code == 0, done.output
    path = tmp_path / "night.head"
    path.write_text(done.stdout, "utf-8")
    return path


def verify(url: str, head: Path, signing_key: Path, *more: str) -> tuple[int, str]:
    """Verify against the signed head; return the exit code and where the difference is, or what is said."""
    signed = ("--checkpoint", str(head), "--public-key", f"{signing_key}.pub")
    done = tallywire(url, "verify", "--json", *signed, *more)
    if not done.stdout:
        return done.exit_code, done.stderr
    return done.exit_code, json.loads(done.stdout).get("difference", {}).get("what", "")


def forged_export(night: Night, path: Path, *, keep: int | None = None, alter: int | None = None) -> Path:
    """Export what a forger would like to have been the ledger, with a chain that holds."""
    ledger = entries(night.client, "ledger")[:keep]
    if alter is not None:
        entry_id, data = ledger[alter]
        ledger[alter] = entry_id, data.replace(b'"data":{', b'"data":{ ', 1)
        ledger = chained(ledger)
    chain = json.loads(ledger[-1][1])["chain"]
    lines = [b"tallywire-ledger 1 %s %d %s\n" % (ELECTION.encode(), len(ledger), chain.encode())]
    lines += [b"%s %d\n%s\n" % (entry_id, len(data), data) for entry_id, data in ledger]
    path.write_bytes(b"".join(lines))
    return path


def replace(night: Night, export: Path) -> None:
    """Put an export in the place of the night, and see that nothing there contradicts it."""
    night.client.flushall()
    assert tallywire(night.url, "restore", str(export)).exit_code == 0
    assert tallywire(night.url, "verify").exit_code == 0


def test_the_private_key_is_its_owners(signing_key: Path) -> None:
    """Only its owner may read it; the public one is in the form that note verifiers take."""
    assert stat.S_IMODE(signing_key.stat().st_mode) == 0o600
    public = Path(f"{signing_key}.pub").read_text("utf-8")
    assert Verifier.decode(public).name == "results.example.org"


def test_a_key_is_never_replaced(signing_key: Path) -> None:
    """Whatever it has signed could not be checked any more."""
    before = signing_key.read_bytes()
    assert tallywire("", "keys", "note", str(signing_key)).exit_code == 2
    assert signing_key.read_bytes() == before


def test_half_a_key_pair_is_not_made(tmp_path: Path) -> None:
    """A public key that is there is named, and no private one is left to be in the way of the next attempt."""
    public = tmp_path / "night.key.pub"
    public.write_text("synthetic", "utf-8")
    done = tallywire("", "keys", "note", str(tmp_path / "night.key"))
    assert done.exit_code == 2
    assert f"{public} is there already" in done.stderr.replace("\n", "")
    assert [path.name for path in tmp_path.iterdir()] == [public.name]
    assert public.read_text("utf-8") == "synthetic"


def test_the_ledger_that_was_signed_is_verified(night: Night, head: Path, signing_key: Path) -> None:
    """And is found again once it has grown."""
    assert verify(night.url, head, signing_key) == (0, "")
    size = head.read_text("utf-8").split("\n")[1]
    assert int(size) == night.client.xlen(key("ledger"))


def test_an_older_head_holds_for_a_ledger_that_has_grown(night: Night, signing_key: Path, tmp_path: Path) -> None:
    """A head vouches for what was there, whatever came after."""
    shorter = forged_export(night, tmp_path / "earlier.ledger", keep=6)
    replace(night, shorter)
    early = tmp_path / "early.head"
    early.write_text(tallywire(night.url, "checkpoint", "--key", str(signing_key)).stdout, "utf-8")
    assert early.read_text("utf-8").split("\n")[1] == "6"
    longer = forged_export(night, tmp_path / "same.ledger")
    assert verify("", early, signing_key, "--file", str(longer))[0] == 0


def test_a_ledger_that_was_cut_with_everything_that_follows_is_found(
    night: Night, head: Path, signing_key: Path, tmp_path: Path
) -> None:
    """A shorter night contradicts nothing, except the head outside."""
    shorter = forged_export(night, tmp_path / "shorter.ledger", keep=10)
    replace(night, shorter)
    code, what = verify(night.url, head, signing_key)
    assert (code, "the ledger was cut" in what) == (1, True)


def test_a_ledger_that_was_replaced_as_a_whole_is_found(
    night: Night, head: Path, signing_key: Path, tmp_path: Path
) -> None:
    """One declaration is another, the tail is chained anew, everything is derived from it: only the head differs."""
    forged = forged_export(night, tmp_path / "forged.ledger", alter=4)
    replace(night, forged)
    code, what = verify(night.url, head, signing_key)
    assert (code, "not the one whose head was signed" in what) == (1, True)
    refused = tallywire(
        night.url, "restore", str(forged), "--checkpoint", str(head), "--public-key", f"{signing_key}.pub"
    )
    assert refused.exit_code == 1


def test_a_server_that_has_lost_everything_is_found(night: Night, head: Path, signing_key: Path) -> None:
    """Nothing is what was cut most."""
    night.client.flushall()
    code, what = verify(night.url, head, signing_key)
    assert (code, "the ledger was cut" in what) == (1, True)


def test_a_forged_head_is_refused(night: Night, head: Path, signing_key: Path) -> None:
    """Its signature does not hold for another size."""
    head.write_text(head.read_text("utf-8").replace("\n18\n", "\n17\n"), "utf-8")
    code, said = verify(night.url, head, signing_key)
    assert (code, "was forged or altered" in said) == (1, True)


def test_a_head_of_another_key_is_refused(night: Night, head: Path, tmp_path: Path) -> None:
    """Anyone can make a key; the public one says whose signature is believed."""
    other = tmp_path / "other.key"
    assert tallywire("", "keys", "note", str(other), "--name", "results.example.org").exit_code == 0
    code, said = verify(night.url, head, other)
    assert (code, "is not signed by" in said) == (1, True)


def test_a_broken_ledger_is_not_signed(night: Night, signing_key: Path) -> None:
    """A signature vouches for what was checked."""
    last_id, data = entries(night.client, "ledger")[-1]
    night.client.xdel(key("ledger"), last_id)
    night.client.xadd(key("ledger"), {"data": data.replace(b"votes", b"vetos")})
    done = tallywire(night.url, "checkpoint", "--key", str(signing_key))
    assert (done.exit_code, done.stdout) == (1, "")
    assert "ledger entry 18" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("verify", "--checkpoint", "no-such.head"),
        ("verify", "--checkpoint", "no-such.head", "--public-key", "no-such.pub"),
        ("verify", "--file", "no-such.ledger"),
        ("checkpoint", "--key", "no-such.key"),
        ("keys", "note", "no-such-folder/night.key"),
        ("keys", "note", "night.key", "--name", "two words"),
        ("keys", "note", "night.key", "--name", "night\x1b[2J"),
        ("keys", "note", "night.key", "--name", "night\udcff"),
        ("restore", "no-such.ledger"),
    ],
    ids=" ".join,
)
def test_a_file_that_cannot_be_used_is_a_sentence(night: Night, arguments: tuple[str, ...]) -> None:
    """Exit code 2, nothing on standard output, no traceback."""
    done = tallywire(night.url, *arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr
    assert "Traceback" not in done.stderr
    assert "\x1b" not in done.stderr
