"""What went wrong on real nights goes to a second person, or is refused: none of it gets through alone.

On the limits that a register has that states none. Figures that are known are those of docs/rules.md, "What went wrong
on real nights"; contests and candidates whose names end in "synthetic", last time's votes and the contests around are
invented.
"""

from collections.abc import Iterator, Mapping

import pytest

from schemas.events import DeclarationEvent
from schemas.register import Candidate, Contest, Register
from services.ingest.rules.checks.odd import check_odd
from services.ingest.rules.examining import Invalid, examine
from services.ingest.rules.intake import Intake
from services.rules.verdicts import HELD
from tests.services.declarations import entry
from tests.services.events import declaration_event
from tests.services.ingest.lives import UNKNOWN
from tests.services.ingest.odd_declarations import loaded, take
from tests.services.registers import ELECTION, TESTSHIRE, synthetic_contest, synthetic_register

PARTIES = ("PP52", "PP53", "PP90")


def contest(votes: Mapping[str, int], last: Mapping[str, int] | None = None, **overrides: object) -> Contest:
    """Return a contest between those who have votes, of different parties; ``last`` is last time's, by candidate."""
    ids = (*PARTIES, *("ynmp-party:2",) * len(votes))
    party = dict(zip(votes, ids, strict=False))
    fields: dict[str, object] = {
        "candidates": {name: Candidate(name=name.replace("-", " ").title(), party=party[name]) for name in votes},
        "electorate": None,
        "baseline": UNKNOWN,
        "previous_votes": None if last is None else {party[name]: number for name, number in last.items()},
    }
    return synthetic_contest(**fields | overrides)


def around(number: int) -> str:
    """Return the ballot id of a contest around."""
    return f"pcc.around-{number}-synthetic.2030-05-02"


def register_of(stood: Contest, others: int, like: Contest | None = None, **overrides: object) -> Register:
    """Return a register of a contest, and of others like another."""
    contests = {TESTSHIRE: stood} | {around(number): like or stood for number in range(others)}
    return synthetic_register(contests=contests, **overrides)


