"""What a returning officer declares."""

from functools import cached_property
from hashlib import sha256
from operator import itemgetter
from typing import Annotated, Literal

from pydantic import Field
from pydantic_core import to_json

from schemas.wire import (
    Array,
    BallotId,
    CandidateId,
    Digest,
    Name,
    Published,
    Revision,
    Sent,
    Timestamp,
    Transfer,
    TransferredVotes,
    Votes,
    in_parts,
)

DeclarationKind = Literal[
    "declared",
    "flash",
    "progress",
    "stage",
    "recount",
    "uncontested",
    "withdrawn",
    "postponed",
    "countermanded",
    "annulled",
]
"""What a message says about a contest. What each one does to results, tallies, control and headlines is the table
in docs/life.md."""


StageAction = Literal["surplus", "exclusion"]
"""What is done at a stage of a count by single transferable vote."""


class RejectedByHead(Published):
    """Ballot papers rejected, by head (Representation of the People Rules), as a result repeats them."""

    official_mark: Votes = 0
    """Without the official mark."""
    too_many_votes: Votes = 0
    """Votes for more candidates than the voter may choose."""
    identifiable: Votes = 0
    """With a mark by which the voter could be identified."""
    unmarked: Votes = 0
    """Unmarked."""
    void_for_uncertainty: Votes = 0
    """Marked, but not so that the choice is certain."""
    in_part: Votes = 0
    """Rejected in part, where a paper has several votes: some of them were counted. They are not among the papers
    rejected under the other heads; whether `rejected` counts them differs from place to place, and either is taken."""

    def total(self) -> int:
        """Return the papers rejected as a whole, under all heads: those rejected in part were counted."""
        return self.official_mark + self.too_many_votes + self.identifiable + self.unmarked + self.void_for_uncertainty


class RejectedPapers(RejectedByHead, Sent):
    """Ballot papers rejected, by head, as a returning officer declares them: another head is an error."""


class AreaCount(Sent):
    """The count of one local area, where a contest is counted locally and added up centrally."""

    area: Name
    """The area, as the register names it."""
    votes: dict[CandidateId, Votes]
    """Votes counted there, by candidate id; under the supplementary vote, first preferences."""
    rejected: Votes | None = None
    """Ballot papers rejected there; null where not stated."""


class Stage(Sent):
    """A stage of a count by single transferable vote after the first preferences, the second one first."""

    action: StageAction
    """What was done: a surplus transferred, or somebody excluded."""
    of: Annotated[Array[CandidateId], Field(min_length=1)]
    """Whose votes were transferred: one for a surplus, one or several for an exclusion."""
    totals: dict[CandidateId, TransferredVotes]
    """Votes of every candidate when the stage was over; 0 for who was excluded by then, who may be left out."""
    transfers: dict[CandidateId, Transfer] | None = None
    """What each received, or gave away, at this stage: needed by nothing, and checked where it is given."""
    non_transferable: TransferredVotes | None = None
    """Votes that are not transferable when the stage is over, in all; null where not stated."""
    elected: Array[CandidateId] | None = None
    """Who was deemed elected at the end of the stage; null where not stated: then it follows from the totals."""
    lot: Array[CandidateId] | None = None
    """Who was chosen by lot among candidates who had had equal votes at every stage: whose surplus was transferred
    first, or who was excluded."""


