"""The headlines about a council or a parliament: who controls it, who is the largest party, and landmarks.

Control is said in this order, each step at most once while it holds:

1. *lost*, as soon as the party in control can no longer have a majority: "Conservatives lose control of Testing". When
   nobody else can have one either: "Conservatives lose Testing to no overall control".
2. *clinched*, as soon as a party is certain of a majority while seats are still to be declared; or that nobody can have
   one any more. What was certain before the first declaration is not news.
3. *gained*, *held* or *no overall control*, once every seat is declared. If 1 or 2 become true only then, this is the
   only headline.

When a withdrawal or a correction makes any of this untrue, the seats of each party at the end included, one correction
says so, and each step may be said again. Where a majority is rare, it is news beside this that a party is certain to be
the largest, with seats still to be declared.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from schemas.control import NOC, Control
from schemas.result import Result
from services.notify.rules.draft import Draft
from services.notify.rules.memory import SAID, BodyPlace, Claim, Memory, Remembered
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
SURE_TO_BE_HUNG: Final[Pair] = Occasion.COUNCIL_SURE_TO_BE_HUNG, Occasion.PARLIAMENT_SURE_TO_BE_HUNG
HUNG: Final[Pair] = Occasion.COUNCIL_HUNG, Occasion.PARLIAMENT_HUNG
CORRECTED: Final[Pair] = Occasion.COUNCIL_CORRECTED, Occasion.PARLIAMENT_CORRECTED


class Ground(NamedTuple):
    """What a claim about control rests on."""

    lost: bool = False
    """Whether it was said that the party in control has lost it."""
    certain: str | None = None
    """Who was said to be certain of control; None when nobody was."""
    largest: str | None = None
    """Which party was said to be the largest of a hung body, or which ones to be level."""
    at_the_end: bool = False
    """Whether it was said with every seat declared."""
    totals: str | None = None
    """Each party's seats as they were last said at the end: ``PP52 20 PP53 31``; None where that never was."""


def place_of_body(memory: Memory, result: Result) -> dict[tuple[str, str], Remembered]:
    """Return what to remember of where a body lies: the regions that all its contests have in common."""
    if result.body is None:
        return {}
    regions = memory.body_regions(result.body)
    common = result.regions if regions is None else tuple(slug for slug in regions if slug in result.regions)
    return {} if common == regions else {(SAID, f"body:{result.body}"): BodyPlace(regions=common)}


def control_headlines(memory: Memory, control: Control) -> Iterator[Draft]:
    """Yield headlines about a body's control, its largest party and landmarks; none before the first declaration."""
    if control.cause is None:
        return
    draft = _control(control, memory.claim(f"control:{control.body}"))
    if draft is not None:
        yield draft
    yield from _surely_largest(memory, control)
    if control.landmarks:
        yield from _landmarks(memory, control)


# --- control ------------------------------------------------------------------------------------------------


def _control(control: Control, claim: Claim) -> Draft | None:
    """Return the headline about control; None where what was said holds, and there is no more to say."""
    if claim.words is None:
        return _next(control, Ground()) if _moved(control) else None
    said = Ground(*claim.ground)  # type: ignore[arg-type]  # as it was claimed below
    if (
        (said.certain is not None and said.certain != control.now)
        or (said.lost and not control.holder_lost)
        or (said.largest is not None and control.final and said.largest != _leaders(control))
    ):
        return _corrected(control, said, claim.words)
    if said.at_the_end and (not control.final or said.totals != _totals(control)):
        return _other_totals(control, said, claim.words)
    further = _next(control, said) if _moved(control) else None
    # A council that was certain to be hung, and has no largest party at the end, has been said.
    return None if further is None or further.text == claim.words else further


