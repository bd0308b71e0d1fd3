"""What is said."""

from typing import Literal

from schemas.wire import Array, BallotId, RegionSlug, Revision, Wire

Kind = Literal["gain", "hold", "win", "elected", "correction"]
"""``elected`` says who won where the baseline is unknown; a correction replaces what was said before."""


class Headline(Wire):
    """One thing to say about a contest, as text and as the data behind it."""

    kind: Kind
    """What sort of news it is."""
    text: str
    """Short, present tense, party first: ``Labour gains Norfolk``."""
    detail: str
    """One sentence: who, from whom, by how much, on what turnout, as far as that is known."""
    ballot_id: BallotId
    """The contest."""
    regions: Array[RegionSlug]
    """The groupings it is news in."""
    result_id: str
    """Id of the result event behind it."""
    revision: Revision
    """The declaration's revision."""
