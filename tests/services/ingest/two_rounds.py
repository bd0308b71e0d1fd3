"""One entry for every way in which the two rounds of the supplementary vote cannot have been."""

from typing import Final

from tests.services.ingest.lives import message, people, refused, register_of
from tests.services.ingest.refusals import Refused, declared
from tests.services.registers import synthetic_contest

NAMES: Final = ("ann-example", "bob-sample", "cay-specimen", "dan-trial")
SECOND_PREFERENCES: Final = register_of(
    synthetic_contest(voting_system="supplementary-vote", candidates=people(*NAMES), electorate=1_000)
)


def rounds(first: tuple[int, ...], *final: tuple[str, int], **fields: object) -> dict[bytes, bytes]:
    """Return a declaration of first preferences, in order of the candidates, and of the final round if there is one."""
    if final:
        fields["final_round"] = dict(final)
    return message("declared", votes=dict(zip(NAMES, first, strict=False)), **fields)


def _refused(fields: dict[bytes, bytes], *told: str, sentence: str = "") -> Refused:
    return refused(fields, *told, sentence=sentence, register=SECOND_PREFERENCES)


ANN: Final = "ann-example"
BOB: Final = "bob-sample"
CAY: Final = "cay-specimen"

IN_WORDS: Final = (
    'Ann Example\'s votes in the final round are "1,10", a text. Write a whole number without quotes or commas: 110.'
)

