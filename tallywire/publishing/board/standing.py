"""How a region stands at a moment: its tally and the control of its body, as the pages show them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from schemas.register import Body
from schemas.wire import NATIONAL
from tallywire.publishing.board.ground import Ground
from tallywire.publishing.board.memory import data_of
from tallywire.publishing.board.progress import Progress, progress_of
from tallywire.publishing.documents import View

OTHERS = ""
"""Stands for all parties without a row of their own."""


@dataclass(frozen=True, slots=True)
class Row:
    """A party's row."""

    party: str
    """The main party; ``OTHERS`` for all without a row of their own."""
    won: int
    """All seats, those on lists included."""
    gained: int
    lost: int
    votes: int
    """Votes in constituencies where there are list votes, too."""
    share: float | None
    """Per cent of all votes counted; None where none are."""
    on_lists: int = 0
    """Of the seats those on lists beside constituencies."""
    list_votes: int = 0
    list_share: float | None = None
    """Per cent of all list votes counted; None where none are."""
    change: int | None = None
    """All seats less those of last time, of contests that are declared; None where last time's are unknown."""

    @property
    def net(self) -> int:
        """Seats gained less seats lost."""
        return self.gained - self.lost

    @property
    def in_constituencies(self) -> int:
        """Of the seats those in constituencies."""
        return self.won - self.on_lists

    @property
    def stood(self) -> bool:
        """Whether there is anything to say of it."""
        return bool(self.won or self.votes or self.list_votes or self.lost)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a region stands."""

    slug: str
    progress: Progress
    postponed: int
    under_review: int
    seats: Mapping[str, int]
    """Seats by party: of the body, where there is one; else those declared."""
    seats_all: int
    """Seats that the bar is long: with those still to be declared."""
    undeclared: int
    vacant: int
    body: Body | None
    """The body whose seats these are, all of them; None where there is none or several."""
    control: Mapping[str, Any] | None
    """The body's state of control; None before the first."""
    rows: Sequence[Row]
    next_expected: str | None
    tally_event: int
    """Sequence of the tally; 0 before the first."""
    control_event: int
    """Sequence of the control event; 0 before the first."""

    @property
    def majority(self) -> int | None:
        """Seats needed for a majority of the body."""
        return None if self.body is None else self.body.seats // 2 + 1

    @property
    def declared(self) -> int:
        """Contests declared."""
        return self.progress.declared

    @property
    def expected(self) -> int:
        """Contests that are to be declared."""
        return self.progress.expected

    @property
    def complete(self) -> bool:
        """Whether every contest that is to have a result has one."""
        return self.declared == self.expected

    @property
    def left(self) -> int:
        """Contests still to be declared."""
        return self.expected - self.declared


def standing(view: View, slug: str, land: Ground) -> Standing:
    """Return how a region stands.

    Args:
        view: the election at a moment.
        slug: the region.
        land: what the register says of it.
    """
    cursor = view.moment.cursor
    event = view.history.last_of("tally", slug, cursor)
    tally = _nothing(land) if event is None else data_of(event.content)
    parties = tally["parties"]
    body_slug = land.body if slug == NATIONAL else ""
    control_event = view.history.last_of("control", body_slug, cursor) if body_slug else None
    body = land.head.bodies[body_slug] if body_slug else None
    control = None if control_event is None else data_of(control_event.content)
    if body is None:
        seats = {party: each["won"] for party, each in parties.items() if each.get("won")}
        seats_all = tally["seats_expected"]
        vacant = tally["seats_declared"] - sum(seats.values())
        undeclared = seats_all - tally["seats_declared"]
    elif control is None:
        seats, seats_all, vacant, undeclared = dict(body.not_up), body.seats, body.vacant, land.seats
    else:
        seats, seats_all = {party: n for party, n in control["composition"].items() if n}, body.seats
        vacant, undeclared = control["vacant"], control["undeclared"]
    return Standing(
        slug=slug,
        progress=progress_of(tally, in_seats=land.in_seats, in_stages=land.in_stages, others=bool(land.others)),
        postponed=tally["postponed"],
        under_review=tally.get("under_review", 0),
        seats=dict(sorted(seats.items(), key=lambda item: (-item[1], -_votes(parties, item[0]), item[0]))),
        seats_all=seats_all,
        undeclared=undeclared,
        vacant=vacant,
        body=body,
        control=control,
        rows=_rows(parties, land, _changes(view, land, parties, control)),
        next_expected=tally["next_expected"],
        tally_event=0 if event is None else event.sequence,
        control_event=0 if control_event is None else control_event.sequence,
    )


def _nothing(land: Ground) -> dict[str, Any]:
    times = [each.expected_at for each in land.contests.values() if each.expected_at is not None]
    return {
        "declared": 0,
        "expected": len(land.contests),
        "lists_expected": len(land.lists),
        "seats_declared": 0,
        "seats_expected": land.seats,
        "postponed": 0,
        "next_expected": min(times, key=datetime.fromisoformat, default=None),
        "parties": {},
    }


def _votes(parties: Mapping[str, Any], party: str) -> int:
    return int(parties.get(party, {}).get("votes", 0))


def _changes(
    view: View, land: Ground, parties: Mapping[str, Any], control: Mapping[str, Any] | None
) -> Mapping[str, int] | None:
    """Return changes of seats since last time by party; None where they are not told, or not known.

    Of a body they are those of its control; of a region what constituencies gained less lost, and list seats more or
    fewer.
    """
    if not land.list_changes:
        return None
    if control is not None:
        return Counter(control["changes"])
    found = Counter({party: each.get("gained", 0) - each.get("lost", 0) for party, each in parties.items()})
    for ballot_id in land.by_list:
        event = view.history.last_of("result", ballot_id, view.moment.cursor)
        data = None if event is None else data_of(event.content)
        if data is not None and data["counts"]:
            if data.get("seat_changes") is None:
                return None
            found.update(data["seat_changes"])
    return found


def _rows(parties: Mapping[str, Any], land: Ground, changes: Mapping[str, int] | None) -> list[Row]:
    """Return a row for each party that held seats, stands widely or has won or lost any, and one for all others."""
    total, on_lists = (sum(each.get(paper, 0) for each in parties.values()) for paper in ("votes", "list_votes"))

    def row(party: str, figures: Mapping[str, int]) -> Row:
        votes, list_votes = figures.get("votes", 0), figures.get("list_votes", 0)
        return Row(
            party=party,
            won=figures.get("won", 0),
            gained=figures.get("gained", 0),
            lost=figures.get("lost", 0),
            votes=votes,
            share=100 * votes / total if total and votes else None,
            on_lists=figures.get("won_on_lists", 0),
            list_votes=list_votes,
            list_share=100 * list_votes / on_lists if on_lists and list_votes else None,
            change=None if changes is None or party == OTHERS else changes.get(party, 0),
        )

    named = land.rows | {party for party, each in parties.items() if each.get("won") or each.get("lost")}
    rows = [row(party, parties.get(party, {})) for party in named]
    rows.sort(
        key=lambda each: (
            -each.won,
            -each.votes - each.list_votes,
            -land.held.get(each.party, 0),
            land.name(each.party),
        )
    )
    others = {
        paper: sum(each.get(paper, 0) for party, each in parties.items() if party not in named)
        for paper in ("votes", "list_votes")
    }
    if any(others.values()) or any(party not in named for party in land.standing):
        rows.append(row(OTHERS, others))
    return rows
