"""The largest swing so far: one claim for the whole election, which rests on the contest that has it."""

from collections.abc import Iterator
from typing import Final

from schemas.result import Result
from services.notify.rules.draft import Draft
from services.notify.rules.memory import Ground, Memory, SwingKnown
from services.notify.rules.occasions import Occasion
from services.notify.rules.seats_won import place_name
from services.notify.rules.wording import swings as wording
from services.notify.rules.wording.seats import is_nothing

ABOUT: Final = "swing"


def swing_known(memory: Memory, result: Result) -> SwingKnown | None:
    """Return what to remember of a contest's swing; None when it has none, and had none before."""
    swing = result.swing if result.counts else None
    if swing is not None:
        direction = wording.direction(swing, result.parties)
        return SwingKnown(name=place_name(result), points=swing.points, direction=direction)
    known = memory.swings.get(result.ballot_id)
    if known is None or known.points is None:
        return None
    return SwingKnown(name=known.name, points=None)


def largest_swing(memory: Memory, result: Result, here: SwingKnown) -> Iterator[Draft]:
    """Yield the headline of a swing larger than all others, or the correction of one that is not so any more.

    Args:
        memory: what was said, and the swings known before this result.
        result: the result.
        here: its swing, as it is about to be remembered.
    """
    said = memory.claim(ABOUT)
    number, elsewhere = memory.swings_elsewhere(result.ballot_id)
    largest = None if elsewhere is None else memory.swings[elsewhere]
    beaten = (largest.points or 0) if largest else 0
    beats = here.points is not None and here.points > beaten and not is_nothing(here.points)
    if said.words is not None and said.ground[0] == result.ballot_id:
        ground = _ground(result.ballot_id, here)
        if ground == said.ground:
            return
        holder, swing = (elsewhere, largest) if elsewhere and largest and not beats else (result.ballot_id, here)
        text, detail = wording.largest_instead(swing), wording.corrected(here, said.words)
        claim = None if swing.points is None else wording.largest(swing)
        yield Draft(ABOUT, Occasion.LARGEST_SWING_CORRECTED, text, detail, claim, _ground(holder, swing))
    elif beats and largest is not None:
        text, detail = wording.largest(here), wording.beats(here, largest, number)
        yield Draft(ABOUT, Occasion.LARGEST_SWING, text, detail, text, _ground(result.ballot_id, here))


def _ground(holder: str, swing: SwingKnown) -> Ground:
    return holder, swing.points, swing.direction
