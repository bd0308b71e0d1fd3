"""The addresses that people use: whether they answer, over which certificate, and by which clock."""

import ssl
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import urlsplit

from httpx2 import Client, HTTPError, InvalidURL, Response

from tallywire.client.one_line import one_line
from tallywire.doctor.finding import THIS_MACHINE, Finding, clock_off, good, wrong

TIMEOUT_S: Final = 10.0
"""A count centre's script would not wait longer either."""

CERTIFICATE_DAYS_MIN: Final = 14
"""Who renews by hand needs as long."""

CLOCK_S_OFF: Final = 5.0
"""Two seconds are the header's own: it has no fractions."""


def door(url: str) -> Iterator[Finding]:
    """Yield how a posting or publishing service answers at the address that people are given.

    Args:
        url: as they are given it, such as ``https://results.example.org``.
    """
    try:
        with Client(timeout=TIMEOUT_S) as client, client.stream("GET", url.rstrip("/") + "/health/ready") as answer:
            yield from _certificate(url, answer)
            answer.read()
            yield from _answer(url, answer)
    except (HTTPError, InvalidURL) as error:
        yield wrong("door", url, _why(str(error)))


def _answer(url: str, answer: Response) -> Iterator[Finding]:
    if answer.status_code != 200:  # noqa: PLR2004  # HTTP's word for yes
        yield wrong("door", url, f"It answers {answer.status_code} at /health/ready: {one_line(answer.text)}")
    else:
        yield good("door", url, "It answers, and is ready.")
    if said := answer.headers.get("date"):
        ahead = parsedate_to_datetime(said).timestamp() - time.time()
        if abs(ahead) > CLOCK_S_OFF:
            yield wrong("door", url, clock_off(ahead))


def _certificate(url: str, answer: Response) -> Iterator[Finding]:
    if urlsplit(url).scheme != "https":
        if urlsplit(url).hostname not in THIS_MACHINE:
            yield wrong("door", url, "People would send in the clear, and browsers make no keys: it needs HTTPS.")
        return
    stream = answer.extensions["network_stream"]
    certificate: Any = stream.get_extra_info("ssl_object").getpeercert()
    days = (ssl.cert_time_to_seconds(certificate["notAfter"]) - time.time()) / 86_400
    if days < CERTIFICATE_DAYS_MIN:
        yield wrong("door", url, f"Its certificate ends in {days:.0f} days, on {certificate['notAfter']}: renew it.")
    else:
        yield good("door", url, f"Its certificate is good for {days:.0f} days.")


def _why(error: str) -> str:
    if "certificate has expired" in error:
        return "Its certificate has expired: renew it, and have the proxy read it again."
    if "certificate is not yet valid" in error:
        return "Its certificate is not valid yet: is the clock of this machine right?"
    return f"It does not answer: {error}"
