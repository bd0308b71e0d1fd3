"""Words for councils, parliaments and regions: control, landmarks, completion."""

from collections.abc import Mapping, Sequence
from typing import Final

from schemas.control import NOC, Control
from schemas.result import PartyName, Progress
from services.notify.rules.wording.english import (
    TEXT_LENGTH_MAX,
    Spoken,
    agree,
    capital,
    counted,
    fitting,
    in_digits,
    listed,
    number,
    place,
    spoken,
)
from services.notify.rules.wording.life import CORRECTION, no_longer
from services.notify.rules.wording.lists import all_of_both, of_both

PARTIES_NAMED_MAX: Final = 6
"""Parties of a composition named one by one: more than a council usually has, as many as a sentence bears."""

NO_OVERALL_CONTROL: Final = "no overall control"


def name(control: Control) -> str:
    """Return the body within a sentence: ``Derbyshire``, ``the House of Commons``."""
    said = control.full_name or control.name
    return said if control.kind == "council" else place(said)


def group(party: PartyName) -> Spoken:
    """Return a party as a group on a council: independents are in the plural."""
    return spoken(party, 0)


def clinches(party: Spoken, control: Control) -> str:
    """Return the headline of control that is certain before the last declaration."""
    if control.kind == "parliament":
        return f"{party.does('win')} a majority in {name(control)}"
    return f"{party.does('clinch')} control of {name(control)}"


def wins_control(party: Spoken, control: Control) -> str:
    """Return the headline of control won where it is unknown who had it."""
    return f"{party.does('win')} {'a majority in' if control.kind == 'parliament' else 'control of'} {name(control)}"


def gains(party: Spoken, previous: Spoken | None, control: Control) -> str:
    """Return the headline of control gained; ``previous`` is None after no overall control."""
    if control.kind == "parliament" and control.proportional:
        held = counted(control.composition.get(str(control.now), 0), "seat")
        said = f"{party.does('have')} a majority in {name(control)} with {held}"
        return said if previous is None else fitting((f"{said}, taking it from {previous.within}", said))
    if control.kind == "parliament":
        said = f"{party.does('take')} {name(control)}"
        return f"{said} after a hung parliament" if previous is None else f"{said} from {previous.within}"
    return f"{party.does('gain')} {name(control)} from {NO_OVERALL_CONTROL if previous is None else previous.within}"


def holds(party: Spoken, control: Control) -> str:
    """Return the headline of control kept."""
    return f"{party.does('hold')} {name(control)}"


def loses(party: Spoken, control: Control) -> str:
    """Return the headline of control that is certain to be lost while the winner is open."""
    if control.kind == "parliament":
        return f"{party.does('lose')} {party.its} majority in {name(control)}"
    return f"{party.does('lose')} control of {name(control)}"


def loses_to_nobody(party: Spoken, control: Control) -> str:
    """Return the headline of control lost to no overall control."""
    if control.kind == "parliament":
        hung_ = "" if control.proportional else "Hung parliament: "
        return f"{hung_}{party.does('lose')} {party.its} majority in {name(control)}"
    return f"{party.does('lose')} {name(control)} to {NO_OVERALL_CONTROL}"


def hung(largest: Spoken | None, control: Control, *, corrects: bool = False) -> str:
    """Return the headline of a body in which nobody has a majority.

    Args:
        largest: the largest party, if known.
        control: the body.
        corrects: whether it is said in a correction, which has less room.
    """
    where = name(control)
    if control.proportional and (first := leaders(control)):
        return _largest(first, control, TEXT_LENGTH_MAX - corrects * len(CORRECTION))
    if control.kind == "parliament" and control.proportional:
        plain = f"No party has a majority in {where}"
    elif control.kind == "parliament":
        plain = f"Hung parliament in {where}" if control.name != "Parliament" else "Hung parliament"
        if largest is not None:
            named = f"Hung parliament, with {largest.within} the largest {largest.group} in {where}"
            return fitting((named, plain))
    elif control.change == "no change":
        plain = f"{where} stays under {NO_OVERALL_CONTROL}"
        if largest is not None:
            return fitting((f"{plain}, with {largest.within} the largest {largest.group}", plain))
    else:
        plain = f"{where} is under {NO_OVERALL_CONTROL}"
        if largest is not None:
            named = f"{largest.does('be')} the largest {largest.group} in {where}, under {NO_OVERALL_CONTROL}"
            return fitting((named, plain))
    level = [group(control.parties[party]).within for party in leaders(control)]
    if len(level) < 2:  # noqa: PLR2004  # nobody is level alone
        return plain
    return fitting((f"{plain}, with {listed(level)} level", f"{plain}, with {number(len(level))} parties level"))


