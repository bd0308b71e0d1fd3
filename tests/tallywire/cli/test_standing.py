"""What is printed of results and of control."""

from io import StringIO

from rich.console import Console, RenderableType

from tallywire.cli.standing import control_lines, result_lines
from tests.services.notify.councils import Council
from tests.services.notify.results import contest, votes


def printed(*lines: RenderableType) -> list[str]:
    """Return what a console without a terminal shows."""
    file = StringIO()
    Console(file=file, width=100, highlight=False, markup=False, emoji=False).print(*lines, sep="\n")
    return [line.rstrip() for line in file.getvalue().splitlines()]


def test_contests_of_one_name_are_told_apart_by_their_council() -> None:
    """Promise: two rows that say the same are about the same contest; one council needs no naming."""
    testshire = contest()
    result = testshire.then(votes=votes("bob", of=testshire, margin=1_000)).event.data
    north, south = (result.model_copy(update={"body_name": name}) for name in ("North Testing", "South Testing"))
    head, _, *rows = printed(*result_lines([north, south]))
    assert head.split() == ["contest", "body", "result", "elected", "majority", "revision"]
    assert [("North" in row, "South" in row) for row in rows] == [(True, False), (False, True)]
    assert printed(*result_lines([north, north]))[0].split() == ["contest", "result", "elected", "majority", "revision"]


def test_what_is_not_counted_is_said_by_its_kind() -> None:
    """Promise: a contest that was postponed has no label, and is not taken for one that was won."""
    row = printed(*result_lines([contest().then("postponed", reason="A candidate has died.").event.data]))[-1]
    assert row.split()[-2:] == ["postponed", "1"]


def test_control_that_is_not_certain_is_open() -> None:
    """Promise: nobody is said to have control before that is certain."""
    council = Council(60, "PP53", "Testing").then("PP53", 3)
    assert printed(*control_lines([council.event.data]))[0] == "Testing - open"
