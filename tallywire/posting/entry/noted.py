"""What a result would note of a count by stages, asked while it is typed: by the rules that note it."""

from typing import Final

from pydantic import ValidationError

from schemas.declaration import TypedEntry
from schemas.register import Contest
from services.rules.verdicts import STAGES_ENDED_EARLY, STAGES_SURPLUS_LEFT, STAGES_VALUE_ODD
from services.rules.winners import TRANSFERABLE, followed_of
from tallywire.web.problems import unreadable

TOLD: Final = frozenset({STAGES_SURPLUS_LEFT, STAGES_ENDED_EARLY, STAGES_VALUE_ODD})
"""What is told of Northern Irish counts. Another surplus than the largest, and votes left with who is excluded, the
page sees by itself."""


def odd_steps(contest: Contest, content: bytes) -> list[dict[str, object]]:
    """Return what is odd about the stages of a count: its code, the stage, and whose figure it is.

    Nothing is returned of figures that are not yet those of the contest's candidates.

    Args:
        contest: the contest.
        content: the figures so far, as an entry has them.

    Raises:
        NotTaken: these are no figures.
    """
    try:
        typed = TypedEntry.model_validate_json(content)
    except ValidationError as error:
        raise unreadable(error, "Send the figures of an entry.") from error
    people = contest.candidates.keys()
    if contest.voting_system != TRANSFERABLE or typed.votes is None or typed.votes.keys() != people:
        return []
    named = set(typed.elected or ())
    for stage in typed.stages or ():
        named.update(stage.of, stage.totals, stage.transfers or (), stage.elected or (), stage.lot or ())
    if not named <= people:
        return []
    noted = followed_of(contest, typed).noted
    return [
        {"code": found.code, "stage": found.stage, "candidate": found.candidate}
        for found in noted
        if found.code in TOLD
    ]