def after(register: Register, votes: Mapping[str, int]) -> Intake:
    """Return what ingest remembers once all but Testshire were declared, with about the same votes."""
    intake = loaded(register)
    for number in range(len(register.contests) - 1):
        some = {name: count * (98 + number % 5) // 100 for name, count in votes.items()}
        take(intake, declaration_event(around(number), some))
    return intake


def stopped(intake: Intake, *, test: bool = False, **fields: object) -> tuple[str, list[str]]:
    """Return whether a declaration is refused, held or taken, and why."""
    event = {
        "specversion": "1.0",
        "id": "synthetic",
        "source": "/synthetic",
        "type": "tallywire.declaration.v1",
        "subject": TESTSHIRE,
        "data": {"ballot_id": TESTSHIRE, "revision": intake.highest(TESTSHIRE) + 1, **fields},
    } | ({"test": True} if test else {})
    examined = examine(entry(event), ELECTION, intake.register)
    found = [reason.code for reason in examined.reasons] if isinstance(examined, Invalid) else []
    if set(found) - HELD:
        return "refused", found
    assert isinstance(examined.event, DeclarationEvent)
    odd = found + [fault.code for fault in check_odd(intake, examined.event)]
    return ("held", odd) if odd else ("taken", [])


PUTNEY = {
    "fleur-anderson": 24_113,
    "lee-roberts": 11_625,
    "kieren-mccarthy": 5_943,
    "fergal-mcentee": 3_721,
    "peter-hunter": 3_070,
    "heiko-khoo": 491,
    "felix-burford-connole": 332,
}
LEFT_OUT = {**PUTNEY, "fleur-anderson": 20_952, "lee-roberts": 10_011, "kieren-mccarthy": 5_189}
"""As declared on the night, as far as it is known: the other figures are those of today."""


def test_putney_2024_votes_left_out() -> None:
    """Promise: held as soon as papers are stated, with the rejected ones or without; what is true is taken."""
    intake = loaded(register_of(contest(PUTNEY, electorate=72_686), 0))
    assert stopped(intake, votes=LEFT_OUT, papers=49_513, rejected=218) == ("held", ["papers.do_not_reconcile"])
    assert stopped(intake, votes=LEFT_OUT, papers=49_513) == ("held", ["papers.not_counted"])
    assert stopped(intake, votes=PUTNEY, papers=49_513, rejected=218) == ("taken", [])


def test_putney_2024_by_its_turnout() -> None:
    """Promise: without papers, votes left out show beside last time's and those around (both invented here).

    Alone nobody can see it: real turnouts change by as much. Of the 13 % the figures of three candidates are known.
    """
    last = dict.fromkeys(list(PUTNEY)[:3], 16_600)
    register = register_of(contest(PUTNEY, last, electorate=72_686), 30)
    assert stopped(after(register, PUTNEY), votes=LEFT_OUT) == ("held", ["turnout.far_from_last"])
    assert stopped(after(register, PUTNEY), votes=PUTNEY) == ("taken", [])
    assert stopped(loaded(register), votes=LEFT_OUT) == ("taken", [])


@pytest.mark.parametrize("part", [20, 30, 45, 60])
@pytest.mark.parametrize("electorate", [800, 9_000, 72_000, 800_000])
@pytest.mark.parametrize("standing", [2, 5, 12])
def test_votes_left_out_with_other_figures(part: int, electorate: int, standing: int) -> None:
    """Promise: from a fifth of the votes on, it shows by papers and by last time's votes, whatever the contest is like.

    With nothing left out it is taken.
    """
    votes = {f"candidate-{place}-synthetic": electorate * 6 // 10 // standing for place in range(standing)}
    votes["candidate-0-synthetic"] += 7
    declared = {name: count * (100 - part) // 100 for name, count in votes.items()}
    papers, last = sum(votes.values()) + electorate // 300, dict.fromkeys(list(votes)[:2], electorate * 3 // 10)
    stood = contest(votes, last, electorate=electorate)
    for intake in (loaded(register_of(stood, 0)), after(register_of(stood, 12), votes)):
        assert stopped(intake, votes=declared, papers=papers)[0] == "held"
        assert stopped(intake, votes=declared, papers=papers, rejected=electorate // 300)[0] == "held"
        # At a turnout of 60 %, a fifth is just twelve points.
        assert part == 20 or stopped(intake, votes=declared)[0] == "held"
        assert stopped(intake, votes=votes, papers=papers, rejected=electorate // 300) == ("taken", [])
    for others in (3, 12):
        held = stopped(after(register_of(stood, others), votes), votes=declared)[0] == "held"
        assert held or (part == 20 and others == 3)


def test_nelson_2023_two_figures_transposed() -> None:
    """Promise: with the winner's name as on the paper it is held. Without, only a swing can show it.

    242 and 177 are too near to each other for that.
    """
    transposed = {"winner-synthetic": 177, "loser-synthetic": 242}
    intake = loaded(register_of(contest(transposed), 0))
    assert stopped(intake, votes=transposed, elected=["winner-synthetic"]) == ("held", ["elected.not_most_votes"])
    last = {"winner-synthetic": 240, "loser-synthetic": 180}
    assert stopped(loaded(register_of(contest(transposed, last), 0)), votes=transposed) == ("taken", [])
    far = {"winner-synthetic": 100, "loser-synthetic": 319}
    assert stopped(loaded(register_of(contest(far, last), 0)), votes=far) == ("held", ["swing.beyond_limit"])


def test_a_correction_of_nelson_is_held_too() -> None:
    """Promise: whatever takes a published winner's place waits, right or wrong."""
    votes = {"winner-synthetic": 242, "loser-synthetic": 177}
    intake = loaded(register_of(contest(votes), 0))
    take(intake, declaration_event(TESTSHIRE, {"winner-synthetic": 177, "loser-synthetic": 242}))
    assert stopped(intake, votes=votes) == ("held", ["winner.changed"])


@pytest.mark.parametrize(("papers", "votes", "seats"), [(2_477, 3_000, 10), (1_200, 1_201, 3), (40_000, 50_000, 1)])
def test_highworth_2019_more_votes_than_papers(papers: int, votes: int, seats: int) -> None:
    """Promise: more votes than papers allow are refused, and no second person can let them through."""
    counted = {f"candidate-{place}-synthetic": votes + place for place in range(seats)} | {"last-synthetic": 90}
    intake = loaded(register_of(contest(counted, seats=seats), 0))
    for rejected in (None, 5):
        verdict, found = stopped(intake, votes=counted, papers=papers, rejected=rejected)
        assert verdict == "refused"
        assert not set(found) & HELD


ANTRIM = {"trump-pence": 9_748, "biden-harris": 5_960, "jorgensen-cohen": 189}
OLD_DEFINITION = {"trump-pence": 4_509, "biden-harris": 7_769, "jorgensen-cohen": 93}
LAST_TIME = {"trump-pence": 8_469, "biden-harris": 4_448, "jorgensen-cohen": 384}
"""Of 2016."""


def test_antrim_2020_an_old_ballot_definition() -> None:
    """Promise: totals beside the wrong names show by the swing, before others are declared and after."""
    stood = contest(ANTRIM, LAST_TIME)
    for others in (0, 3, 12):
        intake = after(register_of(stood, others), ANTRIM)
        verdict, found = stopped(intake, votes=OLD_DEFINITION)
        assert verdict == "held"
        assert "swing.beyond_limit" in found
        assert stopped(intake, votes=ANTRIM) == ("taken", [])


def test_leelanau_2024_a_part_shown_as_the_whole() -> None:
    """Promise: early votes left out (3,000 of 15,000, the figures invented) show beside last time's, and around."""
    votes = {"democrat-synthetic": 8_100, "republican-synthetic": 6_900}
    part = {"democrat-synthetic": 5_900, "republican-synthetic": 5_900 + 200}
    last = {"democrat-synthetic": 7_600, "republican-synthetic": 7_200}
    stood = contest(votes, last, electorate=20_000)
    assert stopped(loaded(register_of(stood, 0)), votes=part) == ("held", ["turnout.far_from_last"])
    for others in (3, 10):
        assert stopped(after(register_of(stood, others), votes), votes=part) == ("held", ["turnout.far_from_last"])
    assert stopped(after(register_of(stood, 10), votes), votes=votes) == ("taken", [])


def _decks(standing: int) -> Iterator[dict[str, int]]:
    """Yield figures of a test deck: the same for everybody, or one more for each."""
    names = [f"candidate-{place}-synthetic" for place in range(standing)]
    for each in (1, 5, 100):
        yield {name: each + (place == 0) for place, name in enumerate(names)}
    yield {name: place + 1 for place, name in enumerate(names)}


@pytest.mark.parametrize("electorate", [9_000, 72_000, None])
@pytest.mark.parametrize("standing", [2, 4, 12])
def test_kent_county_2024_results_of_a_test(electorate: int | None, standing: int) -> None:
    """Promise: what is marked as a test is refused. Without the mark, a test deck shows by its few votes.

    That is so where the electorate is known, and else as soon as ten others are declared.
    """
    votes = {f"candidate-{place}-synthetic": 30_000 // standing + (place == 0) for place in range(standing)}
    stood = contest(votes, electorate=electorate)
    intake = loaded(register_of(stood, 0)) if electorate else after(register_of(stood, 12), votes)
    assert stopped(intake, test=True, votes=votes)[0] == "refused"
    for deck in _decks(standing):
        if electorate and 20 * sum(deck.values()) >= electorate:
            continue
        assert stopped(intake, votes=deck)[0] == "held", deck


def test_real_wards_with_small_differences_pass() -> None:
    """Promise: papers that differ by a few, as in many wards of Trafford and London, stop nobody."""
    votes = {"ann-synthetic": 1_499, "bob-synthetic": 1_307, "cay-synthetic": 737, "dan-synthetic": 415}
    intake = loaded(register_of(contest(votes, electorate=7_495), 0))
    for difference in range(-4, 15):
        assert stopped(intake, votes=votes, rejected=20, papers=3_978 + difference) == ("taken", [])
