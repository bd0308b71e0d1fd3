"""What is wrong with a server, said as it is: its memory is full, or why it lets nobody in."""

import socket
import ssl
from typing import Final
from urllib.parse import parse_qs, urlsplit

HANDSHAKE_S: Final = 1.0
"""How long it may take to find out whether a server that said nothing speaks TLS."""

PORT: Final = 6379
"""Redis's own port, where a URL names none."""

_ASKS: Final = "It asks for a user and password: redis://USER:PASSWORD@HOST:PORT."

_SAID: Final = {
    "Authentication required": _ASKS,
    # What HELLO is told, with which a connection begins.
    "client already authenticated": _ASKS,
    "invalid username-password pair": "It knows no such user, or the password is wrong.",
    "called without any password": "It asks for no password, and one was given.",
    "mismatch, certificate is not valid for": (
        "Its certificate is for another name or address than the URL has. Name the server as its certificate does."
    ),
    "CERTIFICATE_VERIFY_FAILED": (
        "Its certificate is not trusted: name its authority with ?ssl_ca_certs=FILE at the end of the URL."
    ),
}
"""What a server, or the library, says in so many words, and what that means."""


def is_full(error: Exception) -> bool:
    """Whether the server has refused something because its memory is full.

    A Redis 7 then refuses questions, too, that are asked in a transaction; a Valkey answers them.
    """
    return "used memory > 'maxmemory'" in str(error)


def has_ended(error: Exception) -> bool:
    """Whether the server takes nothing more for a stream, for a sender has chosen the last id that there is."""
    return "exhausted the last possible ID" in str(error)


def full(server: str) -> str:
    """Return the sentence of a server whose memory is full."""
    return f"The memory of {server} is full: it takes nothing until it has more (CONFIG SET maxmemory)."


def why_away(error: Exception) -> str:
    """Return why a server did not answer as it should, as a sentence."""
    if is_full(error):
        return full("the server")
    return f"The server cannot be reached: {error}".rstrip(".") + "."


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
    if url.startswith("rediss:") and (refused := _refused_certificate(url)):
        return refused
    if url.startswith("rediss:") and ("SSL" in text or _speaks_plainly(url)):
        return "It does not speak TLS, or not on this port: rediss:// is for TLS, redis:// is without."
    if url.startswith("redis:") and ("closed" in text or "reset" in text) and _speaks_tls(url):
        return "It speaks TLS on this port: write rediss:// instead of redis://."
    return None


_ALERTS: Final = {
    "CERTIFICATE_REQUIRED": "It asks for a certificate of yours: ?ssl_certfile=FILE&ssl_keyfile=FILE in the URL.",
    # What TLS 1.2 says in its place.
    "HANDSHAKE_FAILURE": "It asks for a certificate of yours: ?ssl_certfile=FILE&ssl_keyfile=FILE in the URL.",
    "UNKNOWN_CA": "It does not trust the certificate that ssl_certfile names: another authority has signed it.",
    "CERTIFICATE_EXPIRED": "The certificate that ssl_certfile names has expired.",
    "ALERT_BAD_CERTIFICATE": "It does not take the certificate that ssl_certfile names.",
    "CERTIFICATE_UNKNOWN": "It does not take the certificate that ssl_certfile names.",
}
"""How a server ends a handshake that fails on the client's certificate, and what that means."""


def _refused_certificate(url: str) -> str | None:
    """Return what a server that speaks TLS has against the client's certificate, or that there is none.

    Asked once more, because whoever was writing when the server hung up is not told why. Nothing is sent.
    """
    options = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    try:
        context = _any_server()
        if "ssl_certfile" in options:
            context.load_cert_chain(options["ssl_certfile"], options.get("ssl_keyfile"))
        with _reached(url) as plain, context.wrap_socket(plain) as encrypted:
            # In TLS 1.3 the handshake ends before the server has looked at the certificate.
            encrypted.recv(1)
    except ssl.SSLError as error:
        return next((why for name, why in _ALERTS.items() if name in str(error.reason)), None)
    except (OSError, ValueError):
        pass
    return None


def _any_server() -> ssl.SSLContext:
    """Return a context that takes any server for the right one: what follows is checked by the connection itself."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


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
        with _reached(url) as plain, _any_server().wrap_socket(plain):
            return True
    except (OSError, ValueError):
        return False


def _reached(url: str) -> socket.socket:
    parts = urlsplit(url)
    return socket.create_connection((parts.hostname or "127.0.0.1", parts.port or PORT), HANDSHAKE_S)
