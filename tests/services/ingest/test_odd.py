"""What a second person is to look at: declarations that can be true and rarely are."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from schemas.events import AmendmentEvent, DeclarationEvent
from schemas.register import Amendment, Baselines, HoldLimits
from services.ingest.rules.intake import TABLES, Intake, Storable
from services.rules.neighbours import TURNOUT, Measures, Neighbours
from services.rules.verdicts import HELD
from services.rules.winners import Winners
from tallywire.packs.pack import bundled_packs
from tests.services.events import ACCEPTED, declaration_event
from tests.services.ingest.odd_declarations import loaded, odd_declarations, odd_of, of_pack, take
from tests.services.ingest.odd_nights import (
    ANN,
    BOB,
    CAY,
    LAST,
    ODD,
    VOTES,
    around_votes,
    codes,
    neighbour,
    night,
    night_register,
    said,
    told,
    ward_event,
    wards,
)
from tests.services.registers import PARTIES, TESTSHIRE, synthetic_contest, synthetic_register

BOB_WINS = {ANN: 23_000, BOB: 27_000, CAY: 5_000}

SENTENCES = {
    "papers.not_counted": "6,558 papers verified and not counted, as far as the figures say: 55,000 votes from 61,558 "
    "papers. Check for a figure left out, and state the rejected papers.",
    "turnout.beyond_limits": "6 votes of 100,000 electors are a turnout of less than 0.1 %; below 5 % or above 95 % it "
    "hardly ever is. Check that these are the figures of the count, and all of them.",
    "turnout.far_from_others": "27,000 votes of 100,000 electors are a turnout of 27.0 %; of 12 contests around it, "
    "the middle one has 55.0 %. Check for figures left out or counted twice.",
    "turnout.far_from_last": "44,500 votes are 80.9 % of last time's 55,000; of 12 contests around it, the middle one "
    "has 100.0 %. Check for figures left out or counted twice.",
    "swing.beyond_limit": "The swing from Conservatives to Labour is 29.1 points, more than 25. Check that every "
    "figure stands beside the right name.",
    "winner.changed": "Declared elected before: Ann Example; by this: Bob Sample. Check that every figure "
    "stands beside the right name.",
    "votes.far_above_others": "115,000 votes are more than 2 times those of the largest of 12 other contests, 55,400. "
    "Check for a digit too many, or a figure counted twice.",
    "votes.far_below_others": "6 votes are less than 1/10 of those of the smallest of 12 other contests, 54,600. "
    "Check that these are the figures of the count, and all of them.",
}


@pytest.mark.parametrize("code", ODD)
def test_what_is_odd_is_said_with_its_figures(code: str) -> None:
    """Promise: each finding has a code that can be held, and a sentence with the figures and what to do."""
    assert codes(*ODD[code]) == [code]
    assert code in HELD
    assert told(code) == SENTENCES[code]


def test_what_was_refused_and_can_be_true_is_held_by_the_same_code() -> None:
    """Promise: papers missing and another elected are found with the figures; papers too few cannot be true."""
    missing = odd_of(night(), said(VOTES, rejected=200, papers=61_758))
    assert [(reason.code, reason.path) for reason in missing] == [("papers.do_not_reconcile", "data.papers")]
    assert missing[0].message.startswith("6,558 papers verified and not counted: 55,000 votes and 200 rejected")
    (other,) = odd_of(night(), said(VOTES, elected=[BOB]))
    assert other.message.startswith("Declared elected: Bob Sample. Most votes: Ann Example (27,000).")
    assert codes(night(), said(VOTES, rejected=200, papers=50_000)) == []


def test_papers_without_those_rejected() -> None:
    """Promise: as many as may have been rejected are not odd; with several seats a valid paper has a vote at least."""
    assert codes(night(), said(VOTES, papers=57_890)) == []
    assert codes(night(), said(VOTES, papers=57_896)) == ["papers.not_counted"]
    seats = synthetic_contest(seats=2, baseline=Baselines(previous_election=None, sitting=None))
    two = night(0, seats)
    assert codes(two, said(VOTES, papers=56_200, rejected=100)) == []
    assert codes(two, said(VOTES, papers=56_300, rejected=100)) == ["papers.not_counted"]


@pytest.mark.parametrize(
    "between",
    [
        [],
        [said(None, kind="withdrawn", revision=2)],
        [said(None, kind="recount", revision=2)],
        [said(None, kind="annulled", revision=2)],
        [said(None, kind="withdrawn", revision=2), said(None, kind="postponed", revision=3)],
    ],
)
def test_another_winner_is_odd_whatever_came_between(between: list[DeclarationEvent]) -> None:
    """Promise: a withdrawal, a recount or an annulment opens no back door; the same winner again is not odd."""
    intake = night()
    for event in (said(VOTES), *between):
        take(intake, event)
    revision = intake.highest(TESTSHIRE) + 1
    assert codes(intake, said(BOB_WINS, revision=revision)) == ["winner.changed"]
    assert codes(intake, said(None, kind="flash", elected=[BOB], revision=revision)) == ["winner.changed"]
    assert codes(intake, said({**VOTES, ANN: 27_001}, revision=revision)) == []


def test_a_count_that_only_grows_changes_no_winner() -> None:
    """Promise: a flash and the result that bears it out are no change; nor is what elects nobody, ever."""
    intake = night()
    take(intake, said(None, kind="flash", elected=[BOB]))
    assert codes(intake, said(BOB_WINS, revision=2)) == []
    assert codes(intake, said(VOTES, revision=2)) == ["winner.changed"]
    for kind in ("withdrawn", "recount", "postponed", "countermanded", "annulled"):
        assert codes(intake, said(None, kind=kind, revision=2, reason="Synthetic")) == []


def test_a_declaration_that_will_not_stand_changes_no_winner() -> None:
    """Promise: an earlier revision that comes late changes nothing, and is compared with nothing."""
    intake = night()
    take(intake, said(VOTES, revision=3))
    assert codes(intake, said(BOB_WINS, revision=2)) == []
    take(intake, said(BOB_WINS, revision=2))
    assert intake.winners[TESTSHIRE] == Winners((ANN,))


def test_of_a_landslide_only_the_first_swings_are_odd() -> None:
    """Promise: what has been seen once is not odd again, as long as it is not much larger."""
    intake = night(3)
    landslide = {ANN: 10_000, BOB: 41_000, CAY: 4_000}
    assert codes(intake, declaration_event(neighbour(0), landslide, revision=2)) == [
        "swing.beyond_limit",
        "winner.changed",
    ]
    take(intake, declaration_event(neighbour(0), landslide, revision=2))
    assert codes(intake, said(landslide)) == []
    assert codes(intake, said({ANN: 4_000, BOB: 47_000, CAY: 4_000})) == ["swing.beyond_limit"]


@pytest.mark.parametrize("electorate", [100_000, None])
def test_where_all_turnouts_change_only_the_first_is_odd(electorate: int | None) -> None:
    """Promise: votes far from last time's are odd beside the few that are declared, too; near either they are not."""
    contest = synthetic_contest(electorate=electorate, previous_votes={"PP52": 20_000, "PP53": 17_000, "PP90": 1_000})
    doubled = {ANN: 42_000, BOB: 36_000, CAY: 2_000}
    intake = loaded(night_register(1, contest))
    assert codes(intake, said(doubled)) == ["turnout.far_from_last"]
    take(intake, declaration_event(neighbour(0), doubled))
    assert codes(intake, said(doubled)) == []
    assert codes(intake, said({ANN: 20_000, BOB: 17_000, CAY: 1_000})) == []
    assert "turnout.far_from_last" in codes(intake, said({ANN: 2_500, BOB: 2_100, CAY: 100}))