def _largest(first: Sequence[str], control: Control, length_max: int) -> str:
    """Return the headline of a body that is elected by proportion: no majority is usual there, who leads is news.

    A council says that nobody controls it; a parliament, how many seats the largest party lacks.
    """
    where, most = name(control), control.composition[first[0]]
    parties = [group(control.parties[party]) for party in first]
    held = counted(most, "seat")
    short = f"{number(control.majority - most)} short of a majority"
    council = control.kind != "parliament"
    if len(first) > 1:
        named = f"{capital(listed(party.within for party in parties))} level in {where} with {held} each"
        fewer = f"{capital(number(len(first)))} parties level in {where} with {held} each"
        end = f"; {NO_OVERALL_CONTROL}" if council else ""
        return fitting((named + end, named, fewer + end, fewer), length_max)
    party = parties[0]
    said = f"{party.start} largest {party.group} in {where} with {held}"
    change = control.changes.get(first[0], 0) if control.final else 0
    moved = f", {'up' if change > 0 else 'down'} {number(abs(change))}" if change else ""
    end = f"; {NO_OVERALL_CONTROL}" if council else f", {short}"
    shorter = f"{party.start} largest {party.group} in {where}"
    return fitting((f"{said}{moved}{end}", said + end, said + moved, said, shorter), length_max)


def leaders(control: Control) -> list[str]:
    """Return the parties with most seats once every seat is declared; none before, or where that is not known."""
    if not control.final:
        return []
    if control.largest is not None:
        return [control.largest]
    if control.undescribed:
        return []
    most = max(control.composition.values(), default=0)
    level = [party for party, seats in control.composition.items() if seats == most]
    return sorted(level, key=lambda one: control.parties[one].spoken) if len(level) > 1 else []


def sure_to_be_hung(holder: Spoken | None, control: Control) -> str:
    """Return the headline when it is certain that nobody can have a majority; ``holder`` is said to have lost it."""
    if control.kind == "parliament":
        said = f"no party can win a majority in {name(control)}"
        return capital(said) if control.proportional else f"Hung parliament: {said}"
    return hung(None, control) if holder is None else loses_to_nobody(holder, control)


def open_again(control: Control, lost: Spoken | None) -> str:
    """Return the correction of control that is open again; ``lost`` is who is certain to have lost it, if anybody."""
    parliament = control.kind == "parliament"
    what = f"the majority in {name(control)}" if parliament else f"control of {name(control)}"
    said = f"{CORRECTION}{what} is open again"
    if lost is None:
        return said
    its = ("theirs" if lost.plural else "its own") if parliament else "it"
    has = f"{lost.within} {agree('have', plural=lost.plural)}"
    return fitting(
        (f"{said}; {has} lost {its}", f"{said}; {lost.within} {agree('lose', plural=lost.plural)} {its}", said)
    )


def corrected(now: str, was: str) -> str:
    """Return a correction of control: what is true now, and the headline that is not."""
    return fitting((f'{CORRECTION}{now}, not "{was}"', CORRECTION + now))


def not_all_declared(claim: str, control: Control) -> str:
    """Return the correction of an outcome that is certain, while seats are to be declared again."""
    coming = counted(control.undeclared, "seat")
    shorter = f"{CORRECTION}{coming} in {name(control)} still to be declared"
    return fitting((f"{CORRECTION}{claim}, with {coming} to come", shorter))


