"""Which addresses webhooks may be sent to."""

import pytest

from tallywire.webhooks.addresses import read_address, why_not

PUBLIC = ("1.1.1.1", "151.101.0.81", "2606:4700:4700::1111", "2a00:1450:4009:823::200e")

PRIVATE = (
    *("127.0.0.1", "127.8.8.8", "::1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.1.1"),
    *("192.0.0.8", "198.18.0.1", "203.0.113.7", "240.0.0.1", "fd00::1", "fe80::1%eth0", "fec0::1", "2001:db8::1"),
    # The same in other clothes: mapped, translated, 6to4, Teredo, compatible.
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "::127.0.0.1"),
    *("2001:0:0:0:0:0:80ff:fffe", "64:ff9b:1::1"),
)

NEVER = (
    *("169.254.169.254", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "fd00:ec2::254", "100.100.100.200"),
    *("168.63.129.16", "0.0.0.0", "::", "224.0.0.1", "ff02::1", "255.255.255.255"),  # noqa: S104  # none is bound
)


@pytest.mark.parametrize("text", PUBLIC)
def test_public_addresses_may_be_sent_to(text: str) -> None:
    """Promise: a receiver on the internet needs nobody's leave."""
    assert why_not(read_address(text)) is None


@pytest.mark.parametrize("text", PRIVATE)
def test_what_only_our_network_can_reach_needs_the_operators_leave(text: str) -> None:
    """Promise: loopback, private, link-local and reserved addresses are not sent to, however they are written."""
    assert why_not(read_address(text)) is not None
    assert why_not(read_address(text), allow_private=True) is None


@pytest.mark.parametrize("text", NEVER)
def test_where_machines_ask_for_their_secrets_is_never_sent_to(text: str) -> None:
    """Promise: metadata services, and what is no address of one machine, are out of reach for every endpoint."""
    assert why_not(read_address(text)) is not None
    assert why_not(read_address(text), allow_private=True) is not None
