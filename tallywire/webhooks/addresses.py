"""Which addresses webhooks may be sent to. Whoever names a URL must not reach what only our network can."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

Address = IPv4Address | IPv6Address

METADATA: Final = frozenset(
    ip_address(each)
    for each in ("169.254.169.254", "168.63.129.16", "100.100.100.200", "192.0.0.192", "fd00:ec2::254", "fd20:ce::254")
)
"""Where machines of Amazon, Google, Microsoft, Alibaba and Oracle ask for their own secrets."""

_LOCAL: Final = tuple(
    ip_network(each)
    for each in ("192.0.0.0/24", "192.88.99.0/24", "64:ff9b:1::/48", "100::/64", "2001::/23", "fec0::/10")
)
"""Not public either, and called so by Python in some versions only."""

_TRANSLATED: Final = ip_network("64:ff9b::/96")
"""IPv6 addresses whose last four bytes are an IPv4 address (RFC 6052)."""


def read_address(text: str) -> Address:
    """Return the address in an answer of the resolver; of one that goes elsewhere, the address that it goes to.

    Raises:
        ValueError: it is none.
    """
    address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv4Address):
        return address
    if address in _TRANSLATED or (address.packed.startswith(bytes(12)) and address.packed[12]):
        return IPv4Address(address.packed[12:])
    return address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1] or address


def why_not(address: Address, *, allow_private: bool = False) -> str | None:
    """Return what keeps us from sending to an address, in words; None when nothing does.

    Args:
        address: as ``read_address`` returns it.
        allow_private: whether the operator allows addresses that only our network can reach.
    """
    if address in METADATA:
        return "where this machine asks for its own secrets"
    if address.is_multicast or address.is_unspecified or address == IPv4Address("255.255.255.255"):
        return "no address of one machine"
    return None if allow_private else _why_private(address)


def _why_private(address: Address) -> str | None:
    if address.is_loopback:
        return "this machine itself"
    if address.is_link_local:
        return "of the local link"
    if not address.is_global or any(address in network for network in _LOCAL):
        return "of a private or reserved network"
    return None
