"""Gain, hold and win under both baselines."""

import pytest

from schemas.register import Baseline, Baselines, Candidate, Holder, Party
from services.aggregate.rules.outcome import label, outcome
from tests.services.registers import PARTIES, TESTSHIRE, synthetic_contest, synthetic_register

SPOKEN = {
    "Con": "PP52",
    "Lab": "PP53",
    "LD": "PP90",
    "Ind": "ynmp-party:2",
    "Lab Co-op": "joint-party:53-119",
    "UKIP": "PP85",
    "WPB": "PP11382",
    "Spk": "ynmp-party:12522",
}
RENAMED = "PP7931-before"
"""A party under the id it had before it was renamed, or before it merged into Labour."""
MORE_PARTIES = {SPOKEN[short]: Party(name=short, spoken=short, abbreviation=short) for short in ("UKIP", "WPB", "Spk")}


def labels(winner: str, previous: str | None, sitting: str | None) -> tuple[str | None, str | None]:
    """Return the labels of a seat won by a party that had been won and was held by others."""

    def baseline(party: str | None) -> Baseline | None:
        if party is None:
            return None
        return Baseline(seats=(Holder(party=SPOKEN[party]),) if party != "nobody" else ())

    contest = synthetic_contest(
        candidates={"winner": Candidate(name="Wim Sample", party=SPOKEN[winner])},
        baseline=Baselines(previous_election=baseline(previous), sitting=baseline(sitting)),
    )
    register = synthetic_register(parties=PARTIES | MORE_PARTIES, contests={TESTSHIRE: contest})
    found = [
        outcome(register, contest, ("winner",), against)
        for against in (contest.baseline.previous_election, contest.baseline.sitting)
    ]
    return label(register, contest, found[0]), label(register, contest, found[1])


@pytest.mark.parametrize(
    ("winner", "previous", "sitting", "expected"),
    [
        ("UKIP", "Con", "UKIP", ("UKIP gain from Con", "UKIP hold")),  # Clacton 2015
        ("Con", "Lab", "Con", ("Con gain from Lab", "Con hold")),  # Copeland 2017
        ("Lab", "Lab", "WPB", ("Lab hold", "Lab gain from WPB")),  # Rochdale 2024
        ("Spk", "Lab", "Lab", ("Spk gain from Lab", "Spk gain from Lab")),  # Chorley 2019
        ("Spk", "Spk", "Spk", ("Spk hold", "Spk hold")),  # Chorley 2024
        ("Lab Co-op", "Lab", None, ("Lab hold", None)),
        ("Lab Co-op", "Lab Co-op", "Con", ("Lab hold", "Lab gain from Con")),
        ("Ind", "nobody", "nobody", ("Ind win", "Ind win")),
        ("Ind", "Ind", None, ("Ind hold", None)),
        ("LD", None, "LD", (None, "LD hold")),
    ],
)
def test_the_winners_party_is_compared_with_each_baseline(
    winner: str, previous: str | None, sitting: str | None, expected: tuple[str | None, str | None]
) -> None:
    """Promise: services disagree only because they use different baselines; we give the label under each."""
    assert labels(winner, previous, sitting) == expected


DESCRIBED = "ynmp-party:2:annibynnol"
AS_INDEPENDENT = Party(name="Annibynnol", spoken="Independent", abbreviation="Ind", counts_as="ynmp-party:2")


def holder_changed(winner: Candidate, holder: Holder, sitting: Holder | None = None) -> bool:
    """Whether a seat that independents keep is said to be another one's now."""
    before = Baseline(seats=(holder,))
    contest = synthetic_contest(
        candidates={"winner": winner},
        baseline=Baselines(previous_election=before, sitting=None if sitting is None else Baseline(seats=(sitting,))),
    )
    register = synthetic_register(parties=PARTIES | {DESCRIBED: AS_INDEPENDENT}, contests={TESTSHIRE: contest})
    found = outcome(register, contest, ("winner",), before)
    assert found is not None
    assert found.change == "hold"
    return found.holder_changed