def other_totals(claim: str, control: Control, before: Mapping[str, int]) -> str:
    """Return the correction of the seats of an outcome that is the same: those of its winner, if they differ."""
    if control.proportional and control.now == NOC and leaders(control):
        return _seats_corrected(control, before)
    said = f"{CORRECTION}{claim}"
    first = control.largest if control.now == NOC else control.now
    now, was = control.composition.get(str(first), 0), before.get(str(first), 0)
    where = hung(None, control) if control.now == NOC else claim
    plain = fitting((f"{said}, with seat totals corrected", f"{CORRECTION}{where}, with seat totals corrected", said))
    if now == was:
        return plain
    if control.now == NOC:
        party = group(control.parties[str(first)]).within
        return fitting((f"{CORRECTION}{where}, with {party} on {in_digits(now, 'seat')}, not {was:,}", plain))
    return fitting((f"{said} with {in_digits(now, 'seat')}, not {was:,}", plain))


def _seats_corrected(control: Control, before: Mapping[str, int]) -> str:
    """Return the correction of seats where the headline says how many the largest party has: who has others now."""
    first, *others = _changed(control, before)
    party, seats = group(control.parties[first]), control.composition.get(first, 0)
    said = (
        f"{CORRECTION}{party.does('have')} {in_digits(seats, 'seat')} in {name(control)}, not {before.get(first, 0):,}"
    )
    rest = [
        f"{group(control.parties[one]).within} {control.composition.get(one, 0):,}, not {before.get(one, 0):,}"
        for one in others
    ]
    return fitting(("; ".join((said, *rest)), said))


def _changed(control: Control, before: Mapping[str, int]) -> list[str]:
    """Return the parties with another number of seats than before, most seats first."""
    parties = sorted(control.composition.keys() | before, key=lambda one: _rank(control, one))
    return [one for one in parties if control.composition.get(one, 0) != before.get(one, 0)]


def totals_before(control: Control, before: Mapping[str, int]) -> str:
    """Say which numbers of seats are other ones than before."""
    changed = [
        f"{group(control.parties[party]).start} {control.composition.get(party, 0):,}, not {before.get(party, 0):,}"
        for party in _changed(control, before)
    ]
    return f"Corrected: {'; '.join(changed)}" if changed else ""


def reaches(party: Spoken, landmark: int, control: Control) -> str:
    """Return the headline of a landmark."""
    return f"{party.does('reach')} {in_digits(landmark, 'seat')} in {name(control)}"


def falls_below(party: Spoken, landmark: int, control: Control) -> str:
    """Return the correction of a landmark that a party is below again."""
    back = f"{party.start} {agree('be', plural=party.plural)} back below {in_digits(landmark, 'seat')}"
    return f"{CORRECTION}{back} in {name(control)}"


def surely_largest(party: Spoken, control: Control) -> str:
    """Return the headline of a party that is certain to have most seats."""
    return f"{party.start} certain to be the largest {party.group} in {name(control)}"


def not_surely_largest(party: Spoken, instead: Spoken | None, control: Control) -> str:
    """Return the correction of that; ``instead`` is the party of which it is true, None where it is open again."""
    if instead is None:
        return f"{CORRECTION}{party.start} no longer certain to be the largest {party.group} in {name(control)}"
    now = f"{CORRECTION}{surely_largest(instead, control)}"
    return fitting((f"{now}, not {party.within}", now))


# --- the sentence behind it ---------------------------------------------------------------------------------


def has_seats(party: Spoken, control: Control, held: int) -> str:
    """Say how many seats a party has, of how many, and how many are to come."""
    has = f"{party.opening} {agree('have', plural=party.plural)} {number(held) if held else 'none'}"
    of = f"of {counted(control.seats, 'seat')} ({_majority(control)})"
    return f"{has} {of}, {to_come(control)}"


def to_come(control: Control) -> str:
    """Say how many seats are still to be declared."""
    return f"with {number(control.undeclared)} still to be declared" if control.undeclared else "with all declared"


def has_clinched(party: Spoken, control: Control, held: int) -> str:
    """Say how many seats the winner has, and what that makes certain."""
    if control.proportional and control.kind == "parliament" and control.change != "hold":
        means = "of a majority"
    elif control.before is None:
        means = "of control"
    elif control.change == "hold":
        means = "to keep control"
    elif control.before == NOC:
        means = f"to end {NO_OVERALL_CONTROL}"
    else:
        means = f"to take control from {group(control.parties[control.before]).inside}"
    return f"{has_seats(party, control, held)}, and {agree('be', plural=party.plural)} certain {means}"


