"""What is printed of the receipts for what was sent."""

from collections.abc import Iterable

from rich.console import Console

from tallywire.cli.exit_codes import Exit
from tallywire.cli.screen import receipt_lines, write_lines
from tallywire.client.post import Reply
from tallywire.client.submissions import Submission


def print_replies(replies: Iterable[tuple[Submission, Reply]], console: Console, *, as_json: bool) -> Exit:
    """Print each receipt as it comes, and return what the command ends with.

    Args:
        replies: the receipts, each with what it is of.
        console: where people read them.
        as_json: write them as published instead, for programs.
    """
    refused = False
    for submission, reply in replies:
        receipt = reply.receipt.data
        refused = refused or receipt.status == "refused"
        if not as_json:
            lines = receipt_lines(receipt, reply.receipt.subject, submission.place, safe=reply.safe)
            console.print(*lines, sep="\n")
        elif reply.safe:
            # A program takes a receipt for the truth: it gets none that may yet be lost.
            write_lines([reply.event])
    return Exit.REFUSED if refused else Exit.DONE