@pytest.mark.parametrize(
    ("winner", "holder", "changed"),
    [
        ("Wim Sample", "Wim Sample", False),
        ("Wim Sample", "Ivo Other", True),
        ("Wim Sample", None, False),
        ("Pat O\u2019Brien", "Pat O'Brien", False),
        ("Zoe\u0308 Sample", "Zo\u00eb Sample", False),
        ("Wilma Sample", "Wilma Other", False),
        ("Bill Sample", "William Sample", False),
    ],
)
@pytest.mark.parametrize("party", ["ynmp-party:2", DESCRIBED])
def test_an_independent_after_another_holds_and_says_so(
    winner: str, holder: str | None, changed: bool, party: str
) -> None:
    """Promise: a different independent is a hold with `holder_changed`, described or not; doubt claims nothing."""
    assert holder_changed(Candidate(name=winner, party=party), Holder(party="ynmp-party:2", name=holder)) is changed
    assert holder_changed(Candidate(name=winner, party="ynmp-party:2"), Holder(party=party, name=holder)) is changed


@pytest.mark.parametrize(
    ("sitting", "held_by", "changed"),
    [(True, None, False), (True, "Ivo Other", False), (True, "Wim Sample", True), (False, "Ivo Other", True)],
)
def test_a_sitting_member_may_have_sat_under_another_name(sitting: bool, held_by: str | None, changed: bool) -> None:
    """Promise: who sat on the eve of poll, by whose name nobody did, is nobody else's successor."""
    winner = Candidate(name="Wim Sample", party="ynmp-party:2", sitting=sitting)
    on_the_eve = Holder(party="ynmp-party:2", name=held_by)
    assert holder_changed(winner, Holder(party="ynmp-party:2", name="Ivo Other"), on_the_eve) is changed


@pytest.mark.parametrize(
    ("holder", "party", "same"),
    [
        ("Wim Sample", "ynmp-party:2", True),
        ("Wim Other", "ynmp-party:2", False),
        (None, "ynmp-party:2", False),
        ("Wim Sample", "PP53", False),
    ],
)
def test_an_independent_keeps_a_seat_only_where_that_is_certain(holder: str | None, party: str, same: bool) -> None:
    """Promise: that the holder and the winner are one person is said of independents whose names are one."""
    baseline = Baseline(seats=(Holder(party=party, name=holder),))
    contest = synthetic_contest(candidates={"winner": Candidate(name="Wim Sample", party=party)})
    found = outcome(synthetic_register(contests={TESTSHIRE: contest}), contest, ("winner",), baseline)
    assert found is not None
    assert (found.change, found.holder_changed, found.same_person) == ("hold", False, same)


@pytest.mark.parametrize(
    ("holder", "same"), [("Wim Sample", True), ("Wilma Sample", False), ("Wim Draft", True), (None, False)]
)
@pytest.mark.parametrize(("before", "now"), [("ynmp-party:2", "PP53"), ("PP53", "ynmp-party:2"), ("PP52", "PP53")])
def test_a_seat_that_changes_its_party_with_its_holder_is_taken_from_nobody(
    before: str, now: str, holder: str | None, same: bool
) -> None:
    """Promise: it is a gain, and the result says that it may be the same person's."""
    baseline = Baseline(seats=(Holder(party=before, name=holder),))
    contest = synthetic_contest(candidates={"winner": Candidate(name="Wim Sample", party=now)})
    found = outcome(synthetic_register(contests={TESTSHIRE: contest}), contest, ("winner",), baseline)
    assert found is not None
    assert (found.change, found.same_person) == ("gain", same)


def test_a_party_that_was_renamed_or_merged_holds_its_seat() -> None:
    """Promise: the register says which ids count as one; a seat held under the old one is not gained."""
    was = Party(name="Old Labour", spoken="Old Labour", abbreviation="Old", counts_as="PP53")
    contest = synthetic_contest(
        candidates={"winner": Candidate(name="Wim Sample", party="PP53")},
        baseline=Baselines(previous_election=Baseline(seats=(Holder(party=RENAMED),)), sitting=None),
    )
    register = synthetic_register(parties=PARTIES | {RENAMED: was}, contests={TESTSHIRE: contest})
    found = outcome(register, contest, ("winner",), contest.baseline.previous_election)
    assert label(register, contest, found) == "Lab hold"
