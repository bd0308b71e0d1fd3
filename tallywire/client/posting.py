"""Posting entries to elections and telling what became of each."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, get_args

from rich.console import Console

from schemas.receipt import Status
from schemas.streams import RECEIPTS
from streams.keys import CATALOGUE
from tallywire import __version__
from tallywire.cli.screen import receipt_lines, write_lines
from tallywire.client.desk import Answer, Desk
from tallywire.client.entries import Entry
from tallywire.trouble import Exit, Trouble

INGEST: Final = "ingest"
"""The service that answers."""

KNOWN: Final = frozenset(get_args(Status))
"""What a receipt may say, as far as this release knows."""


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
        Trouble: not everything was answered in time, or something with a status that this release does not know.
    """
    refused = 0
    unanswered = 0
    waiting = 0
    unsafe = 0
    unknown: list[str] = []
    for election in dict.fromkeys(elections):
        sent = [entry for entry, chosen in zip(entries, elections, strict=True) if chosen == election]

        def answered(answer: Answer, sent: Sequence[Entry] = sent) -> None:
            nonlocal refused, unsafe
            data = answer.receipt.data
            refused += data.status == "refused"
            unknown.extend({data.status} - KNOWN)
            unsafe += not answer.safe
            if not answers.as_json:
                lines = receipt_lines(data, answer.receipt.subject, sent[answer.number].place, safe=answer.safe)
                answers.console.print(*lines, sep="\n")
            elif answer.safe:
                # A program takes a receipt for the truth: it gets none that may yet be lost.
                write_lines([answer.event])

        before = desk.last_id(election, RECEIPTS.name)
        entry_ids = desk.post(election, [entry.content for entry in sent])
        if announce:
            # Only now: whoever meets the election in the catalogue finds its register.
            desk.announce(election)
            unsafe += not desk.on_standby(CATALOGUE, answers.timeout_s)
        missing = desk.await_receipts(election, entry_ids, before, answers.timeout_s, answered)
        unanswered += missing
        waiting += desk.lag(election, INGEST).entries if missing else 0
    if unanswered:
        raise Trouble(
            f"No receipt within {answers.timeout_s:g} s for {unanswered} of {len(entries)} sent. Waiting for ingest: "
            f"{waiting:,}, those of others included. What was sent is safe on the stream and is answered as soon as "
            "`tallywire ingest` comes to it; sending it again is harmless.",
            Exit.NO_RECEIPT,
        )
    if unsafe:
        raise Trouble(
            f"Taken, but not on a stand-by yet: {unsafe} of {len(entries)} sent. Should the server that has taken it "
            "be lost now, it would be lost too. Send it again when a stand-by is back: a repeat is harmless.",
            Exit.NO_RECEIPT,
        )
    if unknown:
        raise Trouble(
            f"Neither accepted nor refused, as far as this version ({__version__}) can say: {len(unknown)} of "
            f"{len(entries)} sent, with the status {', '.join(sorted(set(unknown)))}. A later release knows what that "
            "means (see the changelog).",
            Exit.NO_RECEIPT,
        )
    return Exit.REFUSED if refused else Exit.DONE