def has_lost(party: Spoken, control: Control, held: int) -> str:
    """Say how many seats the loser has, and that they cannot be enough."""
    if control.now is None:
        return f"{has_seats(party, control, held)}, and can no longer win a majority"
    return f"{has_seats(party, control, held)}, and no party can win a majority any more"


def nobody_can_win(control: Control) -> str:
    """Say that no party can have a majority any more, and how the seats stand."""
    return f"No party can win a majority any more: {composition(control)}"


def composition(control: Control) -> str:
    """Say who holds how many seats, with changes where they are known."""
    mentioned = control.composition.keys() | (control.changes.keys() if control.final else set())
    parties = sorted(mentioned, key=lambda one: _rank(control, one))
    shown, rest = parties[:PARTIES_NAMED_MAX], parties[PARTIES_NAMED_MAX:]
    named = [_seats(control, party) for party in shown]
    others = sum(control.composition.get(party, 0) for party in rest)
    if others:
        named.append(f"others {others:,}")
    seats = counted(control.seats, "seat")
    # Seats by constituency and by list, and changes, have commas of their own.
    whole = (
        f"{('; ' if control.from_lists else ', ').join(named)}, of {seats}"
        if named
        else f"Nobody holds any yet, of {seats}"
    )
    vacant = f", {number(control.vacant)} of them vacant" if control.vacant else ""
    unknown = f", {number(control.undescribed)} of them not known here" if control.undescribed else ""
    coming = f", {to_come(control)}" if control.undeclared else ""
    return f"{whole}{vacant}{unknown}; {_majority(control)}{coming}"


def with_reviews(said: str, results: int) -> str:
    """Add to a sentence that some of the results behind it are under review, where any is."""
    are = agree("be", plural=results != 1)
    return f"{said.rstrip('. ')}; {counted(results, 'result')} {are} under review" if results else said


def _majority(control: Control) -> str:
    return f"{number(control.majority)} {agree('make', plural=control.majority != 1)} a majority"


def _rank(control: Control, party: str) -> tuple[int, str]:
    return -control.composition.get(party, 0), control.parties[party].spoken


def _seats(control: Control, party: str) -> str:
    change = control.changes.get(party, 0) if control.final else 0
    held, listed_ = control.composition.get(party, 0), control.from_lists.get(party, 0)
    said = f"{group(control.parties[party]).start} {held:,}"
    if control.from_lists:
        said = f"{said} ({held - listed_:,} + {listed_:,})" if held else said
        return f"{said}, {change:+,}" if change else said
    return f"{said} ({change:+,})" if change else said


# --- regions ------------------------------------------------------------------------------------------------


def region_complete(region: Progress) -> str:
    """Return the headline of a region whose contests are all declared."""
    where, contests = f" in {place(region.name)} declared", region.expected
    if region.lists_expected:
        return all_of_both(region) + where
    return f"Both contests{where}" if contests == 2 else f"All {counted(contests, 'contest')}{where}"  # noqa: PLR2004


def all_declared(whole: Progress) -> str:
    """Return the headline of the end of an election night."""
    contests = whole.expected
    if whole.lists_expected:
        return f"{all_of_both(whole)} declared"
    return "Both contests declared" if contests == 2 else f"All {counted(contests, 'contest')} declared"  # noqa: PLR2004


def region_open_again(region: Progress, *, whole: bool) -> str:
    """Return the correction of a region, or of the whole election, that was complete."""
    where = "" if whole else f" in {place(region.name)}"
    if region.lists_expected:
        return f"{CORRECTION}{of_both(region)}{where} declared"
    return f"{CORRECTION}{region.declared:,} of {region.expected:,} contests{where} declared"


def still_to_be_declared(contest: str, said: str) -> str:
    """Say which contest has no result, and quote the headline that no longer holds."""
    return f"{contest} is still to be declared; {no_longer(said)}"


def last_one(contest: str) -> str:
    """Name the contest that was the last."""
    return f"{contest} was the last to declare"


def none_left() -> str:
    """Say that nothing is expected any more, for a region completed by a postponement."""
    return "No other contest is expected to declare now"
