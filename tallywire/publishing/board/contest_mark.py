"""A contest on the map: its hexagon or tile, and its row in the table that says the same."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from jiter import from_json
from markupsafe import Markup

from schemas.register import INDEPENDENT, Contest, RegisterHead
from schemas.result import Turnout
from tallywire.packs.drawing import Shape
from tallywire.pages import numbers
from tallywire.publishing.board.colours import code, party_class
from tallywire.publishing.board.ground import is_region
from tallywire.publishing.event import Event

NOT_DECLARED: Final = "not declared"

TIED: Final = "tied"
"""How a referendum is in which answers have equal votes: no answer wins."""

UNSETTLED: Final[Mapping[str, str]] = {
    "recount": "being counted again",
    "withdrawn": "withdrawn",
    "postponed": "poll postponed",
    "countermanded": "poll called off",
    "annulled": "election annulled",
}
"""What stands where the result would, by the kind of what was declared last."""

MAJORITY_BOUNDS: Final = (6, 11, 17, 26)
"""Majority in per cent of the votes: about a fifth of the constituencies of 2024 lie between each two. They are fixed,
so that a shade means the same at every moment of a night."""

SWING_BOUNDS: Final = (3, 6, 10, 15)
"""Points of swing."""

TURNOUT_BOUNDS: Final = (53, 58, 62, 66)
"""Turnout in per cent at general elections: about the fifths of 2024."""

LOW_TURNOUT_BOUNDS: Final = (20, 25, 30, 40)
"""Turnout in per cent where it is lower: of police commissioners about 20, at by-elections about 40."""


def shade(value: float | None, bounds: Sequence[float]) -> int | None:
    """Return in which of five classes a figure is, 1 to 5; None where there is none."""
    return None if value is None else 1 + sum(value >= bound for bound in bounds)


@dataclass(frozen=True, slots=True)
class Mark:
    """How a contest stands, as far as a map shows it."""

    ballot_id: str
    name: str
    label: str
    """In few words: ``Lab gain from Con``, ``not declared``."""
    said: str
    """The same to be read aloud: ``Labour gain from Conservatives, majority 1,878``."""
    party: str | None = None
    """The main party whose colour it has; None where nothing is declared."""
    others: tuple[str, ...] = ()
    """Other parties elected there, where several seats are up."""
    seats: tuple[str, ...] = ()
    """Main party of each seat."""
    gain: bool = False
    gained_from: str | None = None
    """The main party that lost it, where that is one."""
    under_review: bool = False
    overdue: bool = False
    majority: int | None = None
    majority_share: float | None = None
    """In per cent of the votes; None where several seats are up: each paper has several votes then."""
    turnout: float | None = None
    """Valid votes in per cent of the electorate."""
    swing: float | None = None
    swing_words: str = ""
    declared_at: str | None = None
    kind: str = ""
    candidates: tuple[str, ...] = ()
    """The first two, with their votes."""
    region: bool = False
    """Whether it is a region with list seats beside constituencies."""


@dataclass(frozen=True, slots=True)
class Registered:
    """A contest as it is registered at the moment."""

    head: RegisterHead
    ballot_id: str
    contest: Contest
    overdue: bool = False
    """Whether its declaration is later than expected."""


def mark_of(one: Registered, result: Event | None) -> Mark:
    """Return how a contest stands after its last result; None where there is none."""
    head, contest = one.head, one.contest
    if result is None:
        return _without_result(one, NOT_DECLARED)
    data = from_json(result.content)["data"]
    kind = str(data["kind"])
    if not data["counts"]:
        return _without_result(one, _unsettled(head, kind, data), kind)
    elected = tuple(map(str, data["parties_elected"]))
    seats = [party for party, _ in Counter(elected).most_common()]
    outcome = (data["outcomes"] or {}).get(data["headline_baseline"])
    label = _label(head, data, elected)
    majority = data["majority"]
    swing = data["swing"] or {}
    votes = data["valid_votes"]
    # Of a supplementary vote's final round the votes are others than those that were valid.
    decided = sum(each.get("final_votes") or 0 for each in data["candidates"]) if data["rounds"] > 1 else votes
    single = contest.seats == 1
    mark_said = [_spoken(head, data, outcome, elected)]
    if majority is not None:
        mark_said.append(numbers.majority(majority))
    if data.get("under_review"):
        mark_said.append("under review")
    return Mark(
        ballot_id=one.ballot_id,
        name=contest.name,
        label=label,
        said=", ".join(mark_said),
        party=seats[0] if seats else None,
        others=tuple(seats[1:]),
        # Those of a party stand together; seats that are still to be filled are seen to be empty.
        seats=tuple(party for each in seats for party in (each,) * elected.count(each))
        + ("",) * (contest.seats - len(elected) if contest.seats > 1 else 0),
        gain=outcome is not None and outcome["change"] == "gain",
        gained_from=_lost(outcome),
        under_review=bool(data.get("under_review")),
        majority=majority,
        majority_share=100 * majority / decided if single and majority is not None and decided else None,
        turnout=Turnout.model_validate(data["turnout"]).said,
        swing=swing.get("points"),
        swing_words=_swing(head, swing),
        declared_at=data["declared_at"],
        kind=kind,
        candidates=tuple(_candidates(head, data)),
        region=is_region(contest),
    )


def _without_result(one: Registered, label: str, kind: str = "") -> Mark:
    before = _before(one.head, one.contest) if not kind else ""
    said = f"{label}; {before} before" if before else label
    if one.overdue:
        said += "; overdue"
    return Mark(
        one.ballot_id,
        one.contest.name,
        said,
        said,
        overdue=one.overdue,
        kind=kind,
        region=is_region(one.contest),
    )


def _unsettled(head: RegisterHead, kind: str, data: Mapping[str, Any]) -> str:
    match kind:
        case "flash":
            return f"{_won(head, data, data['parties_elected'], _short)}, figures to follow"
        case "progress":
            return f"{data.get('areas_declared') or 0} of {data.get('areas_expected') or 0} areas counted"
    return UNSETTLED.get(kind, kind)


def _before(head: RegisterHead, contest: Contest) -> str:
    """Return who held the seats before, in short; empty where nobody knows or nobody did."""
    baseline = getattr(contest.baseline, head.headline_baseline)
    if baseline is None:
        return ""
    held = Counter(head.main_party(holder.party) for holder in baseline.seats)
    return ", ".join(
        f"{_short(head, party)} {number}" if number > 1 else _short(head, party) for party, number in held.most_common()
    )


def _label(head: RegisterHead, data: Mapping[str, Any], elected: Sequence[str]) -> str:
    label = data["labels"][data["headline_baseline"]]
    seats = int(data["contest"]["seats"])
    if seats > 1 or len(elected) > 1:
        won = seats_by_party(head, elected)
        if data["kind"] == "stage":
            return f"{len(elected)} of {seats} seats filled{': ' if won else ''}{won}"
        return won
    if label is not None:
        return str(label)
    return _won(head, data, elected, _short)


def is_referendum(data: Mapping[str, Any]) -> bool:
    """Whether a result is the answer to a question."""
    return bool(data["contest"]["voting_system"] == "referendum")


def wins(head: RegisterHead, name: str, party: str) -> str:
    """Return that an answer has won: ``No wins``."""
    return f"{name} {'win' if head.parties[party].number == 'plural' else 'wins'}"


def _won(
    head: RegisterHead, data: Mapping[str, Any], elected: Sequence[str], name: Callable[[RegisterHead, str], str]
) -> str:
    """Return who is elected, or which answer has won."""
    parties = list(dict.fromkeys(elected))
    if is_referendum(data):
        return wins(head, name(head, parties[0]), parties[0]) if parties else TIED
    return f"{', '.join(name(head, party) for party in parties)} elected"


def seats_by_party(head: RegisterHead, elected: Sequence[str]) -> str:
    """Return who has how many seats, most first: ``SNP 2, Lab 1``."""
    return ", ".join(f"{_short(head, party)} {number}" for party, number in Counter(elected).most_common())


def _spoken(
    head: RegisterHead, data: Mapping[str, Any], outcome: Mapping[str, Any] | None, elected: Sequence[str]
) -> str:
    if data["kind"] == "stage" or len(elected) > 1:
        counted = ", ".join(
            f"{_name(head, party, number)} {number}" for party, number in Counter(elected).most_common()
        )
        if data["kind"] != "stage":
            return counted
        filled = f"{len(elected)} of {data['contest']['seats']} seats filled"
        return f"{filled}: {counted}" if counted else filled
    if is_referendum(data):
        return _won(head, data, elected, _name)
    named = ", ".join(_name(head, party) for party in elected)
    how = " unopposed" if data["kind"] == "uncontested" else ""
    if outcome is None:
        return f"{named} elected{how}"
    lost = _lost(outcome)
    taken = f" from {_name(head, lost)}" if lost is not None else ""
    return f"{named} {outcome['change']}{taken}{how}"


def _lost(outcome: Mapping[str, Any] | None) -> str | None:
    if outcome is None or outcome["change"] != "gain":
        return None
    lost = outcome["lost"] or {}
    return outcome["previous_party"] or (next(iter(lost)) if len(lost) == 1 else None)


def _swing(head: RegisterHead, swing: Mapping[str, Any]) -> str:
    if not swing:
        return ""
    return (
        f"{numbers.percent(swing['points'])} {_short(head, swing['from_party'])} to {_short(head, swing['to_party'])}"
    )


def _candidates(head: RegisterHead, data: Mapping[str, Any]) -> list[str]:
    said = []
    for one in data["candidates"][:2]:
        votes = one.get("final_votes") if data["rounds"] > 1 else one["votes"]
        counted = f" {numbers.thousands(votes)}" if votes is not None else ""
        party = _short(head, one["party"])
        # As of lists and answers.
        named = one["name"] if one["name"] == party else f"{one['name']} ({party})"
        said.append(f"{named}{counted}")
    return said


def _short(head: RegisterHead, party: str) -> str:
    main = head.main_party(party) if party in head.parties else party
    return head.parties[main].abbreviation if main in head.parties else main


def _name(head: RegisterHead, party: str, seats: int = 1) -> str:
    if party == INDEPENDENT and seats > 1:
        return "Independents"
    return head.parties[party].spoken if party in head.parties else party


def time_words(declared_at: str | None, day: str) -> str:
    """Return when something was declared: the time with its zone, and the day where that is not the night.

    Args:
        declared_at: when it was.
        day: polling day, ``2024-07-04``.
    """
    if declared_at is None:
        return ""
    when = numbers.local(declared_at)
    words = f"{when:%H:%M %Z}"
    days = (when.date() - date.fromisoformat(day)).days
    return words if days in (0, 1) else f"{words}, {numbers.day(when)}"


def classes(mark: Mark, turnout_bounds: Sequence[float]) -> str:
    """Return the classes by which a contest is coloured under each layer."""
    named = [party_class(mark.party) if mark.party is not None else "p-none"]
    named += [f"e-{code(party)}" for party in mark.others]
    if mark.gained_from is not None:
        named.append(f"f-{code(mark.gained_from)}")
    for letter, value, bounds in (
        ("t", mark.turnout, turnout_bounds),
        ("m", mark.majority_share, MAJORITY_BOUNDS),
        ("w", mark.swing, SWING_BOUNDS),
    ):
        if (place := shade(value, bounds)) is not None:
            named.append(f"{letter}{place}")
    return " ".join(named)


def signs(mark: Mark) -> str:
    """Return which signs a contest bears: ``d`` for a gain, ``u`` under review, ``o`` overdue."""
    if mark.under_review:
        return "u"
    if mark.gain:
        return "d"
    return "o" if mark.overdue else ""


_HEXAGON: Final = Markup(
    '<a id="h-{slug}" class="{classes}" href="{href}" tabindex="-1"><title>{name}: {said}</title>'
    '<use href="#h" class="h" x="{x}" y="{y}"/>{sign}</a>'
)
_SIGN: Final = Markup('<use href="#{sign}" class="{sign}" x="{x}" y="{y}"/>')
_AREA: Final = Markup(
    '<a id="h-{slug}" class="{classes}" href="{href}" tabindex="-1"><title>{name}: {said}</title>'
    '<path class="h" d="{d}"/>{sign}</a>'
)
_AREA_SIGN: Final = Markup('<use href="#{sign}" class="{sign}" transform="translate({x} {y}) scale({scale:.1f})"/>')
_TILE: Final = Markup(
    '<a id="h-{slug}" class="{classes}" href="{href}"><svg class="band" viewBox="0 0 {seats} 1"'
    ' preserveAspectRatio="none" aria-hidden="true">{bands}</svg>{sign}<b><bdi>{name}</bdi>{kind}</b>'
    "<span>{label}</span></a>"
)
_SLASH: Final = Markup("/<wbr>")
"""A ward called Dyce/Bucksburn/Danestone breaks there, where it has no room."""
_TILE_SIGN: Final = Markup(
    '<svg class="sign" viewBox="-5 -5 10 10" aria-hidden="true"><use href="#{sign}" class="{sign}"/></svg>'
)
_BAND: Final = Markup('<rect{own} x="{x}" width="1" height="1"/>')
_ROW: Final = Markup(
    '<tr id="r-{slug}"><th scope="row"><a href="{href}"><bdi>{name}</bdi></a>{kind}</th>'
    '<td{quiet}>{swatches}{label}</td><td class="num">{majority}</td>'
    '<td class="num">{turnout}</td><td class="num">{swing}</td><td class="num">{time}</td></tr>'
)
_LIST_SEATS: Final = Markup(' <span class="quiet">list seats</span>')
_SWATCH: Final = Markup('<i class="sw {party}"></i>')


def slug_of(ballot_id: str) -> str:
    """Return a contest's id as ids of elements have it."""
    return ballot_id.replace(".", "-")


