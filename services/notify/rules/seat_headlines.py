"""The headline about the seats of a contest. Each result has one; it depends on the result and the one before it.

+---------------------+-------------------------------------------------------------------------------------+
| the declaration     | headline                                                                            |
+=====================+=====================================================================================+
| same revision       | correction: the register was amended; or under review, or no longer                 |
| declared, or        | who won; a correction if the result before it was declared, too, or was a flash     |
| uncontested         | with other winners; "declared again" after a withdrawal                             |
| stage               | who is elected at the new stages; a correction if an old stage is another one       |
| flash               | flash; a correction if the result before it was declared, or had other winners      |
| progress            | progress; a correction if it takes back a result                                    |
| recount, postponed  | itself, with "result set aside" or "flash set aside" if it takes one back           |
| withdrawn, annulled | itself, quoting what no longer holds                                                |
+---------------------+-------------------------------------------------------------------------------------+
"""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from schemas.headline import Fact
from schemas.result import Change, Result, Superseded
from services.notify.rules import counts
from services.notify.rules.count_headlines import count_so_far, stage_detail
from services.notify.rules.draft import Draft
from services.notify.rules.facts import OF_THE_MARGIN
from services.notify.rules.list_sentences import CONSTITUENCIES, other_list_seats, reviewed_by_constituencies
from services.notify.rules.memory import Ground, Memory
from services.notify.rules.occasions import Occasion
from services.notify.rules.referendums import tied_text
from services.notify.rules.seat_sentences import seat_detail, seat_text, seat_words
from services.notify.rules.seats_won import (
    SeatsWon,
    by_list,
    by_stages,
    is_referendum,
    is_region,
    person,
    place_name,
    same_elected,
    seats_won_before,
    winners,
)
from services.notify.rules.wording import counts as count_wording
from services.notify.rules.wording import life
from services.notify.rules.wording import lists as list_wording
from services.notify.rules.wording.english import spoken
from services.notify.rules.wording.seats import Person

BY_CHANGE: Final[dict[Change, Occasion]] = {
    "gain": Occasion.GAIN,
    "hold": Occasion.HOLD,
    "win": Occasion.WIN,
}

NOBODY: Final = SeatsWon("declared", (), (), None)
"""Nobody is elected."""

Said = tuple[Occasion, str, str]
"""Why a headline is said, its text, and the sentence behind it."""


class Now(NamedTuple):
    """A result that elects somebody, with what its headline claims."""

    result: Result
    won: SeatsWon
    facts: Sequence[Fact]
    words: str
    """Who won, with the most telling fact."""
    detail: str
    marks: Ground = ()
    """What was remembered of the result before, besides: of its stages, or of its allocation."""

    @property
    def bare(self) -> str:
        """Who won, and nothing else. Few headlines ask for it."""
        return seat_text(self.result, self.won)


def seat_headline(memory: Memory, result: Result, won: SeatsWon, facts: Sequence[Fact]) -> Draft:
    """Return the headline about the seats, which is the first one of its result.

    Args:
        memory: what was said before.
        result: the result.
        won: who is elected.
        facts: what else is so of it, the most telling first.
    """
    about = f"seats:{result.ballot_id}"
    said = memory.claim(about)
    declared_before, marks = bool(said.ground and said.ground[0]), said.ground[1:]
    ground: Ground = (declared_before or result.counts, *_marks(result))
    was = seats_won_before(result)
    # What was said is quoted as it was said; a result without a headline of ours is quoted as we would have said it.
    quoted = None if was is None else said.words or seat_text(result, was)
    if not result.elected:
        if result.kind == "stage" and not _same_revision(result):
            occasion, text, detail = count_so_far(result, marks, quoted)
            return Draft(about, occasion, text, detail, None, ground)
        occasion, text, detail = _nobody_elected(result, was, quoted)
        return Draft(about, occasion, text, detail, None, (declared_before, *_marks(result)))
    counting = result.kind == "stage"
    now = Now(
        result,
        won,
        facts,
        words=seat_words(result, won, facts),
        detail=stage_detail(result) if counting else seat_detail(result, won, declared_before=declared_before),
        marks=marks,
    )
    if only_reviewed(result):
        occasion, text, detail = _reviewed(result, now)
    elif counting and not _same_revision(result):
        occasion, text, detail = _remarked(result, now, count_so_far(result, marks, quoted))
    else:
        occasion, text, detail = _somebody_elected(result, now, was, quoted, declared_before=declared_before)
        occasion, text, detail = _remarked(result, now, (occasion, text, detail))
    return Draft(about, occasion, text, detail, now.words, ground)


def _marks(result: Result) -> tuple[str, ...]:
    """Return what to remember of a result besides who is elected: of its stages, or of its allocation."""
    if by_stages(result):
        return counts.stage_marks(result)
    if not is_region(result) or result.allocation is None:
        return ()
    checked = ("checked",) if result.allocation.checked else ()
    return (*checked, CONSTITUENCIES) if reviewed_by_constituencies(result) else checked


