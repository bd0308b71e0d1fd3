"""Real counts: what was right is taken, and what went wrong is caught, as far as one declaration can show it.

Sources: docs/rules.md, "What went wrong on real nights"; the House of Commons Library's results of 2024 (Open
Parliament Licence v3.0); returning officers' figures as the news printed them. Names and figures that are not known
are invented, and say so.
"""

from collections.abc import Mapping

import pytest

from schemas.register import Contest
from tests.services.ingest.examined import reasons_of
from tests.services.ingest.lives import UNKNOWN, message, people, register_of
from tests.services.registers import synthetic_contest

ANYBODY = "others-synthetic"


def stood(votes: Mapping[str, int], **overrides: object) -> Contest:
    """Return a contest between those who have votes."""
    fields: dict[str, object] = {"candidates": people(*votes), "electorate": None, "baseline": UNKNOWN}
    return synthetic_contest(**fields | overrides)


def codes(contest: Contest, kind: str = "declared", **fields: object) -> set[str]:
    """Return why a message about the contest is refused."""
    return {reason.code for reason in reasons_of(message(kind, **fields), register_of(contest))}


PALMER, JOHNSON, VAN_DE_WEYER = "james-palmer", "nik-johnson", "aidan-van-de-weyer"
CAMBRIDGESHIRE = {PALMER: 93_942, JOHNSON: 76_106, VAN_DE_WEYER: 61_885}
MAYOR = stood(CAMBRIDGESHIRE, voting_system="supplementary-vote", electorate=637_807)


def test_cambridgeshire_and_peterborough_2021_the_leader_lost() -> None:
    """Promise: a mayor elected on second preferences is taken, and nobody else is elected by these figures."""
    final = {JOHNSON: 113_994, PALMER: 108_195}
    assert codes(MAYOR, votes=CAMBRIDGESHIRE, final_round=final, elected=[JOHNSON]) == set()
    assert codes(MAYOR, votes=CAMBRIDGESHIRE, final_round=final, elected=[PALMER]) == {"elected.not_most_votes"}
    assert codes(MAYOR, votes=CAMBRIDGESHIRE, elected=[PALMER]) == {"final_round.missing"}


def test_cambridgeshire_and_peterborough_2021_second_preferences_alone() -> None:
    """Promise: the transferred votes sent for the sums (37,888 and 14,253) are refused."""
    transferred = {JOHNSON: 37_888, PALMER: 14_253}
    assert codes(MAYOR, votes=CAMBRIDGESHIRE, final_round=transferred, elected=[JOHNSON]) == {"final_round.below_first"}


def test_derbyshire_2021_only_the_final_round() -> None:
    """Promise: a count centre that announced the eliminated candidates' votes to nobody is heard all the same."""
    first = {"angelique-foster": 137_884, "hardyal-singh-dhindsa": 104_700}
    final = {"angelique-foster": 149_749, "hardyal-singh-dhindsa": 117_564}
    everybody = {**first, "stan-heptinstall": 0, "timothy-prosser": 0}
    contest = stood(everybody, voting_system="supplementary-vote")
    assert codes(contest, votes=first, final_round=final, elected=["angelique-foster"]) == set()
    assert codes(contest, votes=first, final_round=final, elected=["hardyal-singh-dhindsa"]) == {
        "elected.not_most_votes"
    }


def test_barnsley_rockingham_2021_a_lot() -> None:
    """Promise: 1,084 each is refused without a lot, and taken with the one that was drawn."""
    votes = {
        "roy-garratt": 1_084,
        "nicola-sumner": 1_084,
        "james-grinham": 289,
        "paul-nugent": 124,
        "karen-jane-fletcher": 115,
        "andy-belk": 75,
    }
    ward = stood(votes)
    assert codes(ward, votes=votes, elected=["nicola-sumner"]) == {"lot.missing"}
    assert codes(ward, votes=votes, elected=["nicola-sumner"], lot=["nicola-sumner"]) == set()
    assert codes(ward, votes=votes, elected=["roy-garratt"], lot=["nicola-sumner"]) == {"elected.not_most_votes"}


PUTNEY = {
    "fleur-anderson": 24_113,
    "lee-roberts": 11_625,
    "kieren-mccarthy": 5_943,
    "fergal-mcentee": 3_721,
    "peter-hunter": 3_070,
    "heiko-khoo": 491,
    "felix-burford-connole": 332,
}


def test_putney_2024_votes_left_out() -> None:
    """Promise: figures with thousands of votes left out are refused as soon as the papers verified are stated."""
    contest = stood(PUTNEY, electorate=72_686)
    declared = {**PUTNEY, "fleur-anderson": 20_952, "lee-roberts": 10_011, "kieren-mccarthy": 5_189}
    assert codes(contest, votes=PUTNEY, rejected=218, papers=49_513) == set()
    assert codes(contest, votes=declared, rejected=218, papers=49_513) == {"papers.do_not_reconcile"}


