"""What people see, to the letter, where there is no terminal; and what a terminal adds."""

from collections import Counter
from collections.abc import Mapping
from io import StringIO

import pytest
from rich.console import Console, RenderableType

from schemas.headline import Headline, PartySeats
from schemas.receipt import Reason, Receipt
from schemas.register import Party
from schemas.tally import PartyTally, Tally
from tallywire.cli.screen import (
    election_title,
    fault_table,
    headline_lines,
    in_order,
    plain,
    receipt_lines,
    tally_tables,
)
from tests.services.registers import PARTIES, TESTSHIRE, synthetic_register

GAIN = Headline(
    kind="gain",
    priority=3,
    body=None,
    text="Labour gains Testshire",
    detail="Bob Sample takes it from the Conservatives for the first time, by 1,878 votes. " * 2,
    ballot_id=TESTSHIRE,
    regions=("england", "uk"),
    result_id="result-1",
    revision=1,
    winners=(
        PartySeats(
            party="PP53", spoken="Labour", number="singular", abbreviation="Lab", colour="#E4003B", seats=1, change=1
        ),
    ),
)


def printed(*lines: RenderableType, width: int = 100) -> str:
    """Return what a console without a terminal shows."""
    console = Console(file=StringIO(), width=width, highlight=False, markup=False, emoji=False)
    console.print(*lines, sep="\n")
    text = console.file.getvalue()  # type: ignore[attr-defined]  # a StringIO
    return "\n".join(line.rstrip() for line in text.splitlines())


def on_terminal(*lines: RenderableType) -> str:
    """Return what a terminal with colours is sent."""
    console = Console(file=StringIO(), width=100, force_terminal=True, color_system="truecolor", markup=False)
    console.print(*lines, sep="\n")
    text: str = console.file.getvalue()  # type: ignore[attr-defined]  # a StringIO
    return text


def tally(**overrides: object) -> Tally:
    """Return a standing of two parties and one that only has votes."""
    fields: dict[str, object] = {
        "region": "north-testing",
        "name": "North Testing",
        "baseline": "previous_election",
        "declared": 6,
        "expected": 6,
        "seats_declared": 6,
        "seats_expected": 6,
        "postponed": 0,
        "next_expected": None,
        "changed": (TESTSHIRE,),
        "parties": {
            "PP90": PartyTally(won=0, held=0, gained=0, lost=0, net=0, votes=99_001),
            "PP53": PartyTally(won=2, held=0, gained=2, lost=0, net=2, votes=1_340_210),
            "PP52": PartyTally(won=4, held=4, gained=0, lost=2, net=-2, votes=987_654),
        },
    }
    return Tally.model_validate(fields | overrides)


def tables(*standing: Tally, parties: Mapping[str, Party] = PARTIES) -> list[RenderableType]:
    """Return what is printed of regions."""
    return [line for lines in tally_tables(standing, parties) for line in lines]


def test_a_tally_says_of_how_many_and_ranks_the_parties() -> None:
    """Most seats first, then most votes; the title says "n of N declared", so that partial is never shown as whole."""
    assert printed(*tables(tally())) == (
        "North Testing - 6 of 6 declared\n"
        "party                            won   held   gained   lost    net        votes\n"
        "───────────────────────────────────────────────────────────────────────────────\n"
        "Conservatives                      4      4        0      2     -2      987,654\n"
        "Labour                             2      0        2      0     +2    1,340,210\n"
        "Liberal Democrats                  0      0        0      0      0       99,001"
    )


def test_a_tally_says_how_many_results_are_under_review() -> None:
    """Promise: seats that may be another party's are not shown as if nobody doubted them."""
    assert printed(*tables(tally(under_review=2))).startswith("North Testing - 6 of 6 declared, 2 under review\n")


