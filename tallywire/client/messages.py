"""Opening packs by name, and putting an election's register where the services find it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Final

from schemas.register import Register
from tallywire.client.connection import Desk
from tallywire.client.post import Answers, around, send
from tallywire.client.submissions import Entry
from tallywire.packs.pack import Pack, PackError, find_pack, read_pack, read_register
from tallywire.trouble import Exit, Trouble

LOAD_SOURCE: Final = "/tallywire/election-load"


def pack_folder(name: str) -> Path:
    """Return the folder of a bundled pack, or of one named by its path.

    Raises:
        Trouble: there is none.
    """
    with _usable():
        return find_pack(name)


def open_pack(name: str) -> Pack:
    """Return the pack of that name.

    Raises:
        Trouble: there is none, or it has faults.
    """
    with _usable():
        return read_pack(find_pack(name))


def open_register(name: str) -> tuple[Register, bytes]:
    """Return the register of a pack, and how it is written. The pack need not have declarations yet.

    Raises:
        Trouble: there is none, or it has faults.
    """
    with _usable():
        return read_register(find_pack(name))


def register_event(register: Register, written: bytes) -> bytes:
    """Return the event that loads a register: the same register makes the same bytes, so a repeat is harmless.

    Args:
        register: the register.
        written: it as JSON, with whatever white space.
    """
    data = json.dumps(json.loads(written), ensure_ascii=False, separators=(",", ":")).encode()
    return around(
        data,
        id=f"register-{sha256(data).hexdigest()[:16]}",
        source=LOAD_SOURCE,
        type="tallywire.register.v1",
        subject=register.election,
        **({"test": True} if register.test else {}),
    )


def load(desk: Desk, register: Register, written: bytes, answers: Answers) -> Exit:
    """Post a register, name its election in the catalogue, and tell what became of it."""
    entry = Entry("", register_event(register, written))
    return send(desk, [entry], [register.election], answers, announce=True)


@contextmanager
def _usable() -> Iterator[None]:
    try:
        yield
    except PackError as error:
        raise Trouble(f"There is no usable election pack:\n{error}", Exit.USAGE) from error