def hexagon(mark: Mark, href: str, at: tuple[float, float], turnout_bounds: Sequence[float]) -> str:
    """Return a contest's hexagon."""
    x, y = (f"{one:g}" for one in at)
    sign = signs(mark)
    return _HEXAGON.format(
        slug=slug_of(mark.ballot_id),
        classes=classes(mark, turnout_bounds),
        href=href,
        name=isolated(mark.name),
        said=mark.said,
        x=x,
        y=y,
        sign=_SIGN.format(sign=sign, x=x, y=y) if sign else "",
    )


def area(mark: Mark, href: str, shape: Shape, turnout_bounds: Sequence[float]) -> str:
    """Return a contest's area on the election's own map."""
    sign = signs(mark)
    left, top, right, bottom = shape.box
    scale = max(1.5, min(7, (right - left) / 8, (bottom - top) / 8))
    return _AREA.format(
        slug=slug_of(mark.ballot_id),
        classes=classes(mark, turnout_bounds),
        href=href,
        name=isolated(mark.name),
        said=mark.said,
        d=shape.d,
        sign=_AREA_SIGN.format(sign=sign, x=shape.x, y=shape.y, scale=scale) if sign else "",
    )


def tile(mark: Mark, href: str, turnout_bounds: Sequence[float]) -> str:
    """Return a contest's tile: a band with a field for each seat, and in words what it shows."""
    seats = mark.seats or ("",)
    # One alone takes the colour of the layer from the tile.
    bands = Markup("").join(
        _BAND.format(
            x=place,
            own=Markup(' class="{}"').format(party_class(party) if party else "p-none") if len(seats) > 1 else "",
        )
        for place, party in enumerate(seats)
    )
    sign = signs(mark)
    review = ", under review" if mark.under_review else ""
    return _TILE.format(
        slug=slug_of(mark.ballot_id),
        classes=classes(mark, turnout_bounds) + (" wide" if mark.region else ""),
        href=href,
        seats=len(seats),
        bands=bands,
        sign=_TILE_SIGN.format(sign=sign) if sign else "",
        name=_SLASH.join(mark.name.split("/")),
        kind=", list seats" if mark.region else "",
        label=mark.label + review,
    )


def row(mark: Mark, href: str, day: str) -> str:
    """Return a contest's row in the table."""
    parties = [mark.party, *mark.others] if mark.party is not None else []
    review = ", under review" if mark.under_review else ""
    return _ROW.format(
        slug=slug_of(mark.ballot_id),
        href=href,
        name=mark.name,
        kind=_LIST_SEATS if mark.region else "",
        quiet="" if parties else Markup(' class="quiet"'),
        swatches=Markup("").join(_SWATCH.format(party=party_class(party)) for party in parties),
        label=mark.label + review,
        majority="" if mark.majority is None else numbers.thousands(mark.majority),
        turnout="" if mark.turnout is None else numbers.percent(mark.turnout),
        swing=mark.swing_words,
        time=time_words(mark.declared_at, day),
    )


def isolated(name: str) -> str:
    """Return a name so that its direction changes nothing around it, where no element can do that."""
    return name if name.isascii() else f"\u2068{name}\u2069"
