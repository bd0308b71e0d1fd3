"""The register of an election that is played as a test: of a rehearsal, or of a sandbox."""

import json
from typing import Any

from tallywire.packs.pack import Pack


def unsigned_register(pack: Pack, election: str, word: str) -> dict[str, Any]:
    """Return the register of a pack as that of a test, which asks for no signatures.

    Args:
        pack: the election.
        election: the id of the test.
        word: what its name begins with.
    """
    value: dict[str, Any] = json.loads(pack.register_bytes)
    value = {name: held for name, held in value.items() if name not in ("signatures", "operator_key")}
    name = pack.register.name.removeprefix(f"{word}: ")
    return value | {"election": election, "test": True, "name": f"{word}: {name}"}
