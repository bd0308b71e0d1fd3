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
import { column, differing, draftOf, figuresOf, most, finalists, read, readVotes, reckon } from FIGURES
let text = ''
for await (const part of process.stdin) text += part
const typed = (form, draft) => {
  const found = reckon(form, draft), { faults, gaps, ready, stages } = found, figures = figuresOf(form, draft, found, 1)
  const ends = stages?.stages.map((one) => [one.elected, one.excluded])
  const together = stages?.stages.at(-1)?.together ?? null
  return { figures, again: draftOf(figures, form), faults, gaps, ready, ends, together }
}
const ask = ([name, ...given]) => ({ column, differing, most, finalists, read, readVotes, typed })[name](...given)
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


COUNT: Final[dict[str, Any]] = {
    "ballot_id": "nia.sampleford.2030-05-02",
    "voting_system": "single-transferable-vote",
    "counting_rules": "northern-ireland",
    "seats": 2,
    "electorate": 2_000,
    "areas": [],
    "candidates": [{"candidate": one, "name": one} for one in ("ann", "bob", "cay", "dan")],
}
STAGES: Final[list[dict[str, Any]]] = [{"action": "surplus", "of": ["ann"]}, {"action": "exclusion", "of": ["dan"]}]
TYPED: Final = {
    "votes.ann": "400",
    "votes.bob": "250",
    "votes.cay": "200",
    "votes.dan": "150",
    "papers": "1,012",
    "rejected": "12",
    "stage.2.total.bob": "272",
    "stage.2.total.cay": "233",
    "stage.2.total.dan": "161",
    "stage.2.left": "0",
    "stage.3.total.bob": "336.40",
    "stage.3.total.cay": "285.2",
    "stage.3.left": "44.40",
}
"""A whole count: a surplus of 66, of which nothing is lost, and an exclusion."""


def count(changed: dict[str, str] | None = None, stages: int = 2, **more: object) -> dict[str, Any]:
    """Return a draft of the count."""
    text = {name: one for name, one in {**TYPED, **(changed or {})}.items() if f"stage.{stages + 2}" not in name}
    return {"text": text, "stages": STAGES[:stages], "only_total": True, **more}


def test_votes_with_fractions_are_read_as_the_rules_write_them(node: Any) -> None:  # noqa: ANN401  # as above
    """Promise: five decimals in Scotland, two in Northern Ireland; three digits after a point are asked about."""
    texts: list[list[object]] = [
        ["readVotes", "1,806.07214", 5],
        ["readVotes", "806.07", 2],
        ["readVotes", "-12.4", 2, True],
        ["readVotes", "806.072", 5],
        ["readVotes", "806.0721", 2],
        ["readVotes", "-12.4", 2],
    ]
    read = [answer.get("value", answer.get("fault")) for answer in node(*texts)]
    assert read == [180_607_214, 80_607_000, -1_240_000, "point", "decimals", "negative"]


def test_a_count_is_typed_by_totals_or_by_transfers(node: Any) -> None:  # noqa: ANN401  # as above
    """Promise: both are one declaration; who is elected and excluded follows; what was sent is typed again."""
    moves = {"stage.2.move.bob": "22", "stage.2.move.cay": "33", "stage.2.move.dan": "11", "stage.2.lost": "0"}
    moves |= {"stage.3.move.bob": "64.4", "stage.3.move.cay": "52.20", "stage.3.lost": "44.4"}
    totals, transfers, begun = node(
        ["typed", COUNT, count()], ["typed", COUNT, count(moves, moves=True)], ["typed", COUNT, count(stages=1)]
    )
    assert totals["ready"]
    assert not totals["gaps"]
    assert totals["figures"] == transfers["figures"]
    assert totals["ends"] == [[[], []], [["bob"], ["dan"]]]
    said = totals["figures"]
    assert (said["kind"], said["elected"], said["quota"]) == ("declared", ["ann", "bob"], 334)
    assert said["stages"][1] == {
        "action": "exclusion",
        "of": ["dan"],
        "totals": {"ann": "334", "bob": "336.4", "cay": "285.2"},
        "non_transferable": "44.4",
    }
    assert (begun["figures"]["kind"], begun["figures"]["elected"]) == ("stage", ["ann"])
    (again,) = node(["typed", COUNT, totals["again"]])
    assert again["figures"] == said


