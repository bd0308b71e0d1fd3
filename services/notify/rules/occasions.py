"""Everything there is to say: THE table of kinds, each with its priority, its occasion and an example.

docs/headlines.md shows it, and a test takes every example from the rules themselves.
"""

from dataclasses import dataclass
from typing import Final, Literal

from schemas.headline import Kind

Case = Literal[
    "gain",
    "hold",
    "win",
    "elected",
    "uncontested",
    "flash",
    "progress",
    "recount",
    "postponed",
    "annulled",
    "withdrawal",
    "result_corrected",
    "figures_corrected",
    "details_corrected",
    "first_time",
    "incumbent_defeated",
    "narrow_majority",
    "lot",
    "largest_swing",
    "council_clinched",
    "council_gained",
    "council_held",
    "council_lost",
    "council_hung",
    "council_corrected",
    "parliament_clinched",
    "parliament_gained",
    "parliament_held",
    "parliament_lost",
    "parliament_hung",
    "parliament_corrected",
    "landmark",
    "landmark_corrected",
    "region_complete",
    "all_declared",
]
"""An occasion to say something. A kind has several where their priorities differ."""


@dataclass(frozen=True, slots=True)
class Sort:
    """What is said on an occasion."""

    kind: Kind
    priority: int
    """From 1, which interrupts a programme, to 5; see ``schemas.headline.Priority``."""
    when: str
    example: str


KINDS: Final[dict[Case, Sort]] = {
    "gain": Sort("gain", 3, "a seat taken from another party", "Labour gains Testshire"),
    "hold": Sort("hold", 3, "a seat kept", "Conservatives hold Testshire"),
    "win": Sort("win", 3, "a seat that nobody held before", "Labour wins Testshire"),
    "elected": Sort("elected", 3, "a seat of which nobody knows who held it", "Greens win Testshire"),
    "uncontested": Sort(
        "uncontested", 3, "no more candidates than seats", "Conservatives hold all three seats in Testward unopposed"
    ),
    "flash": Sort("flash", 3, "the winner is known, the votes are not", "FLASH: Labour gains Testshire"),
    "progress": Sort("progress", 5, "some local areas are counted", "Testshire: 7 of 11 areas counted"),
    "recount": Sort("recount", 3, "the count is being repeated", "Recount in Testshire"),
    "postponed": Sort("postponed", 3, "the poll is put off or called off", "Poll in Testshire postponed"),
    "annulled": Sort("annulled", 2, "a court has voided the election", "Election in Testshire annulled"),
    "withdrawal": Sort("withdrawal", 2, "published in error", 'WITHDRAWN: "Labour gains Testshire"'),
    "result_corrected": Sort(
        "correction",
        2,
        "another winner than was said, or no result any more",
        'CORRECTION: Labour gains Testshire, not "Conservatives hold Testshire"',
    ),
    "figures_corrected": Sort(
        "correction", 3, "other figures, the same winner", "CORRECTION: Labour gains Testshire, by 1,100, not 1,000"
    ),
    "details_corrected": Sort(
        "correction",
        5,
        "the register was amended, or something that changes no vote",
        "CORRECTION: electorate of Testshire is 120,000, not 100,000",
    ),
    "first_time": Sort(
        "first_time", 4, "a party wins what it never won before", "Labour gains Testshire for the first time"
    ),
    "incumbent_defeated": Sort(
        "incumbent_defeated", 4, "a sitting member stood again and lost", "Ann Example defeated in Testshire"
    ),
    "narrow_majority": Sort(
        "narrow_majority", 4, "less than one valid vote in a hundred between them", "Labour gains Testshire by 12 votes"
    ),
    "lot": Sort("lot", 4, "equal votes", "Testshire decided by lot after a tie on 1,084 votes"),
    "largest_swing": Sort(
        "largest_swing",
        4,
        "more than every swing known before, from the second one on",
        "Largest swing so far: 8.2 points from Conservatives to Labour in Testshire",
    ),
    "council_clinched": Sort(
        "clinched",
        2,
        "control of a council is certain, with seats still to be declared",
        "Conservatives clinch control of Testing",
    ),
    "council_gained": Sort(
        "control_gained",
        2,
        "all seats are declared: control has changed hands",
        "Conservatives gain Testing from no overall control",
    ),
    "council_held": Sort("control_held", 3, "all seats are declared: control is kept", "Labour holds Testing"),
    "council_lost": Sort(
        "control_lost",
        2,
        "the holder is certain to have lost control, to nobody or to whom is open",
        "Conservatives lose Testing to no overall control",
    ),
    "council_hung": Sort(
        "no_overall_control",
        3,
        "all seats are declared: nobody has a majority",
        "Testing stays under no overall control, with Labour the largest party",
    ),
    "council_corrected": Sort(
        "correction", 2, "what was said about control no longer holds", "CORRECTION: control of Testing is open again"
    ),
    "parliament_clinched": Sort(
        "clinched", 1, "the same of a parliament", "Labour wins a majority in the House of Tests"
    ),
    "parliament_gained": Sort(
        "control_gained", 1, "the same of a parliament", "Labour takes the House of Tests from Conservatives"
    ),
    "parliament_held": Sort("control_held", 1, "the same of a parliament", "Conservatives hold the House of Tests"),
    "parliament_lost": Sort(
        "control_lost", 1, "the same of a parliament", "Conservatives lose their majority in the House of Tests"
    ),
    "parliament_hung": Sort(
        "no_overall_control",
        1,
        "the same of a parliament",
        "Hung parliament, with Conservatives the largest party in the House of Tests",
    ),
    "parliament_corrected": Sort(
        "correction",
        1,
        "the same of a parliament",
        "CORRECTION: the majority in the House of Tests is open again",
    ),
    "landmark": Sort(
        "landmark",
        2,
        "a party reaches a number of seats worth a headline",
        "Labour reaches 326 seats in the House of Tests",
    ),
    "landmark_corrected": Sort(
        "correction", 2, "and falls below it again", "CORRECTION: Labour is back below 326 seats in the House of Tests"
    ),
    "region_complete": Sort(
        "region_complete",
        4,
        "every contest expected in a region is declared, if there are several",
        "All nine contests in Media Testing declared",
    ),
    "all_declared": Sort("all_declared", 2, "the same of the whole election", "All 14 contests declared"),
}
"""By occasion: what each result says of its seat, what else is remarkable about it, what follows for councils, and for
regions."""
