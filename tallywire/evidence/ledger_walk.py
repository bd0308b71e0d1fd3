"""Walking a ledger from its first entry: every place filled, every chain continued."""

from collections.abc import Iterable, Iterator

from streams.chain import follows, origin
from streams.contexts import without_context
from streams.fold import Entry
from streams.ledger_tail import split
from tallywire.evidence.checkpoint import Checkpoint
from tallywire.evidence.difference import Difference


def stated(data: bytes, where: str) -> tuple[int, str]:
    """Return the place and the chain that an entry states.

    Raises:
        Difference: it states none.
    """
    _, appended = split(data)
    match appended:
        case {"sequence": int(sequence), "chain": str(chain)}:
            return sequence, chain
    raise Difference(where, "It does not end in its sequence and its chain, as ingest writes them.")


def entry_named(number: int, entry_id: str) -> str:
    """Return what an entry is called in a sentence; over HTTP nobody knows its id, and it has its number."""
    return f"ledger entry {number}" + (f" (id {entry_id})" if "-" in entry_id else "")


def other_ledger(checkpoint: Checkpoint, chain: str) -> Difference:
    """Return the difference between a signed head and the ledger that has another chain at its size."""
    return Difference(
        f"ledger entry {checkpoint.size}",
        "The ledger up to here is not the one whose head was signed: an entry was replaced, and what follows "
        "it was chained anew.",
        f"chain {checkpoint.chain}",
        f"chain {chain}",
    )


class Walk:
    """How far a ledger has been checked."""

    def __init__(self, election: str) -> None:
        """Begin before the first entry."""
        self.election = election
        self.size = 0
        """Entries checked."""
        self.chain = origin(election)
        """Chain of the last of them."""

    def take(self, entry: Entry) -> None:
        """Check the next entry.

        Raises:
            Difference: it is not the one that continues the ledger.
        """
        where = entry_named(self.size + 1, entry.id)
        if without_context(entry.fields).keys() != {b"data"}:
            names = ", ".join(name.decode(errors="replace") for name in entry.fields)
            raise Difference(where, "An entry has one field, data.", "data", names)
        data = entry.fields[b"data"]
        sequence, stated_chain = stated(data, where)
        if sequence != self.size + 1:
            raise Difference(
                where,
                "Another entry belongs here: one is missing, was put in, or has moved.",
                f"sequence {self.size + 1}",
                f"sequence {sequence}",
            )
        chain = follows(self.chain, data)
        if chain is None:
            raise Difference(
                where,
                "Its chain does not follow from its bytes and the entry before: this entry was altered, or the ledger "
                "up to here is another one.",
                "a chain that continues " + self.chain,
                stated_chain,
            )
        self.size, self.chain = self.size + 1, chain

    def compare(self, checkpoint: Checkpoint) -> None:
        """Compare with a signed head, when the walk has come exactly that far.

        Raises:
            Difference: it is another ledger.
        """
        if self.size == checkpoint.size and self.chain != checkpoint.chain:
            raise other_ledger(checkpoint, self.chain)

    def reach(self, checkpoint: Checkpoint) -> None:
        """Compare with a signed head at the end of the walk.

        Raises:
            Difference: the ledger was cut.
        """
        if self.size < checkpoint.size:
            raise Difference(
                f"ledger entry {self.size + 1}",
                "The ledger ends before it, and the signed head has seen it: the ledger was cut.",
                f"{checkpoint.size} entries or more",
                f"{self.size} entries",
            )


def walk_on(walked: Walk, chunks: Iterable[list[Entry]], checkpoint: Checkpoint | None = None) -> Iterator[list[Entry]]:
    """Check a ledger and hand on each part of it that has been checked.

    Raises:
        Difference: it is not whole.
    """
    if checkpoint is not None:
        walked.compare(checkpoint)
    for chunk in chunks:
        for entry in chunk:
            walked.take(entry)
            if checkpoint is not None:
                walked.compare(checkpoint)
        yield chunk
    if checkpoint is not None:
        walked.reach(checkpoint)
