"""A council or parliament: who holds its seats, before and now, and at which declaration its control was settled."""

from collections.abc import Mapping
from dataclasses import dataclass

from tallywire.pages.numbers import thousands
from tallywire.pages.rendering import render
from tallywire.publishing.board.contest_rows import contest_parts, line_parts
from tallywire.publishing.board.control import BodyStands, body_stands
from tallywire.publishing.board.ground import Ground, ground_of_body
from tallywire.publishing.board.memory import counts
from tallywire.publishing.board.night import night_parts
from tallywire.publishing.board.seats import body_part, count_part
from tallywire.publishing.board.sentences import said_of_body
from tallywire.publishing.board.shown import PACKAGE, Shown
from tallywire.publishing.documents import NOT_AWAITED, View


@dataclass(frozen=True, slots=True)
class PartyRow:
    """A party's seats."""

    party: str
    before: int | None
    """None where the composition before is not known."""
    now: int
    not_up: int
    won: int
    change: int | None


def body_page(view: View, names: Mapping[str, str]) -> Shown:
    """Return the page of a council or parliament."""
    slug = names["slug"]
    land = ground_of_body(view, slug)
    stands = body_stands(view, slug)
    night, strip = night_parts(view, slug, land, slug)
    declared, awaited = _declared(view, land)
    parts = night | {
        "count": count_part(declared, awaited, len(land.contests) - awaited),
        "lead": render(PACKAGE, "parts/lead.html", said=_said(stands, land, declared, awaited)),
        "seats": body_part(stands, land),
        "parties": render(PACKAGE, "parts/body-parties.html", rows=_rows(stands, land), land=land),
        "control": render(PACKAGE, "parts/body-control.html", stands=stands, land=land, election=view.history.election),
    }
    parts |= contest_parts(view, land) if land.few else line_parts(view, land)
    values = {"view": view, "slug": slug, "body": stands.body, "land": land, **strip}
    return Shown("body.html", values, parts)


def _said(stands: BodyStands, land: Ground, declared: int, expected: int) -> str:
    if declared or stands.final:
        return said_of_body(land, stands.control, stands.held, expected - declared, expected)
    before = "" if stands.before == "not known" else f" Before: {stands.before}."
    return f"None of {thousands(expected)} contests has declared yet.{before}"


def _declared(view: View, land: Ground) -> tuple[int, int]:
    """Return how many of the contests are declared, and how many are to be."""
    events = [view.history.last_of("result", ballot_id, view.moment.cursor) for ballot_id in land.contests]
    kinds = [None if event is None else event.kind for event in events]
    off = sum(kind in NOT_AWAITED for kind in kinds)
    return sum(event is not None and counts(event) for event in events), len(kinds) - off


def _rows(stands: BodyStands, land: Ground) -> list[PartyRow]:
    body = stands.body
    parties = {*stands.composition, *body.before, *body.not_up}
    known = bool(body.before)
    rows = [
        PartyRow(
            party=party,
            before=body.before.get(party, 0) if known else None,
            now=stands.composition.get(party, 0),
            not_up=body.not_up.get(party, 0),
            won=stands.composition.get(party, 0) - body.not_up.get(party, 0),
            change=stands.changes.get(party, 0) if stands.changes else None,
        )
        for party in parties
    ]
    return sorted(rows, key=lambda row: (-row.now, -(row.before or 0), land.name(row.party)))
