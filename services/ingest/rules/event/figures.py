"""What a declaration says, as far as it could be read."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from schemas.register import Contest
from services.ingest.rules.event.kind_fields import NOT_FOR
from services.ingest.rules.event.readable import Readable
from services.ingest.rules.reasons.wording import Loc

_IN_PART: Final = "in_part"
"""The head under which papers are rejected of which some votes were counted."""


@dataclass(frozen=True, slots=True)
class Votes:
    """Votes of one count, by candidate id."""

    counts: Mapping[str, int]
    """The figures that are counts, by candidate id, known or not."""
    named: Mapping[str, object] | None
    """Everybody for whom something was given, a count or not; None when nothing could be read."""

    @property
    def whole(self) -> bool:
        """Whether everything that was given is a count."""
        return self.named is not None and len(self.named) == len(self.counts)

    def total(self, contest: Contest) -> int:
        """Return the votes for the contest's candidates; the others' may be theirs, misspelt, or nobody's."""
        return sum(votes for name, votes in self.counts.items() if name in contest.candidates)


@dataclass(frozen=True, slots=True)
class LocalCounts:
    """The counts of local areas, each at the place where it stands in the declaration's list.

    They are kept in columns: with an object for each of thousands of areas, building them would cost as much as all
    checks of them.
    """

    areas: Sequence[str | None]
    """The area; None where that is not readable."""
    counts: Sequence[Mapping[str, int]]
    """Votes counted there: the figures that are counts, by candidate id, known or not."""
    named: Sequence[Mapping[str, object] | None]
    """Everybody for whom something was given there, a count or not; None where nothing could be read."""
    rejected: Sequence[int | None]
    """Papers rejected there; None where not stated or not readable."""


class Figures(NamedTuple):
    """What a declaration says in the fields that are for its kind."""

    kind: str | None
    """What sort of message it is; None when not readable."""
    votes: Votes | None
    """Votes, under the supplementary vote first preferences; None when not stated."""
    final_round: Votes | None
    """First preferences and transferred votes of those who went on; None when not stated."""
    elected: tuple[str, ...] | None
    """Who was declared elected; None when not stated or not readable."""
    lot: tuple[str, ...] | None
    """Who was chosen by lot; None when not readable, empty when not stated."""
    rejected: int | None
    """Papers rejected, all heads together; None when not stated or not readable."""
    rejected_by_head: int | None
    """Papers rejected as a whole, added up from the heads; None when not stated or not readable, and where only those
    rejected in part are."""
    rejected_in_part: int
    """Papers rejected in part, which were counted all the same; 0 when not stated or not readable."""
    papers: int | None
    """Papers verified; None when not stated or not readable."""
    areas: LocalCounts | None
    """Local counts; None when not stated or not readable."""
    quota: int | None = None
    """The quota of the single transferable vote; None when not stated or not readable."""
    stages: tuple[Mapping[str, Any], ...] | None = None
    """The stages of its count, as they were sent; None when not stated or not all readable."""
    stages_stated: bool = False
    """Whether stages were stated, readable or not."""

    @property
    def rejected_papers(self) -> int | None:
        """Papers that were not counted, stated together or else by head."""
        heads, in_part = self.rejected_by_head, self.rejected_in_part
        if self.rejected is None:
            return heads
        return self.rejected - in_part if self.rejected == (heads or 0) + in_part else self.rejected

    def rounds(self) -> Iterator[tuple[Loc, Votes]]:
        """Yield every count of the whole contest, and where it stands."""
        if self.votes is not None:
            yield ("data", "votes"), self.votes
        if self.final_round is not None:
            yield ("data", "final_round"), self.final_round

    def complete(self, contest: Contest) -> bool:
        """Whether there is a count for every candidate and nobody else."""
        votes = self.votes
        return votes is not None and votes.whole and votes.counts.keys() == contest.candidates.keys()


def kind_of(sent: Readable) -> str | None:
    """Return the kind of a declaration; None where it cannot be relied on."""
    return None if ("data", "kind") in sent.unread else sent.text("data", "kind") or "declared"


