"""An election that is closed takes nothing more, until its operator opens it again."""

import json

import pytest

from tallywire.evidence.difference import Difference
from tests.services.ingest.signed_election import DESK, OFFICER, OPERATOR, SignedElection, declared
from tests.services.ingest.signed_refusals import closing
from tests.services.ingest.test_signed import codes
from tests.services.ingest.test_signed_attacks import forged, read_again


def test_a_closed_election_takes_repeats_alone() -> None:
    """Promise: from then on all is refused but a repeat, and the operator alone opens it again; so its ledger says."""
    night = SignedElection()
    assert night.post(OFFICER, declared()).status == "accepted"
    assert codes(night.post(DESK, closing("by-desk")).reasons) == ["key.may_not"]
    assert night.post(OPERATOR, closing()).status == "accepted"
    assert night.post(OFFICER, declared()).status == "duplicate"
    assert night.post(OFFICER, declared("same-under-another-id")).status == "duplicate"
    refused = night.post(OFFICER, declared("later", revision=2))
    assert codes(refused.reasons) == ["election.closed"]
    assert "is closed since 2030-" in refused.reasons[0].message
    assert codes(night.post(OFFICER, declared("bad", revision=-2)).reasons)[0] == "election.closed"
    assert night.post(OPERATOR, closing()).status == "duplicate"
    assert codes(night.post(OPERATOR, closing("again")).reasons) == ["election.nothing_changed"]
    by_desk = closing("reopen", closed=False, reason="To correct one")
    assert codes(night.post(DESK, by_desk).reasons) == ["key.may_not"]
    read_again(night.ledger)
    assert night.post(OPERATOR, closing("reopened", closed=False, reason="To correct one")).status == "accepted"
    withdrawn = {"kind": "withdrawn", "votes": None, "elected": None, "rejected": None, "papers": None, "reason": "x"}
    assert night.post(OFFICER, declared("later", revision=2, **withdrawn)).status == "accepted"
    read_again(night.ledger)


def test_a_ledger_that_goes_on_after_its_closing_is_found() -> None:
    """Promise: an entry that somebody put behind the closing cannot be ingest's, though it is signed."""
    night = SignedElection()
    night.post(OPERATOR, closing())
    entry = forged(OFFICER, declared(), len(night.ledger) + 1)
    with pytest.raises(Difference, match="is closed since"):
        read_again([*night.ledger, entry])
    assert json.loads(entry)["type"] == "tallywire.declaration.v1"
