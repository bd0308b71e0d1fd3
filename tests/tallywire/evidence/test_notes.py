"""Signed notes and keys: interchangeable with the tools that speak the same format."""

import pytest

from tallywire.evidence.checkpoint import Checkpoint, read_checkpoint
from tallywire.evidence.signed_notes import NoteFault, Signer, Verifier, opened

TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"  # noqa: S105  # published
PUBLIC = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
SIGNATURE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
"""Key, text and signature of the documentation of Go's golang.org/x/mod/sumdb/note."""

SIGNER = Signer.decode(SECRET)
OTHER = Signer.draw("results.example.org/night")
HEAD = Checkpoint("pcc.2024-05-02", 15, "ab" * 32)


def test_a_note_is_signed_as_go_signs_it() -> None:
    """The published example comes out to the byte, and its keys are read and written alike."""
    assert SIGNER.sign(TEXT) == f"{TEXT}\n{SIGNATURE}"
    assert (SIGNER.encode(), SIGNER.verifier.encode()) == (SECRET, PUBLIC)
    assert opened(f"{TEXT}\n{SIGNATURE}", Verifier.decode(PUBLIC + "\n")) == TEXT


def test_a_head_is_written_as_c2sp_says() -> None:
    """Origin, size and hash, a line each; a signature under an empty line."""
    note = HEAD.signed(OTHER)
    lines = note.split("\n")
    assert lines[:4] == ["tallywire.pcc.2024-05-02", "15", "q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=", ""]
    assert lines[4].startswith("— results.example.org/night ")
    assert lines[5:] == [""]
    assert read_checkpoint(note, OTHER.verifier) == HEAD


def test_a_witness_may_sign_below() -> None:
    """Signatures of keys we do not know are left alone, above ours or below."""
    note = HEAD.signed(OTHER)
    witnessed = note + SIGNER.sign(HEAD.text()).rpartition("\n\n")[2]
    assert read_checkpoint(witnessed, OTHER.verifier) == HEAD
    assert read_checkpoint(witnessed, SIGNER.verifier) == HEAD


@pytest.mark.parametrize(
    "note",
    [
        HEAD.signed(OTHER).replace("\n15\n", "\n14\n"),
        HEAD.signed(OTHER).replace("pcc.2024", "pcc.2025"),
        HEAD.signed(OTHER).replace("q6ur", "q6us", 1),
        HEAD.signed(SIGNER),
        HEAD.signed(Signer.draw(OTHER.name)),
        HEAD.signed(SIGNER).replace("PeterNeumann", OTHER.name),
        HEAD.text(),
        OTHER.sign("tallywire.pcc.2024-05-02\n015\nq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=\n"),
        OTHER.sign("tallywire.{no}election\n15\nq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=\n"),
        OTHER.sign("example.org/log\n15\nq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=\n"),
        OTHER.sign(TEXT),
        "",
        "\n\n",
        "— results.example.org/night AAAA",
        HEAD.signed(OTHER)[:-20],
    ],
)
def test_what_is_no_signed_head_is_refused(note: str) -> None:
    """Altered, signed by somebody else or by a key of the same name, or no head at all."""
    with pytest.raises(NoteFault):
        read_checkpoint(note, OTHER.verifier)


@pytest.mark.parametrize(
    "line",
    ["", "+", "night", PUBLIC[:-1], PUBLIC.replace("c74f20a3", "c74f20a4"), PUBLIC.replace("+ARpc", "+BRpc"), SECRET],
)
def test_what_is_no_public_key_is_refused(line: str) -> None:
    """A key that was cut, or whose parts do not belong together, checks nothing."""
    with pytest.raises(NoteFault):
        Verifier.decode(line)


@pytest.mark.parametrize("line", ["", PUBLIC, SECRET[:-1], SECRET.replace("c74f20a3", "c74f20a4")])
def test_what_is_no_private_key_is_refused_and_not_repeated(line: str) -> None:
    """Messages end up in logs."""
    with pytest.raises(NoteFault) as refused:
        Signer.decode(line)
    assert "AYEK" not in str(refused.value)


@pytest.mark.parametrize("name", ["", "two words", "a+b", "x" * 201, "a\x1b[2J", "a\x00", "a\udcff", "a\u202eb"])
def test_a_name_that_would_break_the_format_is_refused(name: str) -> None:
    """Neither blank nor plus: they separate. Nothing that steers a terminal, or that cannot be written."""
    with pytest.raises(NoteFault):
        Signer.draw(name)
