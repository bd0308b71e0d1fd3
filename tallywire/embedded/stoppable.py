"""What runs beside this process until it is stopped."""

from abc import ABC, abstractmethod
from typing import Self


class Stoppable(ABC):
    """Something that runs. As a context manager it is stopped at the end; whoever uses it starts it."""

    @abstractmethod
    def stop(self) -> None:
        """Let it end in order. Harmless when it has ended."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
