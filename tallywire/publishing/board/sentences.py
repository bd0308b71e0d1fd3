"""What the board says in a sentence before it shows any figure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from schemas.control import NOC
from schemas.register import INDEPENDENT
from tallywire.pages.numbers import clock, day, local, signed, thousands
from tallywire.publishing.board.ground import Ground
from tallywire.publishing.board.progress import Progress
from tallywire.publishing.board.standing import OTHERS, Standing

NAMED = 4
"""Parties named in a sentence; the rest are others."""


def said_of(stands: Standing, land: Ground, corrected: int) -> str:
    """Return the sentence under the title: who has how many seats, what is missing, what is certain.

    Args:
        stands: how the region stands.
        land: what the register says of it.
        corrected: declarations that were corrected.
    """
    if not stands.progress.begun:
        return _nothing_yet(stands, land)
    if land.answers:
        return f"{thousands(stands.progress.declared)} of {thousands(stands.expected)} referendums have declared."
    if stands.control is not None:
        said = said_of_body(land, stands.control, stands.seats, stands.progress)
    else:
        said = f"{figures(stands.seats, land)}. {_flow(stands, land)}"
        if not stands.complete:
            said += f"{_left(stands.progress)}."
    if corrected and stands.complete:
        were = plural(corrected, "declaration was", "declarations were")
        said = f"{said.strip()} {number_in_words(corrected).capitalize()} {were} corrected."
    return said.strip()


def _nothing_yet(stands: Standing, land: Ground) -> str:
    if not stands.expected:
        return "No result is expected here."
    one = len(land.contests) == 1
    first = stands.next_expected
    said = "Not declared yet." if one else f"None of {stands.progress.whole} has declared yet."
    if first is None:
        return said
    return f"{said} {'It' if one else 'The first'} is expected at {when(first)}."


def when(time: datetime | str) -> str:
    """Return a time of day with its zone and day: ``01:30 BST on 5 July 2024``."""
    return f"{clock(time)} {local(time):%Z} on {day(time)}"


def said_of_body(land: Ground, control: Mapping[str, Any], seats: Mapping[str, int], progress: Progress) -> str:
    """Return the sentence about a council or parliament: who has how many seats, what is missing, what is certain.

    Args:
        land: its contests.
        control: its state of control, as published.
        seats: its seats by party, most first.
        progress: how far its contests are.
    """
    now, parliament = control["now"], control["kind"] == "parliament"
    if control["final"]:
        return _final(control, land, f"the {control['name']}" if parliament else control["name"], parliament=parliament)
    said = f"{figures(seats, land)}. {_left(progress)}"
    wanted = "a majority" if parliament else "control"
    if now == NOC:
        return f"{said}, and no party can reach a majority any more."
    if now is not None:
        verb = "are" if land.plural(now) else "is"
        return f"{said}, but {land.the(now)} {verb} certain of {wanted}."
    lost = control["before"] if control["holder_lost"] else None
    if lost is not None and lost != NOC:
        return f"{said}. {_upper(land.the(lost))} can no longer reach {wanted}; nobody is certain of it."
    return f"{said}, and nobody is certain of {wanted}."


def _final(control: Mapping[str, Any], land: Ground, name: str, *, parliament: bool) -> str:
    now, before, seats = control["now"], control["before"], control["seats"]
    composition = control["composition"]
    if now is None:
        return f"Every seat that was up is declared, and control of {name} is open."
    if now == NOC:
        return f"{_upper(led(control, land, name))}: {'no party has a majority' if parliament else NO_CONTROL}."
    held = composition[now]
    many = land.plural(now)
    if before == now:
        verb, source = ("hold" if many else "holds"), ""
    elif before in (None, NOC):
        verb, source = ("win" if many else "wins"), ("" if before is None else " from no overall control")
    else:
        verb, source = ("take" if many else "takes"), f" from {land.the(before)}"
    figures = f"{thousands(held)} of {thousands(seats)} seats, a majority of {thousands(2 * held - seats)}"
    return f"{_upper(land.the(now))} {verb} {name}{source}: {figures}."


NO_CONTROL = "no overall control"


def led(control: Mapping[str, Any], land: Ground, name: str = "") -> str:
    """Return who leads where nobody has a majority.

    ``Labour is the largest party in Testshire, with 19 of 45 seats, +3``.

    Args:
        control: the state of control, as published.
        land: the contests of the body.
        name: the body's name; without it that is left out, and the verb: ``Labour largest, with 19 of 45 seats, +3``.
    """
    composition, changes = control["composition"], control["changes"]
    most = max(composition.values(), default=0)
    leaders = sorted((party for party, seats in composition.items() if seats == most and most), key=land.name)
    if control["largest"]:
        leaders = [control["largest"]]
    where = f" in {name}" if name else ""
    if len(leaders) > 1:
        level = f"{listed(land.the(one) for one in leaders)} {'are ' if name else ''}level{where}"
        return f"{level}, with {thousands(most)} of {thousands(control['seats'])} seats each"
    if not leaders:
        return f"nobody holds a seat{where}"
    (first,) = leaders
    group = "group" if first == INDEPENDENT else "party"
    largest = f" {'are' if land.plural(first) else 'is'} the largest {group}{where}" if name else " largest"
    lists = control.get("from_lists", {}).get(first, 0)
    parts = f" ({thousands(most - lists)} + {thousands(lists)})" if control.get("from_lists") else ""
    change = f", {signed(changes[first])}" if changes.get(first) else ""
    return f"{land.the(first)}{largest}, with {thousands(most)} of {thousands(control['seats'])} seats{parts}{change}"


def figures(seats: Mapping[str, int], land: Ground) -> str:
    """Return who has how many seats: ``Labour 11, Liberal Democrats 1``."""
    first = list(seats.items())
    named, others = (first, []) if len(first) <= NAMED + 1 else (first[:NAMED], first[NAMED:])
    parts = [f"{land.name(party)} {thousands(number)}" for party, number in named]
    if others:
        parts.append(f"others {thousands(sum(number for _, number in others))}")
    return ", ".join(parts) or "No seat is filled"


def _flow(stands: Standing, land: Ground) -> str:
    """Return what the parties that gained most have gained: ``Labour gained 3, all from the Conservatives. ``."""
    gaining = sorted((row for row in stands.rows if row.gained), key=lambda row: -row.gained)
    losing = [row for row in stands.rows if row.lost and row.party != OTHERS]
    if not gaining or gaining[0].party == OTHERS:
        return ""
    first = gaining[0]
    what = (
        f" {plural(first.gained, 'constituency', 'constituencies')}" if land.constituencies and not land.others else ""
    )
    source = ""
    if len(losing) == 1 and losing[0].lost >= first.gained:
        source = f", {'all ' if first.gained > 1 else ''}from {land.the(losing[0].party)}"
    return f"{_upper(land.the(first.party))} gained {thousands(first.gained)}{what}{source}. "


def _left(progress: Progress) -> str:
    if not progress.left:
        return "All contests have declared"
    if progress.in_stages:
        return f"{progress.missing} {plural(progress.left, 'is', 'are')} not complete"
    return f"{progress.missing} {plural(progress.left, 'has', 'have')} not declared"


def plural(number_of: int, one: str, many: str) -> str:
    """Return the word that goes with a number."""
    return one if number_of == 1 else many


_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def number_in_words(of: int) -> str:
    """Return a number as it is written in a sentence: up to nine in words."""
    return _WORDS[of] if of < len(_WORDS) else thousands(of)


def _upper(said: str) -> str:
    return said[:1].upper() + said[1:]


def listed(items: Iterable[str]) -> str:
    """Return items as a sentence has them: ``a, b and c``."""
    named: Sequence[str] = list(items)
    if len(named) < 2:  # noqa: PLR2004  # two are joined
        return "".join(named)
    return f"{', '.join(named[:-1])} and {named[-1]}"
