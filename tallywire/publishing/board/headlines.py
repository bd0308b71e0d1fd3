"""Headlines on the board: those of one declaration are one story, and each says what it replaces."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import groupby, islice
from typing import Final

from schemas.wire import NATIONAL
from tallywire.pages.numbers import local
from tallywire.pages.rendering import render
from tallywire.publishing.board.memory import Memory, Said, memory, until
from tallywire.publishing.board.shown import PACKAGE, Shown, closed_part
from tallywire.publishing.documents import View

SHOWN: Final = 40
"""Stories on the board, the newest; all of them are a page of their own."""

LOUD: Final = 4
"""Least priority of a headline on a screen and in the ticker: what is only for those who follow one count is not."""

FOLDED_FROM: Final = 3
"""So many amendments of one day are folded into a line."""

TAGS: Final = {
    "CORRECTION: ": "Correction",
    "WITHDRAWN: ": "Withdrawn",
    "UNDER REVIEW: ": "Under review",
    "REVIEW ENDED: ": "Review ended",
    "FLASH: ": "Flash",
}
"""What texts begin with, as tags."""

CONTROL: Final = frozenset({"clinched", "control_gained", "control_held", "control_lost", "no_overall_control"})
"""Kinds of headlines about control."""


@dataclass(frozen=True, slots=True)
class Line:
    """A headline as it is shown."""

    said: Said
    tag: str
    text: str
    """Without what the tag says."""
    href: str
    """What it is about."""
    replaces: Said | None
    """What it corrects, takes back or reviews."""
    replaced: Said | None = None
    """What has corrected it or taken it back."""

    @property
    def solid(self) -> bool:
        """Whether the tag is a loud one."""
        return self.said.priority == 1


@dataclass(slots=True)
class Story:
    """What one declaration brought about; or the amendments of a day."""

    lines: list[Line] = field(default_factory=list)
    folded: bool = False

    @property
    def said(self) -> Said:
        """Its first headline."""
        return self.lines[0].said

    @property
    def priority(self) -> int:
        """That of its loudest headline."""
        return min(line.said.priority for line in self.lines)

    @property
    def sequence(self) -> int:
        """That of its last headline."""
        return max(line.said.sequence for line in self.lines)

    @property
    def time(self) -> datetime | None:
        """When it came."""
        return self.said.time

    @property
    def name(self) -> str:
        """The id of its element."""
        return f"hl-{'day-' if self.folded else ''}{self.said.sequence}"


def loud(view: View, slug: str, most: int) -> list[Said]:
    """Return the last loud headlines of a region, newest first: for those who pass by."""
    told = reversed(list(until(memory(view.history).said, view.place)))
    return list(islice((said for said in told if said.priority <= LOUD and _about(said, slug)), most))


def _about(said: Said, slug: str) -> bool:
    """Return whether a headline is about a region; all are about the whole country."""
    return slug == NATIONAL or slug in said.regions


def headlines_part(view: View, slug: str) -> str:
    """Return the last headlines of a region, newest first."""
    known = memory(view.history)
    told = list(until(known.said, view.place))
    wanted = [said for said in told if _about(said, slug)]
    stories = list(islice(_stories(view, wanted, told), SHOWN + 1))
    return _part(view, known, stories[:SHOWN], more=len(stories) > SHOWN, slug=slug)


def all_headlines(view: View, names: Mapping[str, str]) -> Shown:
    """Return the page of all headlines, or of those of a region."""
    slug = names.get("slug", NATIONAL)
    region = view.regions()[slug]
    known = memory(view.history)
    told = list(until(known.said, view.place))
    wanted = [said for said in told if _about(said, slug)]
    part = _part(view, known, list(_stories(view, wanted, told)), more=False, slug=slug)
    return Shown(
        "headlines.html",
        {"view": view, "slug": slug, "region": region},
        {"headlines": part, **closed_part(view)},
    )


def _part(view: View, known: Memory, stories: Sequence[Story], *, more: bool, slug: str) -> str:
    """Return the list, with a line for each day."""
    timed = any(story.time is not None for story in stories)
    items: list[str] = []
    day = None
    for story in stories:
        when = local(story.time).date() if story.time is not None else None
        if when is not None and when != day:
            items.append(render(PACKAGE, "parts/day.html", day=when, time=story.time))
        day = when
        key = (
            "story",
            story.folded,
            *((line.said.sequence, line.replaced and line.replaced.sequence) for line in story.lines),
        )
        items.append(known.kept(key, partial(render, PACKAGE, "parts/story.html", story=story, view=view)))
    return render(PACKAGE, "parts/headlines.html", items=items, more=more, timed=timed, view=view, slug=slug)


def _stories(view: View, wanted: Sequence[Said], told: Sequence[Said]) -> Iterator[Story]:
    """Yield stories, newest first; of the same minute the loudest first."""
    replaced = {said.supersedes: said for said in told if said.supersedes and said.takes_back}
    minute: list[Story] = []
    now = None
    for group in _together(wanted):
        story = Story([_line(view, said, told, replaced) for said in group.said], folded=group.folded)
        if not group.folded:
            story.lines.sort(key=lambda line: (not about_seats(line.said), line.said.priority, line.said.sequence))
        its = None if story.time is None else story.time.replace(second=0, microsecond=0)
        if its is None or its != now:
            yield from sorted(minute, key=lambda each: each.priority)
            minute, now = [], its
        minute.append(story)
    yield from sorted(minute, key=lambda each: each.priority)


@dataclass(frozen=True, slots=True)
class _Group:
    said: Sequence[Said]
    folded: bool = False


def _together(wanted: Sequence[Said]) -> Iterator[_Group]:
    """Yield what belongs together, newest first: what a declaration brought about, and the many amendments of a day."""
    others = {said.cause for said in wanted if not said.amendment}
    days: dict[object, list[Said]] = {}
    for said in reversed(wanted):
        if said.amendment and said.cause not in others:
            days.setdefault(_day(said.time), []).append(said)
    folds = [day for day in days.values() if len(day) >= FOLDED_FROM]
    fold = {said.cause: day for day in folds for said in day}
    for cause, group in groupby(reversed(wanted), key=lambda said: said.cause):
        day = fold.get(cause)
        if day is None:
            yield _Group(list(group))
        elif day[0].cause == cause:
            yield _Group(day, folded=True)


NOT_ABOUT_SEATS: Final = frozenset({"largest_swing", "excluded", "last_elected"})
"""Kinds of headlines that name a contest and do not say how its seats stand."""


def about_seats(said: Said) -> bool:
    """Return whether a headline says how the seats of a contest stand."""
    return bool(said.ballot_id) and said.kind not in NOT_ABOUT_SEATS


def _day(time: datetime | None) -> object:
    return None if time is None else local(time).date()


def _line(view: View, said: Said, told: Sequence[Said], replaced: Mapping[int, Said]) -> Line:
    start = next((start for start in TAGS if said.text.startswith(start)), "")
    tag = TAGS.get(start) or ("Control" if said.kind in CONTROL else "")
    before = told[said.supersedes - 1] if said.supersedes and (said.takes_back or said.amendment or start) else None
    board = f"/elections/{view.history.election}"
    if said.ballot_id:
        href = f"{board}/contests/{said.ballot_id}"
    elif said.body:
        href = f"{board}/bodies/{said.body}"
    else:
        href = f"{board}/regions/{said.region}" if said.region not in ("", NATIONAL) else board
    text = said.text.removeprefix(start)
    return Line(said, tag, text[:1].upper() + text[1:], href, before, replaced.get(said.sequence))
