"""Free ports in a row."""

import random
import socket
from contextlib import ExitStack

from tallywire.embedded.program import LOOPBACK


def free_ports(number: int) -> int:
    """Return the first of so many ports in a row that nobody has. Below those that the system gives to clients."""
    while True:
        first = random.randrange(15_000, 30_000 - number)
        with ExitStack() as stack:
            try:
                for port in range(first, first + number):
                    stack.enter_context(socket.socket()).bind((LOOPBACK, port))
            except OSError:
                continue
        return first
