"""The headlines about a council or a parliament: who controls it, and the landmarks that parties reach.

Control is said in this order, each step at most once while it holds:

1. *lost*, as soon as the party in control can no longer have a majority: "Conservatives lose control of Testing". When
   nobody else can have one either: "Conservatives lose Testing to no overall control".
2. *clinched*, as soon as a party is certain of a majority while seats are still to be declared. What was certain before
   the first declaration is not news.
3. *gained*, *held* or *no overall control*, once every seat is declared. If 1 or 2 become true only then, this is the
   only headline.

When a withdrawal or a correction makes any of this untrue, one correction says so, and each step may be said again.
"""

from dataclasses import replace
from typing import Final

from schemas.control import NOC, Control
from schemas.events import ControlEvent
from schemas.result import Result
from services.notify.rules.draft import Draft, Drafts, headline_id
from services.notify.rules.memory import SAID, BodySaid, Memory
from services.notify.rules.occasions import Occasion
from services.notify.rules.subjects import body_subject, party_in_body
from services.notify.rules.wording import control as wording
from services.notify.rules.wording import life
from services.notify.rules.wording.english import Spoken

Pair = tuple[Occasion, Occasion]
"""An occasion for a council, and for a parliament."""

CLINCHED: Final[Pair] = Occasion.COUNCIL_CLINCHED, Occasion.PARLIAMENT_CLINCHED
GAINED: Final[Pair] = Occasion.COUNCIL_GAINED, Occasion.PARLIAMENT_GAINED
HELD: Final[Pair] = Occasion.COUNCIL_HELD, Occasion.PARLIAMENT_HELD
LOST: Final[Pair] = Occasion.COUNCIL_LOST, Occasion.PARLIAMENT_LOST
HUNG: Final[Pair] = Occasion.COUNCIL_HUNG, Occasion.PARLIAMENT_HUNG
CORRECTED: Final[Pair] = Occasion.COUNCIL_CORRECTED, Occasion.PARLIAMENT_CORRECTED


def regions_of_body(memory: Memory, result: Result) -> Drafts:
    """Remember in which regions a body lies: those that all its contests have in common."""
    if result.body is None:
        return Drafts()
    said = memory.body(result.body)
    common = result.regions if said.regions is None else tuple(slug for slug in said.regions if slug in result.regions)
    if common == said.regions:
        return Drafts()
    return Drafts(remember={(SAID, f"body:{result.body}"): said.model_copy(update={"regions": common})})


def control_headlines(memory: Memory, event: ControlEvent) -> Drafts:
    """Return headlines about a body's control and landmarks; none of its state before the first declaration."""
    control, said = event.data, memory.body(event.data.body)
    if control.cause is None:
        return Drafts()
    drafts, headline, landmark_headlines = [], said.headline, dict(said.landmark_headlines)
    draft, now = _control(control, said)
    if draft is not None:
        drafts.append(replace(draft, supersedes=headline))
        headline = headline_id(event.id)
    found, landmarks = _landmarks(control, said)
    for party, landmark in found:
        drafts.append(replace(landmark, supersedes=landmark_headlines.get(party)))
        landmark_headlines[party] = headline_id(event.id, len(drafts) - 1)
    if drafts:
        update = {"headline": headline, "landmarks": landmarks, "landmark_headlines": landmark_headlines}
        now = now.model_copy(update=update)
    return Drafts(tuple(drafts), {(SAID, f"body:{control.body}"): now} if now != said else {})


# --- control ------------------------------------------------------------------------------------------------


def _control(control: Control, said: BodySaid) -> tuple[Draft | None, BodySaid]:
    """Return the headline about control, and what has been said with it."""
    undone = (
        (said.certain is not None and said.certain != control.now)
        or (said.lost and not control.holder_lost)
        or (said.largest is not None and control.final and said.largest != control.largest)
    )
    if said.words is None or not undone:
        return _next(control, said) if _moved(control) else (None, said)
    taken_back = {"lost": False, "certain": None, "final": False, "largest": None, "words": None}
    nothing = said.model_copy(update=taken_back)
    if control.now is None:
        detail = life.because(wording.composition(control), None, said.words)
        return _draft(control, CORRECTED, wording.open_again(control), detail), nothing
    still = nothing.model_copy(update={"lost": said.lost and control.holder_lost})
    instead, now = _next(control, still)
    if instead is None:
        instead, now = _end(control, still)
    if instead is None:
        return None, now
    text = wording.corrected(instead.text, said.words)
    unsaid = None if said.words in text else said.words
    return _draft(control, CORRECTED, text, life.because(instead.detail, None, unsaid)), now


