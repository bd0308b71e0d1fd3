"""One entry for every way in which local counts cannot be those of the contest."""

from typing import Final

from tests.services.ingest.lives import message, refused, register_of
from tests.services.ingest.refusals import Refused, declared
from tests.services.registers import synthetic_contest

AREAS: Final = ("Northby", "Southby", "Westby")
IN_AREAS: Final = register_of(synthetic_contest(areas=AREAS, electorate=1_000))
VOTES: Final = {"ann-example": 60, "bob-sample": 90, "cay-specimen": 30}
THIRD: Final = {"ann-example": 20, "bob-sample": 30, "cay-specimen": 10}


def area(name: object, votes: object = THIRD, **fields: object) -> dict[str, object]:
    """Return a local count, a third of the whole where nothing else is said."""
    return {"area": name, "votes": votes, **fields}


def counted(*areas: object, **fields: object) -> dict[bytes, bytes]:
    """Return a declaration with local counts."""
    return message("declared", votes=VOTES, areas=areas, **fields)


def so_far(*areas: object) -> dict[bytes, bytes]:
    """Return a message of progress with the counts of some areas."""
    return message("progress", areas=areas)


NORTH, SOUTH, WEST = (area(name) for name in AREAS)


def _refused(fields: dict[bytes, bytes], *told: str, sentence: str = "") -> Refused:
    return refused(fields, *told, sentence=sentence, register=IN_AREAS)


COUNTS: Final = {
    "areas of a contest that has none": declared(
        "data/areas",
        [area("Northby")],
        "areas.not_for_contest data.areas",
        sentence="The register names no areas of Testshire. Leave areas out.",
    ),
    "progress of a contest that has none": refused(so_far(NORTH), "areas.not_for_contest data.areas"),
    "one area left out": _refused(
        counted(NORTH, SOUTH),
        "area.left_out data.areas",
        sentence="Westby is missing from the areas. Give every area, or none; as long as some are to come, "
        "kind is progress.",
    ),
    "no area of three": _refused(counted(), *["area.left_out data.areas"] * 3),
    "an area misspelt": _refused(
        counted(NORTH, SOUTH, area("Wetsby")),
        "area.unknown data.areas.2.area",
        "area.left_out data.areas",
        sentence='"Wetsby" is not an area of Testshire. Did you mean Westby?',
    ),
    "an area twice": _refused(
        counted(NORTH, SOUTH, WEST, WEST),
        "area.twice data.areas.3.area",
        sentence='"Westby" is counted twice. Give each area once.',
    ),
    "an area twice and one left out": _refused(
        counted(NORTH, SOUTH, SOUTH), "area.twice data.areas.2.area", "area.left_out data.areas"
    ),
    "a vote too many in one area": _refused(
        counted(NORTH, SOUTH, area("Westby", {**THIRD, "bob-sample": 31})),
        "areas.do_not_add_up data.votes.bob-sample",
        sentence="Bob Sample has 91 votes in all areas together, but 90 as a whole. Check every area and the whole.",
    ),
    "two figures swapped in one area": _refused(
        counted(NORTH, SOUTH, area("Westby", {"ann-example": 30, "bob-sample": 20, "cay-specimen": 10})),
        "areas.do_not_add_up data.votes.ann-example",
        "areas.do_not_add_up data.votes.bob-sample",
    ),
    "a candidate without votes in one area": _refused(
        counted(NORTH, SOUTH, area("Westby", {"ann-example": 20, "bob-sample": 30})),
        "candidate.missing data.areas.2.votes.cay-specimen",
        sentence="Cay Specimen (cay-specimen) has no figure in Westby. Give every candidate's votes; "
        "0 if there were none.",
    ),
    "a stranger in one area": _refused(
        counted(NORTH, SOUTH, area("Westby", {**THIRD, "dan-trial": 1})),
        "candidate.unknown data.areas.2.votes.dan-trial",
    ),
    "rejected papers that do not add up": _refused(
        counted(*(area(name, rejected=2) for name in AREAS), rejected=7),
        "areas.rejected_do_not_add_up data.areas",
        sentence="6 papers were rejected in the areas, but 7 as a whole. Check every area and the whole.",
    ),
    "more papers rejected in one area than in all": _refused(
        counted(area("Northby", rejected=8), SOUTH, WEST, rejected_by_head={"unmarked": 7}),
        "areas.rejected_do_not_add_up data.areas",
    ),
    "progress of an unknown area": _refused(
        so_far(NORTH, area("Eastby")),
        "area.unknown data.areas.1.area",
    ),
    "progress of one area twice": _refused(so_far(NORTH, NORTH), "area.twice data.areas.1.area"),
    "progress of a stranger": _refused(
        so_far(area("Northby", {"Ann Example": 20})), "candidate.unknown data.areas.0.votes.Ann Example"
    ),
    "more votes so far than electors": _refused(
        so_far(NORTH, area("Southby", {"ann-example": 930}, rejected=11)), "votes.total_above_electorate data.areas"
    ),
    "only the final round, and the areas say more": refused(
        message(
            "declared",
            votes={"ann-example": 60, "bob-sample": 90},
            final_round={"ann-example": 70, "bob-sample": 100},
            areas=[NORTH, SOUTH, WEST],
        ),
        "candidate.missing data.votes.cay-specimen",
        register=register_of(synthetic_contest(areas=AREAS, voting_system="supplementary-vote", electorate=1_000)),
    ),
}

IN_WORDS: Final = (
    'Ann Example\'s votes in data.areas.0 are "2,0", a text. Write a whole number without quotes or commas: 20.'
)

SHAPES: Final = {
    "areas an object": _refused(
        message("declared", votes=VOTES, areas={"Northby": THIRD}), "areas.not_a_list data.areas"
    ),
    "an area a text": _refused(counted("Northby", SOUTH, WEST), "area.not_an_object data.areas.0"),
    "an area without a name": _refused(counted({"votes": THIRD}, SOUTH, WEST), "area.missing data.areas.0.area"),
    "an area without votes": _refused(counted({"area": "Northby"}, SOUTH, WEST), "area.missing data.areas.0.votes"),
    "an area's name a number": _refused(counted(area(1), SOUTH, WEST), "area.not_text data.areas.0.area"),
    "an area's name empty": _refused(counted(area(""), SOUTH, WEST), "area.empty data.areas.0.area"),
    "an area's name too long": _refused(counted(area("N" * 201), SOUTH, WEST), "area.too_long data.areas.0.area"),
    "a mark in an area's name": _refused(
        counted(area("Northby\u200b"), SOUTH, WEST), "text.invisible_character data.areas.0.area"
    ),
    "an unknown field of an area": _refused(
        counted(area("Northby", rejectd=1), SOUTH, WEST),
        "field.unknown data.areas.0.rejectd",
        sentence="data.areas.0.rejectd is not a field that Tallywire knows. Did you mean rejected? "
        "Leave it out or rename it.",
    ),
    **{
        f"votes in an area {name}": _refused(
            counted(area("Northby", {**THIRD, "ann-example": value}), SOUTH, WEST),
            f"area.{code} data.areas.0.votes.ann-example",
            sentence=sentence,
        )
        for name, value, code, sentence in (
            (
                "a text",
                "2,0",
                "text",
                IN_WORDS,
            ),
            ("a fraction", 20.5, "fraction", ""),
            ("true", True, "true_or_false", ""),
            ("null", None, "null", ""),
            ("a list", [], "not_a_number", ""),
            ("negative", -1, "negative", ""),
            ("too large", 2_000_000_000, "too_large", ""),
        )
    },
}
