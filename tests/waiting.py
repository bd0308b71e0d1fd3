"""The one place where a test waits: for a condition, with a deadline."""

import time
from collections.abc import Callable
from typing import Final, TypeVar

PAUSE_S: Final = 0.005
"""Between the first looks."""
PAUSE_PART: Final = 0.03
"""Later looks wait this part of what has passed: what takes seconds is not asked for hundreds of times a second."""

T = TypeVar("T")


def wait_until(condition: Callable[[], T], *, deadline_s: float = 60.0, what: str) -> T:
    """Look until ``condition`` returns something true, and return that.

    Args:
        condition: looked at again and again.
        deadline_s: seconds after which the test fails; generous, for a busy machine.
        what: what is waited for, for the message.

    Raises:
        AssertionError: it did not come true in time.
    """
    began = time.monotonic()
    while True:
        value = condition()
        if value:
            return value
        passed = time.monotonic() - began
        if passed > deadline_s:
            message = f"waited {deadline_s:g} s in vain for {what}; last seen: {value!r}"
            raise AssertionError(message)
        time.sleep(max(PAUSE_S, PAUSE_PART * passed))