ROUNDS: Final = {
    "a final round where there is one round": declared(
        "data/final_round",
        {ANN: 21_000, BOB: 32_000},
        "final_round.not_for_contest data.final_round",
        sentence="Testshire is not by supplementary vote, so it has no final round. Leave final_round out.",
    ),
    "no final round": _refused(
        rounds((100, 90, 80, 10)),
        "final_round.missing data.final_round",
        sentence="Nobody has more than half of the 280 first preferences. Give the final round's votes in "
        "data.final_round: Ann Example (100) and Bob Sample (90) went on.",
    ),
    "no final round after exactly half": _refused(rounds((100, 50, 30, 20)), "final_round.missing data.final_round"),
    "no final round, and somebody elected who was third": _refused(
        rounds((100, 90, 80, 10), elected=[CAY]),
        "final_round.missing data.final_round",
        "elected.not_most_votes data.elected",
    ),
    "a final round after a majority": _refused(
        rounds((100, 50, 40, 9), (ANN, 110), (BOB, 70)),
        "final_round.not_needed data.final_round",
        sentence="Ann Example (100) has more than half of the 199 first preferences, so there was no final round. "
        "Leave final_round out or check the figures.",
    ),
    "a final round of one": _refused(
        rounds((100, 90, 80, 10), (ANN, 150)), "final_round.fewer_than_two data.final_round"
    ),
    "a final round of nobody": _refused(
        message("declared", votes={ANN: 100, BOB: 90, CAY: 80, "dan-trial": 10}, final_round={}),
        "final_round.fewer_than_two data.final_round",
    ),
    "the third instead of the second": _refused(
        rounds((100, 90, 80, 10), (ANN, 110), (CAY, 95)),
        "final_round.wrong_candidates data.final_round",
        sentence="In the final round: Ann Example (100) and Cay Specimen (80). Most first preferences: "
        "Ann Example (100) and Bob Sample (90). One of the two is wrong: check for figures swapped.",
    ),
    "three without a tie": _refused(
        rounds((100, 90, 80, 10), (ANN, 105), (BOB, 95), (CAY, 80)), "final_round.wrong_candidates data.final_round"
    ),
    "one of two who tie for second place": _refused(
        rounds((100, 80, 80, 10), (ANN, 105), (BOB, 85)), "final_round.wrong_candidates data.final_round"
    ),
    "fewer votes than before": _refused(
        rounds((100, 90, 80, 10), (ANN, 99), (BOB, 120)),
        "final_round.below_first data.final_round.ann-example",
        sentence="Ann Example has 99 votes in the final round, fewer than 100 first preferences. "
        "Give both together, not the transferred votes alone.",
    ),
    "the transferred votes alone": _refused(
        rounds((100, 90, 80, 10), (ANN, 20), (BOB, 35)),
        "final_round.below_first data.final_round.ann-example",
        "final_round.below_first data.final_round.bob-sample",
    ),
    "one more transferred than were eliminated": _refused(
        rounds((100, 90, 80, 10), (ANN, 140), (BOB, 141)),
        "final_round.too_many_transferred data.final_round",
        sentence="91 votes were transferred, but those eliminated had 90 first preferences. Check both rounds.",
    ),
    "equal votes at last and no lot": _refused(
        rounds((100, 90, 80, 10), (ANN, 120), (BOB, 120)),
        "lot.missing data.lot",
        sentence="Ann Example and Bob Sample have equal votes (120), and only 1 can be elected. "
        "Name who was drawn by lot in data.lot.",
    ),
    "a lot between others": _refused(
        rounds((100, 90, 80, 10), (ANN, 120), (BOB, 120), lot=[CAY]), "lot.not_tied data.lot.0"
    ),
    "a lot and no tie at last": _refused(
        rounds((90, 90, 80, 10), (ANN, 121), (BOB, 120), lot=[ANN]), "lot.no_tie data.lot"
    ),
    "the leader of round one elected, who lost": _refused(
        rounds((100, 90, 80, 10), (ANN, 110), (BOB, 130), elected=[ANN]),
        "elected.not_most_votes data.elected",
        sentence="Declared elected: Ann Example. Most votes in the final round: Bob Sample (130). "
        "One of the two is wrong: check for figures swapped.",
    ),
    "the second elected after a majority": _refused(
        rounds((100, 50, 40, 9), elected=[BOB]), "elected.not_most_votes data.elected"
    ),
    "a stranger at last": _refused(
        rounds((100, 90, 80, 10), (ANN, 110), ("bob-sampel", 130)), "candidate.unknown data.final_round.bob-sampel"
    ),
    "a majority, and a candidate left out": _refused(rounds((100, 50, 40)), "candidate.missing data.votes.dan-trial"),
    "only the final round, and one of it left out before": _refused(
        rounds((100,), (ANN, 110), (BOB, 130)), "candidate.missing data.votes.bob-sample"
    ),
    "only the final round, and fewer votes than before": _refused(
        rounds((100, 90), (ANN, 99), (BOB, 130)), "final_round.below_first data.final_round.ann-example"
    ),
    "only the final round, and somebody else had more": _refused(
        rounds((100, 80, 90), (ANN, 110), (BOB, 130)), "final_round.wrong_candidates data.final_round"
    ),
    "only the final round, and three without a tie": _refused(
        rounds((100, 80, 70), (ANN, 110), (BOB, 130), (CAY, 70)), "final_round.wrong_candidates data.final_round"
    ),
    "only the final round, and more votes than electors": _refused(
        rounds((100, 90), (ANN, 500), (BOB, 501)),
        "votes.total_above_electorate data.final_round",
        sentence="1,001 votes and 0 rejected papers need 1,001 voters, more than the 1,000 electors of Testshire. "
        "Check the figures.",
    ),
    "only the final round, and a digit too many": _refused(
        rounds((100, 90), (ANN, 110), (BOB, 1_300)), "votes.above_electorate data.final_round.bob-sample"
    ),
    "only the final round, and more votes than papers": _refused(
        rounds((100, 90), (ANN, 110), (BOB, 130), papers=239, rejected=1), "votes.total_above_papers data.final_round"
    ),
    "final round a list": _refused(
        rounds((100, 90, 80, 10), final_round=[120, 130]), "final_round.not_an_object data.final_round"
    ),
    "a candidate misspelt in both rounds": _refused(
        message(
            "declared",
            votes={ANN: 100, "bob-sampel": 90, CAY: 80, "dan-trial": 10},
            final_round={ANN: 110, "bob-sampel": 130},
            elected=[BOB],
        ),
        "candidate.unknown data.votes.bob-sampel",
        "candidate.unknown data.final_round.bob-sampel",
    ),
    "a name for an id": _refused(
        rounds((100, 90, 80, 10), (ANN, 110), ("Bob Sample", 130)), "candidate.unknown data.final_round.Bob Sample"
    ),
    "a digit that nobody can see": _refused(
        rounds((100, 90, 80, 10), (ANN, 110), ("bob-sample\u200b", 130)),
        r"text.invisible_character data.final_round.bob-sample\u200b",
    ),
    **{
        f"votes at last {name}": _refused(
            rounds((100, 90, 80, 10), final_round={ANN: value, BOB: 120}),
            f"final_round.{code} data.final_round.ann-example",
            sentence=sentence,
        )
        for name, value, code, sentence in (
            (
                "a text",
                "1,10",
                "text",
                IN_WORDS,
            ),
            ("a fraction", 110.5, "fraction", ""),
            ("true", True, "true_or_false", ""),
            ("null", None, "null", ""),
            ("a list", [], "not_a_number", ""),
            ("negative", -1, "negative", ""),
            ("too large", 2_000_000_000, "too_large", ""),
        )
    },
}
