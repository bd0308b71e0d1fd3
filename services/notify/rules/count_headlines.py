"""The headlines of a count that is declared stage by stage, as in Northern Ireland.

The headline about the seats says who is elected at the stages that are new. Who is excluded at them is a headline of
its own, and so is who takes the last seats, for then the headline about the seats says which party gains from which.
Stages still to come are no correction of those declared; another figure at a stage that was declared is one.
"""

from collections.abc import Iterator

from schemas.result import Result
from services.notify.rules import counts
from services.notify.rules.draft import Draft
from services.notify.rules.memory import Ground, Memory
from services.notify.rules.occasions import Occasion
from services.notify.rules.seats_won import by_stages, person, place_name
from services.notify.rules.wording import counts as wording
from services.notify.rules.wording import life
from services.notify.rules.wording.english import spoken

Said = tuple[Occasion, str, str]
"""Why a headline is said, its text, and the sentence behind it."""


def count_so_far(result: Result, marks: Ground, quoted: str | None) -> Said:
    """Return the headline about the seats of a count that goes on.

    Args:
        result: the result so far.
        marks: those of the stages that were declared before.
        quoted: the headline about who was elected so far; None where nobody was.
    """
    contest, before = place_name(result), result.supersedes
    if before is not None and before.kind == "declared":
        last, filled = counts.stages_counted(result), len(result.elected)
        text = life.CORRECTION + wording.counted_so_far(contest, last, filled, result.contest.seats)
        return Occasion.RESULT_CORRECTED, text, life.because(stage_detail(result), None, quoted)
    new, changed = counts.newly_elected(result), counts.changed_stages(marks, result)
    gone = [] if before is None else [one for one in before.elected if one not in result.elected]
    detail = stage_detail(result, new_only=not changed)
    if gone and before is not None:
        names = {one.candidate: person(result, one) for one in result.candidates}
        text = wording.no_longer_elected(
            contest, [names[one] for one in gone if one in names], [one.person for one in new]
        )
        unsaid = "" if quoted is None else life.replaces(quoted)
        return (
            Occasion.RESULT_CORRECTED,
            text,
            life.join_sentences(detail, wording.stages_changed(changed), unsaid),
        )
    if changed:
        text = wording.other_stages(contest, changed, wording.elected(new, contest) if new else "")
        return Occasion.FIGURES_CORRECTED, text, life.join_sentences(detail, wording.stages_changed(changed))
    if new:
        return Occasion.STAGE_ELECTED, wording.elected(new, contest), detail
    last = counts.stages_counted(result)
    if last <= 1:
        return Occasion.STAGE_FIRST, _first_preferences(result, contest), detail
    return Occasion.STAGE, wording.counted_so_far(contest, last, len(result.elected), result.contest.seats), detail


def _first_preferences(result: Result, contest: str) -> str:
    shares = counts.party_shares(result)
    ranked = sorted(shares, key=lambda one: -shares[one])
    if len(ranked) < 2 or shares[ranked[0]] == shares[ranked[1]]:  # noqa: PLR2004  # nobody leads alone
        return wording.first_counted(contest, result.quota)
    party = ranked[0]
    name = spoken(result.parties[party], counts.standing(result, party))
    return wording.leads(name, shares[party], contest, result.quota)


def stage_detail(result: Result, *, new_only: bool = True) -> str:
    """Return what was done at the last stage, who is elected so far, quota and shares."""
    elected, last = counts.elected_at_stages(result), counts.stages_counted(result)
    done = ""
    if last > 1 and result.stages:
        stage = result.stages[-1]
        names = {one.candidate: person(result, one) for one in result.candidates}
        done = wording.done(stage.action, [names[one] for one in stage.of], stage.stage)
    so_far = wording.so_far(elected, result.contest.seats)
    first = counts.first_preferences(result) if last <= 1 or not new_only else ""
    turnout = wording.turnout(result.turnout.said) if last <= 1 and result.turnout.said is not None else ""
    return life.join_sentences(done, so_far, first, turnout)


def count_headlines(memory: Memory, result: Result) -> Iterator[Draft]:
    """Yield the headline of who is excluded, or takes the last seats, or the correction of one that does not hold."""
    if not by_stages(result):
        return
    about, contest = f"count:{result.ballot_id}", place_name(result)
    said = memory.claim(about)
    out, elected = counts.excluded(result), tuple(f"elected:{one}" for one in result.elected)
    ground: Ground = tuple(f"excluded:{one.candidate}" for one in out)
    if said.words is not None and (wrong := [one for one in said.ground if one not in (*ground, *elected)]):
        yield _taken_back(result, about, tuple(map(str, wrong)), said.words, ground)
        return
    before = result.supersedes
    after_stages = before is not None and before.kind == "stage"
    if before is not None and before.revision == result.revision:
        return
    if result.kind != "stage" and not (result.kind == "declared" and after_stages):
        return
    known = said.ground if said.words is not None else ()
    new_out = [one for one in out if f"excluded:{one.candidate}" not in known]
    votes = wording.newly_excluded([(person(result, one), one.excluded_at or 0, one.last_votes) for one in new_out])
    last = counts.newly_elected(result) if result.kind == "declared" else []
    if last:
        some_before = before is not None and bool(before.elected)
        text = wording.last_elected(last, contest) if some_before else wording.elected(last, contest)
        detail = life.join_sentences(wording.last_seats(last, some_before=some_before), votes)
        yield Draft(about, Occasion.LAST_ELECTED, text, detail, text, (*ground, *elected))
    elif new_out:
        text = wording.excluded([(person(result, one), one.excluded_at or 0) for one in new_out], contest)
        standing = len(result.candidates) - len(out) - len(result.elected)
        seats = result.contest.seats
        open_seats = seats - len(result.elected)
        left = wording.left(standing, open_seats, seats) if standing > 0 and open_seats > 0 else ""
        yield Draft(about, Occasion.EXCLUDED, text, life.join_sentences(votes, left) or text, text, ground)


def _taken_back(result: Result, about: str, wrong: tuple[str, ...], words: str, ground: Ground) -> Draft:
    """Return the correction of exclusions, or of the last seats, that were said and do not hold any more."""
    contest = place_name(result)
    names = {one.candidate: person(result, one).short for one in result.candidates}
    gone = [names[one.partition(":")[2]] for one in wrong if one.startswith("excluded:")]
    if not result.elected and not result.stages:
        text = wording.count_set_aside(contest)
    elif gone:
        text = wording.not_excluded(contest, gone)
    else:
        text = wording.last_seats_open(contest)
    out = counts.excluded(result)
    detail, claim = wording.nobody_excluded(contest), None
    if out:
        detail = wording.excluded_so_far([(person(result, one), one.excluded_at or 0, one.last_votes) for one in out])
        claim = wording.excluded([(person(result, one), one.excluded_at or 0) for one in out], contest)
    detail = life.because(detail, None, words)
    return Draft(about, Occasion.COUNT_CORRECTED, text, detail, claim, ground)
