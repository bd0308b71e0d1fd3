"""What declarations say, in words that the page of the desk and its command share."""

from collections.abc import Sequence

from schemas.register import Contest

MOST_VOTES = ("first-past-the-post", "supplementary-vote", "referendum")
"""The voting systems under which who is elected follows from the votes alone, without seats before or stages."""


def names(contest: Contest, candidates: Sequence[str]) -> str:
    """Return candidates by their names, in the order given; an id that nobody has stays as it is."""
    return ", ".join(contest.candidates[each].name if each in contest.candidates else each for each in candidates)


def elected_in_words(contest: Contest, elected: Sequence[str]) -> str:
    """Return who is elected, in the order of the register, so that the same people are the same words.

    Of lists, how many seats each has: ``Labour Party 2, Ann Example 1``.
    """
    order = [each for each in contest.candidates if each in elected]
    if contest.by_list:
        return ", ".join(f"{names(contest, (each,))} {elected.count(each)}" for each in order)
    return names(contest, [*order, *(each for each in elected if each not in order)])
