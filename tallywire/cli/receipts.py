"""What is printed of receipts: those for what was just sent, and those of an election."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from pydantic import ValidationError
from rich.console import Console

from schemas.events import ReceiptEvent
from schemas.streams import RECEIPTS
from streams.keys import Partition
from tallywire.cli.exit_codes import Exit
from tallywire.cli.screen import open_console, receipt_lines, write_lines
from tallywire.client.connection import Connection
from tallywire.client.errors import UnreadableError
from tallywire.client.follow import Published, read_stream
from tallywire.client.post import Reply, send
from tallywire.client.submissions import Submission

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which receipts are wanted."""

    status: str | None = None
    """Only those that say this; None for all."""
    person: str | None = None
    """Only those of what this person's keys have signed; None for all."""
    last: int | None = None
    """At most so many of an election; None for all."""


def send_one(connection: Connection, election: str, message: Submission, timeout_s: float, *, as_json: bool) -> Exit:
    """Send a message, print its receipt, and return what the command ends with.

    Raises:
        NoReceiptError: it was not answered in time.
    """
    return print_replies(send(connection, [message], [election], timeout_s), open_console(), as_json=as_json)


def print_replies(replies: Iterable[tuple[Submission, Reply]], console: Console, *, as_json: bool) -> Exit:
    """Print each receipt as it comes, and return what the command ends with.

    Args:
        replies: the receipts, each with what it is of.
        console: where people read them.
        as_json: write them as published instead, for programs.
    """
    seen: set[str] = set()
    for submission, reply in replies:
        receipt = reply.receipt.data
        seen.add(receipt.status)
        if not as_json:
            lines = receipt_lines(receipt, reply.receipt.subject, submission.place, safe=reply.safe)
            console.print(*lines, sep="\n")
        elif reply.safe:
            # A program takes a receipt for the truth: it gets none that may yet be lost.
            write_lines([reply.event])
    if "refused" in seen:
        return Exit.REFUSED
    return Exit.WAITING if seen & {"held", "entered"} else Exit.DONE


def print_receipts(
    connection: Connection,
    election: str | None,
    wanted: Wanted,
    console: Console,
    *,
    as_json: bool,
) -> None:
    """Print the receipts of one election or of all, oldest first.

    Args:
        connection: where the elections are.
        election: its id; None for all.
        wanted: which of them.
        console: where people read them.
        as_json: write them as published instead, for programs.

    Raises:
        NotThereError: the election is not loaded.
        UnreadableError: one of them is no receipt.
    """
    for name in connection.choose(election):
        if not as_json:
            console.print(name, style="bold underline")
        for entry in _last(_receipts(connection, name, wanted), wanted.last):
            if as_json:
                write_lines([entry[0].event])
            else:
                event = entry[1]
                console.print(*receipt_lines(event.data, event.subject, _place(event)), sep="\n")
        if not as_json:
            console.print()


def _place(event: ReceiptEvent) -> str:
    """Return which entry a receipt is of, who has signed it, and when it was read."""
    signed = f"signed by {event.data.person}" if event.data.person else ""
    return ", ".join(filter(None, (f"entry {event.data.entry_id}", signed, event.time)))


def _receipts(connection: Connection, election: str, wanted: Wanted) -> Iterator[tuple[Published, ReceiptEvent]]:
    for entry in read_stream(connection, election, RECEIPTS.name):
        try:
            event = ReceiptEvent.model_validate_json(entry.event)
        except ValidationError as error:
            key = Partition(election).key(RECEIPTS.name)
            raise UnreadableError(f"Entry {entry.id} of {key} is no receipt.") from error
        if wanted.status in (None, event.data.status) and wanted.person in (None, event.data.person):
            yield entry, event


def _last(found: Iterable[Found], count: int | None) -> Iterable[Found]:
    return found if count is None else deque(found, maxlen=count)
