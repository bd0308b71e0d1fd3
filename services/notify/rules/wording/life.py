"""Words for all but the first result of a contest: flashes, recounts, postponements, withdrawals, corrections."""

from collections.abc import Sequence
from typing import Final

from services.notify.rules.wording.english import counted, fitting, in_digits, listed, number, sentence

CHANGES_NAMED_MAX: Final = 4
"""Figures that a correction names one by one: both leaders' in both rounds; more would bury the news."""

CORRECTION: Final = "CORRECTION: "
WITHDRAWN: Final = "WITHDRAWN: "

# --- no result yet, or none any more ------------------------------------------------------------------------


def flash(said: str, bare: str, *, again: bool) -> str:
    """Return the headline of a flash; ``bare`` says no more than who won."""
    prefix = "FLASH confirmed" if again else "FLASH"
    return fitting((f"{prefix}: {said}", f"{prefix}: {bare}"))


def flash_detail(detail: str) -> str:
    """Say that votes are to follow."""
    return f"{detail.rstrip('. ')}; this is a flash, and the votes are still to be declared"


def progress(contest: str, declared: int | None, expected: int | None) -> str:
    """Return the headline of a count under way; figures, as there are two numbers to compare."""
    if declared is None or expected is None:
        return f"{contest}: count under way"
    return f"{contest}: {declared} of {expected} areas counted"


def progress_detail(contest: str, declared: int | None, expected: int | None) -> str:
    """Say how many areas are still to come."""
    if declared is None or expected is None:
        return f"No result yet in {contest}"
    missing = expected - declared
    to_come = f"{number(missing)} still to come" if missing else "the result still to be declared"
    return f"{contest} has counted {counted(declared, 'local area')}, with {to_come}"


def recount(contest: str, *, again: bool) -> str:
    """Return the headline of a recount."""
    return f"Another recount in {contest}" if again else f"Recount in {contest}"


def recount_detail(contest: str) -> str:
    """Say that the votes are counted again."""
    return f"The votes in {contest} are being counted again"


def postponed(contest: str, *, countermanded: bool) -> str:
    """Return the headline of a poll that is put off or called off."""
    return f"Poll in {contest} {'countermanded' if countermanded else 'postponed'}"


def postponed_detail(contest: str) -> str:
    """Say what follows."""
    return f"There will be no result from {contest} now"


def annulled(contest: str) -> str:
    """Return the headline of an annulment."""
    return f"Election in {contest} annulled"


def annulled_detail(contest: str) -> str:
    """Say what follows."""
    return f"The election in {contest} is void"


def set_aside(said: str, was: str) -> str:
    """Add that a result, a flash, or a count so far no longer stands."""
    return f"{said}, {_SET_ASIDE.get(was, 'result')} set aside"


_SET_ASIDE: Final = {"flash": "flash", "stage": "count so far"}


_WITHDRAWN: Final[dict[str, str]] = {
    "progress": "count under way in {}",
    "stage": "count so far in {}",
    "recount": "recount in {}",
    "postponed": "postponement of the poll in {}",
    "countermanded": "countermand of the poll in {}",
    "annulled": "annulment of the election in {}",
}


def withdrawn(contest: str, said: str | None, was: str | None) -> str:
    """Return the headline of a withdrawal: what no longer holds."""
    if said is not None:
        return fitting((f'{WITHDRAWN}"{said}"', f"{WITHDRAWN}result of {contest}"))
    return WITHDRAWN + _WITHDRAWN.get(was or "declared", "declaration in {}").format(contest)


def withdrawn_detail(contest: str) -> str:
    """Say what follows."""
    return f"{contest} has no result for now"


def under_review(said: str, bare: str) -> str:
    """Return the headline of a result that is under review; ``bare`` says no more than who won."""
    return fitting((f"UNDER REVIEW: {said}", f"UNDER REVIEW: {bare}"))


def under_review_detail(*, counts: bool) -> str:
    """Say what that means; of what waits, that it is a correction and no more."""
    return f"A correction waits for a second person; until it is decided, this result stands{' and counts' * counts}"


