"""What a browser may do with a page: nothing from other hosts, nothing inline."""

from typing import Final

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "worker-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors {framed}"
)

_ALWAYS: Final = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), microphone=()",
}

HEADERS: Final = {**_ALWAYS, "Content-Security-Policy": _POLICY.format(framed="'none'")}
"""Of every page."""

FRAMED: Final = {**_ALWAYS, "Content-Security-Policy": _POLICY.format(framed="*")}
"""Of pages that others put on theirs."""
