"""A rehearsal is never published as real, nor the reverse."""

from collections.abc import Iterator

from services.ingest.rules.event.readable import Readable
from services.ingest.rules.reasons.faults import Fault, fault


def check_meant(sent: Readable, election: str) -> Iterator[Fault]:
    """The event is for this election, where it says which one it is for: a rehearsal shares another's contests."""
    meant = sent.text("election")
    if meant is not None and meant != election:
        yield fault("election.other", "election", meant=meant, election=election)


def check_rehearsal(sent: Readable, election: str, *, rehearsed: bool | None) -> Iterator[Fault]:
    """The event says ``test`` when its election is a rehearsal, and only then; None where that could not be read."""
    match sent.truth("test"), rehearsed:
        case True, False:
            yield fault("test.rehearsal_in_live", "test", election=election)
        case False, True:
            yield fault("test.live_in_rehearsal", "test", election=election)
