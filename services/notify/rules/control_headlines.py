"""What follows for a council or a parliament.

What is said of its control, in this order, and each at most once while it holds:

1. *lost*, as soon as the party in control can no longer have a majority ("Conservatives lose control of Testing"; when
   it is then certain that nobody has one, "Conservatives lose Testing to no overall control");
2. *clinched*, as soon as another party, or the same, is certain of a majority while seats are still to be declared;
   what is certain before the first declaration is nobody's news;
3. *gained*, *held* or *no overall control*, once every seat is declared. When that comes together with what 1 or 2
   would say, this alone is said.

When a withdrawal or a correction undoes what was said, that is said once, and everything may be said again.
"""

from typing import Final

from schemas.control import Control
from schemas.result import Result
from services.notify.rules.draft import Said, Saying
from services.notify.rules.memory import SAID, BodySaid, Memory
from services.notify.rules.occasions import Case
from services.notify.rules.wording import control as wording
from services.notify.rules.wording import life
from services.notify.rules.wording.english import Spoken

NOC: Final = "NOC"
"""No overall control."""

CASES: Final[dict[str, tuple[Case, Case]]] = {
    "clinched": ("council_clinched", "parliament_clinched"),
    "gained": ("council_gained", "parliament_gained"),
    "held": ("council_held", "parliament_held"),
    "lost": ("council_lost", "parliament_lost"),
    "hung": ("council_hung", "parliament_hung"),
    "corrected": ("council_corrected", "parliament_corrected"),
}
"""Each occasion, for a council and for a parliament."""


def groupings(memory: Memory, result: Result) -> Said:
    """Remember in which groupings a body lies: those that all its contests have in common."""
    if result.body is None:
        return Said()
    said = memory.body(result.body)
    common = result.regions if said.regions is None else tuple(slug for slug in said.regions if slug in result.regions)
    if common == said.regions:
        return Said()
    return Said(remember={(SAID, f"body:{result.body}"): said.model_copy(update={"regions": common})})


def control_news(memory: Memory, control: Control) -> Said:
    """Return what there is to say about a body's control and landmarks."""
    said = memory.body(control.body)
    if control.cause is None:
        # The state before the first declaration.
        return Said()
    news, now = _control(control, said)
    reached, landmarks = _landmarks(control, said)
    now = now.model_copy(update={"landmarks": landmarks})
    return Said((*filter(None, (news,)), *reached), {(SAID, f"body:{control.body}"): now} if now != said else {})


# --- control ------------------------------------------------------------------------------------------------


def _control(control: Control, said: BodySaid) -> tuple[Saying | None, BodySaid]:
    """Return what to say about control, and what has been said then."""
    undone = (
        (said.certain is not None and said.certain != control.now)
        or (said.lost and not control.holder_lost)
        or (said.largest is not None and control.final and said.largest != control.largest)
    )
    if said.words is None or not undone:
        return _next(control, said) if _moved(control) else (None, said)
    nothing = BodySaid(regions=said.regions, landmarks=said.landmarks)
    if control.now is None:
        detail = life.because(wording.composition(control), None, said.words)
        return Saying(_case(control, "corrected"), wording.open_again(control), detail), nothing
    still = nothing.model_copy(update={"lost": said.lost and control.holder_lost})
    instead, now = _next(control, still)
    if instead is None:
        instead, now = _end(control, still)
    if instead is None:
        return None, now
    text = wording.rather(instead.text, said.words)
    unsaid = None if said.words in text else said.words
    return Saying(_case(control, "corrected"), text, life.because(instead.detail, None, unsaid)), now


def _moved(control: Control) -> bool:
    """Whether this declaration made something certain, or was the last one."""
    was = control.previous
    return was is None or control.final or (was.now, was.holder_lost) != (control.now, control.holder_lost)


