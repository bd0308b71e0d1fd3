"""A council or parliament: who holds its seats, before and now, and at which declaration its control was settled."""

from collections.abc import Mapping
from dataclasses import dataclass

from tallywire.pages.rendering import render
from tallywire.publishing.board.contest_rows import contest_parts, line_parts
from tallywire.publishing.board.control import BodyStands, body_stands
from tallywire.publishing.board.ground import Ground, ground_of_body
from tallywire.publishing.board.memory import counts
from tallywire.publishing.board.night import night_parts
from tallywire.publishing.board.progress import Progress
from tallywire.publishing.board.seats import body_part, count_part
from tallywire.publishing.board.sentences import said_of_body
from tallywire.publishing.board.shown import PACKAGE, Shown, closed_part
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
    on_lists: int
    """Of the seats now those on lists beside constituencies."""

    @property
    def in_constituencies(self) -> int:
        """The others."""
        return self.now - self.on_lists


def body_page(view: View, names: Mapping[str, str]) -> Shown:
    """Return the page of a council or parliament."""
    slug = names["slug"]
    land = ground_of_body(view, slug)
    stands = body_stands(view, slug)
    night, strip = night_parts(view, slug, land, slug)
    progress = _progress(view, land, stands)
    parts = (
        night
        | closed_part(view)
        | {
            "count": count_part(progress, len(land.contests) - progress.expected),
            "lead": render(PACKAGE, "parts/lead.html", said=_said(stands, land, progress)),
            "seats": body_part(stands, land),
            "parties-head": render(PACKAGE, "parts/body-parties-head.html", body=stands.body, land=land, stands=stands),
            "parties": render(
                PACKAGE, "parts/body-parties.html", rows=_rows(stands, land), land=land, body=stands.body, stands=stands
            ),
            "control": render(
                PACKAGE, "parts/body-control.html", stands=stands, land=land, election=view.history.election
            ),
        }
    )
    parts |= contest_parts(view, land) if land.few else line_parts(view, land)
    values = {"view": view, "slug": slug, "body": stands.body, "land": land, **strip}
    return Shown("body.html", values, parts)


def _said(stands: BodyStands, land: Ground, progress: Progress) -> str:
    if progress.begun or stands.final:
        return said_of_body(land, stands.control, stands.held, progress)
    before = "" if stands.before == "not known" else f" Before: {stands.before}."
    return f"None of {progress.whole} has declared yet.{before}"


def _progress(view: View, land: Ground, stands: BodyStands) -> Progress:
    """Return how far the contests are."""
    events = {one: view.history.last_of("result", one, view.moment.cursor) for one in land.contests}
    to_come = [one for one, event in events.items() if event is None or event.kind not in NOT_AWAITED]
    declared = {one for one in to_come if (event := events[one]) is not None and counts(event)}
    seats = sum(land.contests[one].seats for one in to_come)
    return Progress(
        declared=len(declared),
        expected=len(to_come),
        lists_declared=sum(one in declared for one in land.lists),
        lists_expected=sum(one in to_come for one in land.lists),
        seats_declared=seats - stands.undeclared,
        seats_expected=seats,
        in_seats=land.in_seats,
        in_stages=land.in_stages,
        others=bool(land.others),
    )


def _rows(stands: BodyStands, land: Ground) -> list[PartyRow]:
    body = stands.body
    parties = {*stands.composition, *body.before, *body.not_up}
    known = bool(body.before)
    lists = stands.control.get("from_lists", {})
    rows = [
        PartyRow(
            party=party,
            before=body.before.get(party, 0) if known else None,
            now=stands.composition.get(party, 0),
            not_up=body.not_up.get(party, 0),
            won=stands.composition.get(party, 0) - body.not_up.get(party, 0),
            change=stands.changes.get(party, 0) if stands.changes else None,
            on_lists=lists.get(party, 0),
        )
        for party in parties
    ]
    return sorted(rows, key=lambda row: (-row.now, -(row.before or 0), land.name(row.party)))
