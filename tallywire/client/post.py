"""Posting messages to elections, and the receipts that come for them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Final, get_args

from pydantic import ValidationError

from schemas import RELEASE
from schemas.events import ReceiptEvent
from schemas.receipt import Status
from schemas.streams import DECLARATIONS, RECEIPTS
from streams.keys import CATALOGUE, Partition
from tallywire.client.connection import Connection
from tallywire.client.errors import NoReceiptError
from tallywire.client.follow import Follower
from tallywire.client.parked import parked_by_ingest
from tallywire.client.progress import lag
from tallywire.client.submissions import Submission

POST_MAX: Final = 100
"""Entries sent in one round trip: makes the trip cheap and keeps what is in flight to about 50 kB."""

INGEST: Final = "ingest"
"""The service that answers."""

KNOWN: Final = frozenset(get_args(Status))
"""What a receipt may say, as far as this release knows."""


@dataclass(frozen=True, slots=True)
class Posted:
    """Messages that are on an election's declarations stream."""

    election: str
    entry_ids: tuple[str, ...]
    """The id of each message's entry, in the order in which they were given."""
    receipts_after: str
    """Id of the last receipt there was before: theirs come after it."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The receipt of one posted message."""

    number: int
    """Which one it is of, counted from 0 among those that were posted together."""
    event: bytes
    """The receipt, as published."""
    receipt: ReceiptEvent
    safe: bool
    """Whether a stand-by has message and receipt too, where there is to be one. Until then both may yet be lost."""


def post(
    connection: Connection, election: str, messages: Sequence[bytes], signatures: Sequence[str | None] = ()
) -> Posted:
    """Add each message to the election's declarations stream; with its signature, where they are given."""
    after = connection.last_id(election, RECEIPTS.name)
    key = Partition(election).key(DECLARATIONS.name)
    ids: list[str] = []
    for start in range(0, len(messages), POST_MAX):
        pipeline = connection.at(election).pipeline(transaction=False)
        for place, content in enumerate(messages[start : start + POST_MAX], start):
            signature = signatures[place] if signatures else None
            pipeline.xadd(key, {"data": content} | ({} if signature is None else {"signature": signature}))
        ids.extend(entry_id.decode() for entry_id in pipeline.execute())
    return Posted(election, tuple(ids), after)


def await_receipts(connection: Connection, posted: Posted, timeout_s: float) -> Iterator[Reply]:
    """Yield the receipt of each posted message as it comes; end when all have come, or the time is up.

    Args:
        connection: where they were posted.
        posted: the messages, as ``post`` returned them.
        timeout_s: seconds to wait for all of them.
    """
    follower = Follower(connection.servers)
    follower.add(posted.election, RECEIPTS.name, posted.receipts_after)
    awaited = {entry_id: number for number, entry_id in enumerate(posted.entry_ids)}
    deadline = monotonic() + timeout_s
    while awaited and (left_s := deadline - monotonic()) > 0:
        read = [(entry.event, receipt) for entry in follower.read(left_s) if (receipt := _receipt(entry.event))]
        ours = [(event, receipt) for event, receipt in read if receipt.data.entry_id in awaited]
        safe = not ours or connection.on_standby(posted.election, deadline - monotonic())
        for event, receipt in ours:
            yield Reply(awaited.pop(receipt.data.entry_id), event, receipt, safe)


def send(
    connection: Connection,
    submissions: Sequence[Submission],
    elections: Sequence[str],
    timeout_s: float,
    *,
    announce: Callable[[str], None] | None = None,
) -> Iterator[tuple[Submission, Reply]]:
    """Post submissions, one election after the other, and yield the receipt of each as it comes.

    Nothing is posted before the first is asked for.

    Args:
        connection: where to.
        submissions: what to post.
        elections: where each goes.
        timeout_s: seconds to wait for the receipts of one election.
        announce: what names an election in the catalogue, where it is to be named.

    Raises:
        NoReceiptError: at the end, when something was not answered in time, or is not on a stand-by yet, or has a
            status that this release does not know.
    """
    unanswered = 0
    waiting = 0
    parked = 0
    unsafe = 0
    unknown: list[str] = []
    for election in dict.fromkeys(elections):
        sent = [submission for submission, chosen in zip(submissions, elections, strict=True) if chosen == election]
        posted = post(connection, election, [one.content for one in sent], [one.signature for one in sent])
        if announce is not None:
            # Only now: whoever meets the election in the catalogue finds its register.
            announce(election)
            unsafe += not connection.on_standby(CATALOGUE, timeout_s)
        missing = set(posted.entry_ids)
        for reply in await_receipts(connection, posted, timeout_s):
            missing.discard(posted.entry_ids[reply.number])
            unsafe += not reply.safe
            unknown.extend({reply.receipt.data.status} - KNOWN)
            yield sent[reply.number], reply
        unanswered += len(missing)
        parked += len(missing & parked_by_ingest(connection, election)) if missing else 0
        waiting += lag(connection, election, INGEST).entries if missing else 0
    if parked:
        raise NoReceiptError(
            f"Not judged: {parked} of {len(submissions)} sent. We have it, and a fault of ours keeps it from being "
            "judged: an operator has to act (tallywire parked). Do not send it again before that."
        )
    if unanswered:
        raise NoReceiptError(
            f"No receipt within {timeout_s:g} s for {unanswered} of {len(submissions)} sent. Waiting for ingest: "
            f"{waiting:,}, those of others included. What was sent is safe on the stream and is answered as soon as "
            "ingest comes to it; sending it again is harmless."
        )
    if unsafe:
        raise NoReceiptError(
            f"Taken, but not on a stand-by yet: {unsafe} of {len(submissions)} sent. Should the server that has taken "
            "it be lost now, it would be lost too. Send it again when a stand-by is back: a repeat is harmless."
        )
    if unknown:
        raise NoReceiptError(
            f"Neither accepted nor refused, as far as this version ({RELEASE}) can say: {len(unknown)} of "
            f"{len(submissions)} sent, with the status {', '.join(sorted(set(unknown)))}. A later release knows what "
            "that means (see the changelog)."
        )


def _receipt(event: bytes) -> ReceiptEvent | None:
    """Return the receipt, or None for an entry that is no receipt as this version knows it."""
    try:
        return ReceiptEvent.model_validate_json(event)
    except ValidationError:
        return None
