"""Refused, held, noted: what a declaration's figures may show, and what becomes of it. docs/verdicts.md is this table.

Where an election does not ask for signatures nobody can be held to be another person: there, two of the findings that
would be held are refused, and the others are noted on the result.
"""

from dataclasses import dataclass
from typing import Final, Literal

from schemas.register import DEFAULT_HOLD_LIMITS

Verdict = Literal["refused", "held", "noted"]
"""Cannot be true; can be true and rarely is, so that a second person must confirm it; is true of many real counts."""

Unsigned = Literal["refused", "noted"]
"""What becomes of the declaration where the election does not ask for signatures."""

PAPERS_DIFFER: Final = "papers.differ"
ELECTORATE_UNKNOWN: Final = "electorate.unknown"
PAPERS_TOO_FEW: Final = "papers.too_few"
PAPERS_DO_NOT_RECONCILE: Final = "papers.do_not_reconcile"
PAPERS_NOT_COUNTED: Final = "papers.not_counted"
ELECTED_NOT_MOST_VOTES: Final = "elected.not_most_votes"
ALLOCATION_DIFFERS: Final = "allocation.differs"
ALLOCATION_IN_DOUBT: Final = "allocation.not_by_constituencies"
TURNOUT_BEYOND_LIMITS: Final = "turnout.beyond_limits"
TURNOUT_FAR_FROM_LAST: Final = "turnout.far_from_last"
TURNOUT_FAR_FROM_OTHERS: Final = "turnout.far_from_others"
SWING_BEYOND_LIMIT: Final = "swing.beyond_limit"
WINNER_CHANGED: Final = "winner.changed"
VOTES_FAR_ABOVE_OTHERS: Final = "votes.far_above_others"
VOTES_FAR_BELOW_OTHERS: Final = "votes.far_below_others"
STAGES_ROUNDED: Final = "stages.rounded"
STAGES_VALUE_ODD: Final = "stages.value_odd"
STAGES_NOT_DECLARED: Final = "stages.not_declared"
STAGES_SURPLUS_NOT_TRANSFERRED: Final = "stages.surplus_not_transferred"
STAGES_SURPLUS_TRANSFERRED: Final = "stages.surplus_transferred"
STAGES_SURPLUS_ORDER: Final = "stages.surplus_order"
STAGES_SURPLUS_LEFT: Final = "stages.surplus_left"
STAGES_ENDED_EARLY: Final = "stages.ended_early"
STAGES_PART_LEFT: Final = "stages.part_left"
STAGES_FEWER_EXCLUDED: Final = "stages.fewer_excluded"
STAGES_LAST_TRANSFERRED: Final = "stages.last_transferred"
STAGES_LAST_NOT_TRANSFERRED: Final = "stages.last_not_transferred"

