"""Why a server lets nobody in, said as it is: a password, TLS, or nobody there."""

import socket
import ssl
from typing import Final
from urllib.parse import urlsplit

HANDSHAKE_S: Final = 1.0
"""How long it may take to find out whether a server that said nothing speaks TLS."""

PORT: Final = 6379
"""Redis's own port, where a URL names none."""

_SAID: Final = {
    "Authentication required": "It asks for a user and password: redis://USER:PASSWORD@HOST:PORT.",
    "invalid username-password pair": "It knows no such user, or the password is wrong.",
    "called without any password": "It asks for no password, and one was given.",
    "CERTIFICATE_VERIFY_FAILED": (
        "Its certificate is not trusted: name its authority with ?ssl_ca_certs=FILE at the end of the URL."
    ),
}
"""What a server, or the library, says in so many words, and what that means."""


def why_not_in(url: str, error: Exception) -> str | None:
    """Return why the server at a plain URL lets nobody in, as a sentence; None when that is not the trouble.

    Args:
        url: where the server is.
        error: what was raised when it was asked. Its text never has a password in it.
    """
    text = str(error)
    for words, why in _SAID.items():
        if words in text:
            return why
    if url.startswith("rediss:") and ("SSL" in text or _speaks_plainly(url)):
        return "It does not speak TLS, or not on this port: rediss:// is for TLS, redis:// is without."
    if url.startswith("redis:") and ("closed" in text or "reset" in text) and _speaks_tls(url):
        return "It speaks TLS on this port: write rediss:// instead of redis://."
    return None


def _speaks_plainly(url: str) -> bool:
    """Whether a Redis server answers there without TLS. It is sent nothing but ``PING``."""
    try:
        with _reached(url) as plain:
            plain.sendall(b"PING\r\n")
            # PONG, or that it asks for a password.
            return plain.recv(1) in (b"+", b"-")
    except (OSError, ValueError):
        return False


def _speaks_tls(url: str) -> bool:
    """Whether somebody answers there in TLS. Nothing is sent to him."""
    try:
        context = ssl.create_default_context()
        # Only whether it is TLS is asked: who it is, is checked by the connection that follows.
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with _reached(url) as plain, context.wrap_socket(plain):
            return True
    except (OSError, ValueError):
        return False


def _reached(url: str) -> socket.socket:
    parts = urlsplit(url)
    return socket.create_connection((parts.hostname or "127.0.0.1", parts.port or PORT), HANDSHAKE_S)
