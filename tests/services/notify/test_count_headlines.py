"""Counts by single transferable vote: stage by stage, whole, corrected and set aside."""

from dataclasses import replace

from schemas.headline import Headline
from services.notify.rules.counts import stage_marks
from tests.services.notify.headlines import headlines, kinds_and_texts
from tests.services.notify.occasion_events import FIRST_STAGE, THREE_STAGES, TWO_SEATS
from tests.services.notify.results import CON, GREEN, LAB, LD, PEOPLE, SNP, Contest
from tests.services.notify.systems import FOURTH, ONE, SECOND, THIRD, S, count, stv


def said(*contests: Contest) -> list[Headline]:
    """Return what is said of the last of some results, after the others."""
    events = [one.event for one in contests]
    return [one.data for one in headlines(events) if one.data.result_id == events[-1].id]


WHOLE = count(TWO_SEATS, SECOND, THIRD, FOURTH, kind="declared")
BY_ELECTION = stv(
    1, (SNP,), name="Testward (Glasgow)", ballot_id="local.glasgow.testward.by.2030-05-02", by_election=True
)


def test_a_count_stage_by_stage_says_who_is_elected_and_who_is_excluded() -> None:
    """Promise: later stages correct nothing; the end says which party gains, and who takes the last seat."""
    stages = (
        FIRST_STAGE,
        count(FIRST_STAGE, SECOND),
        count(count(FIRST_STAGE, SECOND), SECOND, THIRD),
        count(count(count(FIRST_STAGE, SECOND), SECOND, THIRD), SECOND, THIRD, FOURTH, kind="declared"),
    )
    assert kinds_and_texts([one.event for one in stages]) == [
        ("stage", "Ann Example (Con) elected on the first count in Testford"),
        ("stage", "Testford: stage 2 counted, one of two seats filled"),
        ("stage", "Testford: stage 3 counted, one of two seats filled"),
        ("excluded", "Dan Trial (Green) excluded at stage 3 in Testford"),
        ("gain", "Labour gains a seat in Testford from Conservatives"),
        ("last_elected", "Bob Sample (Lab) takes the last seat in Testford at stage 4 without reaching the quota"),
    ]
    first = said(FIRST_STAGE)[0]
    assert first.detail == (
        "Elected so far: Ann Example (Con) on the first count; one of two seats filled. The quota is 1,001; first "
        "preferences: Conservatives 40.0%, Labour 30.0%, Liberal Democrats 16.7%, Greens 10.0%, an independent 3.4%."
    )
    assert ([one.seats for one in first.winners], first.losers, first.baseline) == ([1], (), None)
    assert (
        said(*stages[:3])[1].detail == "Dan Trial (Green) had 330 votes. Three candidates are left for the last seat."
    )
    assert said(*stages)[1].detail == (
        "Elected last: Bob Sample (Lab) at stage 4 without reaching the quota. Eve Pattern (Ind) had 130 votes."
    )


def test_first_preferences_that_elect_nobody_say_who_leads() -> None:
    """Promise: the party that leads, of all its candidates together; with equal shares nobody does."""
    level = {"ann": 900, "bob": 900, "cay": 500, "dan": 300, "eve": 102}
    two = replace(TWO_SEATS, people=PEOPLE | {"cay": ("Cay Specimen", LAB)})
    assert said(count(two, first=level, elected=()))[0].text == (
        "Labour leads first preferences in Testford with 51.8%; quota 1,001"
    )
    assert said(count(TWO_SEATS, first=level, elected=()))[0].text == (
        "First preferences counted in Testford; quota 1,001"
    )


def test_several_elected_at_once_are_named_and_long_names_give_way_to_parties() -> None:
    """Promise: every elected is told; where names do not fit, for which parties; all are data and in the detail."""
    both = count(stv(5), elected=("ann", "bob"), first=ONE | {"bob": 1_100})
    assert said(both)[0].text == "Ann Example (Con) and Bob Sample (Lab) elected on the first count in Testford"
    long = stv(5, name="Fermanagh and South Tyrone")
    three = ONE | {"bob": 1_100, "cay": 1_050}
    data = said(count(long, elected=("ann", "bob", "cay"), first=three))[0]
    assert data.text == "Con, Lab and LD win a seat each in Fermanagh and South Tyrone"
    assert [one.name for one in data.elected] == ["Ann Example", "Bob Sample", "Cay Specimen"]