_LIMITS: Final = DEFAULT_HOLD_LIMITS


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that figures may show."""

    what: str
    """In words."""
    verdict: Verdict
    unsigned: Unsigned
    codes: tuple[str, ...] = ()
    """The reasons by which it is refused or held, docs/reasons.md; of what is noted, the note on the result."""
    source: str = ""
    """Where the rule or its limit comes from."""


VERDICTS: Final = (
    Finding(
        "somebody who is not a candidate of the contest, or a candidate without a figure",
        "refused",
        "refused",
        (
            "candidate.unknown",
            "candidate.missing",
            "elected.unknown_candidate",
            "lot.unknown_candidate",
            "stages.unknown_candidate",
        ),
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
    Finding(
        "a quota, stages, or a count that goes on, of a contest that has none",
        "refused",
        "refused",
        ("quota.not_for_contest", "stages.not_for_contest", "kind.not_for_contest"),
    ),
    Finding(
        "a quota that is not by the rule",
        "refused",
        "refused",
        ("quota.not_by_rule",),
        "SSI 2007/42 rule 46; SI 1985/454 rule 48",
    ),
    Finding(
        "figures of a stage that do not follow from the stage before, or do not add up to the valid votes",
        "refused",
        "refused",
        (
            "stages.total_missing",
            "stages.total_not_the_sum",
            "stages.transfer_not_the_difference",
            "stages.fell",
            "stages.falls_next",
            "stages.elected_not_as_before",
            "stages.excluded_not_as_before",
            "stages.left_over",
            "stages.do_not_add_up",
            "stages.too_much_transferred",
            "stages.value_not_by_rule",
            "stages.non_transferable_fell",
        ),
        "one of 351 Scottish sheets of 2017, one of 37 of Northern Ireland",
    ),
    Finding(
        "another surplus transferred, or another candidate excluded, than was next by the rules; equal votes at every "
        "stage without a lot, or a lot without them",
        "refused",
        "refused",
        (
            "stages.surplus_of_several",
            "stages.no_surplus",
            "stages.wrong_surplus",
            "stages.surplus_first",
            "stages.wrong_exclusion",
            "stages.cannot_be_excluded",
            "stages.lot_missing",
            "stages.lot_not_needed",
        ),
        "SSI 2007/42 rules 48 to 51; SI 1985/454 rules 49 to 51",
    ),
    Finding(
        "others elected than by the stages, or a count that goes on when it is over, or ends before it is",
        "refused",
        "refused",
        (
            "stages.below_quota",
            "stages.elected_before",
            "stages.elected_left_out",
            "stages.others_elected",
            "stages.after_the_end",
            "stages.end_too_early",
            "stages.more_than_possible",
            "stages.not_given",
        ),
        "SSI 2007/42 rules 47, 52; SI 1985/454 rules 48, 52",
    ),
    Finding(
        "a lot in a referendum, or an answer declared that has as many votes as another",
        "refused",
        "refused",
        ("lot.not_for_contest", "elected.no_answer"),
    ),
    Finding("no vote for anybody", "refused", "refused", ("votes.all_zero",), "Shelby County 2016"),
    Finding(
        f"more votes and rejected papers than papers verified, by {_LIMITS.papers_apart_per_cent} % of them and "
        f"at least {_LIMITS.papers_apart_min}",
        "refused",
        "refused",
        (PAPERS_TOO_FEW,),
        "Highworth 2019",
    ),
    Finding(
        f"papers verified that are neither votes nor rejected, {_LIMITS.papers_apart_per_cent} % of them and at least "
        f"{_LIMITS.papers_apart_min}",
        "held",
        "refused",
        (PAPERS_DO_NOT_RECONCILE,),
        "Abacus, warning W.203; Putney 2024",
    ),
    Finding(
        "the same where it is less certain: with several seats, or where nobody says how many papers were rejected, "
        f"more than {_LIMITS.rejected_per_cent} % of the papers verified",
        "held",
        "noted",
        (PAPERS_NOT_COUNTED,),
        "Putney 2024",
    ),
    Finding(
        "others declared elected than those with most votes",
        "held",
        "refused",
        (ELECTED_NOT_MOST_VOTES,),
        "a declaration stands in law until a court says otherwise: Nelson 2023",
    ),
    Finding(
        "seats of a list that the rule does not give",
        "held",
        "refused",
        (ALLOCATION_DIFFERS,),
        "a declaration stands in law until a court says otherwise; one copy of the Senedd's results of 2026",
    ),
    Finding(
        "a region without the lists that have its seats; more seats for a list than it has people",
        "refused",
        "refused",
        ("elected.needed", "elected.list_used_up", "elected.individual"),
    ),
    Finding(
        "equal figures of lists at the last seat without a lot, or a lot that does not decide between them",
        "refused",
        "refused",
        ("lot.missing_for_list", "lot.not_of_equal_figures"),
    ),
    Finding(
        "constituencies of a region that are not those any more on which its seats rest",
        "noted",
        "noted",
        (ALLOCATION_IN_DOUBT,),
        "the region is under review until it is declared again",
    ),
    Finding(
        f"a turnout below {_LIMITS.turnout_per_cent_min} % or above {_LIMITS.turnout_per_cent_max} %",
        "held",
        "noted",
        (TURNOUT_BEYOND_LIMITS,),
        "Kent County 2024",
    ),
    Finding(
        "a turnout far from that of the contests around it",
        "held",
        "noted",
        (TURNOUT_FAR_FROM_OTHERS,),
        "Leelanau County 2024",
    ),
    Finding(
        "votes far from last time's, beside how they changed in the contests around it",
        "held",
        "noted",
        (TURNOUT_FAR_FROM_LAST,),
        "Putney 2024",
    ),
    Finding("a swing beyond a limit", "held", "noted", (SWING_BEYOND_LIMIT,), "Antrim County 2020"),
    Finding(
        "another winner than the last one that was declared, whatever came between",
        "held",
        "noted",
        (WINNER_CHANGED,),
    ),
    Finding(
        "an unknown electorate, and more than twice the votes of the largest of at least ten contests of that office",
        "held",
        "noted",
        (VOTES_FAR_ABOVE_OTHERS,),
    ),
    Finding(
        "an unknown electorate, and less than a tenth of the votes of the smallest of at least ten",
        "held",
        "noted",
        (VOTES_FAR_BELOW_OTHERS,),
        "Kent County 2024",
    ),
    Finding(
        "papers that differ from votes and rejected papers by fewer than that",
        "noted",
        "noted",
        (PAPERS_DIFFER,),
        "78 of 180 wards of one borough differ by one to four papers",
    ),
    Finding(
        "a single transferable vote declared without its stages",
        "noted",
        "noted",
        (STAGES_NOT_DECLARED,),
    ),
    Finding(
        "totals of a stage printed with fewer decimals than they have",
        "noted",
        "noted",
        (STAGES_ROUNDED,),
        "35 of 351 wards of Scotland, 2017",
    ),
    Finding(
        "in Northern Ireland, votes received at a stage that are no number of papers at their value",
        "noted",
        "noted",
        (STAGES_VALUE_ODD,),
        "Lagan Valley and Belfast South, 2011: one candidate each; a surplus of Balmoral, 2014",
    ),
    Finding(
        "in Northern Ireland, a smaller surplus transferred before a larger one",
        "noted",
        "noted",
        (STAGES_SURPLUS_ORDER,),
        "SI 1985/454 rule 50; 17 to 21 stages of the councils' counts in each of 2014, 2019 and 2023",
    ),
    Finding(
        "in Northern Ireland, the lowest excluded, or the count ended, with a surplus to transfer that could have "
        "mattered; who is elected then leads",
        "noted",
        "noted",
        (STAGES_SURPLUS_LEFT, STAGES_ENDED_EARLY),
        "SI 1985/454 rules 49(9), 52; 8 and 13 of the councils' counts of 2014, 2019 and 2023",
    ),
    Finding(
        "in Northern Ireland, less than a vote left with somebody who is excluded",
        "noted",
        "noted",
        (STAGES_PART_LEFT,),
        "SI 1985/454 rule 51; Belfast South, 2011: 0.7 and 0.5",
    ),
    Finding(
        "in Northern Ireland, what the rules leave to the officer: a small surplus not transferred, or transferred all "
        "the same; fewer excluded at once than may be",
        "noted",
        "noted",
        (STAGES_SURPLUS_NOT_TRANSFERRED, STAGES_SURPLUS_TRANSFERRED, STAGES_FEWER_EXCLUDED),
        "SI 1985/454 rules 49(10), 51(12)",
    ),
    Finding(
        "the votes of the last excluded transferred where they usually stay, or not transferred where they usually are",
        "noted",
        "noted",
        (STAGES_LAST_TRANSFERRED, STAGES_LAST_NOT_TRANSFERRED),
        "SSI 2007/42 rule 52; SI 1985/454 rule 52",
    ),
    Finding("an unknown electorate: nothing can be compared with it", "noted", "noted", (ELECTORATE_UNKNOWN,)),
)
"""Every finding. A withdrawal is never held: to take a figure down is the safe direction."""

HELD: Final = frozenset(code for finding in VERDICTS if finding.verdict == "held" for code in finding.codes)
"""What a second person may let through."""

ODD: Final = HELD - {PAPERS_DO_NOT_RECONCILE, ALLOCATION_DIFFERS}
"""What is noted on a result when it is declared, and not worked out again: by then, others have been declared."""
