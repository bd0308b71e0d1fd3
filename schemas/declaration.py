"""What a returning officer declares."""

from pydantic import Field

from schemas.wire import Array, BallotId, CandidateId, Name, Revision, Timestamp, Votes, Wire


class Declaration(Wire):
    """A returning officer's statement of one contest's result."""

    ballot_id: BallotId
    """The contest."""
    revision: Revision
    """1 for the first declaration of the contest, one more for each correction."""
    votes: dict[CandidateId, Votes]
    """Votes by candidate id: every candidate of the contest, nobody else. A candidate nobody voted for has 0."""
    declared_at: Timestamp | None = None
    """When the result was read out at the count."""
    elected: Array[CandidateId] | None = None
    """Who was declared elected. When given it must agree with the votes."""
    lot: Array[CandidateId] | None = None
    """Who was chosen by lot among candidates with equal votes at the last seat."""
    rejected: Votes | None = None
    """Ballot papers rejected, all heads together; null where not stated."""
    papers: Votes | None = None
    """Ballot papers verified, valid and rejected; null where not stated."""
    returning_officer: Name | None = None
    """Who read it out."""
    note: Name | None = Field(default=None)
    """A remark for the results desk; never published as a result."""

    def figures(self) -> tuple[object, ...]:
        """Return what was declared, without when and by whom: two declarations that agree here say the same."""
        return (
            tuple(sorted(self.votes.items())),
            None if self.elected is None else tuple(sorted(self.elected)),
            None if self.lot is None else tuple(sorted(self.lot)),
            self.rejected,
            self.papers,
        )