SLIPS_OF_STAGES: Final = {
    "stage.2.total.cay": ("133", "stage.2.total.cay", "stage_fell", "67"),
    "stage.3.total.bob": ("363.40", "stage.3.left", "stage_more", "27"),
    "stage.3.left": ("44.04", "stage.3.left", "stage_less", "0.36"),
    "stage.2.total.bob": ("372", "stage.2.total.bob", "stage_too_much", "56"),
}
"""By what is typed wrong: the text, the cell that is named, the sentence, and by how much."""


def test_a_slip_at_a_stage_is_named_at_its_cell(node: Any) -> None:  # noqa: ANN401  # as above
    """Promise: a total that fell, one that rose by too much, and a sum that is off are said, with the difference."""
    answers = node(*(["typed", COUNT, count({name: text})] for name, (text, *_) in SLIPS_OF_STAGES.items()))
    for (name, (_, *expected)), answer in zip(SLIPS_OF_STAGES.items(), answers, strict=True):
        first = answer["gaps"][0]
        assert [first["name"], first["gap"], first["by"]] == expected, name


def test_a_scottish_count_is_whole(node: Any) -> None:  # noqa: ANN401  # as above
    """Promise: it is not sent before all seats are filled, or somebody says who has the last ones."""
    scotland = COUNT | {"counting_rules": "scotland"}
    begun, ended, unstated = node(
        ["typed", scotland, count(stages=1)],
        ["typed", scotland, count(stages=1, over=["cay"])],
        ["typed", scotland, count(stages=0, over=["bob"])],
    )
    assert [(one["fault"], one["filled"]) for one in begun["faults"]] == [("incomplete", 1)]
    assert (ended["ready"], ended["figures"]["elected"], len(ended["figures"]["stages"])) == (True, ["ann", "cay"], 1)
    assert (unstated["figures"]["elected"], "stages" in unstated["figures"]) == (["ann", "bob"], False)


REGION: Final[dict[str, Any]] = COUNT | {"voting_system": "additional-member", "seats": 3, "electorate": None}
LISTS: Final = {"votes.ann": "42,000", "votes.bob": "30,000", "votes.cay": "3,000", "votes.dan": "0", "rejected": "0"}


def seats(*lists: str, votes: dict[str, str] | None = None, **more: object) -> dict[str, Any]:
    """Return a draft of votes by list and of the list of each seat."""
    named = {f"seat.{place}": one for place, one in enumerate(lists, 1)}
    return {"text": {**LISTS, **(votes or {}), **named}, "only_total": True, "no_papers": True, **more}


def test_seats_of_lists_are_typed_in_their_order(node: Any) -> None:  # noqa: ANN401  # as above
    """Promise: a list is named for each seat; two readings differ seat by seat."""
    whole, unnamed = node(["typed", REGION, seats("ann", "bob", "ann")], ["typed", REGION, seats()])
    said = whole["figures"]
    assert (said["elected"], whole["ready"]) == (["ann", "bob", "ann"], True)
    assert [one["name"] for one in unnamed["faults"]] == ["seat.1", "seat.2", "seat.3"]
    other = said | {"elected": ["bob", "ann", "ann"]}
    assert node(["differing", said, other, REGION]) == [["seat.1", "seat.2"]]