def review_ended(said: str, bare: str) -> str:
    """Return the headline of a result that is under review no longer, and has the same winner."""
    return fitting((f'REVIEW ENDED: "{said}" stands', f'REVIEW ENDED: "{bare}" stands', f"REVIEW ENDED: {bare}"))


def not_taken() -> str:
    """Say that nothing has come of a review."""
    return "The correction that waited was not taken; the result stands as it is"


def no_longer_under_review() -> str:
    """Say that a review has ended with another declaration of the same winner."""
    return "The result is no longer under review"


def confirmed() -> str:
    """Say that a declaration was held until somebody else had looked at it."""
    return "A second person has confirmed it"


def no_longer(said: str) -> str:
    """Quote the headline that no longer holds."""
    return f'"{said}" no longer stands'


_COMES_AFTER: Final[dict[str, str]] = {
    "recount": "after a recount",
    "withdrawn": "declared again after a withdrawal",
    "postponed": "in the postponed poll",
    "countermanded": "in a new poll, the first one having been countermanded",
    "annulled": "in a new poll after an annulment",
}


def comes_after(was: str | None, *, declared_before: bool) -> str | None:
    """Return a phrase for what came before a result, by its kind; None for what needs no mention.

    A withdrawal needs one only where there was a result before it: it may have withdrawn a recount, or nothing known.
    """
    if was is None or (was == "withdrawn" and not declared_before):
        return None
    return _COMES_AFTER.get(was)


def declared_again(said: str, bare: str) -> str:
    """Return the headline of a result that follows a withdrawal; ``bare`` says no more than who won."""
    return fitting((f"{said}, declared again", f"{bare}, declared again", said))


# --- corrections --------------------------------------------------------------------------------------------


def other_result(now: str, bare: str, was: str, party: str | None) -> str:
    """Return the headline of a correction that changes the result.

    Args:
        now: who won, and the most telling fact.
        bare: who won, and no more.
        was: what was said before.
        party: who had won, where it was another party.
    """
    said = CORRECTION + now
    shorter = () if party is None else (f"{said}, not {party}",)
    return fitting((f'{said}, not "{was}"', *shorter, said, CORRECTION + bare))


def other_people(contest: str, now: Sequence[str], was: Sequence[str]) -> str:
    """Return the headline of a correction that changes who is elected, but no party."""
    said = f"{CORRECTION}{listed(now)} elected in {contest}"
    shortest = f"{CORRECTION}{counted(len(now), 'other candidate')} elected in {contest}"
    return fitting((*((f"{said}, not {listed(was)}",) if was else ()), said, shortest))


def by_flash(said: str) -> str:
    """Return a result known from a flash only, for use in a correction."""
    return f"{said} by flash"


def by_flash_only(now: str, bare: str) -> str:
    """Return the headline of a flash that takes the place of a declaration; ``bare`` says no more than who won."""
    return fitting((f"{CORRECTION}{now}, by flash only", f"{CORRECTION}{bare}, by flash only"))


def other_margin(said: str, now: str, was: str, *, several: bool) -> str:
    """Return the headline of a correction that changes the majority, which is that of the last of several seats."""
    last = "the last " if several else ""
    if now[-1:].isdigit() and was[-1:].isdigit():
        was = was.removeprefix("by ")
    else:
        # Beside a lot it has to be said what the figure is of.
        now, was = (f"{one} vote{'s' * (one != 'by 1')}" if one[-1:].isdigit() else one for one in (now, was))
    both = f"{last}{now}, not {was}"
    return fitting((f"{CORRECTION}{said}, {both}", f"{CORRECTION}{said}, {last}{now}", CORRECTION + said))


def margin(votes: int | None, *, lot: bool) -> str:
    """Return a majority for comparison in a correction: ``by 1,000``, ``by lot``, ``by an unknown margin``."""
    if lot:
        return "by lot"
    return "by an unknown margin" if votes is None else f"by {votes:,}"


def other_fact(now: str, was: str) -> str:
    """Return the headline of a correction of what was said of a result besides who won."""
    return fitting((f'{CORRECTION}{now}, not "{was}"', CORRECTION + now))