def test_marsden_west_2023_two_figures_transposed() -> None:
    """Promise: the loser's votes with the winner's name are refused, and both readings are told."""
    votes = {"winner-synthetic": 177, "loser-synthetic": 242}
    fields = message("declared", votes=votes, elected=["winner-synthetic"])
    (reason,) = reasons_of(fields, register_of(stood(votes)))
    assert reason.code == "elected.not_most_votes"
    assert "Declared elected: Winner Synthetic. Most votes: Loser Synthetic (242)." in reason.message


def test_highworth_2019_more_votes_each_than_papers() -> None:
    """Promise: ten candidates with over 3,000 votes each from 2,477 papers: each of them is named."""
    votes = {f"candidate-{number}-synthetic": 3_000 + number for number in range(1, 11)}
    council = stood({**votes, "last-synthetic": 900}, seats=10)
    fields = message("declared", votes={**votes, "last-synthetic": 900}, papers=2_477)
    told = [reason.code for reason in reasons_of(fields, register_of(council))]
    assert told == ["votes.above_papers"] * 10


KEMPTOWN = {
    "chris-ward": 17_893,
    "khobi-vallis": 8_230,
    "elaine-hills": 7_997,
    "stewart-stone": 3_949,
    "emma-wall": 1_833,
    "valerie-gray": 784,
}


def test_brighton_kemptown_2024_a_comma_ended_the_number() -> None:
    """Promise: "1,833" is not read as 1, nor is 1 believed when the papers say otherwise."""
    contest = stood(KEMPTOWN, electorate=68_784)
    assert codes(contest, votes=KEMPTOWN, rejected=557, papers=41_243) == set()
    assert codes(contest, votes={**KEMPTOWN, "emma-wall": "1,833", "elaine-hills": "7,997"}) == {"votes.text"}
    shown = {**KEMPTOWN, "emma-wall": 1, "elaine-hills": 7}
    assert codes(contest, votes=shown, rejected=557, papers=41_243) == {"papers.do_not_reconcile"}


def test_antrim_2020_an_old_ballot_definition() -> None:
    """Promise: another ballot's candidates are refused, and totals beside the wrong names show by who won."""
    contest = stood(KEMPTOWN)
    old = {name: votes for name, votes in KEMPTOWN.items() if name != "emma-wall"} | {ANYBODY: 1_833}
    assert codes(contest, votes=old) == {"candidate.unknown", "candidate.missing"}
    shifted = dict(zip(KEMPTOWN, (784, *list(KEMPTOWN.values())[:-1]), strict=True))
    assert codes(contest, votes=shifted, elected=["chris-ward"]) == {"elected.not_most_votes"}


def test_leelanau_2024_partial_is_not_whole() -> None:
    """Promise: the counts of some areas are no declaration, and progress is no result."""
    votes = {"ann-synthetic": 5, "bob-synthetic": 6}
    contest = stood(votes, areas=("Northby", "Southby"))
    areas = [{"area": "Northby", "votes": votes}]
    assert codes(contest, votes=votes, areas=areas) == {"area.left_out"}
    assert codes(contest, "progress", votes=votes, areas=areas) == {"votes.not_for_kind"}
    assert codes(contest, "progress", areas=areas) == set()


def test_shelby_2016_zeros() -> None:
    """Promise: no zeros are published."""
    assert codes(MAYOR, votes=dict.fromkeys(CAMBRIDGESHIRE, 0)) == {"votes.all_zero"}


def test_kent_county_2024_a_rehearsal() -> None:
    """Promise: what says that it is a test is not taken by a real election."""
    sent = message("declared", votes=CAMBRIDGESHIRE)
    sent[b"data"] = sent[b"data"].replace(b'{"specversion"', b'{"test": true, "specversion"')
    assert "test.rehearsal_in_live" in {reason.code for reason in reasons_of(sent, register_of(MAYOR))}


@pytest.mark.parametrize("votes", [2_728, 3_416])
def test_richmond_park_2024_a_correction(votes: int) -> None:
    """Promise: a figure that only its own count centre can know to be wrong is taken, and so is the right one."""
    figures = {
        "sarah-olney": 28_528,
        "sara-gezdari": 11_373,
        "laura-coryton": 5_048,
        "chas-warlow": votes,
        "michael-hearn": 3_258,
        "chris-french": 349,
        "richard-harrison": 233,
    }
    assert codes(stood(figures, electorate=74_988), votes=figures, elected=["sarah-olney"]) == set()


def test_wiltshire_2021_annulled() -> None:
    """Promise: a result that the law undoes is undone with a reason fit to print."""
    assert codes(MAYOR, "annulled", reason="The person elected was disqualified") == set()
    assert codes(MAYOR, "annulled") == {"reason.missing"}
