"""``tallywire verify``: everything recomputed from the ledger, and compared with what is there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Protocol

from schemas.streams import HEADLINES, RESULTS, TALLIES
from streams.fold import Entry
from tallywire.client.snapshot import Table
from tallywire.evidence.checkpoint import Checkpoint
from tallywire.evidence.difference import Difference
from tallywire.evidence.ledger_walk import Walk, walk_on
from tallywire.evidence.replay import IngestReplay, Replay, replays


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

    def ends(self, walk: Walk, ingest: IngestReplay, derived: Sequence[Replay[Any]]) -> None:
        """Compare where everything ends."""
        ...


def verify(
    election: str, ledger: Iterable[list[Entry]], witness: Witness, checkpoint: Checkpoint | None = None
) -> Report:
    """Check a ledger, and what is said to follow from it.

    Args:
        election: whose ledger it is.
        ledger: its entries, some at a time.
        witness: what is there.
        checkpoint: a head that was signed before.

    Raises:
        Difference: the first one.
    """
    walk = Walk(election)
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
    witness.ends(walk, ingest, (aggregate, notify))
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
    )
