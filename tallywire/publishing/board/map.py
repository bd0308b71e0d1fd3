"""The map of a region."""

from collections.abc import Mapping

from tallywire.publishing.documents import View


def map_parts(view: View, slug: str) -> Mapping[str, str]:  # noqa: ARG001  # what the map is made of
    """Return the parts of the map by their names; ``map`` is the whole of it but for the others."""
    return {"map": '<figure id="map"></figure>'}