def test_a_lot_between_lists_is_asked_for(node: Any) -> None:  # noqa: ANN401  # as above
    """Promise: equal figures at the last seats ask who was drawn; where nobody can know yet, somebody may say so."""
    level = {"votes.bob": "21,000", "votes.cay": "21,000"}
    carried = {"constituencies": [{"elected": ["Ann"], "list": "ann"}, {"elected": ["Eve"], "list": None}]}
    unknown = {"constituencies": [{"elected": None, "list": None}]}
    used_up = [
        one | ({"people": [{"name": "A", "won": None}]} if one["candidate"] == "ann" else {})
        for one in COUNT["candidates"]
    ]
    asked, drawn, wrong, after, again, none_left = node(
        # 42,000; then half of it, and two with 21,000, for two seats.
        ["typed", REGION, seats("ann", "ann", "bob", votes=level)],
        ["typed", REGION, seats("ann", "ann", "bob", votes=level, lot=["bob", "ann"])],
        ["typed", REGION, seats("ann", "ann", "bob", votes=level, lot=["bob", "cay"])],
        # With a seat of a constituency all three have 21,000 for three seats.
        ["typed", REGION | carried, seats("ann", "bob", "cay", votes=level)],
        ["typed", REGION | unknown, seats("ann", "ann", "bob", votes=level, lot=["bob"], lots=True)],
        ["typed", REGION | {"candidates": used_up}, seats("ann", "bob", "cay", votes=level)],
    )
    assert [(one["name"], one["fault"], one["places"]) for one in asked["faults"]] == [("lot", "lot_lists", 2)]
    assert (drawn["figures"]["lot"], drawn["ready"], drawn["gaps"]) == (["ann", "bob"], True, [])
    assert drawn["again"]["lot"] == ["ann", "bob"]
    assert [(one["name"], one["gap"]) for one in wrong["gaps"]] == [("seat.2", "lot_seat")]
    assert (after["ready"], after["figures"].get("lot")) == (True, None)
    assert (again["ready"], again["figures"]["lot"]) == (True, ["bob"])
    assert none_left["ready"]


def test_answers_with_equal_votes_need_no_lot(node: Any) -> None:  # noqa: ANN401  # as above
    """Promise: of a question, equal votes are declared as they are, and nobody is asked for a lot."""
    question = COUNT | {"voting_system": "referendum", "question": "Which?", "seats": 1, "electorate": None}
    question["candidates"] = question["candidates"][:2]
    (even,) = node(["typed", question, seats(votes={"votes.ann": "30,000"})])
    assert even["ready"]
    assert not {"elected", "lot"} & even["figures"].keys()


def test_the_last_seats_of_northern_ireland(node: Any) -> None:  # noqa: ANN401  # as above
    """Promise: for one seat nobody is elected first; who has as many votes as all others has the last; groups go."""
    votes = {"votes.ann": "520", "votes.bob": "250", "votes.cay": "160", "votes.dan": "70"}
    single = COUNT | {"seats": 1}
    second = {"stage.2.total.ann": "600", "stage.2.total.bob": "390", "stage.2.total.cay": "", "stage.2.total.dan": ""}
    both = {"action": "exclusion", "of": ["dan", "cay"], "lot": False}
    first, after, not_lowest, last = node(
        ["typed", single, count(votes, stages=0)],
        ["typed", single, count(votes | second | {"stage.2.left": ""}, stages=1) | {"stages": [both]}],
        ["typed", COUNT, count(stages=1) | {"stages": [{"action": "exclusion", "of": ["bob"]}]}],
        # Ann has the quota, 301; Bob's 300 are more than the others' 200 and her surplus, 99.
        [
            "typed",
            COUNT,
            count({"votes.ann": "400", "votes.bob": "300", "votes.cay": "110", "votes.dan": "90"}, stages=0),
        ],
    )
    assert (first["figures"]["kind"], first["figures"]["elected"]) == ("stage", [])
    assert (after["figures"]["kind"], after["figures"]["elected"]) == ("declared", ["ann"])
    assert first["together"] is None
    assert after["together"] == ["dan", "cay", "bob"]
    odd = next(one for one in not_lowest["gaps"] if one["name"] == "stage.2.did")
    assert (odd["gap"], odd["chosen"], odd["passed"]) == ("stage_not_lowest", "bob", "dan")
    assert (last["figures"]["kind"], last["figures"]["elected"]) == ("declared", ["ann", "bob"])


def test_two_readings_of_a_count_differ_figure_by_figure(node: Any) -> None:  # noqa: ANN401  # as above
    """Promise: 12.4 and 12.40 are the same; another total is named; a stage that one lacks is one difference."""
    (whole,) = node(["typed", COUNT, count()])
    one = whole["figures"]
    last = one["stages"][1]
    other = one | {"stages": [one["stages"][0], last | {"totals": last["totals"] | {"bob": "336.40", "cay": "258.2"}}]}
    longer = one | {"stages": one["stages"][:1]}
    assert node(["differing", one, other, COUNT], ["differing", one, longer, COUNT]) == [
        ["stage.3.total.cay"],
        ["stage.3.did"],
    ]
