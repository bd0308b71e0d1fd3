"""JSON documents about an election as it stood at a moment. Events in them are as published, byte for byte."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from jiter import from_json
from pydantic import BaseModel

from schemas import RELEASE
from schemas.register import Region, RegisterHead
from schemas.wire import NATIONAL, NATIONAL_NAME
from tallywire.publishing.event import Event
from tallywire.publishing.filters import Filter
from tallywire.publishing.history import History, LedgerEntry, Moment
from tallywire.publishing.registers import Listed

LATEST: Final = 20
"""Headlines in a snapshot, the last ones; all of them are a page of their own."""

NOT_AWAITED: Final = ("postponed", "countermanded", "annulled")
"""Kinds of a result after which none is awaited, although it does not count."""


IN_STAGES: Final = "stage"
"""The kind of a result of a count by stages that goes on: it counts, and more is awaited."""


class View:
    """An election at a moment, as JSON.

    Args:
        history: the election.
        place: the moment's place.
        licence: under which the feed may be used, as the operator says.
        public_url: where the service is reached from outside; empty where the operator has not said.
        archived: when it was archived, of a page that is to be kept as a file: nothing on it needs a server; empty of
            what is served.
    """

    def __init__(self, history: History, place: int, licence: str, public_url: str = "", archived: str = "") -> None:
        self.history = history
        self.place = place
        self.moment: Moment = history.moments[place]
        self.head: RegisterHead | None = history.registers.head(self.moment.cursor.ledger)
        self.licence = licence
        self.public_url = public_url.rstrip("/")
        self.archived = archived

    @property
    def time(self) -> str | None:
        """When it was, in UTC; None before everything."""
        return _utc(self.moment.time) if self.place else None

    @property
    def test(self) -> bool:
        """Whether it is a rehearsal."""
        return self.head is not None and self.head.test

    @property
    def ledger(self) -> int:
        """Entries of the ledger until then."""
        return self.moment.cursor.ledger

    @property
    def closed_since(self) -> str | None:
        """Since when it was closed then; None while it is open."""
        return self.history.closed_since(self.ledger)

    def snapshot(self) -> bytes:
        """Return the whole election in short: each contest with a summary of its result, each region and body."""
        return self._document(
            closed_since=_json(self.closed_since),
            register=encoded(self.head),
            contests=members((ballot_id, self._row(ballot_id)) for ballot_id in self.contests()),
            regions=self.region_members(),
            bodies=self.body_members(),
            headlines=array(event.content for event in self.headlines()[-LATEST:]),
        )

    def contests_document(self) -> bytes:
        """Return every contest, as registered, with its result."""
        results = self.history.standing("result", self.moment.cursor)
        return self._document(
            contests=members(
                (ballot_id, _object(contest=self._contest(ballot_id), result=_content(results.get(ballot_id))))
                for ballot_id in self.contests()
            )
        )

    def contest_document(self, ballot_id: str) -> bytes:
        """Return a contest with every result that it had, and the ledger entries about it.

        Raises:
            KeyError: there is no such contest.
        """
        contest = self._contest(ballot_id)
        events = self.history.all_of("result", ballot_id, self.moment.cursor)
        return self._document(
            ballot_id=_json(ballot_id),
            contest=contest,
            result=_content(events[-1] if events else None),
            history=array(event.content for event in events),
            ledger=array(self._ledger_entries(ballot_id)),
        )

    def regions_document(self) -> bytes:
        """Return every region with its tally."""
        return self._document(regions=self.region_members())

    def region_document(self, slug: str) -> bytes:
        """Return a region with its tally, every tally that it had, and its contests.

        Raises:
            KeyError: there is no such region.
        """
        region = self.regions()[slug]
        events = self.history.all_of("tally", slug, self.moment.cursor)
        contests = [each for each in self.contests() if slug in self._regions(each)]
        return self._document(
            region=_json(slug),
            registered=encoded(region),
            tally=_content(events[-1] if events else None),
            contests=_json(contests),
            history=array(event.content for event in events),
        )

    def bodies_document(self) -> bytes:
        """Return every council and parliament with its state of control."""
        return self._document(bodies=self.body_members())

    def body_document(self, slug: str) -> bytes:
        """Return a council or parliament with its state of control, every state that it had, and its contests.

        Raises:
            KeyError: there is no such body.
        """
        body = self._required_head().bodies[slug]
        events = self.history.all_of("control", slug, self.moment.cursor)
        contests = [each for each in self.contests() if self._listed(each).contest.body == slug]
        return self._document(
            body=_json(slug),
            registered=encoded(body),
            control=_content(events[-1] if events else None),
            contests=_json(contests),
            history=array(event.content for event in events),
        )

    def headlines_document(self, wanted: Filter, last: int | None = None) -> bytes:
        """Return the headlines that a filter selects, oldest first; only the last ones where a number is given."""
        return self._document(headlines=array(event.content for event in self.selected_headlines(wanted, last)))

    def selected_headlines(self, wanted: Filter, last: int | None = None) -> list[Event]:
        """Return the headlines that a filter selects, oldest first; only the last ones where a number is given."""
        selected = [event for event in self.headlines() if wanted.selects(event)]
        if last is None:
            return selected
        return selected[-last:] if last else []

    def headlines(self) -> list[Event]:
        """Return every headline until then."""
        return self.history.events["headlines"][: self.moment.cursor.headlines]

    def contests(self) -> Iterable[str]:
        """Return the ballot ids of all contests, in the register's order."""
        return self.history.registers.contests if self.head is not None else ()

    def regions(self) -> Mapping[str, Region]:
        """Return the regions by slug, the national one first."""
        national = {NATIONAL: Region(name=NATIONAL_NAME, kind="country")}
        return {} if self.head is None else national | self.head.regions

    def region_members(self) -> bytes:
        """Return regions by slug, each with its tally."""
        tallies = self.history.standing("tally", self.moment.cursor)
        return members(
            (slug, _object(name=_json(one.name), kind=_json(one.kind), tally=_content(tallies.get(slug))))
            for slug, one in self.regions().items()
        )

    def body_members(self) -> bytes:
        """Return councils and parliaments by slug, each with its state of control."""
        control = self.history.standing("control", self.moment.cursor)
        bodies = {} if self.head is None else self.head.bodies
        return members(
            (slug, _object(name=_json(one.name), kind=_json(one.kind), control=_content(control.get(slug))))
            for slug, one in bodies.items()
        )

    def overdue_document(self, as_of: datetime) -> bytes:
        """Return the contests whose declaration is later than expected."""
        return self._document(as_of=_json(_utc(as_of)), overdue=_json(self.overdue(as_of)))

    def clock(self, now: datetime) -> datetime:
        """Return what the time is in the election: in a night that is played again, that of its last declaration."""
        return self.moment.time if self.history.played else now

    def overdue(self, as_of: datetime) -> list[dict[str, object]]:
        """Return the contests whose declaration is later than expected, the longest first."""
        found: list[tuple[timedelta, dict[str, object]]] = []
        results = self.history.standing("result", self.moment.cursor)
        for ballot_id in self.contests():
            contest = self._listed(ballot_id).contest
            if contest.expected_at is None or not awaited(results.get(ballot_id)):
                continue
            late = as_of - datetime.fromisoformat(contest.expected_at)
            if late > timedelta(0):
                late_s = int(late.total_seconds())
                row = {
                    "ballot_id": ballot_id,
                    "name": contest.name,
                    "expected_at": contest.expected_at,
                    "late_s": late_s,
                }
                found.append((late, row))
        return [row for _, row in sorted(found, key=lambda each: -each[0])]

    def _document(self, **parts: bytes) -> bytes:
        head = self.head
        return _object(
            election=_json(self.history.election),
            name=_json(None if head is None else head.name),
            test=_json(self.test),
            cursor=_json(str(self.moment.cursor)),
            time=_json(self.time),
            accepted=_json(_utc(self.moment.accepted) if self.place else None),
            licence=_json({"feed": self.licence, "sources": list(head.sources) if head is not None else []}),
            release=_json(RELEASE),
            **parts,
        )

    def _row(self, ballot_id: str) -> bytes:
        result = self.history.last_of("result", ballot_id, self.moment.cursor)
        summary = b"null" if result is None else result.summary
        return b'%b,"result":%b}' % (self._listed(ballot_id).summary, summary)

    def _contest(self, ballot_id: str) -> bytes:
        return self._listed(ballot_id).content

    def _listed(self, ballot_id: str) -> Listed:
        return self.history.registers.contest(ballot_id, self.ledger)

    def _regions(self, ballot_id: str) -> tuple[str, ...]:
        return (*self._listed(ballot_id).contest.regions, NATIONAL)

    def _required_head(self) -> RegisterHead:
        if self.head is None:
            raise KeyError(self.history.election)
        return self.head

    def _ledger_entries(self, ballot_id: str) -> Iterator[bytes]:
        for number, entry in enumerate(self.history.ledger[: self.ledger], 1):
            if entry.subject == ballot_id:
                yield _json(ledger_reference(self.history.election, number, entry, str(self.moment.cursor)))


