"""Posting entries to elections and telling what became of each."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console

from schemas.events import ReceiptEvent
from schemas.streams import RECEIPTS
from tallywire.client.desk import Desk
from tallywire.client.entries import Entry
from tallywire.screen import receipt_lines, write_lines
from tallywire.trouble import Exit, Trouble


def around(data: bytes, **attributes: str | bool) -> bytes:
    """Return an event as JSON: CloudEvents' ``attributes``, and ``data`` as it was written."""
    envelope = {"specversion": "1.0", **attributes}
    return json.dumps(envelope, ensure_ascii=False, separators=(",", ":")).encode()[:-1] + b',"data":' + data + b"}"


@dataclass(frozen=True, slots=True)
class Answers:
    """How receipts are awaited and told."""

    console: Console
    """Where they are printed."""
    as_json: bool
    """Whether they are written as published instead."""
    timeout_s: float
    """Seconds to wait for the receipts of one election."""


def send(
    desk: Desk, entries: Sequence[Entry], elections: Sequence[str], answers: Answers, *, announce: bool = False
) -> Exit:
    """Post entries and tell what became of each.

    Args:
        desk: the connection.
        entries: what to post.
        elections: where each goes.
        answers: how receipts are awaited and told.
        announce: name the elections in the catalogue.

    Raises:
        Trouble: not everything was answered in time.
    """
    refused = 0
    unanswered = 0
    for election in dict.fromkeys(elections):
        sent = [entry for entry, chosen in zip(entries, elections, strict=True) if chosen == election]

        def answered(number: int, event: bytes, receipt: ReceiptEvent, sent: Sequence[Entry] = sent) -> None:
            nonlocal refused
            refused += receipt.data.status == "refused"
            if answers.as_json:
                write_lines([event])
            else:
                answers.console.print(*receipt_lines(receipt.data, receipt.subject, sent[number].place), sep="\n")

        before = desk.last_id(election, RECEIPTS.name)
        entry_ids = desk.post(election, [entry.content for entry in sent])
        if announce:
            # Only now: whoever meets the election in the catalogue finds its register.
            desk.announce(election)
        unanswered += desk.await_receipts(election, entry_ids, before, answers.timeout_s, answered)
    if unanswered:
        raise Trouble(
            f"No receipt within {answers.timeout_s:g} s for {unanswered} of {len(entries)} sent. What was sent is "
            "safe on the stream and is answered as soon as `tallywire ingest` runs; sending it again is harmless.",
            Exit.NO_RECEIPT,
        )
    return Exit.REFUSED if refused else Exit.DONE