def test_what_lies_between_last_times_votes_and_those_of_few_others_is_not_odd() -> None:
    """Promise: where one contest has more votes than last time, another that has somewhat more is not odd."""
    contest = synthetic_contest(previous_votes={"PP52": 14_000, "PP53": 14_000, "PP90": 2_000})
    intake = loaded(night_register(1, contest))
    take(intake, declaration_event(neighbour(0), {ANN: 35_000, BOB: 35_000, CAY: 5_000}))
    assert codes(intake, said({ANN: 23_500, BOB: 23_500, CAY: 3_000})) == []
    assert codes(intake, said({ANN: 8_000, BOB: 8_000, CAY: 1_000})) == ["turnout.far_from_last"]


def test_councillors_are_elected_with_parliament_or_alone() -> None:
    """Promise: the first ward of a night is not held where Parliament was elected with it last time, or is this time.

    A turnout that councils hardly ever have is odd, and so is half a count as soon as another one is declared.
    """
    odd = ["turnout.far_from_last"]
    after_parliament = wards(0, last=66_000)
    assert codes(after_parliament, ward_event(30_000)) == []
    assert codes(after_parliament, ward_event(22_000)) == odd
    assert codes(after_parliament, ward_event(50_000)) == odd
    assert codes(wards(0, electorate=None), ward_event(70_000)) == []
    assert codes(wards(0, electorate=None), ward_event(9_000)) == odd
    for others, declared in ((0, 0), (1, 31_000), (12, 60_000)):
        assert codes(wards(declared, others), ward_event(74_000)) == [], others
        assert codes(wards(declared, others), ward_event(76_000)) == odd, others
    assert codes(wards(66_000, 1, last=66_000), ward_event(33_000)) == odd


