"""Every stream, who writes it, who reads it, and what is on it.

An election is a partition: its keys carry one hash tag, ``{pcc.2024-05-02}:ledger``, so that one commit touches
one slot of a Redis Cluster.
"""

from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel

from schemas import events


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream that every election has."""

    name: str
    """Last part of its key."""
    events: tuple[type[events.Event[BaseModel]], ...]
    """The event types on it."""
    writer: str
    """The service that writes it, or who else does."""
    readers: tuple[str, ...]
    """The services that read it."""
    purpose: str
    """One sentence."""


def _stream(name: str, types: tuple[object, ...], writer: str, readers: tuple[str, ...], purpose: str) -> Stream:
    return Stream(name, types, writer, readers, purpose)  # type: ignore[arg-type]  # of one kind of data each


DECLARATIONS: Final = _stream(
    "declarations",
    tuple(events.SENT.values()),
    "count centres and the results desk",
    ("ingest",),
    "What anyone sent: field `data` holds one event as JSON. Anything may be here.",
)
LEDGER: Final = _stream(
    "ledger",
    tuple(events.ON_LEDGER.values()),
    "ingest",
    ("aggregate",),
    "What was accepted, as it was sent, with its place and time; the register first. Everything follows from it.",
)
RECEIPTS: Final = _stream(
    "receipts", (events.ReceiptEvent,), "ingest", (), "The answer to every entry of the declarations stream."
)
REFUSALS: Final = _stream(
    "refusals",
    (events.RefusalEvent,),
    "ingest",
    (),
    "Dead letters: every refused entry, as it came, with its reasons.",
)
RESULTS: Final = _stream(
    "results",
    (events.ResultEvent, events.ControlEvent),
    "aggregate",
    ("notify",),
    "Results, each with what it takes the place of, and changes in who runs a council or parliament.",
)
TALLIES: Final = _stream(
    "tallies", (events.TallyEvent,), "aggregate", (), "Standings of regions, published when they change."
)
HEADLINES: Final = _stream("headlines", (events.HeadlineEvent,), "notify", (), "What to say, once each, in order.")
PARKED: Final = {
    stage: _stream(
        f"parked-{stage}",
        (events.ParkedEvent,),
        stage,
        (),
        f"Entries on which a rule of {stage} itself failed, set aside so that they delay nobody.",
    )
    for stage in ("ingest", "aggregate", "notify")
}

STREAMS: Final = (DECLARATIONS, LEDGER, RECEIPTS, REFUSALS, RESULTS, TALLIES, HEADLINES, *PARKED.values())
"""Every stream, in the order of the flow."""

PERMANENT: Final = (LEDGER, RESULTS, TALLIES, HEADLINES)
"""Streams of which every entry stays until a rebuild: one that was written and is not there was deleted or lost."""


def permanent(service: str) -> tuple[str, ...]:
    """Return the names of the permanent streams that a service writes, in the order of the flow."""
    return tuple(stream.name for stream in PERMANENT if stream.writer == service)
