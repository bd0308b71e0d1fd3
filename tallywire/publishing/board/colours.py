"""Colours of parties."""

import re


def party_class(party: str) -> str:
    """Return the class of a party: ``p-`` and its id in small letters, all but letters and digits as hyphens."""
    return f"p-{code(party)}"


def code(party: str) -> str:
    """Return a party's id as classes and ids of elements have it: ``pp53``."""
    return re.sub(r"[^a-z0-9]", "-", party.lower())