class DeclaredFigures(Sent):
    """The figures of one contest, and what is said by them."""

    ballot_id: BallotId
    """The contest."""
    revision: Revision
    """1 for the first message about the contest, one more for each later one; the highest one stands."""
    kind: DeclarationKind = "declared"
    """What the message says: a result, or that there is none, or none any more."""
    votes: dict[CandidateId, Votes] | None = None
    """Votes by candidate id: every candidate of the contest, nobody else; a candidate nobody voted for has 0. Under
    the supplementary vote and the single transferable vote, first preferences; under the supplementary vote, those of
    candidates who did not reach the final round may be left out when only the final round is declared. In a contest by
    list, votes by list. Given when the kind is `declared` or `stage`, and only then."""
    final_round: dict[CandidateId, Votes] | None = None
    """Under the supplementary vote, when nobody had more than half of the first preferences: the votes of those who
    went on, first preferences and transferred ones together."""
    elected: Array[CandidateId] | None = None
    """Who was declared elected. When votes are given it must agree with them; a flash and an uncontested election
    have nothing else. In a contest by list, the lists in the order of the seats, each as often as it has seats."""
    lot: Array[CandidateId] | None = None
    """Who was chosen by lot among candidates with equal votes at the last seat; in a contest by list, the lists that
    were drawn among those with equal figures, in the order of the seats."""
    quota: Votes | None = None
    """The quota of the single transferable vote, as declared; null where not stated."""
    stages: Array[Stage] | None = None
    """The stages after the first preferences under the single transferable vote: all of them with `declared`, those so
    far with `stage`. Null where not stated."""
    rejected: Votes | None = None
    """Ballot papers rejected, all heads together; null where not stated."""
    rejected_by_head: RejectedPapers | None = None
    """The same by head; null where not stated."""
    papers: Votes | None = None
    """Ballot papers verified, valid and rejected; null where not stated."""
    areas: Array[AreaCount] | None = None
    """Local counts: with `declared` those of every area, which add up to the whole; with `progress` those so far."""

    def figures(self) -> tuple[object, ...]:
        """Return what was declared, without when and by whom: two declarations that agree here say the same.

        Who is elected follows from the votes, where these are given: it is the same whether it is said, too, or not. It
        is another thing where others are declared elected than those with most votes. Local counts are as JSON.
        """
        return (
            self.kind,
            _sorted(self.votes),
            _sorted(self.final_round),
            None if self._elected_follows() else self._elected_said(),
            tuple(sorted(self.lot or ())),
            self.rejected,
            self.rejected_by_head,
            self.papers,
            self.local_counts,
            self.quota,
            None if self.stages is None else tuple(_stage(stage) for stage in self.stages),
        )

    @cached_property
    def figures_digest(self) -> str:
        """What tells these figures from others: 128 bits of SHA-256, in hexadecimal."""
        figures = [one if isinstance(one, bytes) else to_json(one) for one in self.figures()]
        return sha256(b"[%b]" % b",".join(figures)).hexdigest()[:32]

    @cached_property
    def local_counts(self) -> bytes | None:
        """The local counts as JSON, areas and candidates each in order of their names; None where there are none.

        Written once: there may be thousands, and both digests of a declaration are made of them.
        """
        if self.areas is None:
            return None
        counts = [(area.area, _sorted(area.votes), area.rejected) for area in self.areas]
        return to_json(sorted(counts, key=itemgetter(0)))

    def _elected_said(self) -> tuple[str, ...]:
        """Return who is said to be elected; lists with several seats in the order of the seats."""
        elected = self.elected or ()
        return elected if self._by_seats() else tuple(sorted(elected))

    def _by_seats(self) -> bool:
        """Whether lists have seats: one of them is named for several."""
        return self.elected is not None and len(set(self.elected)) < len(self.elected)

    def _elected_follows(self) -> bool:
        """Whether who is elected follows from the votes, or is not said: nobody else has more votes."""
        if self.elected is None or self.votes is None:
            return self.elected is None
        # Who has how many seats, and which first, is said by nothing else here.
        if self._by_seats():
            return False
        votes = self.final_round or self.votes
        others = [number for candidate, number in votes.items() if candidate not in self.elected]
        return min((votes.get(one, 0) for one in self.elected), default=0) >= max(others, default=0)


class Declaration(DeclaredFigures):
    """A returning officer's statement about one contest."""

    declared_at: Timestamp | None = None
    """When it was read out at the count."""
    returning_officer: Name | None = None
    """Who read it out."""
    reason: Name | None = None
    """Why it was withdrawn, postponed or annulled, or a recount called, in words fit to print."""
    note: Name | None = None
    """A remark for the results desk; never published as a result."""
    entries: Array[Digest] | None = None
    """The two entries of the same figures, typed by different people, that it rests on; each by its digest. Null where
    there are none."""


class TypedEntry(DeclaredFigures):
    """The figures of one contest as one person has typed them.

    They wait for a second person's, and are not published before a declaration cites both.
    """


def _stage(stage: Stage) -> tuple[object, ...]:
    """Return what a stage says, votes as numbers: `12` and `12.00` are the same."""
    totals = sorted((one, parts) for one, votes in stage.totals.items() if (parts := in_parts(votes)))
    moved = (
        None if stage.transfers is None else sorted((one, in_parts(votes)) for one, votes in stage.transfers.items())
    )
    left = None if stage.non_transferable is None else in_parts(stage.non_transferable)
    named = (sorted(stage.of), sorted(stage.elected or ()), sorted(stage.lot or ()))
    return stage.action, totals, moved, left, named


def _sorted(votes: dict[CandidateId, Votes] | None) -> tuple[tuple[str, int], ...] | None:
    return None if votes is None else tuple(sorted(votes.items()))
