"""The headline about the seats of a contest. Each result has one; it depends on the result and the one before it.

+---------------------+-------------------------------------------------------------------------------------+
| the declaration     | headline                                                                            |
+=====================+=====================================================================================+
| same revision       | correction: the register was amended                                                |
| declared, or        | who won; a correction if the result before it was declared, too, or was a flash     |
| uncontested         | with other winners; "declared again" after a withdrawal                             |
| flash               | flash; a correction if the result before it was declared, or had other winners      |
| progress            | progress; a correction if it takes back a result                                    |
| recount, postponed  | itself, with "result set aside" or "flash set aside" if it takes one back           |
| withdrawn, annulled | itself, quoting what no longer holds                                                |
+---------------------+-------------------------------------------------------------------------------------+
"""

from dataclasses import replace
from typing import Final

from schemas.events import ResultEvent
from schemas.result import Change, Result, Superseded
from services.notify.rules.draft import Draft, Drafts, headline_id
from services.notify.rules.memory import SAID, Memory, SeatsSaid
from services.notify.rules.occasions import Occasion
from services.notify.rules.seat_sentences import seat_detail, seat_text
from services.notify.rules.seats_won import SeatsWon, person, seats_won, seats_won_before, winners
from services.notify.rules.wording import life
from services.notify.rules.wording.english import spoken

BY_CHANGE: Final[dict[Change, Occasion]] = {
    "gain": Occasion.GAIN,
    "hold": Occasion.HOLD,
    "win": Occasion.WIN,
}


def seat_headline(memory: Memory, event: ResultEvent) -> Drafts:
    """Return the headline about the seats, which is the first one of its result."""
    ballot_id = event.data.ballot_id
    draft = replace(_draft(event.data), supersedes=memory.seat_headline(ballot_id))
    return Drafts((draft,), {(SAID, f"seats:{ballot_id}"): SeatsSaid(seat_headline=headline_id(event.id))})


def _draft(result: Result) -> Draft:
    was = seats_won_before(result)
    if result.supersedes is not None and result.supersedes.revision == result.revision:
        return _amended(result, result.supersedes, was)
    if not result.elected:
        return _nobody_elected(result, was)
    now = seats_won(result)
    if result.kind == "flash":
        return _flash(result, now, was)
    if result.supersedes is not None and was is not None:
        if was.kind != "flash":
            return _corrected(result, result.supersedes, now, was)
        if set(was.elected) != set(now.elected):
            return _other_result(result, now, was)
    text = seat_text(result, now)
    if result.supersedes is not None and result.supersedes.kind == "withdrawn":
        text = life.declared_again(text)
    return Draft(_occasion(now), text, seat_detail(result, now))


def _occasion(now: SeatsWon) -> Occasion:
    if now.kind == "uncontested":
        return Occasion.UNCONTESTED
    return Occasion.ELECTED if now.outcome is None else BY_CHANGE[now.outcome.change]


# --- nobody is elected --------------------------------------------------------------------------------------


def _nobody_elected(result: Result, was: SeatsWon | None) -> Draft:
    contest, said = result.contest.name, None if was is None else seat_text(result, was)
    before = None if result.supersedes is None else result.supersedes.kind
    occasion, text, detail = _itself(result, said, before)
    if result.kind == before and occasion not in (Occasion.PROGRESS, Occasion.RECOUNT):
        # The same again, for another reason.
        text = life.other_details(contest, result=False)
        return Draft(Occasion.DETAILS_CORRECTED, text, life.because(detail, result.reason, None))
    if was is not None and occasion in (Occasion.PROGRESS, Occasion.RECOUNT, Occasion.POSTPONED):
        text = life.set_aside(text, flash=was.kind == "flash")
    if was is not None and was.kind != "flash" and occasion is Occasion.PROGRESS:
        occasion, text = Occasion.RESULT_CORRECTED, life.CORRECTION + text
    unsaid = None if said is None or said in text else said
    return Draft(occasion, text, life.because(detail, result.reason, unsaid))


