"""When each recorded declaration is played."""

import math

import pytest

from tallywire.client.errors import UsageError
from tallywire.demo.playback import PLAY_S, read_speed, timetable


@pytest.mark.parametrize("size", [1, 14, 650])
def test_without_a_speed_any_pack_takes_the_same_time(size: int) -> None:
    """Evenly spread, whatever the recorded times: one who watches sees something happen all the time."""
    moments = timetable(["2024-05-03T03:12:00+01:00"] * size, None)
    assert moments == [pytest.approx(number * PLAY_S / size) for number in range(size)]


def test_a_speed_divides_the_recorded_times() -> None:
    """At 60 times, two declarations ten minutes apart come ten seconds apart, offsets from UTC counted."""
    recorded = ["2024-05-03T03:00:00+01:00", "2024-05-03T02:10:00Z", "2024-05-03T03:11:00+01:00"]
    assert timetable(recorded, 60) == [0, 10, 11]


def test_unknown_times_are_a_minute_apart() -> None:
    """Where the night's times are not known, one declaration a minute is played."""
    assert timetable([None, None, None], 1) == [0, 60, 120]


def test_known_times_among_unknown_ones_are_kept_from_the_first_known_on() -> None:
    """The unknown ones take a minute each, and never push a later one before an earlier."""
    recorded = [None, "2024-05-03T03:00:00+01:00", None, "2024-05-03T03:00:30+01:00", "2024-05-03T03:05:00+01:00"]
    assert timetable(recorded, 1) == [0, 0, 60, 60, 300]


def test_at_full_speed_everything_is_due_at_once() -> None:
    """``max`` waits for nothing."""
    assert timetable([None, "2024-05-03T03:00:00+01:00"], read_speed("max")) == [0, 0]


def test_a_pack_without_declarations_has_no_timetable() -> None:
    """An election before its night plays nothing."""
    assert timetable([], None) == []


@pytest.mark.parametrize(("text", "speed"), [(None, None), ("60", 60.0), ("0.5", 0.5), ("max", math.inf)])
def test_a_speed_is_read_as_it_is_written(text: str | None, speed: float | None) -> None:
    """A number, or max."""
    assert read_speed(text) == speed


@pytest.mark.parametrize("text", ["0", "-1", "fast", "nan", "inf", ""])
def test_a_speed_that_is_none_is_a_mistake_on_the_command_line(text: str) -> None:
    """Neither a number above 0 nor max: said, as an error of whoever typed it."""
    with pytest.raises(UsageError, match="neither a number above 0 nor max"):
        read_speed(text)
