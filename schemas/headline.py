"""What is said."""

from typing import Annotated, Literal

from pydantic import Field

from schemas.wire import Array, BallotId, Published, RegionSlug, Revision

Kind = Literal[
    "gain",
    "hold",
    "win",
    "elected",
    "flash",
    "uncontested",
    "correction",
    "withdrawal",
    "recount",
    "progress",
    "postponed",
    "annulled",
    "lot",
    "first_time",
    "incumbent_defeated",
    "narrow_majority",
    "largest_swing",
    "control_gained",
    "control_held",
    "control_lost",
    "no_overall_control",
    "clinched",
    "landmark",
    "region_complete",
    "all_declared",
]
"""What sort of news it is. ``elected`` says who won where the baseline is unknown. The table with their priorities and
words is docs/headlines.md."""

Priority = Annotated[int, Field(ge=1, le=5)]
"""1 interrupts a programme, 2 leads a bulletin, 3 is every seat, 4 is colour, 5 is for those who follow one count."""


class Headline(Published):
    """One thing to say, as text and as the data behind it."""

    kind: Kind | str
    """What sort of news it is. A later release may know more: `priority`, `text` and `detail` are enough to say it."""
    priority: Priority
    """How loud to say it, for subscribers to filter by."""
    text: str
    """Short, present tense, party first: ``Labour gains Norfolk``."""
    detail: str
    """One sentence: who, from whom, by how much, on what turnout, as far as that is known."""
    ballot_id: BallotId | None
    """The contest; null for news about a body or a region."""
    body: RegionSlug | None
    """The council or parliament; null for news about a contest or a region."""
    regions: Array[RegionSlug]
    """The groupings it is news in."""
    result_id: str
    """Id of the event behind it: a result, or a state of control."""
    revision: Revision | None
    """The declaration's revision; null for news about a body."""