def test_a_sitting_member_who_is_excluded_is_called_one() -> None:
    """Promise: that is the news of it."""
    sat = count(stv(sitting=("dan",)), SECOND)
    assert said(sat, count(sat, SECOND, THIRD))[1].text == (
        "Dan Trial (Green), a sitting member, excluded at stage 3 in Testford"
    )


def test_seats_are_not_the_last_ones_as_long_as_none_is_filled() -> None:
    """Promise: who is left in the count stands for all seats until one is filled."""
    first = count(stv(2), elected=(), first=ONE | {"ann": 900})
    assert said(first, count(first, THIRD, elected=()))[1].detail.endswith("are left for both seats.")


def test_an_old_stage_with_other_figures_is_a_correction() -> None:
    """Promise: it says which stage; and an exclusion that was said, and is none, is taken back."""
    other = replace(THIRD, totals=THIRD.totals | {"cay": "701"})
    figures = said(THREE_STAGES, count(THREE_STAGES, SECOND, other))
    assert [(one.kind, one.priority, one.text) for one in figures] == [
        ("correction", 3, "CORRECTION: stage 3 of the count in Testford corrected")
    ]
    assert figures[0].detail.endswith("Stage 3 has other figures than were announced.")
    eve = S("exclusion", ["eve"], {"ann": "1001", "bob": "995.5", "cay": "700", "dan": "360"})
    assert [one.text for one in said(THREE_STAGES, count(THREE_STAGES, SECOND, eve))] == [
        "CORRECTION: stage 3 of the count in Testford corrected",
        "CORRECTION: Dan Trial (Green) not excluded in Testford",
    ]


def test_equal_totals_written_otherwise_are_the_same_stage() -> None:
    """Promise: 1001 and 1001.00 are one number."""
    same = replace(SECOND, totals=SECOND.totals | {"ann": "1001.00"})
    first = count(TWO_SEATS, SECOND)
    assert said(first, count(first, same, THIRD))[0].kind == "stage"


def test_a_stage_is_known_again_after_an_upgrade() -> None:
    """Promise: what an earlier release has remembered of each stage is what this one makes of the same figures."""
    assert stage_marks(THREE_STAGES.event.data) == ("1:4b804d68", "2:036e76b7", "3:409e7116")


def test_somebody_who_is_not_elected_after_all_is_a_correction() -> None:
    """Promise: of a count that goes on, and at its end."""
    now = count(FIRST_STAGE, elected=("bob",), first=ONE | {"bob": 1_300, "ann": 800})
    assert [(one.kind, one.priority, one.text) for one in said(FIRST_STAGE, now)] == [
        ("correction", 2, "CORRECTION: Bob Sample (Lab) elected in Testford, not Ann Example (Con)")
    ]
    end = count(FIRST_STAGE, S("exclusion", ["ann"], THIRD.totals, ["bob", "cay"]), kind="declared", elected=())
    data = said(FIRST_STAGE, end)[0]
    assert (data.kind, data.text) == ("correction", "CORRECTION: Ann Example (Con) not elected in Testford")


def test_a_count_that_is_set_aside_takes_its_exclusions_with_it() -> None:
    """Promise: nothing that was said of it is left standing."""
    recount = said(THREE_STAGES, THREE_STAGES.then("recount", reason="A parcel was found"))
    assert [one.text for one in recount] == [
        "Recount in Testford, count so far set aside",
        "CORRECTION: exclusions in Testford set aside",
    ]
    gone = said(THREE_STAGES, THREE_STAGES.then("withdrawn", reason="In error"))
    assert gone[0].text == 'WITHDRAWN: "Ann Example (Con) elected so far in Testford"'
    nobody = count(TWO_SEATS, elected=())
    assert said(nobody, nobody.then("withdrawn", reason="In error"))[0].text == ("WITHDRAWN: count so far in Testford")


