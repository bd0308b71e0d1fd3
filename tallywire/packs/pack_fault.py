"""A fault of an election pack, and the error for a pack that cannot be used."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class PackFault:
    """One thing that is wrong with a pack."""

    file: str
    """The file's name, with the line where it is read line by line: ``declarations.jsonl:12``."""
    path: str
    """Where in it: dots between the names of nested fields; empty for all of it."""
    reason: str
    """What is wrong."""

    def __str__(self) -> str:
        """Return the fault as one line for people."""
        return " ".join(part for part in (f"{self.file}:", self.path, self.reason) if part)


class PackError(Exception):
    """A pack cannot be used: its writer has to mend the faults."""

    def __init__(self, faults: tuple[PackFault, ...]) -> None:
        """Carry every fault; the message has one a line."""
        super().__init__("\n".join(("There is no usable election pack:", *map(str, faults))))
        self.faults: Final = faults


class NoPackError(PackError):
    """There is no pack where one was named: its user has to name another one."""
