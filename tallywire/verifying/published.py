"""What a publishing service shows of an election, compared with what follows from the ledger that it serves."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from schemas.streams import RESULTS
from streams.fold import Entry
from tallywire.client.snapshot import Table
from tallywire.evidence.checkpoint import Checkpoint
from tallywire.evidence.difference import Difference, unequal
from tallywire.evidence.ledger_walk import Walk, other_ledger
from tallywire.evidence.replay import IngestReplay, Replay
from tallywire.evidence.whole_ledger import LedgerProgress
from tallywire.evidence.witnesses import named
from tallywire.publishing.cursor import Cursor
from tallywire.publishing.documents import View
from tallywire.publishing.event import STREAM_OF
from tallywire.publishing.filters import EVERYTHING
from tallywire.publishing.history import STREAMS, Broken, History
from tallywire.verifying.service import AnotherHistory, Block, Now, Service

ENTRIES: Final = 200
"""Entries of the ledger that are asked for at once."""


class Published:
    """A publishing service as witness: its ledger, its feed and its pages at one cursor.

    Args:
        service: the service.
        election: the election.
        now: how far it is shown.
        deposited: the signed head that is shown, whose signature holds; None where there is none to compare.
        progress: shown how far the reading of feed and pages is.
    """

    def __init__(
        self, service: Service, election: str, now: Now, deposited: Checkpoint | None, progress: LedgerProgress
    ) -> None:
        self._service = service
        self._election = election
        self._now = now
        self._deposited = deposited
        self._progress = progress
        self._entries: list[bytes] = []
        self._events: dict[str, list[bytes]] = {stream: [] for stream in STREAMS}
        self.pages = 0
        """How many pages were compared."""

    def ledger(self) -> Iterator[list[Entry]]:
        """Yield the ledger up to the cursor, some entries at a time.

        Raises:
            Difference: one is missing, or is no entry.
        """
        cursor = self._now.cursor
        for first in range(1, cursor.ledger + 1, ENTRIES):
            last = min(first + ENTRIES - 1, cursor.ledger)
            lines = self._service.ledger(self._election, first, last, cursor)
            contents = [_entry(number, line) for number, line in enumerate(lines, first)]
            self._entries += contents
            # Looked at first: where one is missing in the middle, it is named.
            yield [Entry(str(number), {b"data": content}) for number, content in enumerate(contents, first)]
            if len(self._entries) != last:
                what = "The ledger that is served has another number of entries than the cursor says."
                number = 1 + min(len(self._entries), last)
                raise Difference(f"ledger entry {number}", what, f"{cursor.ledger} entries")

    def has_folded(self, stage: str, entry_id: str) -> bool:  # noqa: ARG002  # at a cursor all is derived
        """Say yes: a cursor is shown when everything has been derived up to it."""
        return True

    def has_kept(self, kept: dict[str, Table]) -> None:
        """Compare nothing: what services keep is not shown."""

    def has_published(self, stream: str, event: bytes) -> str:
        """Remember an event that must be there, and return its number."""
        self._events[stream].append(event)
        return str(len(self._events[stream]))

    def operator(self) -> None:
        """Know no catalogue."""

    def private(self) -> Mapping[str, Table]:
        """Know nothing that is private."""
        return {}

    def ends(self, walk: Walk, ingest: IngestReplay, derived: Sequence[Replay[Any]]) -> None:  # noqa: ARG002  # a witness's
        """Compare the signed head, the feed, the cursor and the pages.

        Raises:
            Difference: the first one.
            AnotherHistory: the election has got another history meanwhile.
        """
        head, cursor = self._deposited, self._now.cursor
        if head is not None and head.size > walk.size:
            what = "The signed head that is shown has seen entries that are not served: the ledger was cut."
            raise Difference(f"ledger entry {walk.size + 1}", what, f"{head.size} entries", f"{walk.size} entries")
        history = self._history()
        if head is not None and head.size and (chain := history.ledger[head.size - 1].chain) != head.chain:
            raise other_ledger(head, chain)
        for _ in self._progress("Feed", sum(map(len, self._events.values())), self._feed(history)):
            pass
        if history.now.cursor != cursor:
            what = "The cursor is not that of the ledger, and of what follows from it."
            raise Difference("cursor", what, str(history.now.cursor), str(cursor))
        pages = list(_pages(View(history, history.last, self._now.licence)))
        for _ in self._progress("Pages", len(pages), self._compared(pages)):
            self.pages += 1

    def _history(self) -> History:
        """Return the election as it must be shown."""
        history = History(self._election)
        try:
            for content in self._entries:
                history.read_ledger(content)
            for stream, events in self._events.items():
                for event in events:
                    history.read_event(stream, event)
            history.advance(len(self._entries), len(self._events[RESULTS.name]))
        except Broken as broken:
            raise Difference("ledger", str(broken)) from broken
        return history

    def _feed(self, history: History) -> Iterator[list[Block]]:
        """Compare the feed from its beginning, and yield its events."""
        told, taken = _told(history), Counter[str]()
        left = sum(map(len, told.values()))
        for block in self._service.feed(self._election) if left else ():
            stream = STREAM_OF.get(block.name)
            if block.name == "resnapshot":
                raise AnotherHistory("The election has got another history meanwhile. Verify it again.")
            if stream is not None and taken[stream] < len(told[stream]):
                _compare_told(stream, taken[stream] + 1, told[stream][taken[stream]], block)
                taken[stream] += 1
                left -= 1
                yield [block]
            elif block.name == "other" or (stream is not None and not self._reached(block.id)):
                what = "It does not follow from the ledger: the feed has one too many."
                raise Difference(f"feed, {stream or block.name}", what, "", named(block.data.encode()))
            if not left:
                return
            if block.id and self._reached(block.id):
                raise _missing(told, taken)

    def _reached(self, block_id: str) -> bool:
        """Whether a reader of the feed has come to the cursor, or beyond."""
        try:
            place = Cursor.read(block_id)
        except ValueError as error:
            raise Difference("feed", f"A block's id {error}.", "a cursor", block_id[:80]) from error
        parts = ("ledger", *STREAMS)
        return all(getattr(place, part) >= getattr(self._now.cursor, part) for part in parts)

    def _compared(self, pages: Iterable[tuple[str, bytes]]) -> Iterator[list[str]]:
        for page, expected in pages:
            found = self._service.page(self._election, page, self._now.cursor)
            if found is None:
                raise Difference(f"page {page}", "It is not there.", "a page")
            _compare_page(page, expected, found)
            yield [page]


def _entry(number: int, line: bytes) -> bytes:
    """Return the bytes of a ledger entry from its line."""
    try:
        match json.loads(line):
            case {"sequence": int(sequence), "entry": str(entry)} if sequence == number:
                return entry.encode()
    except (ValueError, RecursionError):
        pass
    what = "Its line is not that of this entry: a JSON object with sequence and entry."
    found = line[:80].decode(errors="backslashreplace")
    raise Difference(f"ledger entry {number}", what, f"sequence {number}", found)


def _told(history: History) -> dict[str, list[tuple[Cursor, bytes]]]:
    """Return what a feed must tell from its beginning: each stream's events, each with its cursor."""
    told: dict[str, list[tuple[Cursor, bytes]]] = {stream: [] for stream in STREAMS}
    for place in range(1, len(history.moments)):
        for cursor, event in history.told(history.moments[0].cursor, place):
            told[STREAM_OF[event.type]].append((cursor, event.content))
    return told