def _next(control: Control, said: BodySaid) -> tuple[Saying | None, BodySaid]:
    """Return what the state of control calls for beyond what has been said."""
    if control.now is None:
        return _lost(control, said) if control.holder_lost and not said.lost else (None, said)
    if control.final and not said.final:
        return _end(control, said)
    if said.certain is not None:
        return None, said
    if control.now != NOC:
        return _clinched(control, said)
    # That nobody has control where nobody had it is news at the end, with the name of the largest party.
    return _lost(control, said) if _holder(control) is not None and not said.lost else (None, said)


def _lost(control: Control, said: BodySaid) -> tuple[Saying | None, BodySaid]:
    holder = _holder(control)
    if holder is None:
        return None, said
    text = wording.loses(holder, control) if control.now is None else wording.loses_to_nobody(holder, control)
    held = control.composition.get(str(control.before), 0)
    detail = wording.composition(control) if control.final else wording.has_lost(holder, control, held)
    update = {"lost": True, "certain": control.now, "final": control.final, "words": text}
    return Saying(_case(control, "lost"), text, detail), said.model_copy(update=update)


def _clinched(control: Control, said: BodySaid) -> tuple[Saying | None, BodySaid]:
    winner = _party(control, control.now)
    text = wording.clinches(winner, control)
    detail = wording.has_clinched(winner, control, control.composition.get(str(control.now), 0))
    update = {"lost": control.holder_lost, "certain": control.now, "words": text}
    return Saying(_case(control, "clinched"), text, detail), said.model_copy(update=update)


def _end(control: Control, said: BodySaid) -> tuple[Saying | None, BodySaid]:
    """Return how it ends."""
    holder, largest = _holder(control), None
    if control.now == NOC:
        if holder is not None and not said.lost:
            return _lost(control, said)
        largest = control.largest if control.final else None
        text = wording.hung(None if largest is None else _party(control, largest), control)
        if holder is not None and said.certain != NOC:
            # It was said before that the holder had lost; only now it is clear that nobody has won.
            text = wording.loses_to_nobody(holder, control)
        case = _case(control, "hung")
    elif control.before is None:
        if said.certain is not None:
            return None, said.model_copy(update={"final": control.final})
        case, text = _case(control, "clinched"), wording.wins_control(_party(control, control.now), control)
    elif control.change == "hold":
        case, text = _case(control, "held"), wording.holds(_party(control, control.now), control)
    else:
        case, text = _case(control, "gained"), wording.gains(_party(control, control.now), holder, control)
    update = {"certain": control.now, "final": control.final, "largest": largest, "words": text}
    now = said.model_copy(update={"lost": control.holder_lost, **update})
    return Saying(case, text, wording.composition(control)), now


def _case(control: Control, what: str) -> Case:
    return CASES[what][control.kind == "parliament"]


def _party(control: Control, party: str | None) -> Spoken:
    return wording.group(control.parties[str(party)])


def _holder(control: Control) -> Spoken | None:
    """Return the party that had control; None when nobody had, or nobody knows."""
    return None if control.before in (None, NOC) else _party(control, control.before)


# --- landmarks ----------------------------------------------------------------------------------------------


def _landmarks(control: Control, said: BodySaid) -> tuple[list[Saying], dict[str, int]]:
    """Return what to say about landmarks, and the highest one that holds and was said, by party."""
    sayings, holds = [], dict(said.landmarks)
    before = {} if control.previous is None else control.previous.composition
    for party in sorted(control.composition.keys() | said.landmarks.keys()):
        held, highest = control.composition.get(party, 0), said.landmarks.get(party, 0)
        reached = max((landmark for landmark in control.landmarks if landmark <= held), default=0)
        if held < highest:
            name = _party(control, party)
            detail = wording.has_seats(name, control, held)
            sayings.append(Saying("landmark_corrected", wording.falls_below(name, highest, control), detail))
            holds[party] = reached
        elif reached > before.get(party, 0):
            name = _party(control, party)
            detail = wording.has_seats(name, control, held)
            sayings.append(Saying("landmark", wording.reaches(name, reached, control), detail))
            holds[party] = reached
    return sayings, {party: landmark for party, landmark in holds.items() if landmark}
