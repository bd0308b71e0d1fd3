"""Election packs: a folder with an election's register and what was declared on its night, and corrected since.

``docs/packs.md`` describes the format for those who write one, ``tallywire.packs.faults`` what can be wrong.
"""

from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Final

from schemas.register import Register
from tallywire.packs.faults import DECLARATIONS, REGISTER, check_declarations, check_register, usable_part
from tallywire.packs.geography import MAP, MAP_BYTES_MAX, Area, read_areas
from tallywire.packs.pack_fault import NoPackError, PackError, PackFault

FILE_BYTES_MAX: Final = 64 * 2**20
"""A pack's file is read whole; no election of this country comes near to this."""


@dataclass(frozen=True, slots=True)
class Pack:
    """An election pack in which no fault was found."""

    path: Path
    """The folder; its name is the election's id."""
    register: Register
    """The election before the night."""
    register_bytes: bytes
    """``register.json`` as it stands on disk."""
    declarations: tuple[bytes, ...]
    """The recorded declarations and amendments in their order, each one event as JSON, without line ends."""
    areas: tuple[Area, ...] = ()
    """The areas of its contests, where it has a map of its own."""


def read_pack(path: Path) -> Pack:
    """Read the pack in the folder ``path``, faults and all, so long as it can be played.

    A line that cannot be a declaration is posted like any other: ingest judges it, as it would on the night.

    Raises:
        PackError: there is no register to load or there are no lines to play; it carries every fault.
    """
    found, faults = _examine(path)
    if found.register is None or found.declarations is None:
        raise PackError(faults)
    return Pack(path, found.register, found.register_bytes, found.declarations, found.areas)


def read_register(path: Path) -> tuple[Register, bytes]:
    """Read the register of the pack in the folder ``path``, and how it is written. It need not have declarations yet.

    Raises:
        PackError: there is none that can be loaded; it carries every fault.
    """
    found, faults = _examine(path)
    if found.register is None:
        raise PackError(faults)
    return found.register, found.register_bytes


def read_map(path: Path, register: Register) -> tuple[Area, ...]:
    """Return the areas of the map of the pack in the folder ``path``; none where it has no map.

    Raises:
        PackError: there is one with faults; it carries them.
    """
    areas, faults = _map(path, register)
    if faults:
        raise PackError(faults)
    return areas


def check_pack(path: Path) -> tuple[PackFault, ...]:
    """Return every fault of the pack in the folder ``path``, file by file; empty for a good pack."""
    return _examine(path)[1]


def bundled_packs() -> dict[str, Path]:
    """Return the packs that come with Tallywire, by election id, in the order of their ids."""
    package = Path(str(resources.files("tallywire")))
    # A wheel carries them within the package; in a checkout they lie beside it.
    folders = (package / "elections", package.parent / "elections")
    found = {
        pack.name: pack for folder in reversed(folders) for pack in folder.glob("*") if (pack / REGISTER).is_file()
    }
    return dict(sorted(found.items()))


def find_pack(name_or_path: str | Path) -> Path:
    """Return the folder of a pack: a folder of that path, or else the bundled pack with that election id.

    A folder that is no pack and holds one is as good as that one, as in an archive: its name need not be known.

    Raises:
        NoPackError: there is neither; it names the bundled packs.
    """
    path = Path(name_or_path)
    if path.is_dir():
        held = [] if (path / REGISTER).exists() else sorted(path.glob(f"*/{REGISTER}"))
        return held[0].parent if len(held) == 1 else path
    bundled = bundled_packs()
    if str(name_or_path) in bundled:
        return bundled[str(name_or_path)]
    known = ", ".join(bundled) or "none"
    reason = f"is neither a folder nor the id of a bundled election (bundled: {known})"
    raise NoPackError((PackFault(str(name_or_path), "", reason),))


@dataclass(slots=True)
class _Found:
    """What a folder holds, as far as it can be made sense of."""

    register: Register | None = None
    register_bytes: bytes = b""
    declarations: tuple[bytes, ...] | None = None
    areas: tuple[Area, ...] = ()


def _examine(path: Path) -> tuple[_Found, tuple[PackFault, ...]]:
    """Return what the folder holds, with every fault."""
    found = _Found()
    if not path.is_dir():
        return found, (PackFault(str(path), "", "is not a folder: a pack is a folder named after its election"),)
    faults: list[PackFault] = []
    election = path.resolve().name
    written = _read(path / REGISTER, faults, FILE_BYTES_MAX)
    if written is not None:
        found.register_bytes = written
        found.register, of_register = check_register(written, election)
        faults.extend(of_register)
    lines = _read(path / DECLARATIONS, faults, FILE_BYTES_MAX)
    if lines is not None:
        found.declarations = tuple(lines.splitlines())
        register, left_out = found.register, frozenset[str]()
        if register is None and written is not None:
            register, left_out = usable_part(written, faults)
        stated = register.election if register else election
        faults.extend(check_declarations(found.declarations, stated, register, left_out))
    if found.register is not None:
        found.areas, of_map = _map(path, found.register)
        faults.extend(of_map)
    return found, tuple(faults)


def _map(path: Path, register: Register) -> tuple[tuple[Area, ...], tuple[PackFault, ...]]:
    if not (path / MAP).exists():
        return (), ()
    faults: list[PackFault] = []
    drawn = _read(path / MAP, faults, MAP_BYTES_MAX)
    return ((), tuple(faults)) if drawn is None else read_areas(drawn, register.contests)


def _read(file: Path, faults: list[PackFault], most: int) -> bytes | None:
    """Return the bytes of one file of a pack, or add the fault that prevents it."""
    try:
        if file.stat().st_size > most:
            faults.append(PackFault(file.name, "", f"is too large: a pack's file has {most:,} bytes at most"))
            return None
        return file.read_bytes()
    except FileNotFoundError:
        faults.append(PackFault(file.name, "", "is missing"))
    except OSError as error:
        faults.append(PackFault(file.name, "", f"cannot be read: {error.strerror}"))
    return None