def test_a_tally_tells_constituencies_and_lists_apart() -> None:
    """Promise: of two papers each is counted, seats are told together and apart, and all of it within 80 columns."""
    mixed = tally(
        declared=68,
        expected=81,
        seats_declared=86,
        seats_expected=129,
        lists_declared=3,
        lists_expected=8,
        parties={
            "PP53": PartyTally(won=64, held=60, gained=2, lost=1, net=1, votes=1_059_898, won_on_lists=2, list_votes=9),
            "PP90": PartyTally(list_votes=150_426),
        },
    )
    assert printed(*tables(mixed), width=80) == (
        "North Testing - 65 of 73 constituencies and 3 of 8 regions declared, 86 of 129\n"
        "seats\n"
        "party                     won held gained lost net     votes list votes\n"
        "───────────────────────────────────────────────────────────────────────\n"
        "Labour            64 (62 + 2)   60      2    1  +1 1,059,898          9\n"
        "Liberal Democrats           0    0      0    0   0         0    150,426"
    )


def test_columns_that_nobody_has_a_figure_for_are_left_out() -> None:
    """Promise: where no seat has an owner, nothing says that none was held or gained; seats filled are counted."""
    lists = {"PP53": PartyTally(won=4, votes=234_213), "PP52": PartyTally(won=2, votes=100_000)}
    text = printed(*tables(tally(declared=1, expected=2, seats_declared=6, seats_expected=12, parties=lists)))
    title, head, _, *rows = text.splitlines()
    assert title == "North Testing - 1 of 2 declared, 6 of 12 seats"
    assert head.split() == ["party", "won", "votes"]
    assert [row.split()[-2:] for row in rows] == [["4", "234,213"], ["2", "100,000"]]


def test_a_region_that_is_the_whole_election_is_told_once() -> None:
    """Promise: what has the same contests stands in one table, with both names."""
    nation = tally(region="uk", name="United Kingdom")
    assert printed(*tables(tally(), nation)).splitlines()[0] == "North Testing, United Kingdom - 6 of 6 declared"
    larger = nation.model_copy(update={"expected": 9})
    assert [line for line in printed(*tables(tally(), larger)).splitlines() if " of " in line] == [
        "North Testing - 6 of 6 declared",
        "United Kingdom - 6 of 9 declared, 6 of 6 seats",
    ]


def test_a_screen_says_once_that_declarations_are_unsigned() -> None:
    """Promise: where an election asks for no signatures, whoever looks at it is told; else there is nothing to say."""
    register = synthetic_register().head()
    assert printed(election_title(register.election, register)).rstrip() == (
        f"{register.name}  (declarations are unsigned)"
    )
    signed = register.model_copy(update={"signatures": "required"})
    assert printed(election_title(register.election, signed)).rstrip() == register.name
    assert printed(election_title(register.election, None)).rstrip() == register.election


def test_a_table_on_a_narrow_terminal_loses_no_column() -> None:
    """Promise: where there is less room columns move together, and then each row says what its figures are."""
    assert printed(*tables(tally()), width=60) == (
        "North Testing - 6 of 6 declared\n"
        "party             won held gained lost net     votes\n"
        "────────────────────────────────────────────────────\n"
        "Conservatives       4    4      0    2  -2   987,654\n"
        "Labour              2    0      2    0  +2 1,340,210\n"
        "Liberal Democrats   0    0      0    0   0    99,001"
    )
    assert printed(*tables(tally()), width=42).splitlines()[1:3] == [
        "Conservatives",
        "  won 4, held 4, gained 0, lost 2, net -2,",
    ]


@pytest.mark.parametrize("width", [100, 60, 40, 20, 8])
def test_every_fault_is_whole_at_any_width(width: int) -> None:
    """Promise: no column and no letter is left out; what does not fit is broken."""
    fault = ("declarations.jsonl:12", "data.votes.sarah-taylor", "is not a whole number")
    text = printed(fault_table([fault]), width=width)
    assert Counter("".join(fault)) - Counter(text) <= Counter({" ": 4}), "letters are missing"
    assert max(map(len, text.splitlines())) <= width


def test_a_party_that_the_register_does_not_know_is_shown_by_its_id() -> None:
    """A missing name hides no figures."""
    assert "PP53   " in printed(*tables(tally(), parties={}))


def test_regions_come_in_the_registers_order_and_the_nation_last() -> None:
    """Readers find a region where the register's writer put it."""
    register = synthetic_register(
        regions={key: value for key, value in synthetic_register().regions.items() if key != "uk"}
    )
    slugs = ["uk", "media-testing", "england", "north-testing"]
    ordered = in_order({slug: tally(region=slug) for slug in slugs}, register)
    assert [standing.region for standing in ordered] == ["england", "north-testing", "media-testing", "uk"]


