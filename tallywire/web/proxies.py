"""Whose word about a sender's address is taken, where reverse proxies are in front, and what counts as one sender."""

from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from starlette.requests import Request

NETWORK_BITS: Final = 64
"""Of an IPv6 address so many bits are a household's or a machine's; the rest it may choose as it likes."""

NOWHERE: Final = "unknown"
"""A sender whose address is none: over a socket of this machine, say."""


def read_proxies(text: str) -> tuple[str, ...]:
    """Return the addresses and networks that a list with commas names; none for an empty one.

    Raises:
        ValueError: one of them is neither.
    """
    named = tuple(part.strip() for part in text.split(",") if part.strip())
    for part in named:
        ip_network(part)
    return named


def sender_address(request: Request) -> str:
    """Return the address that a request is counted under: that of its connection, or what a proxy that we believe says.

    A sender with IPv6 has more addresses than could be counted: its network stands for all of them.
    """
    try:
        address = ip_address(request.client.host if request.client else "")
    except ValueError:
        return NOWHERE
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ip_network((address.packed, NETWORK_BITS), strict=False))
    return str(address)