def _moved(control: Control) -> bool:
    """Return whether this declaration made something certain, or was the last one."""
    was = control.previous
    return was is None or control.final or (was.now, was.holder_lost) != (control.now, control.holder_lost)


def _next(control: Control, said: BodySaid) -> tuple[Draft | None, BodySaid]:
    """Return the next step that the state of control calls for; None when it has been said."""
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


def _lost(control: Control, said: BodySaid) -> tuple[Draft | None, BodySaid]:
    holder = _holder(control)
    if holder is None:
        return None, said
    text = wording.loses(holder, control) if control.now is None else wording.loses_to_nobody(holder, control)
    held = control.composition.get(str(control.before), 0)
    detail = wording.composition(control) if control.final else wording.has_lost(holder, control, held)
    update = {"lost": True, "certain": control.now, "final": control.final, "words": text}
    return _draft(control, LOST, text, detail), said.model_copy(update=update)


def _clinched(control: Control, said: BodySaid) -> tuple[Draft | None, BodySaid]:
    winner = _party(control, control.now)
    text = wording.clinches(winner, control)
    detail = wording.has_clinched(winner, control, control.composition.get(str(control.now), 0))
    update = {"lost": control.holder_lost, "certain": control.now, "words": text}
    return _draft(control, CLINCHED, text, detail), said.model_copy(update=update)


def _end(control: Control, said: BodySaid) -> tuple[Draft | None, BodySaid]:
    """Return the outcome with every seat declared."""
    holder, largest = _holder(control), None
    if control.now == NOC:
        if holder is not None and not said.lost:
            return _lost(control, said)
        largest = control.largest if control.final else None
        text = wording.hung(None if largest is None else _party(control, largest), control)
        if holder is not None and said.certain != NOC:
            # It was said before that the holder had lost; only now it is clear that nobody has won.
            text = wording.loses_to_nobody(holder, control)
        occasion = HUNG
    elif control.before is None:
        if said.certain is not None:
            return None, said.model_copy(update={"final": control.final})
        occasion = CLINCHED
        text = wording.wins_control(_party(control, control.now), control)
    elif control.change == "hold":
        occasion = HELD
        text = wording.holds(_party(control, control.now), control)
    else:
        occasion = GAINED
        text = wording.gains(_party(control, control.now), holder, control)
    update = {"certain": control.now, "final": control.final, "largest": largest, "words": text}
    now = said.model_copy(update={"lost": control.holder_lost, **update})
    return _draft(control, occasion, text, wording.composition(control)), now


def _draft(control: Control, occasion: Pair, text: str, detail: str) -> Draft:
    return Draft(occasion[control.kind == "parliament"], text, detail)


def _party(control: Control, party: str | None) -> Spoken:
    return wording.group(control.parties[str(party)])


def _holder(control: Control) -> Spoken | None:
    """Return the party that had control; None for no overall control, or where it is unknown."""
    return None if control.before in (None, NOC) else _party(control, control.before)


# --- landmarks ----------------------------------------------------------------------------------------------


def _landmarks(control: Control, said: BodySaid) -> tuple[list[tuple[str, Draft]], dict[str, int]]:
    """Return a headline for each party that reaches a landmark or falls below one, and the landmarks that hold then."""
    drafts, holds = [], dict(said.landmarks)
    before = {} if control.previous is None else control.previous.composition
    for party in sorted(control.composition.keys() | said.landmarks.keys()):
        held, highest = control.composition.get(party, 0), said.landmarks.get(party, 0)
        reached = max((landmark for landmark in control.landmarks if landmark <= held), default=0)
        if held >= highest and reached <= before.get(party, 0):
            continue
        name, seats = _party(control, party), (party_in_body(control, party),)
        detail = wording.has_seats(name, control, held)
        subject = body_subject(control, said.regions)
        if held < highest:
            text, about = wording.falls_below(name, highest, control), replace(subject, winners=(), losers=seats)
            drafts.append((party, Draft(Occasion.LANDMARK_CORRECTED, text, detail, about)))
        else:
            text, about = wording.reaches(name, reached, control), replace(subject, winners=seats, losers=())
            drafts.append((party, Draft(Occasion.LANDMARK, text, detail, about)))
        holds[party] = reached
    return drafts, {party: landmark for party, landmark in holds.items() if landmark}