@pytest.mark.parametrize(
    ("last", "by_election", "largest"), [(4_900, False, 31), (5_000, False, 25), (4_900, True, 40)]
)
def test_swings_of_small_contests_vary_more(last: int, by_election: bool, largest: int) -> None:
    """Promise: where fewer than 5,000 voted last time, a swing may be six points larger; not at a by-election."""
    contest = synthetic_contest(previous_votes={"PP52": last // 2, "PP53": last // 2}, electorate=10_000)
    ballot_id = "pcc.testshire.by.2030-05-02" if by_election else TESTSHIRE
    intake = loaded(synthetic_register(contests={ballot_id: contest}, parties=PARTIES))
    for points, expected in ((largest - 1, []), (largest + 1, ["swing.beyond_limit"])):
        swung = {ANN: last * (50 - points) // 100, BOB: last * (50 + points) // 100, CAY: 0}
        assert codes(intake, declaration_event(ballot_id, swung)) == expected


@pytest.mark.parametrize(("last", "largest"), [(4_900, 28), (5_000, 22)])
def test_swings_of_small_contests_vary_more_beside_others_too(last: int, largest: int) -> None:
    """Promise: the same holds of a swing that is compared with those around it."""
    contest = synthetic_contest(previous_votes={"PP52": last // 2, "PP53": last // 2}, electorate=10_000)
    intake = loaded(night_register(12, contest))
    for number in range(12):
        take(intake, declaration_event(neighbour(number), {ANN: 25_000, BOB: 24_000, CAY: 6_000}))
    for points, expected in ((largest - 1, []), (largest + 1, ["swing.beyond_limit"])):
        swung = {ANN: last * (50 - points) // 100, BOB: last * (50 + points) // 100, CAY: 0}
        assert codes(intake, said(swung)) == expected


def test_a_swing_is_odd_beside_few_others_too() -> None:
    """Promise: as long as too few are declared, a swing is compared with theirs as well as with none."""
    far = {ANN: 11_000, BOB: 40_000, CAY: 4_000}
    intake = loaded(night_register(1))
    assert codes(intake, said(far)) == ["swing.beyond_limit"]
    take(intake, declaration_event(neighbour(0), {ANN: 18_000, BOB: 33_000, CAY: 4_000}))
    assert codes(intake, said(far)) == []
    assert codes(intake, said({ANN: 2_000, BOB: 49_000, CAY: 4_000})) == ["swing.beyond_limit"]


def test_swings_are_compared_with_those_around() -> None:
    """Promise: where all swing, the one that does not is odd, and those that do are not."""
    swung = {ANN: 13_000, BOB: 36_000, CAY: 6_000}
    intake = loaded(night_register(12))
    for number in range(12):
        take(intake, declaration_event(neighbour(number), swung))
    assert codes(intake, said(swung)) == []
    assert codes(intake, said({ANN: 26_000, BOB: 22_000, CAY: 7_000})) == ["swing.beyond_limit"]


def test_by_elections_are_compared_with_each_other_alone() -> None:
    """Promise: that few vote at a by-election is no wonder; that hardly anybody does is one."""
    ballot_id = "pcc.testshire.by.2030-05-02"
    register = night_register(12)
    contests = {**register.contests, ballot_id: synthetic_contest(previous_votes=LAST)}
    intake = loaded(register.model_copy(update={"contests": contests}))
    for number in range(12):
        take(intake, declaration_event(neighbour(number), around_votes(number)))
    assert codes(intake, declaration_event(ballot_id, {ANN: 9_000, BOB: 8_000, CAY: 2_000})) == []
    assert codes(intake, declaration_event(ballot_id, {ANN: 8_000, BOB: 7_000, CAY: 2_000})) == [
        "turnout.far_from_last"
    ]


def test_a_region_is_not_compared_with_its_constituencies() -> None:
    """Promise: a region's lists have the votes of many constituencies, and are no odder for it."""
    ballot_id = "pcc.r.testshire.2030-05-02"
    region = synthetic_contest(
        voting_system="additional-member",
        constituencies=tuple(map(neighbour, range(10))),
        electorate=None,
        baseline=Baselines(previous_election=None, sitting=None),
    )
    register = night_register(12)
    intake = loaded(register.model_copy(update={"contests": {**register.contests, ballot_id: region}}))
    for number in range(12):
        take(intake, declaration_event(neighbour(number), around_votes(number)))
    lists = declaration_event(ballot_id, {ANN: 270_000, BOB: 230_000, CAY: 50_000}, elected=(BOB,))
    assert codes(intake, lists) == []


def test_nine_contests_are_too_few_to_compare_with() -> None:
    """Promise: until ten were declared, a turnout is compared with last time's alone."""
    low = said({ANN: 22_000, BOB: 18_500, CAY: 4_000})
    assert codes(night(10), low) == ["turnout.far_from_last"]
    assert codes(night(9), low) == []
    assert codes(night(9), said({ANN: 21_000, BOB: 17_500, CAY: 4_000})) == ["turnout.far_from_last"]


def test_a_contest_is_not_compared_with_itself() -> None:
    """Promise: a correction is compared with the others, not with the figures that it corrects."""
    intake = night(9)
    take(intake, said(VOTES))
    low = {ANN: 22_000, BOB: 18_500, CAY: 4_000}
    assert codes(intake, said(low, revision=2)) == []


def test_the_limits_are_the_registers() -> None:
    """Promise: the register says from which figures on a declaration is odd; left out, it is the defaults."""
    landslide = said({ANN: 10_000, BOB: 41_000, CAY: 4_000})
    assert codes(night(0, holds=HoldLimits(swing_points=30)), landslide) == []
    few = said(VOTES, rejected=0, papers=55_010)
    assert codes(night(0, holds=HoldLimits(papers_apart_min=5, papers_apart_per_cent=1)), few) == []
    assert "holds" not in Amendment.model_fields


def test_what_is_compared_follows_from_the_tables() -> None:
    """Promise: ingest compares after a restart with what it compared before, amendments included."""
    intake = night()
    take(intake, said(VOTES))
    amendment = Amendment(ballot_id=TESTSHIRE, electorate=80_000)
    event = AmendmentEvent(
        id="a", source="/desk", subject=TESTSHIRE, acceptedtime=ACCEPTED, sequence=99, data=amendment
    )
    take(intake, event)
    take(intake, declaration_event(neighbour(0), None, kind="withdrawn", revision=2, reason="Synthetic"))
    restored = Intake(intake.election)
    assert intake.register is not None
    stored: dict[str, Mapping[str, Storable]] = {
        "ingest:register": {"election": intake.register.head()},
        "ingest:contests": intake.register.contests,
        "ingest:stated": intake.stated,
        "ingest:winners": intake.winners,
    }
    for name, table in TABLES.items():
        for field, value in sorted(stored.get(name, {}).items(), reverse=True):
            table.keep(restored, field, table.decode(value.encode()))
    assert restored.neighbours == intake.neighbours
    assert restored.winners == intake.winners
    assert restored.stated == intake.stated


def test_neighbours_are_the_smallest_region_with_enough_of_them() -> None:
    """Promise: a contest is compared with those around it, as closely as there are enough."""
    neighbours = Neighbours()
    here = Measures("mayor", "first-past-the-post", False, ("shire", "england"), {TURNOUT: 500})
    for number in range(4):
        far = Measures("mayor", "first-past-the-post", False, ("england",), {TURNOUT: 700 + number})
        neighbours.put(f"far-{number}", far)
        neighbours.put(f"near-{number}", replace(here, figures={TURNOUT: 400 + number}))
    around = neighbours.local("own", here, TURNOUT, 4)
    assert around is not None
    assert (around.number, around.middle, around.spread, around.region) == (4, 402, 2, "shire")
    wide = neighbours.local("own", here, TURNOUT, 5)
    assert wide is not None
    assert (wide.number, wide.middle) == (8, 700)
    neighbours.put("near-0", None)
    assert neighbours.local("own", here, TURNOUT, 8) is None
    assert neighbours.extremes("near-1", here, TURNOUT) == (6, 402, 703)


SYNTHETIC = {"senedd.2031-05-01", "sp.2031-05-01"}
"""Drawn nights, in which winners are corrected on purpose."""


def test_of_the_bundled_elections_hardly_any_declaration_is_odd() -> None:
    """Promise: on the shipped limits less than 1 % of a parliament's declarations are held, and of the others none."""
    held = {path.name: of_pack(path) for path in bundled_packs().values()}
    for name, (contests, _, odd) in held.items():
        if name in SYNTHETIC:
            continue
        assert 100 * len(odd) < contests or not odd, (name, odd)
        assert contests > 100 or not odd, (name, odd)
    assert sum(declarations for _, declarations, _ in held.values()) > 700


def test_each_declaration_of_a_night_is_looked_at() -> None:
    """Promise: the measure finds what is odd where it is: the twelfth contest, and none of the others."""
    register = night_register(12)
    events = [declaration_event(neighbour(number), around_votes(number)) for number in range(12)]
    low = said({ANN: 22_000, BOB: 18_500, CAY: 4_000})
    assert [odd.ballot_id for odd in odd_declarations(register, [*events, low])] == [TESTSHIRE]
