"""What verify advises: nobody who does as it says destroys a trace, or loses what was accepted."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tallywire.evidence import advice
from tests.pipeline.services import Nursery
from tests.tallywire.evidence.conftest import Night
from tests.tallywire.evidence.nights import (
    ELECTION,
    alter_first,
    at_work,
    chained,
    derived,
    entries,
    key,
    more_votes,
    payloads,
    rewrite,
    settle,
    tallywire,
)


def cut_last(night: Night) -> None:
    """Take the last entry off the ledger."""
    night.client.xdel(key("ledger"), entries(night.client, "ledger")[-1][0])


def set_head(night: Night) -> None:
    """Have ingest say that it wrote the ledger that is there."""
    ledger = payloads(night.client, "ledger")
    night.client.hset(key("ingest"), mapping={"sequence:ledger": len(ledger), "chain": json.loads(ledger[-1])["chain"]})


def cut_with_head(night: Night) -> None:
    """Take the last entry off the ledger, and have ingest say so."""
    cut_last(night)
    set_head(night)


def cut_with_head_and_cursor(night: Night) -> None:
    """Have aggregate say that it has read no more, too."""
    cut_with_head(night)
    night.client.hset(key("aggregate"), "cursor", entries(night.client, "ledger")[-1][0])


def forge(night: Night) -> None:
    """Chain a ledger with another declaration anew, and have ingest say that it wrote it."""
    rewrite(night.client, "ledger", lambda ledger: chained(more_votes(ledger)))
    set_head(night)


MAYBE_CUT: dict[str, tuple[Callable[[Night], object], str]] = {
    "an entry altered": (lambda night: rewrite(night.client, "ledger", alter_first), "ledger entry 1 "),
    "the end cut off": (cut_last, "ingest, field sequence:ledger"),
    "the ledger deleted": (lambda night: night.client.delete(key("ledger")), "ingest, field sequence:ledger"),
    "another chain": (lambda night: night.client.hset(key("ingest"), "chain", b"\xff" * 64), "ingest, field chain"),
    "what ingest keeps deleted": (lambda night: night.client.delete(key("ingest")), "ingest, field sequence:ledger"),
    "the end cut off, with the head": (cut_with_head, "aggregate, field cursor"),
    "chained anew, with the head": (forge, "ingest:taken, field "),
}


@pytest.mark.parametrize("how", MAYBE_CUT)
def test_where_the_ledger_may_have_been_cut_nothing_is_to_be_touched(night: Night, how: str) -> None:
    """Neither a rebuild nor a new export is advised: the one destroys the trace, the other lacks what was cut."""
    tamper, where = MAYBE_CUT[how]
    tamper(night)
    said = tallywire(night.url, "verify").stdout
    assert f"  {where}" in said
    assert all(line in said for line in advice.LEDGER)
    assert "`tallywire rebuild`" not in said
    assert "is whole: export it" not in said


@pytest.mark.parametrize("how", ["the end cut off", "the ledger deleted", "another chain"])
def test_what_ingest_contradicts_is_neither_signed_nor_rebuilt_from(night: Night, tmp_path: Path, how: str) -> None:
    """The results of what was cut may be its only trace, and a signed head would vouch for the rest."""
    MAYBE_CUT[how][0](night)
    before, signing_key = derived(night.client), tmp_path / "night.key"
    assert tallywire("", "keys", "note", str(signing_key)).exit_code == 0
    for command in (("rebuild", "--force"), ("checkpoint", "--key", str(signing_key))):
        done = tallywire(night.url, *command)
        assert (done.exit_code, done.stdout) == (1, "")
        assert "Nothing was done" in done.stderr
        assert MAYBE_CUT[how][1] in done.stderr
        assert all(line in done.stderr for line in advice.LEDGER)
    assert derived(night.client) == before


@pytest.mark.parametrize(
    "tamper",
    [lambda night: rewrite(night.client, "headlines", alter_first), cut_with_head_and_cursor],
    ids=["a headline altered", "the end cut off, with all that says so"],
)
def test_a_rebuild_is_advised_only_after_a_look_at_the_ledger(night: Night, tamper: Callable[[Night], None]) -> None:
    """Where only results, tallies or headlines differ, it may still be the ledger that was changed."""
    tamper(night)
    said = tallywire(night.url, "verify").stdout
    assert all(line in said for line in advice.DERIVED)


def test_an_election_that_the_catalogue_has_lost_is_named_again(night: Night, nursery: Nursery, tmp_path: Path) -> None:
    """Loading it again is enough, and changes nothing: ledger and all that follows are as they were."""
    before, ledger = derived(night.client), entries(night.client, "ledger")
    night.client.delete("tallywire:elections")
    assert "`tallywire election load`" in tallywire(night.url, "verify", "--election", ELECTION).stdout
    with at_work(nursery, night.url, tmp_path):
        assert tallywire(night.url, "election", "load", ELECTION).exit_code == 0
        settle(night.url)
    assert (derived(night.client), entries(night.client, "ledger")) == (before, ledger)
    assert tallywire(night.url, "verify").exit_code == 0
