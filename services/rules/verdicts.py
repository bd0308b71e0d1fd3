"""Refused, held, noted: what a declaration's figures may show, and what becomes of it. docs/verdicts.md is this table.

Nothing is held yet. Until it is, a finding that is to be held is refused where it always was, and else the declaration
is taken.
"""

from dataclasses import dataclass
from typing import Final, Literal

from services.rules.papers import APART_MIN, APART_PER_CENT_MIN

Verdict = Literal["refused", "held", "noted"]
"""Cannot be true; can be true and rarely is, so that a second person must confirm it; is true of many real counts."""

Today = Literal["refused", "taken", "noted"]
"""What becomes of the declaration as long as nothing can be held."""

PAPERS_DIFFER: Final = "papers.differ"
ELECTORATE_UNKNOWN: Final = "electorate.unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that figures may show."""

    what: str
    """In words."""
    verdict: Verdict
    today: Today
    codes: tuple[str, ...] = ()
    """The reasons by which it is refused, docs/reasons.md; of what is noted, the note on the result."""
    source: str = ""
    """Where the rule or its limit comes from."""


VERDICTS: Final = (
    Finding(
        "somebody who is not a candidate of the contest, or a candidate without a figure",
        "refused",
        "refused",
        ("candidate.unknown", "candidate.missing", "elected.unknown_candidate", "lot.unknown_candidate"),
    ),
    Finding(
        "more votes, or rejected papers, than all papers verified allow",
        "refused",
        "refused",
        ("votes.above_papers", "votes.total_above_papers", "rejected.above_papers"),
        "Highworth 2019",
    ),
    Finding(
        "more votes, papers or rejected papers than the electors can have cast, where the electorate is known",
        "refused",
        "refused",
        (
            "votes.above_electorate",
            "votes.total_above_electorate",
            "rejected.above_electorate",
            "papers.above_electorate",
        ),
    ),
    Finding(
        "equal votes at the last seat without a lot, a lot without equal votes, or a lot that does not decide",
        "refused",
        "refused",
        ("lot.missing", "lot.no_tie", "lot.not_tied", "lot.wrong_number", "lot.twice"),
    ),
    Finding(
        "another number elected than there are seats, somebody twice, or nobody voted on where more stand than seats",
        "refused",
        "refused",
        ("elected.wrong_number", "elected.twice", "kind.contested"),
    ),
    Finding(
        "parts that do not add up to their whole: areas, heads of rejected papers",
        "refused",
        "refused",
        ("areas.do_not_add_up", "areas.rejected_do_not_add_up", "rejected_by_head.do_not_add_up"),
    ),
    Finding(
        "areas that are not those of the contest, each once",
        "refused",
        "refused",
        ("area.unknown", "area.twice", "area.left_out", "areas.not_for_contest"),
    ),
    Finding(
        "two rounds that do not follow one from the other",
        "refused",
        "refused",
        (
            "final_round.not_for_contest",
            "final_round.missing",
            "final_round.not_needed",
            "final_round.fewer_than_two",
            "final_round.wrong_candidates",
            "final_round.below_first",
            "final_round.too_many_transferred",
        ),
    ),
    Finding("no vote for anybody", "refused", "refused", ("votes.all_zero",), "Shelby County 2016"),
    Finding(
        f"papers that differ from votes and rejected papers by {APART_PER_CENT_MIN} % of them and at least {APART_MIN}",
        "held",
        "refused",
        ("papers.do_not_reconcile",),
        "Abacus, warning W.203; Putney 2024",
    ),
    Finding(
        "others declared elected than those with most votes",
        "held",
        "refused",
        ("elected.not_most_votes",),
        "a declaration stands in law until a court says otherwise: Nelson 2023",
    ),
    Finding("a turnout far from last time's, or from that of the contests around it", "held", "taken"),
    Finding("a swing beyond a limit", "held", "taken"),
    Finding("a correction that changes the winner", "held", "taken"),
    Finding(
        "an unknown electorate, and more than twice the votes of the largest of at least ten contests of that office",
        "held",
        "taken",
    ),
    Finding(
        "papers that differ from votes and rejected papers by less than that",
        "noted",
        "noted",
        (PAPERS_DIFFER,),
        "78 of 180 wards of one borough differ by one to four papers",
    ),
    Finding("an unknown electorate: nothing can be compared with it", "noted", "noted", (ELECTORATE_UNKNOWN,)),
)
"""Every finding. A withdrawal is never held: to take a figure down is the safe direction."""