def _corrected(control: Control, said: Ground, words: str) -> Draft:
    """Return the correction of what was said about control."""
    if control.now is None:
        detail = life.because(wording.composition(control), None, words)
        lost = _holder(control) if control.holder_lost else None
        draft = _draft(control, CORRECTED, wording.open_again(control, lost), detail, Ground(lost=lost is not None))
        return draft._replace(claim=None if lost is None else wording.loses(lost, control))
    still = Ground(
        lost=said.lost and control.holder_lost, certain=said.certain if said.certain == control.now else None
    )
    instead = _next(control, still) or _end(control, still)
    if instead is None:
        raise LookupError(words)
    now = instead.text
    if control.proportional and control.final and control.now == NOC and instead.occasion in HUNG:
        now = wording.hung(None, control, corrects=True)
    text = wording.corrected(now, words)
    detail = life.because(instead.detail, None, None if words in text else words)
    return instead._replace(occasion=CORRECTED[control.kind == "parliament"], text=text, detail=detail)


def _other_totals(control: Control, said: Ground, words: str) -> Draft:
    """Return the correction of the seats that were said at the end, while what was said of control holds."""
    if not control.final:
        holder = _holder(control)
        claim = words
        if control.now == NOC and (holder is None or words != wording.loses_to_nobody(holder, control)):
            # Which party is the largest is known at the end.
            claim = wording.hung(None, control)
        text, detail = wording.not_all_declared(claim, control), wording.composition(control)
        return _draft(control, CORRECTED, text, detail, said._replace(largest=None, at_the_end=False))
    totals = str(said.totals).split()
    before = {party: int(seats) for party, seats in zip(totals[::2], totals[1::2], strict=True)}
    text = wording.other_totals(words, control, before)
    detail = life.join_sentences(wording.composition(control), wording.totals_before(control, before))
    if control.proportional and control.now == NOC and control.final:
        # The headline says how many seats the largest party has.
        words = wording.hung(None, control)
    return _draft(control, CORRECTED, text, detail, said._replace(totals=_totals(control)))._replace(claim=words)


def _leaders(control: Control) -> str:
    return " ".join(wording.leaders(control))


def _totals(control: Control) -> str:
    return " ".join(f"{party} {seats}" for party, seats in sorted(control.composition.items()))


def _moved(control: Control) -> bool:
    """Return whether this declaration made something certain, or was the last one."""
    was = control.previous
    return was is None or control.final or (was.now, was.holder_lost) != (control.now, control.holder_lost)


def _next(control: Control, said: Ground) -> Draft | None:
    """Return the next step that the state of control calls for; None when it has been said."""
    if control.now is None:
        return _lost(control, said) if control.holder_lost and not said.lost else None
    if control.final and not said.at_the_end:
        return _end(control, said)
    if said.certain is not None:
        return None
    if control.now != NOC:
        return _clinched(control)
    if _holder(control) is not None and not said.lost:
        return _lost(control, said)
    text, detail = wording.sure_to_be_hung(_holder(control), control), wording.nobody_can_win(control)
    return _draft(control, SURE_TO_BE_HUNG, text, detail, said._replace(certain=NOC))


def _lost(control: Control, said: Ground) -> Draft | None:
    holder = _holder(control)
    if holder is None:
        return None
    text = wording.loses(holder, control) if control.now is None else wording.loses_to_nobody(holder, control)
    held = control.composition.get(str(control.before), 0)
    detail = wording.composition(control) if control.final else wording.has_lost(holder, control, held)
    totals = _totals(control) if control.final else said.totals
    ground = Ground(lost=True, certain=control.now, at_the_end=control.final, totals=totals)
    return _draft(control, LOST, text, detail, ground)


def _clinched(control: Control) -> Draft:
    winner = _party(control, control.now)
    text = wording.clinches(winner, control)
    detail = wording.has_clinched(winner, control, control.composition.get(str(control.now), 0))
    return _draft(control, CLINCHED, text, detail, Ground(control.holder_lost, control.now))