def _same_revision(result: Result) -> bool:
    return result.supersedes is not None and result.supersedes.revision == result.revision


def _somebody_elected(
    result: Result, now: Now, was: SeatsWon | None, quoted: str | None, *, declared_before: bool
) -> Said:
    before = result.supersedes
    if before is not None and before.revision == result.revision:
        return _amended(result, before, now, was, quoted)
    if result.kind == "flash":
        return _flash(result, now, was, quoted)
    if before is not None and before.kind == "stage":
        return _whole_count(result, now, was, quoted)
    if before is not None and was is not None and quoted is not None:
        if was.kind != "flash":
            return _corrected(result, before, now, was, quoted)
        if not same_elected(was, now.won):
            return _other_result(result, now, was, quoted)
    return _first_said(result, now, declared_before=declared_before)


def _first_said(result: Result, now: Now, *, declared_before: bool) -> Said:
    """Return the headline of a result where no other one stood before it."""
    before = result.supersedes
    if before is not None and before.kind == "declared" and is_referendum(result):
        # The votes were equal before.
        return Occasion.RESULT_CORRECTED, life.CORRECTION + now.words, now.detail
    again = before is not None and before.kind == "withdrawn" and declared_before
    return _occasion(result, now.won), life.declared_again(now.words, now.bare) if again else now.words, now.detail


def _whole_count(result: Result, now: Now, was: SeatsWon | None, quoted: str | None) -> Said:
    """Return the headline of a whole count of which some stages were declared before."""
    changed = count_wording.stages_changed(counts.changed_stages(now.marks, result))
    if was is not None and quoted is not None and not set(was.elected) <= set(now.won.elected):
        names = {one.candidate: person(result, one) for one in result.candidates}
        gone = [names[one] for one in was.elected if one not in now.won.elected]
        new = [one for one in counts.newly_elected(result) if one.candidate not in was.elected]
        text = count_wording.no_longer_elected(place_name(result), gone, [one.person for one in new])
        return Occasion.RESULT_CORRECTED, text, life.join_sentences(now.detail, changed, life.replaces(quoted))
    return _occasion(result, now.won), now.words, life.join_sentences(now.detail, changed) if changed else now.detail


def only_reviewed(result: Result) -> bool:
    """Return whether a result says nothing new but that it is under review, or is no longer."""
    before = result.supersedes
    return before is not None and before.revision == result.revision and before.under_review != result.under_review


def _reviewed(result: Result, now: Now) -> Said:
    flash = life.by_flash(now.bare) if now.won.kind == "flash" else None
    words, bare = flash or now.words, flash or now.bare
    if result.under_review:
        return Occasion.UNDER_REVIEW, life.under_review(words, bare), _why_reviewed(result)
    detail = list_wording.follows_again() if CONSTITUENCIES in now.marks else life.not_taken()
    return Occasion.REVIEW_ENDED, life.review_ended(words, bare), detail


def _why_reviewed(result: Result) -> str:
    """Return why a result is under review, and that it stands meanwhile."""
    if reviewed_by_constituencies(result):
        return list_wording.in_doubt(counts=result.counts)
    return life.under_review_detail(counts=result.counts)


def _remarked(result: Result, now: Now, said: Said) -> Said:
    """Add to the headline of a declaration that it is confirmed, is under review, or has ended a review."""
    occasion, text, detail = said
    before = result.supersedes
    if result.confirmed and (before is None or before.revision != result.revision):
        detail = life.join_sentences(detail, life.confirmed())
    if result.under_review:
        detail = life.join_sentences(detail, _why_reviewed(result))
    elif before is not None and before.under_review and sorted(before.elected) == sorted(result.elected):
        # As loud as that it was under review: a correction of figures may have been missed.
        occasion, text = Occasion.REVIEW_ENDED, life.review_ended(now.words, now.bare)
        detail = life.join_sentences(detail, life.no_longer_under_review())
    return occasion, text, detail


def _occasion(result: Result, now: SeatsWon) -> Occasion:
    if now.kind == "uncontested":
        return Occasion.UNCONTESTED
    if is_referendum(result):
        return Occasion.REFERENDUM
    if by_list(result):
        return Occasion.REGION_SEATS if is_region(result) else Occasion.LIST_SEATS
    return Occasion.ELECTED if now.outcome is None else BY_CHANGE[now.outcome.change]


# --- nobody is elected --------------------------------------------------------------------------------------


