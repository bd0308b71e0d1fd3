"""Asking a board without a browser."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tests.pipeline.board import Board


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    content: bytes


def fetched(board: Board, path: str, **headers: str) -> Answer:
    """Return the answer of a board to a path, its own refusals included."""
    request = Request(board.url + path, headers=headers)  # noqa: S310  # the board of the test
    try:
        with urlopen(request, timeout=60) as answer:  # noqa: S310  # likewise
            return Answer(answer.status, dict(answer.headers), answer.read())
    except HTTPError as error:
        return Answer(error.code, dict(error.headers), error.read())
