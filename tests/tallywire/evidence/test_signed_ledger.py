"""The ledger of an election with signatures, checked without a server: whatever somebody changes of it is found."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from schemas.signatures import read_signature
from streams.chain import link, origin
from streams.fold import Entry
from streams.ledger_tail import append, split
from tallywire.evidence.ledger_file import Header, write_export
from tests.services.ingest.signed_election import (
    CLERK,
    OFFICER,
    OPERATOR,
    SECOND,
    STRANGER,
    SignedElection,
    confirmation,
    declared,
    register_message,
)
from tests.services.ingest.signed_refusals import OTHER_VOTES, retire
from tests.services.ingest.test_signed import everything
from tests.services.registers import ELECTION
from tests.tallywire.evidence.nights import tallywire

NOWHERE: Final = "redis://127.0.0.1:1"

Members = dict[str, Any]
Forgery = Callable[[list[tuple[bytes, Members]]], None]
"""Changes what was sent and what is appended to it, entry by entry, in place."""


def write(path: Path, ledger: list[bytes], forge: Forgery | None = None) -> Path:
    """Write an export of a ledger that somebody has changed and chained anew."""
    parts = [split(entry) for entry in ledger]
    taken = [(sent, dict(appended)) for sent, appended in parts]
    if forge is not None:
        forge(taken)
    chain, entries = origin(ELECTION), []
    for place, (sent, appended) in enumerate(taken, 1):
        kept = {name: value for name, value in appended.items() if name != "chain"} | {"sequence": place}
        event, chain = link(chain, append(sent, kept))
        entries.append(Entry(f"{place}-0", {b"data": event}))
    write_export(path, Header(ELECTION, len(entries), chain), [entries])
    return path


def verify(path: Path, *arguments: str) -> Members:
    """Return what is found in an export, as programs read it."""
    done = tallywire(NOWHERE, "verify", "--json", "--file", str(path), *arguments)
    found: Members = json.loads(done.stdout)
    assert done.exit_code == (0 if found["verified"] else 1), done.output
    return found


def confirmed() -> SignedElection:
    """Return an election with a declaration that was held and confirmed, and a key that was retired after."""
    night = SignedElection()
    night.post(SECOND, confirmation("confirm", night.hold()))
    night.post(OPERATOR, retire(CLERK))
    return night


def last(taken: list[tuple[bytes, Members]], kind: str) -> int:
    """Return the place of the last entry of a kind."""
    return max(place for place, (sent, _) in enumerate(taken) if f"tallywire.{kind}.v1" in sent.decode())


def alter_signature(taken: list[tuple[bytes, Members]]) -> None:
    """Change one byte of a signature, so that it can still be read."""
    _, appended = taken[last(taken, "declaration")]
    header, _, signature = appended["signature"].partition("..")
    appended["signature"] = f"{header}..{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"
    assert read_signature(appended["signature"]) is not None


def swap_person(taken: list[tuple[bytes, Members]]) -> None:
    """Have another person have sent it."""
    taken[last(taken, "declaration")][1]["person"] = SECOND.name


def remove_confirmed_by(taken: list[tuple[bytes, Members]]) -> None:
    """Have nobody have confirmed it."""
    del taken[last(taken, "declaration")][1]["confirmedby"]


def other_confirmed_by(taken: list[tuple[bytes, Members]]) -> None:
    """Have its own sender have confirmed it."""
    taken[last(taken, "declaration")][1]["confirmedby"] = OFFICER.name


def by_retired_key(taken: list[tuple[bytes, Members]]) -> None:
    """Retire the officer's key, and have it sign another declaration."""
    for who, event in ((OPERATOR, retire(OFFICER)), (OFFICER, declared("later", revision=2, **OTHER_VOTES))):
        sent = json.dumps(event).encode()
        taken.append((sent, {**taken[1][1], "signature": who.sign(sent), "person": who.name}))


def unsigned(taken: list[tuple[bytes, Members]]) -> None:
    """Take a signature away."""
    del taken[last(taken, "declaration")][1]["signature"]


FORGERIES: Final[dict[str, tuple[Forgery, str]]] = {
    "a byte of a signature": (alter_signature, "signature"),
    "the person": (swap_person, "it names synthetic-second, and synthetic-officer has signed it"),
    "who confirmed it": (other_confirmed_by, "has not confirmed it"),
    "nobody confirmed it": (remove_confirmed_by, "nobody has confirmed it"),
    "by a key that was retired before": (by_retired_key, "The key of synthetic-officer was retired"),
    "no signature": (unsigned, "signature"),
}


@pytest.mark.parametrize("forged", FORGERIES)
def test_what_is_changed_of_a_signed_ledger_is_found(tmp_path: Path, forged: str) -> None:
    """Promise: signatures, persons and confirmations are checked of the file alone, though the chain is whole."""
    forge, words = FORGERIES[forged]
    ledger = confirmed().ledger
    assert verify(write(tmp_path / "true.ledger", ledger))["verified"]
    found = verify(write(tmp_path / "forged.ledger", ledger, forge))
    assert not found["verified"]
    assert words in found["difference"]["what"]


def test_what_was_checked_and_what_was_not_is_said(tmp_path: Path) -> None:
    """Promise: how many entries are signed, by how many keys; what is held is not in the file, and that is said."""
    night = everything()
    path = write(tmp_path / "night.ledger", night.ledger)
    found = verify(path)
    holds = sum(json.loads(entry)["type"] == "tallywire.hold.v1" for entry in night.ledger)
    assert (found["signed"], found["keys"]) == (len(night.ledger) - holds, 5)
    assert found["operator"] == OPERATOR.key_id
    assert not found["operator_known"]
    (missing,) = found["not_checked"]
    waiting = sorted(night.intake.held)
    assert missing.startswith(
        f"the {len(waiting)} declarations that are held at ledger entry {', '.join(map(str, waiting))}"
    )
    shown = tallywire(NOWHERE, "verify", "--file", str(path)).stdout
    assert f"signed     {found['signed']} entries, by 5 keys" in shown
    assert missing in shown


def test_an_election_without_signatures_is_said_to_be(tmp_path: Path) -> None:
    """Promise: that nobody knows who has sent anything is part of what is reported."""
    night = SignedElection(loaded=False)
    night.post(None, register_message(signatures="none", operator_key=None))
    found = verify(write(tmp_path / "night.ledger", night.ledger))
    assert (found["signed"], found["operator"]) == (0, None)
    assert "does not ask for signatures" in found["not_checked"][0]
    assert not verify(tmp_path / "night.ledger", "--operator-key", OPERATOR.key_id)["verified"]


def test_the_operators_key_is_compared_with_the_one_that_was_handed_over(tmp_path: Path) -> None:
    """Promise: a whole ledger by somebody else's operator is found, by the key's id or by a file with the key."""
    path = write(tmp_path / "night.ledger", confirmed().ledger)
    assert verify(path, "--operator-key", OPERATOR.key_id)["operator_known"]
    found = verify(path, "--operator-key", STRANGER.key_id)
    assert not found["verified"]
    assert (found["difference"]["where"], found["difference"]["found"]) == (
        "ledger entry 1, data.operator_key",
        OPERATOR.key_id,
    )
    assert tallywire(NOWHERE, "verify", "--file", str(path), "--operator-key", "no-such-file").exit_code == 2
