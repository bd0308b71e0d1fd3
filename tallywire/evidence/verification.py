"""``tallywire verify``: everything recomputed from the ledger, and compared with what is there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final, Protocol

from schemas.streams import HEADLINES, RESULTS, TALLIES
from streams.fold import Entry
from tallywire.client.snapshot import Table
from tallywire.evidence.checkpoint import Checkpoint
from tallywire.evidence.difference import Difference
from tallywire.evidence.ledger_walk import Walk, walk_on
from tallywire.evidence.private_tables import check_private
from tallywire.evidence.replay import IngestReplay, Replay, operator_of, replays


@dataclass(frozen=True, slots=True)
class Shown:
    """What a publishing service shows, and was compared with what follows from the ledger that it serves."""

    cursor: str
    """At which cursor."""
    release: str
    """Which release it is."""
    pages: int
    """How many pages were compared, besides the feed."""
    head_size: int | None
    """Entries of the ledger that the signed head there has seen; None where none was compared."""
    head_signed: str | None
    """When that head was signed, by the signer's clock."""


@dataclass(slots=True)
class Report:
    """What was checked of an election and found right."""

    election: str
    size: int = 0
    """Entries on the ledger."""
    chain: str = ""
    """Chain of the last one."""
    events: dict[str, int] = field(default_factory=dict)
    """How many events follow, by stream."""
    digests: dict[str, str] = field(default_factory=dict)
    """SHA-256 of the events of each stream, one a line."""
    behind: dict[str, int] = field(default_factory=dict)
    """Entries that a service has still to fold, where it has any."""
    failed: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """By service, the entries that its rule fails on, with the error."""
    checkpoint: int | None = None
    """Size of the ledger that a signed head vouches for."""
    signed: int = 0
    """Entries whose signature holds, by somebody who might."""
    keys: int = 0
    """Keys that have signed them."""
    operator: str | None = None
    """The operator's key that the register names and was signed with, by its id; null where nothing is signed."""
    operator_known: bool = False
    """Whether it is the key that was expected, or that the catalogue names."""
    not_checked: list[str] = field(default_factory=list)
    """What could not be checked, a sentence each."""
    shown: Shown | None = None
    """What a publishing service shows; None where something else was checked."""


@dataclass(frozen=True, slots=True)
class Trusted:
    """What whoever checks a ledger knows from elsewhere."""

    checkpoint: Checkpoint | None = None
    """A head that was signed before."""
    operator: str | None = None
    """The id of the operator's key."""


NOTHING: Final = Trusted()
"""Nothing is known."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of checking one election."""

    election: str
    report: Report | None
    """What was found to be right; None when something is wrong."""
    difference: Difference | None
    """The first thing that is wrong."""


class Witness(Protocol):
    """What is there, asked in the order in which it follows from the ledger. Raises ``Difference`` when it differs."""

    def has_folded(self, stage: str, entry_id: str) -> bool:
        """Whether a stage has come as far as that entry."""
        ...

    def has_kept(self, kept: dict[str, Table]) -> None:
        """Compare what ingest keeps of some entries, by table."""
        ...

    def has_published(self, stream: str, event: bytes) -> str:
        """Compare the next event of a stream; return the id of its entry."""
        ...

    def operator(self) -> str | None:
        """Return the id of the operator's key, as the catalogue has it; None where it has none."""
        ...

    def private(self) -> Mapping[str, Table]:
        """Return what is there of what the ledger has digests of only, by table."""
        ...

    def ends(self, walk: Walk, ingest: IngestReplay, derived: Sequence[Replay[Any]]) -> None:
        """Compare where everything ends."""
        ...


def verify(election: str, ledger: Iterable[list[Entry]], witness: Witness, trusted: Trusted = NOTHING) -> Report:
    """Check a ledger, and what is said to follow from it.

    Args:
        election: whose ledger it is.
        ledger: its entries, some at a time.
        witness: what is there.
        trusted: what is known from elsewhere.

    Raises:
        Difference: the first one.
    """
    walk, checkpoint = Walk(election), trusted.checkpoint
    ingest, aggregate, notify = replays(election)
    digests = {stream: sha256() for stream in (RESULTS.name, TALLIES.name, HEADLINES.name)}
    behind = {"aggregate": 0, "notify": 0}
    for chunk in walk_on(walk, ledger, checkpoint):
        witness.has_kept(ingest.fold(chunk))
        folded = [entry for entry in chunk if witness.has_folded("aggregate", entry.id)]
        behind["aggregate"] += len(chunk) - len(folded)
        results: list[Entry] = []
        for stream, event in aggregate.fold(folded):
            digests[stream].update(event + b"\n")
            entry_id = witness.has_published(stream, event)
            if stream == RESULTS.name:
                results.append(Entry(entry_id, {b"data": event}))
        said = [entry for entry in results if witness.has_folded("notify", entry.id)]
        behind["notify"] += len(results) - len(said)
        for stream, event in notify.fold(said):
            digests[stream].update(event + b"\n")
            witness.has_published(stream, event)
    _compare_operator(ingest, trusted.operator, "the key that you named")
    _compare_operator(ingest, witness.operator(), "the key in the catalogue")
    witness.ends(walk, ingest, (aggregate, notify))
    not_checked = check_private(witness.private(), ingest.intake)
    sequences = {**aggregate.mark.sequences, **notify.mark.sequences}
    return Report(
        election=election,
        size=walk.size,
        chain=walk.chain,
        events={stream: sequences.get(stream, 0) for stream in digests},
        digests={stream: digest.hexdigest() for stream, digest in digests.items()},
        behind={stage: entries for stage, entries in behind.items() if entries},
        failed={replay.wiring.stage: replay.failed for replay in (aggregate, notify) if replay.failed},
        checkpoint=checkpoint.size if checkpoint else None,
        signed=ingest.signed,
        keys=len(ingest.signers),
        operator=operator_of(ingest.intake),
        operator_known=(trusted.operator or witness.operator()) is not None,
        not_checked=not_checked,
    )


def _compare_operator(ingest: IngestReplay, expected: str | None, called: str) -> None:
    """See that the register names an operator's key.

    Raises:
        Difference: it names another one, or none.
    """
    if expected is not None and (found := operator_of(ingest.intake)) != expected:
        what = f"The register was not signed with {called}: it is another ledger, or another's."
        raise Difference("ledger entry 1, data.operator_key", what, expected, found or "")
