"""Referendums: an answer wins by a majority of votes; nobody is elected, and no seat is anybody's."""

from schemas.headline import Headline
from tests.services.notify.headlines import headlines
from tests.services.notify.results import PARTIES, Contest
from tests.services.notify.systems import ANSWERS, answer, referendum

YES = answer(referendum(), 6_234, 5_000)


def said(*contests: Contest) -> Headline:
    """Return the last headline of some results, one after the other."""
    return headlines([one.event for one in contests])[-1].data


def test_an_answer_wins_and_the_question_is_in_the_detail() -> None:
    """Promise: the answer, by how much, how many votes each has, what was asked; no party gains a seat."""
    data = said(YES)
    assert (data.kind, data.text) == ("referendum", "Yes wins the referendum in Testborough, by 1,234 votes")
    assert data.detail == (
        'The answers to the question "Should Testborough have a directly elected mayor?": Yes 6,234 votes and No 5,000 '
        "votes, on a turnout of 11.2%."
    )
    assert [(one.spoken, one.seats, one.change) for one in data.winners] == [("Yes", 0, None)]
    assert (data.losers, data.baseline, data.majority) == ((), None, 1_234)
    named = said(answer(referendum(name="Testborough governance referendum"), 5_001, 5_000))
    assert named.text == "Yes wins the Testborough governance referendum, by one vote"
    beside_others = said(answer(referendum(name="Testborough (mayoral referendum)"), 5_001, 5_000))
    assert beside_others.text == "Yes wins the mayoral referendum in Testborough, by one vote"


def test_equal_votes_are_won_by_nobody() -> None:
    """Promise: a tie is said; it corrects a winner, and a winner corrects it."""
    tied = answer(YES, 5_000, 5_000)
    assert (said(answer(referendum(), 5_000, 5_000)).kind, said(YES, tied).kind) == ("referendum", "correction")
    assert said(YES, tied).text == "CORRECTION: the referendum in Testborough is tied, with 5,000 votes each"
    assert said(YES, tied).elected == ()
    again = said(YES, tied, answer(tied, 5_002, 5_000))
    assert (again.kind, again.text) == (
        "correction",
        "CORRECTION: Yes wins the referendum in Testborough, by two votes",
    )


def test_a_corrected_referendum_says_what_it_was() -> None:
    """Promise: another majority, another answer, and a withdrawal, each in the words of all others."""
    assert said(YES, answer(YES, 6_300, 5_000)).text == (
        "CORRECTION: Yes wins the referendum in Testborough, by 1,300, not 1,234"
    )
    assert said(YES, answer(YES, 4_000, 5_000)).text == (
        "CORRECTION: No wins the referendum in Testborough, by 1,000 votes, not Yes"
    )
    gone = YES.then("withdrawn", reason="A box was counted twice", parties=PARTIES | ANSWERS)
    assert said(YES, gone).text == 'WITHDRAWN: "Yes wins the referendum in Testborough, by 1,234 votes"'
