"""One entry for every way in which votes, papers and electors cannot be reconciled, with what its sender is told."""

from typing import Final

from schemas.register import Baselines, Candidate
from tests.services.declarations import entry, synthetic_declaration
from tests.services.ingest.refusals import Refused, declared
from tests.services.registers import TESTSHIRE, synthetic_contest, synthetic_register

PAPERS: Final = {
    "one candidate above the electorate": Refused(
        entry(
            synthetic_declaration(
                votes={"ann-example": 183_300, "bob-sample": 1, "cay-specimen": 1},
                elected=None,
                rejected=None,
                papers=None,
            )
        ),
        (("votes.above_electorate", "data.votes.ann-example"),),
        "Ann Example has 183,300 votes, more than the 100,000 electors of Testshire. Check for a digit too many.",
    ),
    "one vote more than electors": Refused(
        entry(
            synthetic_declaration(
                votes={"ann-example": 100_001, "bob-sample": 0, "cay-specimen": 0},
                elected=None,
                rejected=None,
                papers=None,
            )
        ),
        (("votes.above_electorate", "data.votes.ann-example"),),
    ),
    "together above the electorate": Refused(
        entry(
            synthetic_declaration(
                votes={"ann-example": 50_000, "bob-sample": 49_999, "cay-specimen": 1},
                elected=None,
                rejected=1,
                papers=None,
            )
        ),
        (("votes.total_above_electorate", "data.votes"),),
    ),
    "rejected above the electorate": declared(
        "data/rejected", 100_001, "rejected.above_electorate data.rejected", "rejected.above_papers data.rejected"
    ),
    "papers above the electorate": declared(
        "data/papers", 100_001, "papers.above_electorate data.papers", "papers.do_not_reconcile data.papers"
    ),
    "every paper rejected": Refused(
        entry(synthetic_declaration(rejected=30_000, papers=30_000)), (("papers.too_few", "data.papers"),)
    ),
    "a candidate left out of the papers": declared(
        "data/papers",
        62_792,
        "papers.do_not_reconcile data.papers",
        sentence="6,558 papers verified and not counted: 55,000 votes and 1,234 rejected papers make 56,234, but "
        "papers is 62,792. Check for a candidate or a figure left out.",
    ),
    "papers too few": declared(
        "data/papers",
        55_100,
        "papers.too_few data.papers",
        sentence="55,000 votes and 1,234 rejected papers make 56,234, 1,134 more than the 55,100 papers verified. "
        "Check for a digit too many, or a figure counted twice.",
    ),
    "papers just too few": declared("data/papers", 55_131, "papers.too_few data.papers"),
    "fewer papers than votes, rejected not stated": Refused(
        entry(synthetic_declaration(rejected=None, papers=54_999)), (("votes.total_above_papers", "data.votes"),)
    ),
}

WARD: Final = synthetic_contest(
    seats=2,
    electorate=3_000,
    baseline=Baselines(previous_election=None, sitting=None),
    candidates={name: Candidate(name=f"{name.title()} Example", party="PP52") for name in ("ada", "ben", "cat", "dom")},
)
WARD_REGISTER: Final = synthetic_register(contests={TESTSHIRE: WARD})


def ward(votes: tuple[int, int, int, int], **overrides: object) -> dict[bytes, bytes]:
    """Return a declaration of a ward that elects two of four."""
    fields = {
        "votes": dict(zip(WARD.candidates, votes, strict=True)),
        "elected": None,
        "rejected": None,
        "papers": None,
    }
    return entry(synthetic_declaration(**fields | overrides))


def _ward(fields: dict[bytes, bytes], *told: tuple[str, str], sentence: str = "") -> Refused:
    return Refused(fields, told, sentence, WARD_REGISTER)


WARDS: Final = {
    "more votes each than papers": _ward(
        ward((2_400, 2_300, 100, 50), papers=2_350, rejected=0),
        ("votes.above_papers", "data.votes.ada"),
        sentence="Ada Example has 2,400 votes from 2,350 valid papers, and a paper has one vote for each. Check both.",
    ),
    "more votes together than papers": _ward(
        ward((2_000, 1_500, 1_000, 600), papers=2_500), ("votes.total_above_papers", "data.votes")
    ),
    "more votes together than electors": _ward(
        ward((3_000, 2_000, 1_000, 0), rejected=1), ("votes.total_above_electorate", "data.votes")
    ),
    "one vote more than electors can have": _ward(
        ward((3_000, 3_000, 1, 0)), ("votes.total_above_electorate", "data.votes")
    ),
    "one drawn for two seats": _ward(ward((700, 700, 700, 1), lot=["cat"]), ("lot.wrong_number", "data.lot")),
    "both tied elected, and not the first": _ward(
        ward((900, 700, 700, 1), elected=["ben", "cat"]),
        ("lot.missing", "data.lot"),
        ("elected.not_most_votes", "data.elected"),
    ),
    "a tie for the second seat": _ward(ward((900, 700, 700, 1)), ("lot.missing", "data.lot")),
    "the drawn not elected": _ward(
        ward((900, 700, 700, 1), lot=["ben"], elected=["ada", "cat"]), ("elected.not_most_votes", "data.elected")
    ),
    "first and third elected": _ward(
        ward((900, 700, 600, 1), elected=["ada", "cat"]),
        ("elected.not_most_votes", "data.elected"),
        sentence="Declared elected: Ada Example and Cat Example. Most votes: Ada Example (900) and Ben Example (700). "
        "One of the two is wrong: check for figures swapped.",
    ),
    "one elected of two": _ward(ward((900, 700, 600, 1), elected=["ada"]), ("elected.wrong_number", "data.elected")),
}