def other_figures(said: str, contest: str) -> str:
    """Return the headline of a correction that changes figures, but not the majority."""
    short = f"{CORRECTION}figures of {contest} corrected, result unchanged"
    return fitting((f"{CORRECTION}{said}, with figures corrected", short, CORRECTION + said))


def other_electorate(contest: str, now: int | None, was: int | None) -> str:
    """Return the headline of an electorate put right."""
    if now is None or was is None:
        return f"{CORRECTION}electorate of {contest} is {_known(now)}"
    return f"{CORRECTION}electorate of {contest} is {now:,}, not {was:,}"


def other_details(contest: str, *, result: bool) -> str:
    """Return the headline of a correction that changes no figure."""
    return f"{CORRECTION}details of {contest} amended" + (", result unchanged" if result else "")


def other_holders(contest: str) -> str:
    """Return the headline of another holder on the eve of poll, by which the headline is not measured."""
    return f"{CORRECTION}who held {contest} on the eve of poll amended, result unchanged"


def sitting_label_changed(was: str | None, now: str | None) -> str:
    """Say how the label against the eve of poll changed."""
    said = [f'"{label}"' if label else "not known" for label in (now, was)]
    return f"compared with the eve of poll it is {said[0]} instead of {said[1]}"


def other_rejected(contest: str, now: int | None, was: int | None) -> str:
    """Return the headline of another number of rejected ballot papers."""
    said = f"{CORRECTION}rejected ballot papers in {contest} are {_known(now)}"
    return said if was is None else f"{said}, not {was:,}"


def other_party(contest: str, name: str, now: str, was: str) -> str:
    """Return the headline of a candidate who stands for another party than was said: ``for the Greens``."""
    said = f"{CORRECTION}{name} stands {now} in {contest}"
    return fitting((f"{said}, not {was}", said))


def other_name(contest: str, now: str, was: str) -> str:
    """Return the headline of a candidate who is called otherwise than was said."""
    said = f"{CORRECTION}candidate in {contest} is {now}"
    return fitting((f"{said}, not {was}", said))


def rejected_changed(was: int | None, now: int | None) -> str:
    """Say how the number of rejected ballot papers changed."""
    return f"rejected ballot papers are {_known(now)} instead of {_known(was)}"


def party_changed(name: str, was: str, now: str) -> str:
    """Say for which party a candidate stands."""
    return f"{name} stands {now} instead of {was}"


def name_changed(was: str, now: str) -> str:
    """Say how a candidate is called."""
    return f"the candidate is called {now} instead of {was}"


def amended_detail(contest: str) -> str:
    """Say that the amendment came before any result."""
    return f"The register of {contest} was amended before its result"


def replaces(said: str) -> str:
    """Quote the headline that this one replaces."""
    return f'This replaces "{said}"'


def votes_changed(name: str, was: int, now: int, *, final: bool) -> str:
    """Say how one candidate's votes changed."""
    where = " in the final round" if final else ""
    return f"{name} has {in_digits(now, 'vote')}{where} instead of {was:,}"


def changes(said: Sequence[str]) -> str:
    """Return what changed as one sentence: the first changes, and how many there are besides."""
    named, rest = said[:CHANGES_NAMED_MAX], len(said) - CHANGES_NAMED_MAX
    return "; ".join((*named, f"{counted(rest, 'other figure')} changed") if rest > 0 else named)


def electorate_changed(was: int | None, now: int | None) -> str:
    """Say how the electorate changed."""
    return f"the electorate is {_known(now)} instead of {_known(was)}"


def _known(number_: int | None) -> str:
    return "unknown" if number_ is None else f"{number_:,}"


def join_sentences(*sentences: str) -> str:
    """Join sentences, each with its capital and full stop; empty ones are left out."""
    return " ".join(sentence(text) for text in sentences if text)


def because(said: str, reason: str | None, undone: str | None) -> str:
    """Add the reason, and the headline that no longer holds."""
    said = said if reason is None else f"{said.rstrip('. ')}: {reason.rstrip('. ')}"
    return said if undone is None else f"{said.rstrip('. ')}; {no_longer(undone)}"