def figures_of(sent: Readable) -> Figures:
    """Return what a declaration says, but for the fields that are not for its kind."""
    kind, stated = kind_of(sent), sent.members("data")
    if kind is not None and NOT_FOR[kind]:
        stated = {name: value for name, value in stated.items() if name not in NOT_FOR[kind]}
    unread = _unread_by_holder(sent)
    heads = _votes(unread, stated, "data", "rejected_by_head")
    return Figures(
        kind=kind,
        votes=_votes(unread, stated, "data", "votes"),
        final_round=_votes(unread, stated, "data", "final_round"),
        elected=_names(sent, stated, "elected"),
        lot=None if ("data", "lot") in sent.unread else _names(sent, stated, "lot") or (),
        rejected=_count(sent, stated, "data", "rejected"),
        rejected_by_head=_whole_papers(heads),
        rejected_in_part=0 if heads is None else heads.counts.get(_IN_PART, 0),
        papers=_count(sent, stated, "data", "papers"),
        areas=_areas(sent, unread, stated),
        quota=_count(sent, stated, "data", "quota"),
        stages=_stages(sent, stated),
        stages_stated=stated.get("stages") is not None,
    )


def _stages(sent: Readable, stated: Mapping[str, object]) -> tuple[Mapping[str, Any], ...] | None:
    """Return the stages where all of them can be read: each follows from the one before."""
    stages = stated.get("stages")
    if not isinstance(stages, list) or any(loc[:2] == ("data", "stages") for loc in sent.unread):
        return None
    return tuple(stages)


def _whole_papers(heads: Votes | None) -> int | None:
    """Return the papers rejected as a whole; None where no head says so, for those rejected in part were counted."""
    if heads is None or not heads.whole or heads.counts.keys() <= {_IN_PART}:
        return None
    return sum(count for head, count in heads.counts.items() if head != _IN_PART)


def _unread_by_holder(sent: Readable) -> Mapping[Loc, AbstractSet[str | int]]:
    """Return which members of an object or a list cannot be relied on, by the place of that."""
    unread: dict[Loc, set[str | int]] = {}
    for loc in sent.unread:
        unread.setdefault(loc[:-1], set()).add(loc[-1])
    return unread


def _votes(unread: Mapping[Loc, AbstractSet[str | int]], holder: Mapping[str, object], *loc: str | int) -> Votes | None:
    """Return the counts at ``loc``, the last step of which is a field of ``holder``; None where it is left out."""
    given = holder.get(str(loc[-1]))
    if given is None:
        return None
    if not isinstance(given, dict):
        return Votes({}, None)
    if (names := unread.get(loc)) is None:
        return Votes(given, given)
    return Votes({name: count for name, count in given.items() if name not in names}, given)


def _areas(
    sent: Readable, unread: Mapping[Loc, AbstractSet[str | int]], stated: Mapping[str, object]
) -> LocalCounts | None:
    areas = stated.get("areas")
    if not isinstance(areas, list) or ("data", "areas") in sent.unread:
        return None
    if not sent.unread:
        votes = [area["votes"] for area in areas]
        return LocalCounts([area["area"] for area in areas], votes, votes, [area.get("rejected") for area in areas])
    within = [("data", "areas", place) for place in range(len(areas))]
    read = [_votes(unread, area, *loc, "votes") or Votes({}, None) for loc, area in zip(within, areas, strict=True)]
    return LocalCounts(
        [None if (*loc, "area") in sent.unread else area.get("area") for loc, area in zip(within, areas, strict=True)],
        [votes.counts for votes in read],
        [votes.named for votes in read],
        [_count(sent, area, *loc, "rejected") for loc, area in zip(within, areas, strict=True)],
    )


def _count(sent: Readable, holder: Mapping[str, object], *loc: str | int) -> int | None:
    value = None if loc in sent.unread else holder.get(str(loc[-1]))
    return value if isinstance(value, int) else None


def _names(sent: Readable, stated: Mapping[str, object], name: str) -> tuple[str, ...] | None:
    value = None if ("data", name) in sent.unread else stated.get(name)
    return tuple(value) if isinstance(value, list) else None
