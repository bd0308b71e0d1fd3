"""Whether a party had never won: only where that is certain."""

import pytest

from schemas.register import Baseline, Baselines, Holder, PastWinner
from services.rules.past_winners import denied_winners, never_won, unlisted_winners
from tests.services.registers import TESTSHIRE, synthetic_contest, synthetic_register

CO_OP, LABOUR, CONSERVATIVES, INDEPENDENTS = "joint-party:53-119", "PP53", "PP52", "ynmp-party:2"


def baseline(parties: tuple[str, ...] | None, *, notional: bool = False) -> Baseline | None:
    """Return a baseline of these parties; None where it is unknown."""
    return (
        None if parties is None else Baseline(seats=tuple(Holder(party=party) for party in parties), notional=notional)
    )


@pytest.mark.parametrize(
    ("past", "previous", "sitting", "expected"),
    [
        ((INDEPENDENTS, CONSERVATIVES), (CONSERVATIVES,), None, True),  # Norfolk 2024
        ((LABOUR, CONSERVATIVES), (CONSERVATIVES,), None, False),  # Bedfordshire 2024, though a story said first
        ((CO_OP, CONSERVATIVES), None, None, False),
        ((CONSERVATIVES,), None, None, True),
        (None, (CONSERVATIVES,), None, None),
        ((), (), None, None),
        # The list lacks who won last, or the register says that nobody did.
        ((CONSERVATIVES,), (INDEPENDENTS,), None, None),
        ((CONSERVATIVES,), (LABOUR,), None, None),
        ((CONSERVATIVES,), (), None, None),
        # It may have won the seat at a by-election that is not among the past winners.
        ((CONSERVATIVES,), (CONSERVATIVES,), (LABOUR,), None),
    ],
)
def test_a_first_is_one_only_where_everything_agrees(
    past: tuple[str, ...] | None,
    previous: tuple[str, ...] | None,
    sitting: tuple[str, ...] | None,
    expected: bool | None,
) -> None:
    """Promise: a first is a first only where all past winners are known, and nothing else says otherwise."""
    contest = synthetic_contest(
        baseline=Baselines(previous_election=baseline(previous), sitting=baseline(sitting)),
        past_winners=None if past is None else tuple(PastWinner(year=2012 + n, party=p) for n, p in enumerate(past)),
    )
    assert never_won(synthetic_register(contests={TESTSHIRE: contest}), contest, LABOUR) is expected


def test_a_notional_holder_contradicts_nobody() -> None:
    """Promise: who would have won on other boundaries need not be a past winner, and is called no first either."""
    contest = synthetic_contest(
        baseline=Baselines(previous_election=baseline((LABOUR,), notional=True), sitting=None),
        past_winners=(PastWinner(year=2026, party=CONSERVATIVES),),
    )
    register = synthetic_register(contests={TESTSHIRE: contest})
    assert unlisted_winners(register, contest) == ()
    assert not denied_winners(contest)
    assert never_won(register, contest, LABOUR) is None
    assert never_won(register, contest, "PP90") is True
