"""When what failed is tried again."""

from itertools import count, pairwise, takewhile

from tallywire.webhooks.schedule import is_over, pause_after


def test_the_schedule_lasts_a_night_from_seconds_to_an_hour() -> None:
    """Promise: the second attempt comes after five seconds, the last ones an hour apart, and all within half a day."""
    found = [pause_after(attempts) for attempts in takewhile(lambda one: not is_over(one), count(1))]
    assert (found[0], found[-1]) == (5, 3_600)
    assert all(later in (2 * one, 3_600) for one, later in pairwise(found))
    assert 10 * 3_600 <= sum(found) < 12 * 3_600


def test_an_endpoint_is_asked_every_hour_also_after_a_night() -> None:
    """Promise: however long it was away, it is noticed within the hour that it is back."""
    assert [pause_after(1), pause_after(3), pause_after(10_000)] == [5, 20, 3_600]
