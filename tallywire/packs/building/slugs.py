"""Ids made of names."""

import re
import unicodedata


def slug(name: str) -> str:
    """Return a name in small letters, digits and hyphens; empty when it has neither letters nor digits of ours."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