def _itself(result: Result, said: str | None, before: str | None) -> tuple[Occasion, str, str]:
    """Return the headline of a declaration that elects nobody; ``said`` is the text that it takes back."""
    contest = result.contest.name
    match result.kind:
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


def _flash(result: Result, now: SeatsWon, was: SeatsWon | None) -> Draft:
    said, detail = seat_text(result, now), life.flash_detail(seat_detail(result, now))
    if was is not None and set(was.elected) != set(now.elected):
        return _other_result(result, now, was, detail)
    if was is not None and was.kind != "flash":
        return Draft(Occasion.RESULT_CORRECTED, life.by_flash_only(said), detail)
    return Draft(Occasion.FLASH, life.flash(said, again=was is not None), detail)


def _corrected(result: Result, before: Superseded, now: SeatsWon, was: SeatsWon) -> Draft:
    """Return the correction of a declared result: another winner, other figures, or other details."""
    said = seat_text(result, now)
    if said != seat_text(result, was) or set(now.elected) != set(was.elected):
        return _other_result(result, now, was)
    changes = _changes(result, before)
    detail = life.join_sentences(seat_detail(result, now), life.changes(changes))
    if result.majority != before.majority and result.contest.seats == 1:
        margin = life.margin(result.majority, lot=result.lot)
        text = life.by_instead_of(said, margin, life.margin(before.majority, lot=before.majority == 0))
        return Draft(Occasion.FIGURES_CORRECTED, text, detail)
    if changes:
        return Draft(Occasion.FIGURES_CORRECTED, life.other_figures(said), detail)
    return Draft(Occasion.DETAILS_CORRECTED, life.other_details(result.contest.name, result=True), detail)


def _other_result(result: Result, now: SeatsWon, was: SeatsWon, detail: str | None = None) -> Draft:
    """Return the correction of who is elected, or of gain, hold and win."""
    said, earlier = seat_text(result, now), seat_text(result, was)
    flash = now.kind == "flash"
    if said == earlier:
        names = {candidate.candidate: candidate.name for candidate in result.candidates}
        text = life.other_people(
            result.contest.name,
            [person(result, one).name for one in winners(result) if one.candidate not in was.elected],
            [names[one] for one in was.elected if one in names and one not in now.elected],
        )
    else:
        one_party = len(set(was.parties)) == 1 and was.parties[0] not in now.parties
        party = spoken(result.parties[was.parties[0]]).within if one_party else None
        text = life.other_result(life.by_flash(said) if flash else said, earlier, party)
    changes = () if result.supersedes is None else _changes(result, result.supersedes)
    unsaid = "" if earlier in text or said == earlier else life.replaces(earlier)
    detail = life.join_sentences(detail or seat_detail(result, now), life.changes(changes), unsaid)
    return Draft(Occasion.RESULT_CORRECTED, text, detail)


def _amended(result: Result, before: Superseded, was: SeatsWon | None) -> Draft:
    """Return the correction that follows from an amended register."""
    contest, detail = result.contest.name, ""
    if result.elected:
        now = seats_won(result)
        if was is not None and seat_text(result, now) != seat_text(result, was):
            return _other_result(result, now, was)
        detail = seat_detail(result, now)
    if result.electorate != before.electorate:
        text = life.other_electorate(contest, result.electorate, before.electorate)
    else:
        text = life.other_details(contest, result=bool(result.elected))
    changes = life.changes(_changes(result, before))
    return Draft(Occasion.DETAILS_CORRECTED, text, life.join_sentences(detail, changes) or life.amended_detail(contest))


def _changes(result: Result, before: Superseded) -> list[str]:
    """Return a phrase for each figure that has changed."""
    changes = [
        life.votes_changed(candidate.name, was[candidate.candidate], votes, final=final)
        for final, was in ((False, before.votes), (True, before.final_votes))
        for candidate in result.candidates
        if (votes := candidate.final_votes if final else candidate.votes) is not None
        and was.get(candidate.candidate, votes) != votes
    ]
    if before.electorate != result.electorate:
        changes.append(life.electorate_changed(before.electorate, result.electorate))
    return changes