def test_a_headline_is_one_line_and_its_detail_is_indented() -> None:
    """Where there is no terminal the count stands before the headline, nothing exceeds 100 columns, no colour codes."""
    text = printed(*headline_lines(GAIN, " 9 of 14"))
    assert text == (
        " 9 of 14  Labour gains Testshire\n"
        "          Bob Sample takes it from the Conservatives for the first time, by 1,878 votes. Bob Sample\n"
        "          takes it from the Conservatives for the first time, by 1,878 votes."
    )


def test_a_headline_on_a_terminal_is_bold_in_the_partys_colour() -> None:
    """Labour's red is the winner's in the headline, #E4003B, made a little lighter for black terminals."""
    assert on_terminal(*headline_lines(GAIN)).startswith("\x1b[1;38;2;234;0;61mLabour gains")


def test_a_correction_stands_out() -> None:
    """Nobody reads past a correction: it is printed in reverse."""
    correction = GAIN.model_copy(
        update={"kind": "correction", "text": "CORRECTION: Conservatives hold Testshire", "winners": ()}
    )
    assert on_terminal(*headline_lines(correction)).startswith("\x1b[1;7mCORRECTION: Conservatives")


def test_a_refused_entry_is_told_with_every_reason_as_a_bullet() -> None:
    """What is wrong, where, and the code that a program would look at."""
    receipt = Receipt(
        status="refused",
        entry_id="1-0",
        event_id="testshire-1",
        reasons=(
            Reason(code="votes.not_whole", path="data.votes.bob-sample", message="1833.0 is not a whole number."),
            Reason(code="entry.empty", path="", message="There is nothing in it."),
        ),
        ledger_sequence=None,
    )
    assert printed(*receipt_lines(receipt, TESTSHIRE, "line 3")) == (
        "refused    pcc.testshire.2030-05-02  (line 3)\n"
        "  - 1833.0 is not a whole number.  [votes.not_whole at data.votes.bob-sample]\n"
        "  - There is nothing in it.  [entry.empty]"
    )


@pytest.mark.parametrize(
    ("status", "line"),
    [
        ("accepted", "accepted   pcc.testshire.2030-05-02  (number 7 on the ledger, unsigned)"),
        ("duplicate", "duplicate  pcc.testshire.2030-05-02  (already number 7 on the ledger, unsigned)"),
    ],
)
def test_an_accepted_entry_is_told_with_its_place_on_the_ledger(status: str, line: str) -> None:
    """One line a receipt."""
    receipt = Receipt.model_validate(
        {"status": status, "entry_id": "1-0", "event_id": "testshire-1", "reasons": (), "ledger_sequence": 7}
    )
    assert printed(*receipt_lines(receipt, TESTSHIRE, "")) == line


def test_a_declaration_that_does_not_stand_is_told_what_does() -> None:
    """Accepted is not published: a higher revision stands."""
    stands = {"revision": 3, "ledger_sequence": 6}
    told = {"status": "accepted", "entry_id": "1-0", "event_id": "a", "reasons": (), "ledger_sequence": 7}
    receipt = Receipt.model_validate(told | {"stands": stands})
    said = "accepted   pcc.testshire.2030-05-02  (number 7 on the ledger, revision 3 stands, number 6, unsigned)"
    assert printed(*receipt_lines(receipt, TESTSHIRE, "")) == said


def test_what_somebody_sent_cannot_steer_the_terminal() -> None:
    """Escape sequences, line ends and text-direction marks are made visible, accents stay."""
    assert (
        plain("\x1b[2J\u202eŵ\u00a0é\n")
        == "\N{REPLACEMENT CHARACTER}[2J\N{REPLACEMENT CHARACTER}ŵ\u00a0é\N{REPLACEMENT CHARACTER}"
    )


def test_brackets_in_a_message_are_text() -> None:
    """A path such as ``data[0]`` or ``[bold]`` is printed, not obeyed."""
    faults = [("declarations.jsonl:2", "data", "is [bold]wrong[/bold]")]
    assert "is [bold]wrong[/bold]" in printed(fault_table(faults))