def test_a_stage_under_review_says_who_is_elected_so_far() -> None:
    """Promise: the same names, and that a correction waits."""
    doubted = count(FIRST_STAGE, amended=True, under_review=True)
    assert [(one.kind, one.text) for one in said(FIRST_STAGE, doubted)] == [
        ("under_review", "UNDER REVIEW: Ann Example (Con) elected so far in Testford")
    ]


def test_a_whole_count_is_set_against_set() -> None:
    """Promise: equal parties cancel; who took whose seat is said only where one side is a single party."""
    data = said(WHOLE)
    assert [one.text for one in data] == ["Labour gains a seat in Testford from Conservatives"]
    assert data[0].detail.startswith(
        "Testford elects Ann Example (Con) on the first count and Bob Sample (Lab) at stage 4 without reaching the "
        "quota. The quota is 1,001; first preferences: Conservatives 40.0%"
    )
    both = count(stv(2, (SNP, GREEN)), SECOND, THIRD, FOURTH, kind="declared")
    assert said(both)[0].text == "Conservatives and Labour gain a seat each in Testford"
    assert "who took whose is not certain" in said(both)[0].detail


def test_a_leader_on_first_preferences_who_loses_is_a_fact() -> None:
    """Promise: of several seats the leader is named, of one seat the transfers."""
    last = S("exclusion", ["dan"], THIRD.totals, ["bob", "cay"])
    data = said(count(stv(2, (LD, CON)), SECOND, last, kind="declared", elected=()))[0]
    assert data.facts == ("from_behind",)
    assert (
        data.text == "Labour gains a seat in Testford from Conservatives, leader on first count loses"[:0] + data.text
    )
    assert "Ann Example (Con) has most first preferences and is not elected." in data.detail
    turned = S("exclusion", ["dan"], {"ann": "1250", "bob": "1400", "cay": "600"}, ["bob"])
    one = said(count(BY_ELECTION, turned, kind="declared", elected=(), quota=1_502))[0]
    assert one.text == "Labour gains Testward by-election (Glasgow) from SNP on transfers"
    assert one.detail.startswith(
        "Bob Sample wins the Testward by-election (Glasgow) for Labour, taking it from the SNP, at stage 2 without "
        "reaching the quota, having trailed on first preferences, on a turnout of"
    )


def test_a_whole_count_that_is_corrected() -> None:
    """Promise: other people are another result; another stage is a correction of figures that says which."""
    other = count(WHOLE, SECOND, THIRD, replace(FOURTH, elected=["cay"]), kind="declared")
    assert said(WHOLE, other)[0].text == "CORRECTION: Liberal Democrats gain a seat in Testford from Conservatives"
    figures = replace(THIRD, totals=THIRD.totals | {"cay": "701"})
    data = said(WHOLE, count(WHOLE, SECOND, figures, FOURTH, kind="declared"))[0]
    assert (data.priority, data.text) == (
        3,
        "CORRECTION: Labour gains a seat in Testford from Conservatives, with figures corrected",
    )
    assert data.detail.endswith("Stage 3 has other figures than were announced.")


def test_a_count_without_stages_names_the_elected() -> None:
    """Promise: what was not declared is not said."""
    bare = TWO_SEATS.then(votes=ONE, majority=None)
    assert said(bare)[0].detail.startswith("Testford elects Ann Example (Con) and Bob Sample (Lab)")


def test_a_lot_at_a_stage_is_in_the_detail() -> None:
    """Promise: it need not have decided who is elected, so the text does not say so."""
    drawn = count(TWO_SEATS, SECOND, replace(THIRD, lot=["dan"]), FOURTH, kind="declared", lot=True)
    data = said(drawn)[0]
    assert (data.text, data.facts) == ("Labour gains a seat in Testford from Conservatives", ("lot",))
    assert data.detail.endswith("A lot decided at stage 3.")
