"""What needs a person, by harm: a wrong result that stands first, what was refused last."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from schemas.receipt import Reason
from tallywire.desk.overview import ElectionDesk
from tallywire.posting.desk.rights import sees, sees_all
from tallywire.posting.desk.watch import Seen
from tallywire.posting.sessions import SignedIn

Kind = Literal["review", "held", "refused", "typed", "turned-away", "parked"]

GROUPS: Final[dict[Kind, tuple[str, str, str]]] = {
    "review": ("Under review, a result stands meanwhile", "Under review", "solid"),
    "held": ("Held", "Held", "hold"),
    "refused": ("Refused, not yet sent again", "Refused", "stop"),
    "typed": ("Two people have typed different figures", "Typed", "wait"),
    "turned-away": ("Signatures that do not hold", "Turned away", "stop"),
    "parked": ("Faults of ours", "Parked", "stop"),
}
"""Of each kind, in their order: what stands above, the word on each row, and its look."""


@dataclass(frozen=True, slots=True)
class Row:
    """Something that needs a person."""

    kind: Kind
    key: str
    """Tells it from others: an id in the page."""
    name: str
    since: str
    why: str
    ballot_id: str | None
    """The contest, where it is about one that there is."""
    hold: int | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Rows of one kind."""

    kind: Kind
    title: str
    tag: str
    look: str
    rows: tuple[Row, ...]


def worklist(seen: Seen, who: SignedIn) -> tuple[Group, ...]:
    """Return what needs somebody."""
    rows = list(_rows(seen, who))
    found = ((kind, tuple(row for row in rows if row.kind == kind)) for kind in GROUPS)
    return tuple(Group(kind, *GROUPS[kind], of_kind) for kind, of_kind in found if of_kind)


def _rows(seen: Seen, who: SignedIn) -> Iterator[Row]:
    waits, contests = seen.looked.waits, seen.looked.contests
    for held in waits.held:
        if sees(who, held.ballot_id):
            kind: Kind = "review" if held.under_review else "held"
            why = _said(held.reasons or ()) or "What is odd about it cannot be read here."
            yield Row(kind, f"hold-{held.hold}", held.contest, held.since, why, held.ballot_id, held.hold)
    for one in waits.refused:
        known = one.subject in contests
        if one.mended or not (sees(who, one.subject) if known else sees_all(who)):
            continue
        name = contests[one.subject].name if known else "A message that names no contest"
        by = one.sender if one.signed else f"{one.sender or 'somebody'}, as it says"
        times = "" if one.count == 1 else f"{one.count:,} times. "
        why = f"{times}{_said(one.reasons)} Sent by {by}."
        yield Row("refused", f"refused-{one.entry_id}", name, one.last, why, one.subject if known else None)
    for typed in waits.entries or ():
        if typed.agree is False and sees(who, typed.ballot_id):
            why = (
                f"{' and '.join(typed.people)} differ at {', '.join(typed.differences)}. Both look at the paper again."
            )
            key = f"typed-{typed.ballot_id}-{typed.revision}".replace(".", "-")
            yield Row("typed", key, typed.contest, typed.since, why, typed.ballot_id)
    if sees_all(who):
        yield from _everybodys(waits)


def _said(reasons: Sequence[Reason]) -> str:
    """Return the first reason, and how many more there are: all of them stand with the case."""
    first = reasons[0].message if reasons else ""
    return first if len(reasons) < 2 else f"{first} And {len(reasons) - 1} more."  # noqa: PLR2004  # one


def _everybodys(waits: ElectionDesk) -> Iterator[Row]:
    """Yield what is no contest's."""
    for one in waits.turned_away or ():
        key = f"turned-{one.address}-{one.code}".replace(".", "-").replace(":", "-").replace("/", "-")
        times = "once" if one.count == 1 else f"{one.count:,} times since the first"
        yield Row("turned-away", key, one.address, one.last, f"{one.code}, {times}.", None)
    for parked in waits.parked:
        key = f"parked-{parked.stage}-{parked.list_id}"
        yield Row("parked", key, parked.stage, "", f"A rule of ours failed on a message: {parked.reason}", None)
