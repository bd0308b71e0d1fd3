"""Slugs made of names."""

import re
import unicodedata

from schemas.wire import NAME_LENGTH_MAX


def slug(name: str) -> str:
    """Return a name in small letters, digits and hyphens; empty when it has no Latin letter and no digit.

    Accents are dropped. The result, unless empty, is a ``RegionSlug``.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    # A single character may unfold into several, so that a slug can become longer than its name.
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:NAME_LENGTH_MAX].rstrip("-")
