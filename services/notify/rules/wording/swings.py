"""Words for the largest swing of an election."""

from schemas.result import Swing
from services.notify.rules.memory import SwingKnown
from services.notify.rules.wording.english import counted, fitting, spoken
from services.notify.rules.wording.life import CORRECTION, no_longer
from services.notify.rules.wording.seats import Parties, points


def direction(found: Swing, parties: Parties) -> str:
    """Return from whom to whom a swing was, within a headline: ``from Conservatives to Labour``."""
    to, from_ = spoken(parties[found.to_party]), spoken(parties[found.from_party])
    return f"from {from_.within} to {to.within}"


def largest(swing: SwingKnown) -> str:
    """Return the headline of the largest swing so far."""
    said = f"Largest swing so far: {points(swing.points or 0)}"
    return fitting((f"{said} {swing.direction} in {swing.name}", f"{said} in {swing.name}"))


def largest_instead(swing: SwingKnown) -> str:
    """Return the correction that says which swing is the largest; there may be none any more."""
    if swing.points is None:
        return f"{CORRECTION}no swing is known any more"
    said = f"{CORRECTION}largest swing so far is {points(swing.points)}"
    return fitting((f"{said} {swing.direction} in {swing.name}", f"{said} in {swing.name}"))


def corrected(swing: SwingKnown, said: str) -> str:
    """Say what became of the swing that was the largest, and quote the headline that no longer holds."""
    if swing.points is None:
        return f"{swing.name} has no swing any more; {no_longer(said)}"
    return f"The swing in {swing.name} is {points(swing.points)}; {no_longer(said)}"


def beats(swing: SwingKnown, until_now: SwingKnown, known: int) -> str:
    """Say which one was the largest before; with two decimals where one would make them equal."""
    now, before = swing.points or 0, until_now.points or 0
    others = "the only one known before" if known == 1 else f"the largest of the {counted(known, 'swing')} known before"
    said = f"The swing {swing.direction} in {swing.name}"
    if points(now) == points(before):
        return f"{said} is {now:.2f} points and beats {before:.2f} in {until_now.name}, {others}"
    return f"{said} beats {points(before)} in {until_now.name}, {others}"