def _nobody_elected(result: Result, was: SeatsWon | None, quoted: str | None) -> Said:
    contest = place_name(result)
    before = None if result.supersedes is None else result.supersedes.kind
    if result.supersedes is not None and result.supersedes.revision == result.revision:
        return _amended_before_a_result(result, result.supersedes)
    occasion, text, detail = _itself(result, quoted, before)
    if result.kind == before and occasion not in (Occasion.PROGRESS, Occasion.RECOUNT) and was is None:
        # The same again, for another reason.
        text = life.other_details(contest, result=False)
        return Occasion.DETAILS_CORRECTED, text, life.because(detail, result.reason, None)
    if was is not None and occasion in (Occasion.PROGRESS, Occasion.RECOUNT, Occasion.POSTPONED):
        text = life.set_aside(text, was.kind)
    if was is not None and was.kind != "flash" and occasion is Occasion.PROGRESS:
        occasion, text = Occasion.RESULT_CORRECTED, life.CORRECTION + text
    if was is not None and result.kind == "declared":
        occasion, text = Occasion.RESULT_CORRECTED, life.CORRECTION + text.replace("The ", "the ", 1)
    unsaid = None if quoted is None or quoted in text else quoted
    return occasion, text, life.because(detail, result.reason, unsaid)


def _itself(result: Result, said: str | None, before: str | None) -> Said:
    """Return the headline of a declaration that elects nobody; ``said`` is the text that it takes back."""
    contest = place_name(result)
    match result.kind:
        case "declared":
            # The votes on both answers are equal.
            return Occasion.REFERENDUM_TIED, tied_text(result), seat_detail(result, NOBODY, declared_before=False)
        case "withdrawn":
            return Occasion.WITHDRAWAL, life.withdrawn(contest, said, before), life.withdrawn_detail(contest)
        case "annulled":
            return Occasion.ANNULLED, life.annulled(contest), life.annulled_detail(contest)
        case "recount":
            return Occasion.RECOUNT, life.recount(contest, again=before == "recount"), life.recount_detail(contest)
        case "progress":
            areas = result.areas_declared, result.areas_expected
            return Occasion.PROGRESS, life.progress(contest, *areas), life.progress_detail(contest, *areas)
        case kind:
            text = life.postponed(contest, countermanded=kind == "countermanded")
            return Occasion.POSTPONED, text, life.postponed_detail(contest)


# --- flashes and corrections --------------------------------------------------------------------------------


def _flash(result: Result, now: Now, was: SeatsWon | None, quoted: str | None) -> Said:
    detail = life.flash_detail(now.detail)
    if was is not None and was.kind == "stage" and set(was.elected) <= set(now.won.elected):
        was = None
    if was is not None and quoted is not None and not same_elected(was, now.won):
        return _other_result(result, now, was, quoted, detail)
    if was is not None and was.kind != "flash":
        return Occasion.RESULT_CORRECTED, life.by_flash_only(now.words, now.bare), detail
    return Occasion.FLASH, life.flash(now.words, now.bare, again=was is not None), detail


def _corrected(result: Result, before: Superseded, now: Now, was: SeatsWon, quoted: str) -> Said:
    """Return the correction of a declared result: another winner, other figures, or other details."""
    if was != now.won and (now.bare != seat_text(result, was) or not same_elected(was, now.won)):
        return _other_result(result, now, was, quoted)
    changes, others = _changes(result, before, now.marks), _other_details(result, before)
    detail = life.join_sentences(now.detail, life.changes((*changes, *others.values())))
    if result.majority != before.majority:
        facts = [fact for fact in now.facts if fact not in OF_THE_MARGIN]
        margins = (
            life.margin(result.majority, lot=result.lot),
            life.margin(before.majority, lot=before.majority == 0),
        )
        kept = len(facts) == len(now.facts) and not is_referendum(result)
        words = now.words if kept else seat_text(result, now.won, facts)
        text = life.other_margin(words, *margins, several=result.contest.seats > 1)
        return Occasion.FIGURES_CORRECTED, text, detail
    if now.words != quoted:
        return _other_fact(now, quoted, changes)
    if changes:
        return Occasion.FIGURES_CORRECTED, life.other_figures(now.words, place_name(result)), detail
    text = next(iter(others), life.other_details(place_name(result), result=True))
    return Occasion.DETAILS_CORRECTED, text, detail


def _other_result(result: Result, now: Now, was: SeatsWon, quoted: str, detail: str | None = None) -> Said:
    """Return the correction of who is elected, or of gain, hold and win."""
    if by_list(result) and not same_elected(was, now.won):
        text = other_list_seats(result, now.won, was)
    elif now.bare == seat_text(result, was):
        names = {candidate.candidate: candidate.name for candidate in result.candidates}
        text = life.other_people(
            place_name(result),
            [person(result, one).name for one in winners(result) if one.candidate not in was.elected],
            [names[one] for one in was.elected if one in names and one not in now.won.elected],
        )
    else:
        one_party = len(set(was.parties)) == 1 and was.parties[0] not in now.won.parties
        party = spoken(result.parties[was.parties[0]]).within if one_party else None
        flash = life.by_flash(now.bare) if now.won.kind == "flash" else None
        text = life.other_result(flash or now.words, flash or now.bare, quoted, party)
    changes = () if result.supersedes is None else _changes(result, result.supersedes)
    unsaid = "" if quoted in text or quoted == now.words else life.replaces(quoted)
    detail = life.join_sentences(detail or now.detail, life.changes(changes), unsaid)
    return Occasion.RESULT_CORRECTED, text, detail


