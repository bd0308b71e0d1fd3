"""A signed message that is carried to a device with a network: as a file, or as a QR code that is a URL.

The file has the signature in its first line, and the message after it. The URL has that file in its fragment, deflated
(RFC 1951) and in base64url, so that no server sees it before somebody sends it.
"""

import io
import zlib
from typing import Final

import segno
from segno.encoder import DataOverflowError

from schemas.signatures import decode, encode
from tallywire.client.errors import RefusedError, UsageError
from tallywire.client.signing import open_signed_file

PAGE: Final = "/post"
"""The page, below the public URL, that a code leads to."""

FILE_BYTES_MAX: Final = 512 * 1024
"""Bytes of a message that is carried: twice as long as a declaration may be, so that ingest says what is wrong."""

_DEFLATED: Final = -15
"""``wbits`` of zlib: raw DEFLATE, without a header."""

_SVG_SCALE: Final = 4


def as_url(public_url: str, carried: bytes) -> str:
    """Return a URL with a signed message in its fragment.

    Args:
        public_url: where the posting service is reached from outside.
        carried: the message as a file.
    """
    deflate = zlib.compressobj(9, zlib.DEFLATED, _DEFLATED)
    return f"{public_url.rstrip('/')}{PAGE}#{encode(deflate.compress(carried) + deflate.flush())}"


def from_url(url: str) -> bytes | None:
    """Return the signed message in a URL's fragment, as a file; None where there is none."""
    packed = decode(url.partition("#")[2])
    if not packed:
        return None
    inflate = zlib.decompressobj(_DEFLATED)
    try:
        carried = inflate.decompress(packed, FILE_BYTES_MAX)
    except zlib.error:
        return None
    return carried if inflate.eof and open_signed_file(carried) is not None else None


def qr_code(url: str) -> "segno.QRCode":
    """Return a URL as a QR code.

    Raises:
        RefusedError: it is too long for one.
    """
    try:
        return segno.make_qr(url, error="l", boost_error=False)
    except DataOverflowError as error:
        raise RefusedError("The declaration is too long for a QR code. Carry it as a file: --to-file FILE") from error


def in_terminal(code: "segno.QRCode", width: int | None) -> str:
    """Return a QR code in characters.

    Args:
        code: the code.
        width: columns of the terminal; None where it goes elsewhere.

    Raises:
        UsageError: it is wider than the terminal.
    """
    needed, _ = code.symbol_size()
    if width is not None and needed > width:
        raise UsageError(
            f"The QR code is {needed} columns wide, and this terminal has {width}: make it wider, or name a file "
            "for the code: --qr FILE.svg"
        )
    drawn = io.StringIO()
    code.terminal(drawn, compact=True)
    return drawn.getvalue()


def as_svg(code: "segno.QRCode") -> bytes:
    """Return a QR code as a picture."""
    drawn = io.BytesIO()
    code.save(drawn, kind="svg", scale=_SVG_SCALE)
    return drawn.getvalue()
