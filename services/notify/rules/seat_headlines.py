"""The seat headline of a result: one for each, by what the declaration says and what the one before it said.

+---------------------+-------------------------------------------------------------------------------------+
| it says             | headline                                                                            |
+=====================+=====================================================================================+
| same revision       | correction: the register was amended, or the flow of seats is another now           |
| declared, or        | the seats; a correction when the one before it was a result, or a flash that named  |
| uncontested         | others; "declared again" after a withdrawal                                         |
| flash               | flash; a correction when the one before it named others, or was a result            |
| progress            | progress; a correction when it takes back a result                                  |
| recount, postponed  | itself, with "result set aside" or "flash set aside" when it takes one back         |
| withdrawn, annulled | itself, with what no longer holds                                                   |
+---------------------+-------------------------------------------------------------------------------------+
"""

from schemas.result import Result, Superseded
from services.notify.rules.draft import Saying
from services.notify.rules.occasions import Case
from services.notify.rules.seats import Won, person, seat_detail, seat_text, winners, won_before, won_now
from services.notify.rules.wording import life
from services.notify.rules.wording.english import spoken


def seat_headline(result: Result) -> Saying:
    """Return what a result says of its seats."""
    was = won_before(result)
    if result.supersedes is not None and result.supersedes.revision == result.revision:
        return _amended(result, result.supersedes, was)
    if not result.elected:
        return _nobody_elected(result, was)
    now = won_now(result)
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
    return Saying(_case(now), text, seat_detail(result, now))


def _case(now: Won) -> Case:
    if now.kind == "uncontested":
        return "uncontested"
    return "elected" if now.outcome is None else now.outcome.change


# --- nobody is elected --------------------------------------------------------------------------------------


def _nobody_elected(result: Result, was: Won | None) -> Saying:
    contest, said = result.contest.name, None if was is None else seat_text(result, was)
    before = None if result.supersedes is None else result.supersedes.kind
    case, text, detail = _itself(result, said, before)
    if result.kind == before and case not in ("progress", "recount"):
        # The same again, for another reason.
        text = life.other_details(contest, result=False)
        return Saying("details_corrected", text, life.because(detail, result.reason, None))
    if was is not None and case in ("progress", "recount", "postponed"):
        text = life.set_aside(text, flash=was.kind == "flash")
    if was is not None and was.kind != "flash" and case == "progress":
        case, text = "result_corrected", life.CORRECTION + text
    unsaid = None if said is None or said in text else said
    return Saying(case, text, life.because(detail, result.reason, unsaid))


def _itself(result: Result, said: str | None, before: str | None) -> tuple[Case, str, str]:
    """Return occasion, headline and detail of a message that elects nobody; ``said`` is what it takes back."""
    contest = result.contest.name
    match result.kind:
        case "withdrawn":
            return "withdrawal", life.withdrawn(contest, said, before), life.withdrawn_detail(contest)
        case "annulled":
            return "annulled", life.annulled(contest), life.annulled_detail(contest)
        case "recount":
            return "recount", life.recount(contest, again=before == "recount"), life.recount_detail(contest)
        case "progress":
            areas = result.areas_declared, result.areas_expected
            return "progress", life.progress(contest, *areas), life.progress_detail(contest, *areas)
        case kind:
            text = life.postponed(contest, countermanded=kind == "countermanded")
            return "postponed", text, life.postponed_detail(contest)


# --- flashes and corrections --------------------------------------------------------------------------------


def _flash(result: Result, now: Won, was: Won | None) -> Saying:
    said, detail = seat_text(result, now), life.flash_detail(seat_detail(result, now))
    if was is not None and set(was.elected) != set(now.elected):
        return _other_result(result, now, was, detail)
    if was is not None and was.kind != "flash":
        return Saying("result_corrected", life.by_flash_only(said), detail)
    return Saying("flash", life.flash(said, again=was is not None), detail)


def _corrected(result: Result, before: Superseded, now: Won, was: Won) -> Saying:
    """Return the correction of a result by another one: of winner, figures or details."""
    said = seat_text(result, now)
    if said != seat_text(result, was) or set(now.elected) != set(was.elected):
        return _other_result(result, now, was)
    changes = _changes(result, before)
    detail = life.joined(seat_detail(result, now), life.changes(changes))
    if result.majority != before.majority and result.contest.seats == 1:
        margin = life.margin(result.majority, lot=result.lot)
        text = life.by_instead_of(said, margin, life.margin(before.majority, lot=before.majority == 0))
        return Saying("figures_corrected", text, detail)
    if changes:
        return Saying("figures_corrected", life.other_figures(said), detail)
    return Saying("details_corrected", life.other_details(result.contest.name, result=True), detail)


def _other_result(result: Result, now: Won, was: Won, detail: str | None = None) -> Saying:
    """Return the correction of who is elected, or of what that means."""
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
    detail = life.joined(detail or seat_detail(result, now), life.changes(changes), unsaid)
    return Saying("result_corrected", text, detail)


def _amended(result: Result, before: Superseded, was: Won | None) -> Saying:
    """Return what an amended register means for what stands."""
    contest, detail = result.contest.name, ""
    if result.elected:
        now = won_now(result)
        if was is not None and seat_text(result, now) != seat_text(result, was):
            return _other_result(result, now, was)
        detail = seat_detail(result, now)
    if result.electorate != before.electorate:
        text = life.other_electorate(contest, result.electorate, before.electorate)
    else:
        text = life.other_details(contest, result=bool(result.elected))
    changes = life.changes(_changes(result, before))
    return Saying("details_corrected", text, life.joined(detail, changes) or life.amended_detail(contest))


def _changes(result: Result, before: Superseded) -> list[str]:
    """Return every figure that is another one than before."""
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
