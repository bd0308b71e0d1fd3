"""Who is sure of a seat while a count by single transferable vote goes on: never wrong, whatever preferences follow."""

from collections import Counter
from collections.abc import Iterator
from random import Random

from services.rules.certainty_by_stages import sure_of_a_seat
from services.rules.systems.transferable_vote import UNIT, Position
from tests.oracle.systems.transfers import Ballots, Count, northern_ireland, scotland
from tests.oracle.systems.wards import ballots

COUNTS = 150


def position_after(count: Count, stage: int, elected: list[str]) -> Position:
    """Return how a count stood at the end of a stage; 1 is that of first preferences."""
    history = [{one: int(votes * UNIT) for one, votes in count.history[place].items()} for place in range(stage)]
    excluded = {one: 0 for done in count.stages[: stage - 1] if done.action == "exclusion" for one in done.of}
    return Position(count.seats, count.quota * UNIT, history, dict.fromkeys(elected, 0), excluded)


def positions(count: Count) -> Iterator[Position]:
    """Yield how a count stood at the end of each stage, but for those at which no seat was left."""
    elected = list(count.elected_first)
    for stage in range(1, len(count.stages) + 2):
        elected += count.stages[stage - 2].elected if stage > 1 else []
        if len(elected) < count.seats:
            yield position_after(count, stage, elected)


def read_on(chance: Random, papers: Ballots, at: Position, against: str) -> Counter[tuple[str, ...]]:
    """Return papers that may be the same so far, with other preferences where nobody has read: against somebody."""
    rivals = [one for one in at.continuing if one != against]
    favoured = chance.sample(rivals, min(len(rivals), at.vacancies))
    unread = Counter[tuple[str, ...]]()
    for preferences, number in papers.items():
        read = next((place for place, one in enumerate(preferences, 1) if one in (*rivals, *at.surpluses)), None)
        if read is None or against in preferences[:read]:
            unread[preferences] += number
            continue
        for _ in range(number):
            chance.shuffle(favoured)
            more = [one for one in (favoured or rivals) if one not in preferences[:read]]
            unread[*preferences[:read], *more] += 1
    return unread


def test_nobody_sure_of_a_seat_goes_without_whatever_the_later_preferences_are() -> None:
    """Promise: never wrong, after any stage of drawn counts by both rules, with the later preferences drawn anew."""
    met = Counter[str]()
    for seed in range(COUNTS):
        chance = Random(seed)
        names = [f"c{place}" for place in range(chance.randint(3, 7))]
        seats = chance.randint(1, min(4, len(names) - 1))
        papers = ballots(chance, names, chance.choice((12, 40, 97)))
        rules = chance.choice((scotland, northern_ireland))
        for at in positions(rules(names, papers, seats, min)):
            for sure in sure_of_a_seat(at):
                for _ in range(3):
                    other = rules(names, read_on(chance, papers, at, sure), seats, min)
                    so_far = [
                        {one: int(votes * UNIT) for one, votes in then.items()} for then in other.history[: at.stage]
                    ]
                    # Another end is one only where everything was the same so far.
                    met["other"] += so_far != at.history
                    if so_far == at.history:
                        met["read on"] += 1
                        assert sure in other.elected, (seed, at.stage, sure)
    assert met["read on"] > COUNTS, met


def test_somebody_is_sure_whom_all_that_may_move_cannot_keep_out() -> None:
    """Promise: a surplus may move, and so may all votes of those who are weaker; equal votes are for a lot.

    Bob has 17 votes, and two seats are left: to lift Cay, who has 15, and Dan, who has 9, to as many takes 10.
    """
    votes = {"ann": 20, "bob": 17, "cay": 15, "dan": 9, "eve": 6}
    done = {"ann": 1}

    def sure(**more: int) -> list[str]:
        now = {one: number * UNIT for one, number in (votes | more).items()}
        return sorted(sure_of_a_seat(Position(3, 20 * UNIT, [now], done)))

    assert sure(ann=23) == ["bob"]
    assert sure(ann=24) == []
    assert sure(eve=9) == ["bob"]
    assert sure(eve=10, dan=9) == []
    assert sure(eve=5) == ["bob", "cay"]
