"""Files of ballot papers: BLT, and a table of preference profiles."""

import pytest

from services.rules.systems.ballot_files import read_ballots

BLT = """4 2 # candidates, seats
-4
40 1 2 0
21 1 3 4 0
15 2 3 0
3 4 0
0
"Ann Example" "Bob Sample"
"Cay Specimen"
"Dan Trial"
"Synthetic ward"
"""

TABLE = "contest,papers,preferences\none,40,1 2\none,21,1 3\ntwo,9,2\n"


def test_a_blt_file_has_papers_seats_and_names() -> None:
    """Promise: as counting programs write it; preferences for who has withdrawn are passed over."""
    papers = read_ballots(BLT)
    assert papers.ballots == {("1", "2"): 40, ("1", "3"): 21, ("2", "3"): 15}
    assert (papers.seats, papers.candidates) == (2, ("1", "2", "3"))
    assert papers.names["3"] == "Cay Specimen"


@pytest.mark.parametrize(
    "names",
    [
        "Ann EXAMPLE (Con)\nBob SAMPLE (Lab)\nSynthetic ward",
        '"Ann EXAMPLE ""The Synthetic Party"""\n"Bob SAMPLE ""The Other ""One"""""\n"Synthetic ward"',
        "Ann EXAMPLE,\nBob SAMPLE,\nSynthetic ward,",
    ],
    ids=["one-a-line", "quotes-in-quotes", "commas-of-a-spreadsheet"],
)
def test_names_are_read_as_councils_write_them(names: str) -> None:
    """Promise: a name a line without quotes, a party in quotes within them, commas that a spreadsheet left."""
    comma = "," if names.endswith(",") else ""
    papers = read_ballots(f"2 1{comma}\n40 1 2 0{comma}\n21 2 0{comma}\n0{comma}\n{names}\n")
    assert papers.ballots == {("1", "2"): 40, ("2",): 21}
    assert [name.partition(" ")[0] for name in papers.names.values()] == ["Ann", "Bob"]
    assert [len(name.split()) > 1 for name in papers.names.values()] == [True, True]
    assert ("Party" in papers.names["1"]) == ('"' in papers.names["1"])


def test_a_table_has_the_papers_of_one_contest() -> None:
    """Promise: papers and preferences; of several contests, one is chosen."""
    assert read_ballots(TABLE, "one").ballots == {("1", "2"): 40, ("1", "3"): 21}
    with pytest.raises(ValueError, match="several contests"):
        read_ballots(TABLE)


@pytest.mark.parametrize(
    "text", ["", "4", "4 2\n40 1 2", "2 1\n5 3 0\n0\n", "2 1\n5 1 1 0\n0\n", "papers,preferences\nmany,1 2\n"]
)
def test_what_is_no_file_of_papers_is_told(text: str) -> None:
    """Promise: cut short, for somebody who does not stand, or one candidate twice: an error in words, not a count."""
    with pytest.raises(ValueError, match=r"\w"):
        read_ballots(text)
