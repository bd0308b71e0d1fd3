"""The one place where a test waits: for a condition, with a deadline."""

import time
from collections.abc import Callable
from typing import Final, TypeVar

PAUSE_S: Final = 0.005
"""Between two looks."""

T = TypeVar("T")


def wait_until(condition: Callable[[], T], *, deadline_s: float = 10.0, what: str) -> T:
    """Look until ``condition`` returns something true, and return that.

    Args:
        condition: looked at again and again.
        deadline_s: seconds after which the test fails; generous, for a busy machine.
        what: what is waited for, for the message.

    Raises:
        AssertionError: it did not come true in time.
    """
    deadline = time.monotonic() + deadline_s
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            message = f"waited {deadline_s:g} s in vain for {what}; last seen: {value!r}"
            raise AssertionError(message)
        time.sleep(PAUSE_S)