def _end(control: Control, said: Ground) -> Draft | None:
    """Return the outcome with every seat declared."""
    holder, largest = _holder(control), None
    if control.now == NOC:
        if holder is not None and not said.lost:
            return _lost(control, said)
        occasion = HUNG
        if holder is not None and said.certain != NOC:
            # It was said before that the holder had lost; only now it is clear that nobody has won.
            text = wording.loses_to_nobody(holder, control)
        else:
            most = control.largest if control.final else None
            text = wording.hung(None if most is None else _party(control, most), control)
            largest = _leaders(control)
    elif control.before is None:
        if said.certain is not None and said.totals is None:
            return None
        occasion = CLINCHED
        text = wording.wins_control(_party(control, control.now), control)
    elif control.change == "hold":
        occasion = HELD
        text = wording.holds(_party(control, control.now), control)
    else:
        occasion = GAINED
        text = wording.gains(_party(control, control.now), holder, control)
    totals = _totals(control) if control.final else said.totals
    ground = Ground(control.holder_lost, control.now, largest, control.final, totals)
    return _draft(control, occasion, text, wording.composition(control), ground)


def _draft(control: Control, occasion: Pair, text: str, detail: str, ground: Ground) -> Draft:
    """Return a headline about control that claims what it says."""
    about = f"control:{control.body}"
    detail = wording.with_reviews(detail, control.under_review)
    return Draft(about, occasion[control.kind == "parliament"], text, detail, text, tuple(ground))


def _party(control: Control, party: str | None) -> Spoken:
    return wording.group(control.parties[str(party)])


def _holder(control: Control) -> Spoken | None:
    """Return the party that had control; None for no overall control, or where it is unknown."""
    return None if control.before in (None, NOC) else _party(control, control.before)


# --- the largest party --------------------------------------------------------------------------------------


def _surely_largest(memory: Memory, control: Control) -> Iterator[Draft]:
    """Yield that a party is certain to be the largest, while no majority is; or that it is so no longer."""
    about, sure = f"largest:{control.body}", control.largest_certain
    claim = memory.claim(about)
    said = None if claim.words is None else str(claim.ground[0])
    was = None if control.previous is None else control.previous.largest_certain
    if said == sure or (said is None and (control.final or control.now not in (None, NOC) or was == sure)):
        return
    subject = body_subject(control, memory.body_regions(control.body))
    if said is None:
        occasion, text = Occasion.LARGEST, wording.surely_largest(_party(control, sure), control)
    else:
        if control.final:
            sure = None  # which party has most seats at the end is said of control
        instead = None if sure is None else _party(control, sure)
        occasion = Occasion.LARGEST_CORRECTED
        text = wording.not_surely_largest(_party(control, said), instead, control)
    parties = [None if party is None else (party_in_body(control, party),) for party in (sure, said)]
    subject = subject._replace(winners=parties[0] or (), losers=parties[1] or ())
    about_party = str(said if sure is None else sure)
    seats = wording.has_seats(_party(control, about_party), control, control.composition.get(about_party, 0))
    detail = wording.with_reviews(seats, control.under_review)
    yield Draft(about, occasion, text, detail, None if sure is None else text, (sure,), subject)


# --- landmarks ----------------------------------------------------------------------------------------------


def _landmarks(memory: Memory, control: Control) -> Iterator[Draft]:
    """Yield a headline for each party that reaches a landmark, or falls below one that was said."""
    before = {} if control.previous is None else control.previous.composition
    for party in sorted(control.composition.keys() | before.keys()):
        held = control.composition.get(party, 0)
        if held == before.get(party, 0):
            continue
        about = f"landmark:{control.body}:{party}"
        said = memory.claim(about)
        highest = int(said.ground[0] or 0) if said.words is not None else 0
        reached = max((landmark for landmark in control.landmarks if landmark <= held), default=0)
        if held >= highest and reached <= before.get(party, 0):
            continue
        name, seats = _party(control, party), (party_in_body(control, party),)
        detail = wording.with_reviews(wording.has_seats(name, control, held), control.under_review)
        subject = body_subject(control, memory.body_regions(control.body))
        if held < highest:
            claim = wording.reaches(name, reached, control) if reached else None
            occasion, text = Occasion.LANDMARK_CORRECTED, wording.falls_below(name, highest, control)
            subject = subject._replace(winners=(), losers=seats)
        else:
            claim = text = wording.reaches(name, reached, control)
            occasion, subject = Occasion.LANDMARK, subject._replace(winners=seats, losers=())
        yield Draft(about, occasion, text, detail, claim, (reached,), subject)