def _missing(told: Mapping[str, Sequence[tuple[Cursor, bytes]]], taken: Mapping[str, int]) -> Difference:
    """Return which event a feed has left out that has come to its end."""
    stream = next(stream for stream, events in told.items() if taken[stream] < len(events))
    _, event = told[stream][taken[stream]]
    what = "The feed goes on without it: an event is missing."
    return Difference(f"feed, {stream} {taken[stream] + 1}", what, named(event))


def _compare_told(stream: str, number: int, expected: tuple[Cursor, bytes], block: Block) -> None:
    where, (cursor, event), found = f"feed, {stream} {number}", expected, block.data.encode()
    if named(found) != named(event):
        what = "Another event belongs here: one is missing, was put in, or has moved."
        raise Difference(where, what, named(event), named(found))
    if found != event:
        raise unequal(where, event, found)
    if block.id != str(cursor):
        what = "Its id is not the cursor to which ledger and events lead."
        raise Difference(where, what, str(cursor), block.id)


def _pages(view: View) -> Iterator[tuple[str, bytes]]:
    """Yield every page that is compared, and what must be on it."""
    yield "snapshot", view.snapshot()
    yield "contests", view.contests_document()
    yield "regions", view.regions_document()
    yield "bodies", view.bodies_document()
    yield "headlines", view.headlines_document(EVERYTHING)
    for ballot_id in view.contests():
        yield f"contests/{ballot_id}", view.contest_document(ballot_id)
    for slug in view.regions():
        yield f"regions/{slug}", view.region_document(slug)
    for slug in view.head.bodies if view.head is not None else ():
        yield f"bodies/{slug}", view.body_document(slug)


def _compare_page(page: str, expected: bytes, found: bytes) -> None:
    where = f"page {page}"
    try:
        shown = _text(found)
    except (ValueError, RecursionError) as error:
        raise Difference(where, "It is no JSON object, or says a member twice.") from error
    wanted = _text(expected)
    if shown != wanted:
        raise unequal(where, wanted, shown)


def _text(document: bytes) -> bytes:
    """Return a page in one way of writing it, without the release that wrote it."""
    content = json.loads(document, object_pairs_hook=_once)
    if not isinstance(content, dict):
        raise ValueError(content)  # noqa: TRY004  # as for what is no JSON
    content.pop("release", None)
    return json.dumps(content, ensure_ascii=False, sort_keys=True).encode()


def _once(members: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object of which each member is there once: of two, one reader takes the first, another the last."""
    found = dict(members)
    if len(found) != len(members):
        raise ValueError(members)
    return found
