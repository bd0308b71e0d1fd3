"""What a declaration says, as far as it could be read."""

from collections.abc import Collection, Iterator, Mapping
from typing import Final, NamedTuple

from schemas.register import Contest
from services.ingest.rules.reasons.wording import Loc


class Votes:
    """Votes of one count, by candidate id."""

    def __init__(self, counts: Mapping[str, int], named: Collection[str] | None) -> None:
        self.counts: Final = counts
        """The figures that are counts, by candidate id, known or not."""
        self.named: Final = named
        """Everybody for whom something was given, a count or not; None when nothing could be read."""

    @property
    def whole(self) -> bool:
        """Whether everything that was given is a count."""
        return self.named is not None and len(self.named) == len(self.counts)

    def total(self, contest: Contest) -> int:
        """Return the votes for the contest's candidates; the others' may be theirs, misspelt, or nobody's."""
        return sum(votes for name, votes in self.counts.items() if name in contest.candidates)


class AreaFigures(NamedTuple):
    """The count of one local area."""

    place: int
    """Where it stands in the declaration's list."""
    name: str | None
    """The area; None when not readable."""
    votes: Votes
    """Votes counted there."""
    rejected: int | None
    """Papers rejected there; None when not stated or not readable."""


class Figures:
    """What a declaration says in the fields that are for its kind."""

    def __init__(  # noqa: PLR0913  # one for each field
        self,
        *,
        kind: str | None,
        votes: Votes | None,
        final_round: Votes | None,
        elected: tuple[str, ...] | None,
        lot: tuple[str, ...] | None,
        rejected: int | None,
        rejected_by_head: int | None,
        papers: int | None,
        areas: tuple[AreaFigures, ...] | None,
    ) -> None:
        self.kind: Final = kind
        """What sort of message it is; None when not readable."""
        self.votes: Final = votes
        """Votes, under the supplementary vote first preferences; None when not stated."""
        self.final_round: Final = final_round
        """First preferences and transferred votes of those who went on; None when not stated."""
        self.elected: Final = elected
        """Who was declared elected; None when not stated or not readable."""
        self.lot: Final = lot
        """Who was chosen by lot; None when not readable, empty when not stated."""
        self.rejected: Final = rejected
        """Papers rejected, all heads together; None when not stated or not readable."""
        self.rejected_by_head: Final = rejected_by_head
        """Papers rejected, added up from the heads; None when not stated or not readable."""
        self.papers: Final = papers
        """Papers verified; None when not stated or not readable."""
        self.areas: Final = areas
        """Local counts; None when not stated or not readable."""

    @property
    def rejected_papers(self) -> int | None:
        """Papers rejected, stated as a whole or else by head."""
        return self.rejected_by_head if self.rejected is None else self.rejected

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

    def without_final_round(self) -> "Figures":
        """Return the same of a contest that has no final round."""
        return Figures(
            kind=self.kind,
            votes=self.votes,
            final_round=None,
            elected=self.elected,
            lot=self.lot,
            rejected=self.rejected,
            rejected_by_head=self.rejected_by_head,
            papers=self.papers,
            areas=self.areas,
        )
