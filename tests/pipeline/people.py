"""An election that asks for signatures, on a running pipeline, run from the command line as its operator would."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from typer.testing import CliRunner, Result

from tallywire.cli import app
from tallywire.packs.pack import find_pack

ELECTION: Final = "pcc.2024-05-02"
NORFOLK: Final = "pcc.norfolk.2024-05-02"
RECORDED: Final[dict[str, dict[str, Any]]] = {
    event["subject"]: event
    for event in map(json.loads, (find_pack(ELECTION) / "declarations.jsonl").read_bytes().splitlines())
}
"""The recorded declarations by contest."""

NOT_MOST_VOTES: Final[dict[str, Any]] = {"elected": ["giles-orpen-smellie"]}
"""Of Norfolk: the declared elected is not who has most votes, as in Nelson 2023."""


@dataclass(frozen=True)
class People:
    """The keys of an operator and of others, as files in a folder, and the server that they use."""

    url: str
    folder: Path

    def run(self, *arguments: str, text: bytes = b"", **environment: str) -> Result:
        """Run a command of the operator's, or of anybody else."""
        runner = CliRunner(env={"COLUMNS": "100", "TALLYWIRE_REDIS_URL": self.url, **environment})
        return runner.invoke(app, arguments, input=text)

    def done(self, *arguments: str, text: bytes = b"") -> Result:
        """Run a command that is to succeed."""
        done = self.run(*arguments, text=text)
        assert done.exit_code == 0, done.output
        return done

    def file(self, name: str) -> str:
        """Return the path of a file."""
        return str(self.folder / name)

    @property
    def operator(self) -> tuple[str, str]:
        """The option that signs as the operator."""
        return "--key", self.file("operator.key")

    def make(self, name: str, *arguments: str) -> str:
        """Make a key, and return its id."""
        made = self.done("keys", "make", self.file(f"{name}.key"), *arguments, "--json")
        key_id: str = json.loads(made.stdout)["key_id"]
        return key_id

    def load(self, election: str = ELECTION) -> None:
        """Load the election, so that it asks for signatures."""
        self.make("operator")
        self.done("election", "load", election, *self.operator)

    def enrol(self, name: str, role: str, *arguments: str) -> str:
        """Make a key for somebody and enrol it; return its id."""
        key_id = self.make(name)
        request = self.file(f"{name}.key.request")
        self.done("keys", "enrol", request, *self.operator, "--person", name, "--role", role, *arguments)
        return key_id

    def declare(self, name: str, event: dict[str, Any], *arguments: str) -> Result:
        """Send a message signed by somebody."""
        signing = ("--key", self.file(f"{name}.key"), "--election", ELECTION)
        return self.run("declare", "-", *signing, *arguments, text=json.dumps(event).encode())


def changed(event: dict[str, Any], event_id: str, **data: object) -> dict[str, Any]:
    """Return an event under another id and with other data."""
    return {**event, "id": event_id, "data": {**event["data"], **data}}
