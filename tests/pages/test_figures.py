"""Numbers as people type them, read by the page's own script."""

import json
import subprocess
from typing import Any, Final

import pytest

from tallywire.pages.files import FOLDER
from tests.deploy.debian import debian_program

READ: Final[dict[str, int | None]] = {
    "": None,
    "0": 0,
    "1833": 1833,
    "1,833": 1833,
    "1833 ": 1833,
    "\t1 833": 1833,
    "1\u00a0833": 1833,
    "1\u202f833": 1833,
    "1'833": 1833,
    "1’833": 1833,
    "12,345,678": 12_345_678,
}
"""What is read; None is nothing."""

ASKED_ABOUT: Final = {
    "7.290": "point",
    "1.234.567": "point",
    "7290.": "stop",
    "12.5": "fraction",
    "1,833.0": "fraction",
    "18,33": "groups",
    "1,8333": "groups",
    "1 2907": "groups",
    "1,833 204": "groups",
    "0,833": "groups",
    "1833 1834": "groups",
    "0123": "leading_zero",
    "-5": "negative",
    "−5": "negative",
    "(77)": "negative",
    "1O5": "letters",
    "l833": "letters",
    "nil": "nothing",
    "-": "nothing",
    "99999999999": "too_large",
    "ten": "digits",
    "1e3": "digits",
    "+5": "digits",
    "\uff15": "digits",
    "5;6": "digits",
}
"""What could mean two things, or nothing, and the sentence that asks about it."""

_PROGRAM: Final = """
import { column, most, finalists, read } from FIGURES
let text = ''
for await (const part of process.stdin) text += part
const ask = ([name, ...given]) => ({ column, most, finalists, read })[name](...given)
console.log(JSON.stringify(JSON.parse(text).map(ask)))
"""


@pytest.fixture(scope="module")
def node() -> Any:  # noqa: ANN401  # a function
    """Return what asks the script, in one process of node for many questions."""
    program = debian_program("node", "nodejs")
    script = _PROGRAM.replace("FIGURES", json.dumps((FOLDER / "figures.js").as_uri()))  # type: ignore[attr-defined]  # a path here

    def ask(*questions: list[object]) -> list[Any]:
        command = [program, "--input-type=module", "--experimental-default-type=module", "-e", script]
        done = subprocess.run(  # Debian's node
            command, input=json.dumps(questions).encode(), capture_output=True, check=True
        )
        answers: list[Any] = json.loads(done.stdout)
        return answers

    return ask


def test_a_number_is_read_or_asked_about(node: Any) -> None:  # noqa: ANN401  # as above
    """Promise: what can be meant in one way is read, and nothing else is guessed."""
    answers = node(*(["read", text] for text in READ), *(["read", text] for text in ASKED_ABOUT))
    read = {text: answer.get("value") for text, answer in zip(READ, answers, strict=False)}
    asked = dict(zip(ASKED_ABOUT, (one.get("fault") for one in answers[len(READ) :]), strict=True))
    assert (read, asked) == (READ, ASKED_ABOUT)


def test_a_pasted_column_is_taken_line_by_line(node: Any) -> None:  # noqa: ANN401  # as above
    """Promise: several lines are a column, an empty one in the middle stays, and several columns are said to be so."""
    alone, windows, gap, table = node(*(["column", text] for text in ("5", "5\r\n6\r\n", "5\n\n6", "A\t5\nB\t6")))
    assert alone is None
    assert windows == {"lines": ["5", "6"], "several": False}
    assert gap["lines"] == ["5", "", "6"]
    assert table["several"]


def test_who_has_most_votes_is_told_as_the_service_tells_it(node: Any) -> None:  # noqa: ANN401  # as above
    """Promise: a tie at the last seat names those tied and the places; who passes half needs no final round."""
    votes = {"a": 5, "b": 3, "c": 3, "d": 1}
    one, tie, drawn, none, two, third = node(
        ["most", votes, 1],
        ["most", votes, 2],
        ["most", votes, 2, ["c"]],
        ["finalists", {"a": 5, "b": 2, "c": 2}],
        ["finalists", {"a": 4, "b": 3, "c": 2}],
        ["finalists", {"a": 4, "b": 3, "c": 3, "d": 1}],
    )
    assert (one["elected"], one["majority"]) == (["a"], 2)
    assert (tie["elected"], tie["tied"], tie["places"]) == ([], ["b", "c"], 1)
    assert drawn["elected"] == ["a", "c"]
    assert (none, two, third) == ([], ["a", "b"], ["a", "b", "c"])