def ledger_reference(election: str, number: int, entry: LedgerEntry, cursor: str) -> dict[str, object]:
    """Return where a ledger entry can be had, as it is at a cursor: of another history, there it would be another."""
    href = f"/v1/elections/{election}/ledger?from={number}&to={number}&at={cursor}"
    return {"sequence": number, "type": entry.type, "accepted": entry.accepted_at, "chain": entry.chain, "href": href}


def members(items: Iterable[tuple[str, bytes]]) -> bytes:
    """Return a JSON object of these members, whose values are JSON."""
    return b"{%b}" % b",".join(b"%b:%b" % (_json(name), value) for name, value in items)


def array(items: Iterable[bytes]) -> bytes:
    """Return a JSON array of these items, which are JSON."""
    return b"[%b]" % b",".join(items)


def encoded(model: BaseModel | None) -> bytes:
    """Return a model as JSON; null for none."""
    return b"null" if model is None else model.model_dump_json().encode()


def _object(**parts: bytes) -> bytes:
    return members(parts.items())


def _content(event: Event | None) -> bytes:
    return b"null" if event is None else event.content


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _utc(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def awaited(result: Event | None) -> bool:
    """Whether a declaration is still to come about a contest that has this result, or none."""
    if result is None or result.kind == IN_STAGES:
        return True
    return not (from_json(result.summary)["counts"] or result.kind in NOT_AWAITED)
