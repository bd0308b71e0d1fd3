"""Whether two names are one person's."""

import pytest

from services.rules.people import Likeness, compare

SAME = (
    ("Pat O'Brien", "Pat O\u2019Brien"),
    ("Pat O'Brien", "PAT OBRIEN"),
    ("Zo\u00eb Example", "Zoe\u0308 Example"),
    ("Zo\u00eb Example", "Zoe Example"),
    ("Ann Example-Sample", "Ann Example\u2010Sample"),
    ("Ann Example-Sample", "Ann Example Sample"),
    ("Anne-Marie Example", "Anne Marie Example"),
    ("Ann Example", "Dr. Ann Example MBE"),
    ("Ann Example", "Cllr Ann Example, OBE"),
    ("Ann Example", "Rt Hon Ann Example MP"),
    ("Ann Example", "Ann M. Example"),
    ("Ann M Example", "Ann Mary Example"),
    ("Ann Example", "EXAMPLE Ann"),
    ("Ann Example", "Example, Ann"),
    ("Ian Mac Donald", "Ian MacDonald"),
)
PERHAPS = (
    ("Ann Example", "Ann Sample"),  # a name before and after a marriage
    ("Ann Example", "Ann Example-Sample"),
    ("Ann M Example", "Ann B Example"),
    ("Bill Example", "William Example"),
    ("Ed Example", "Edward Example"),
    ("Jo Example", "Joanne Example"),
    ("Muhammad Example", "Mohammed Example"),
    ("Md Example", "Mohammed Example"),
    ("Jenny Example", "Jennifer Example"),
    ("Tony Example", "Antonia Example"),
    ("A Example", "Ann Example"),
    ("Ann Example", "Mrs Example"),
    ("Boris Example", "Alexander Boris Example"),
    ("Katherine Example", "Catherine Example"),
    ("John Example Jr", "John Example Sr"),
    ("Wei Li", "\u674e\u4f1f"),
)
ANOTHER = (
    ("Ann Example", "Bob Example"),
    ("Ann Example", "Bob Sample"),
    ("Ann Example-Draft", "Bob Draft"),
    ("Ann M Example", "Bob M Sample"),
    ("Dr Ann Example", "Dr Bob Sample"),
)


@pytest.mark.parametrize(
    ("one", "other", "likeness"),
    [
        (*pair, likeness)
        for likeness, pairs in (("same", SAME), ("perhaps", PERHAPS), ("another", ANOTHER))
        for pair in pairs
    ],
)
def test_two_names_are_one_persons_or_perhaps_or_not(one: str, other: str, likeness: Likeness) -> None:
    """Promise: a spelling, a title or a middle name makes nobody another person; what may be one is not called two."""
    assert (compare(one, other), compare(other, one)) == (likeness, likeness)


@pytest.mark.parametrize("name", ["", ".", "Mr", "MP", "Lord", "The", "-", "'", "\u00b7", "a" * 500, "b " * 500])
def test_any_name_can_be_compared(name: str) -> None:
    """Promise: whatever somebody wrote is the same as itself, and nothing is thrown."""
    assert compare(name, name) == "same"
    assert compare(name, "Ann Example") in ("perhaps", "another")
