"""Sending a request for a key to the posting service that an invitation names."""

import json
from typing import Final
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tallywire.client.errors import NoServerError, RefusedError, UsageError
from tallywire.client.one_line import one_line
from tallywire.client.signing import open_signed_file

TIMEOUT_S: Final = 20.0
"""How long the service may take: it asks its server once."""

_ANSWER_BYTES: Final = 64 * 1024


def send_request(address: str, request: bytes) -> None:
    """Send a request.

    Args:
        address: where to.
        request: the signed request, as a file.

    Raises:
        UsageError: that is no address of HTTP.
        RefusedError: it is not taken; the service says why.
        NoServerError: nobody answers.
    """
    opened = open_signed_file(request)
    assert opened is not None  # noqa: S101  # we have made it
    signature, content = opened
    if not address.startswith(("https://", "http://")):
        raise UsageError(f"{address} is no address of a posting service: one begins with https://")
    headers = {"Content-Type": "application/json", "Tallywire-Signature": signature}
    try:
        with urlopen(Request(address, content, headers), timeout=TIMEOUT_S):  # noqa: S310  # looked at above
            pass
    except HTTPError as error:
        with error:
            raise RefusedError(f"The request was not taken. {_detail(error.read(_ANSWER_BYTES), error)}") from error
    except OSError as error:
        raise NoServerError(
            f"Nobody answers at {address}: {error}. The request is written: give it to the operator."
        ) from error


def _detail(answer: bytes, error: HTTPError) -> str:
    try:
        return one_line(str(json.loads(answer)["detail"]))
    except (ValueError, KeyError, TypeError):
        return f"The service answers {error.code}."
