"""Where a register names what it does not describe: every place, not only the first that its schema finds."""

from collections.abc import Iterator, Mapping

from tallywire.packs.building.party_ids import near_id
from tallywire.packs.plain_json import Steps, texts

Reference = tuple[Steps, str]
"""The path of a reference that names nothing, and what is wrong with it."""


def unknown_references(register: object) -> Iterator[Reference]:
    """Yield every name that leads nowhere; anything at all may be in a register."""
    described = _mapping(register)
    parties, regions, bodies = (_mapping(described.get(name)) for name in ("parties", "regions", "bodies"))
    contests = _mapping(described.get("contests"))
    yield from _main_parties(parties)
    for ballot_id, contest in contests.items():
        way: Steps = ("contests", ballot_id)
        for steps, text in texts(contest, way):
            if steps[-1] == "party" and text not in parties:
                yield steps, _unknown("party", text, parties)
            elif steps[-2] == "regions" and text not in regions:
                yield steps, _unknown("region", text)
            elif steps[-2] == "constituencies" and text not in contests:
                yield steps, _unknown("constituency", text)
            elif steps == (*way, "body") and text not in bodies:
                yield steps, _unknown("body", text)
        yield from _counted_parties(contest, way, ("previous_votes", "seats_before"), parties)
    for slug, body in bodies.items():
        way = ("bodies", slug)
        yield from _counted_parties(body, way, ("not_up", "before"), parties)
        control = _mapping(body).get("control_before")
        if isinstance(control, str) and control != "NOC" and control not in parties:
            yield (*way, "control_before"), _unknown("party", control, parties)


def _main_parties(parties: Mapping[str, object]) -> Iterator[Reference]:
    for key, party in parties.items():
        main = _mapping(party).get("counts_as")
        way: Steps = ("parties", key, "counts_as")
        if not isinstance(main, str):
            continue
        if main not in parties:
            yield way, _unknown("party", main, parties)
        elif _mapping(parties[main]).get("counts_as") is not None:
            yield way, f"names {main}, which counts as another party itself: name the main party"


def _counted_parties(
    value: object, way: Steps, names: tuple[str, ...], parties: Mapping[str, object]
) -> Iterator[Reference]:
    for name in names:
        for party in sorted(_mapping(_mapping(value).get(name)).keys() - parties.keys()):
            yield (*way, name, party), _unknown("party", party, parties)


def _unknown(kind: str, name: str, known: Mapping[str, object] | None = None) -> str:
    said = f"names the {kind} {name}, which this register does not describe"
    near = near_id(name, known or ())
    return said if near is None else f"{said}: write {near}"


def _mapping(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}
