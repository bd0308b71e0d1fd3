"""All that notify says: one row for each occasion, with its kind, its priority and an example.

docs/headlines.md is made from these rows, and a test has the rules say every example. A new headline is a row here, its
kind in ``schemas.headline.Kind``, the rule that drafts it and its words.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Literal

from schemas.headline import Kind

About = Literal["seats", "count", "swing", "control", "landmark", "region"]
"""The seats of a contest: each result has exactly one such headline. Who is excluded in its count, or takes the last
seats; the largest swing of the election; who controls a body; a party's landmark in a body; how far a region is."""


@dataclass(frozen=True, slots=True)
class Row:
    """What is said on an occasion."""

    kind: Kind
    priority: int
    """From 1, which interrupts a programme, to 5; see ``schemas.headline.Priority``."""
    about: About
    when: str
    example: str


class Occasion(Enum):
    """An occasion to say something. A kind has several where priorities or words differ."""

    GAIN = Row("gain", 3, "seats", "a seat taken from another party", "Labour gains Testshire")
    HOLD = Row("hold", 3, "seats", "a seat kept", "Conservatives hold Testshire")
    WIN = Row("win", 3, "seats", "a seat that nobody held before", "Labour wins Testshire")
    ELECTED = Row("elected", 3, "seats", "a seat of which nobody knows who held it", "Greens win Testshire")
    UNCONTESTED = Row(
        "uncontested",
        3,
        "seats",
        "no more candidates than seats",
        "Conservatives hold all three seats in Testward unopposed",
    )
    LIST_SEATS = Row(
        "list_seats",
        3,
        "seats",
        "a contest by closed list: list seats are nobody's to gain or hold",
        "Labour takes three of six seats in Testfordshire; Con 2, Green 1",
    )
    REGION_SEATS = Row(
        "list_seats",
        3,
        "seats",
        "list seats beside constituencies, with the change from last time where it is known",
        "Testing list seats: Labour 4 (+1), Conservatives 2, Greens 1 (-1)",
    )
    ALLOCATION_CHECKED = Row(
        "allocation_checked",
        5,
        "seats",
        "list seats declared before their constituencies follow from these, now that all are declared",
        "CHECKED: Testing list seats: Labour 4 (+1), Conservatives 2, Greens 1 (-1)",
    )
    STAGE_ELECTED = Row(
        "stage",
        3,
        "seats",
        "a count is declared stage by stage, and somebody is elected at the new ones",
        "Ann Example (Con) elected on the first count in Testford",
    )
    STAGE_FIRST = Row(
        "stage",
        4,
        "seats",
        "its first preferences elect nobody; they fix quota and shares",
        "Labour leads first preferences in Testford with 40.0%; quota 1,001",
    )
    STAGE = Row(
        "stage",
        5,
        "seats",
        "nobody is elected at the new stages",
        "Testford: stage 2 counted, one of two seats filled",
    )
    REFERENDUM = Row(
        "referendum",
        2,
        "seats",
        "a referendum, by majority of votes; nobody's seat",
        "Yes wins the referendum in Testborough, by 1,234 votes",
    )
    REFERENDUM_TIED = Row(
        "referendum",
        2,
        "seats",
        "as many votes for both answers",
        "The referendum in Testborough is tied, with 5,000 votes each",
    )
    FLASH = Row("flash", 3, "seats", "the winner is known, the votes are not", "FLASH: Labour gains Testshire")
    PROGRESS = Row("progress", 5, "seats", "some local areas are counted", "Testshire: 7 of 11 areas counted")
    RECOUNT = Row("recount", 3, "seats", "the count is being repeated", "Recount in Testshire")
    POSTPONED = Row("postponed", 3, "seats", "the poll is put off or called off", "Poll in Testshire postponed")
    ANNULLED = Row("annulled", 2, "seats", "a court has voided the election", "Election in Testshire annulled")
    WITHDRAWAL = Row("withdrawal", 2, "seats", "published in error", 'WITHDRAWN: "Labour gains Testshire"')
    RESULT_CORRECTED = Row(
        "correction",
        2,
        "seats",
        "another winner than was said, or no result any more",
        'CORRECTION: Labour gains Testshire, not "Conservatives hold Testshire"',
    )
    FIGURES_CORRECTED = Row(
        "correction",
        3,
        "seats",
        "other figures or facts, the same winner",
        "CORRECTION: Labour gains Testshire, by 1,100, not 1,000",
    )
    DETAILS_CORRECTED = Row(
        "correction",
        5,
        "seats",
        "the register was amended, or something that changes no vote",
        "CORRECTION: electorate of Testshire is 120,000, not 100,000",
    )
    UNDER_REVIEW = Row(
        "under_review",
        2,
        "seats",
        "a correction that would change who is elected waits for a second person; the result stands meanwhile",
        "UNDER REVIEW: Labour gains Testshire",
    )
    REVIEW_ENDED = Row(
        "review_ended",
        2,
        "seats",
        "it was not taken, or something else with the same winner was declared",
        'REVIEW ENDED: "Labour gains Testshire" stands',
    )
    EXCLUDED = Row(
        "excluded",
        4,
        "count",
        "who is excluded at the stages that are new, in a count declared stage by stage",
        "Dan Trial (Green) excluded at stage 3 in Testford",
    )
    LAST_ELECTED = Row(
        "last_elected",
        3,
        "count",
        "the end of such a count: who takes the last seats, beside which party gains",
        "Bob Sample (Lab) takes the last seat in Testford at stage 4 without reaching the quota",
    )
    COUNT_CORRECTED = Row(
        "correction",
        4,
        "count",
        "somebody is not excluded after all, others take the last seats, or the count does not stand",
        "CORRECTION: Dan Trial (Green) not excluded in Testford",
    )
    LARGEST_SWING = Row(
        "largest_swing",
        4,
        "swing",
        "more than every swing known before, from the second one on",
        "Largest swing so far: 8.2 points from Conservatives to Labour in Testshire",
    )
    LARGEST_SWING_CORRECTED = Row(
        "correction",
        4,
        "swing",
        "the contest that had it was corrected or withdrawn",
        "CORRECTION: largest swing so far is 5.1 points from Conservatives to Labour in Sampleford",
    )
    COUNCIL_CLINCHED = Row(
        "clinched",
        2,
        "control",
        "control of a council is certain, with seats still to be declared",
        "Conservatives clinch control of Testing",
    )
    COUNCIL_GAINED = Row(
        "control_gained",
        2,
        "control",
        "all seats are declared: control has changed hands",
        "Conservatives gain Testing from no overall control",
    )
    COUNCIL_HELD = Row("control_held", 3, "control", "all seats are declared: control is kept", "Labour holds Testing")
    COUNCIL_LOST = Row(
        "control_lost",
        2,
        "control",
        "the holder is certain to have lost control, to nobody or to whom is open",
        "Conservatives lose Testing to no overall control",
    )
    COUNCIL_SURE_TO_BE_HUNG = Row(
        "no_overall_control",
        3,
        "control",
        "nobody can have a majority any more, with seats still to be declared",
        "Testing stays under no overall control",
    )
    COUNCIL_HUNG = Row(
        "no_overall_control",
        3,
        "control",
        "all seats are declared: nobody has a majority",
        "Testing stays under no overall control, with Labour the largest party",
    )
    COUNCIL_CORRECTED = Row(
        "correction",
        2,
        "control",
        "what was said about control no longer holds",
        "CORRECTION: control of Testing is open again",
    )
    PARLIAMENT_CLINCHED = Row(
        "clinched", 1, "control", "the same of a parliament", "Labour wins a majority in the House of Tests"
    )
    PARLIAMENT_GAINED = Row(
        "control_gained", 1, "control", "the same of a parliament", "Labour takes the House of Tests from Conservatives"
    )
    PARLIAMENT_HELD = Row(
        "control_held", 1, "control", "the same of a parliament", "Conservatives hold the House of Tests"
    )
    PARLIAMENT_LOST = Row(
        "control_lost",
        1,
        "control",
        "the same of a parliament",
        "Conservatives lose their majority in the House of Tests",
    )
    PARLIAMENT_SURE_TO_BE_HUNG = Row(
        "no_overall_control",
        1,
        "control",
        "the same of a parliament",
        "Hung parliament: no party can win a majority in the House of Tests",
    )
    PARLIAMENT_HUNG = Row(
        "no_overall_control",
        1,
        "control",
        "the same of a parliament",
        "Hung parliament, with Conservatives the largest party in the House of Tests",
    )
    PARLIAMENT_CORRECTED = Row(
        "correction",
        1,
        "control",
        "the same of a parliament",
        "CORRECTION: the majority in the House of Tests is open again; Conservatives lose theirs",
    )
    LANDMARK = Row(
        "landmark",
        2,
        "landmark",
        "a party reaches a number of seats worth a headline",
        "Labour reaches 326 seats in the House of Tests",
    )
    LANDMARK_CORRECTED = Row(
        "correction",
        2,
        "landmark",
        "and falls below it again",
        "CORRECTION: Labour is back below 326 seats in the House of Tests",
    )
    LARGEST = Row(
        "landmark",
        2,
        "landmark",
        "a party is certain to be the largest of a body elected by proportion, with seats still to be declared and no "
        "majority certain",
        "Labour certain to be the largest party in the House of Tests",
    )
    LARGEST_CORRECTED = Row(
        "correction",
        2,
        "landmark",
        "and that is open again, or it is another one",
        "CORRECTION: Labour no longer certain to be the largest party in the House of Tests",
    )
    REGION_COMPLETE = Row(
        "region_complete",
        4,
        "region",
        "every contest expected in a region is declared, if there are several",
        "All nine contests in Media Testing declared",
    )
    REGION_CORRECTED = Row(
        "correction",
        4,
        "region",
        "one of its contests is to be declared again",
        "CORRECTION: 8 of 9 contests in Media Testing declared",
    )
    ALL_DECLARED = Row("all_declared", 2, "region", "the same of the whole election", "All 14 contests declared")
    ALL_DECLARED_CORRECTED = Row(
        "correction", 2, "region", "the same of the whole election", "CORRECTION: 13 of 14 contests declared"
    )