def _other_fact(now: Now, quoted: str, changes: Sequence[str]) -> Said:
    """Return the correction of what was said of a result besides who won."""
    text = life.other_fact(now.words, quoted)
    unsaid = "" if quoted in text else life.replaces(quoted)
    return Occasion.FIGURES_CORRECTED, text, life.join_sentences(now.detail, life.changes(changes), unsaid)


def _amended(result: Result, before: Superseded, now: Now, was: SeatsWon | None, quoted: str | None) -> Said:
    """Return the correction that follows from an amended register."""
    if was is not None and quoted is not None and now.bare != seat_text(result, was):
        return _other_result(result, now, was, quoted)
    if is_region(result) and result.allocation and result.allocation.checked and "checked" not in now.marks:
        text = list_wording.checked(now.words, now.bare)
        return Occasion.ALLOCATION_CHECKED, text, life.join_sentences(list_wording.is_checked(), now.detail)
    others = _other_details(result, before)
    changes = (*_changes(result, before), *others.values())
    if quoted is not None and now.words != quoted:
        return _other_fact(now, quoted, changes)
    text = _amended_text(result, before, others, elected=True)
    return Occasion.DETAILS_CORRECTED, text, life.join_sentences(now.detail, life.changes(changes))


def _amended_before_a_result(result: Result, before: Superseded) -> Said:
    others = _other_details(result, before)
    text = _amended_text(result, before, others, elected=False)
    changes = life.changes((*_changes(result, before), *others.values()))
    return Occasion.DETAILS_CORRECTED, text, life.join_sentences(changes) or life.amended_detail(place_name(result))


def _amended_text(result: Result, before: Superseded, others: Mapping[str, str], *, elected: bool) -> str:
    contest = place_name(result)
    if result.electorate != before.electorate:
        return life.other_electorate(contest, result.electorate, before.electorate)
    return next(iter(others), life.other_details(contest, result=elected))


def _other_details(result: Result, before: Superseded) -> dict[str, str]:
    """Return what else has changed: the headline of each change, with the phrase for the sentence behind it."""
    contest, found = place_name(result), {}
    if result.rejected != before.rejected and before.rejected is not None:
        text = life.other_rejected(contest, result.rejected, before.rejected)
        found[text] = life.rejected_changed(before.rejected, result.rejected)
    if by_list(result) and before.elected != result.elected:
        found[list_wording.other_order(contest)] = list_wording.order_changed()
    now, was = result.labels.sitting, before.labels.sitting
    if before.revision == result.revision and result.headline_baseline != "sitting" and now != was:
        found[life.other_holders(contest)] = life.sitting_label_changed(was, now)
    for candidate in result.candidates:
        if (party := before.parties.get(candidate.candidate)) is not None:
            printed = result.parties[party], result.parties[candidate.party]
            stood, stands = (Person(candidate.name, one).stands for one in printed)
            if stood == stands:
                # Descriptions of one party are told apart by the words on the ballot paper.
                stood, stands = (f'as "{one.name}"' for one in printed)
            text = life.other_party(contest, candidate.name, stands, stood)
            found[text] = life.party_changed(candidate.name, stood, stands)
        if (name := before.names.get(candidate.candidate)) is not None:
            found[life.other_name(contest, candidate.name, name)] = life.name_changed(name, candidate.name)
    return found


def _changes(result: Result, before: Superseded, marks: Ground = ()) -> list[str]:
    """Return a phrase for each figure that has changed; ``marks`` are those of the stages that were declared before."""
    no_person = by_list(result) or is_referendum(result)
    changes = [
        list_wording.votes_changed(candidate.name, was[candidate.candidate], votes)
        if no_person
        else life.votes_changed(candidate.name, was[candidate.candidate], votes, final=final)
        for final, was in ((False, before.votes), (True, before.final_votes))
        for candidate in result.candidates
        if (votes := candidate.final_votes if final else candidate.votes) is not None
        and was.get(candidate.candidate, votes) != votes
    ]
    if before.electorate != result.electorate:
        changes.append(life.electorate_changed(before.electorate, result.electorate))
    if by_stages(result) and (stages := [one for one in counts.changed_stages(marks, result) if one > 1]):
        changes.append(count_wording.stages_changed(stages))
    return changes
