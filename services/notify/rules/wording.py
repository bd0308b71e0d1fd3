"""Every word that notify says, in one place. House style: docs/headlines.md.

Short, present tense, party first; the verb agrees with the party's name as spoken.
"""

from dataclasses import dataclass
from typing import Final, Literal

Verb = Literal["gain", "hold", "win"]

VERBS: Final[dict[Verb, tuple[str, str]]] = {
    "gain": ("gains", "gain"),
    "hold": ("holds", "hold"),
    "win": ("wins", "win"),
}
"""Singular and plural: Labour *gains*, Conservatives *gain*."""

CORRECTION: Final = "CORRECTION: "


@dataclass(frozen=True, slots=True)
class Spoken:
    """A party as it is said."""

    name: str
    plural: bool

    def does(self, verb: Verb) -> str:
        """Return name and verb: ``Labour gains``."""
        return f"{self.name} {VERBS[verb][self.plural]}"

    @property
    def inside(self) -> str:
        """The name within a sentence: ``Labour``, ``the Conservatives``, ``an independent``, ``the SNP``."""
        if self.name == "Independent":
            return "an independent"
        if self.name.startswith("The "):
            return f"the {self.name.removeprefix('The ')}"
        return f"the {self.name}" if self.plural or self.name.isupper() else self.name


def seat(party: Spoken, verb: Verb | None, contest: str) -> str:
    """Return the headline of a seat; ``verb`` is None where nobody knows who held it."""
    return f"{party.does(verb)} {contest}" if verb else f"{party.name} elected in {contest}"


def corrected(said: str, change: str) -> str:
    """Return the headline of a correction: what is so now, and what changed."""
    return f"{CORRECTION}{said}, {change}"


def takes(winner: str, contest: str, party: Spoken, previous: Spoken, *, first_time: bool) -> str:
    """Say who takes the seat for whom from whom, and whether the party never won it before."""
    first = " for the first time" if first_time else ""
    return f"{winner} wins {contest} for {party.inside}{first}, taking it from {previous.inside}"


def keeps(winner: str, contest: str, party: Spoken) -> str:
    """Say who keeps the seat."""
    return f"{winner} keeps {contest} for {party.inside}"


def succeeds(winner: str, contest: str) -> str:
    """Say that one independent follows another."""
    return f"{winner} follows another independent in {contest}"


def opens(winner: str, contest: str, party: Spoken) -> str:
    """Say who wins a seat that nobody held before."""
    return f"{winner} wins {contest} for {party.inside}, the first to hold it"


def chosen(winner: str, contest: str, party: Spoken) -> str:
    """Say who is elected where it is not known who held the seat."""
    return f"{winner} is elected in {contest} for {party.inside}"


def majority(votes: int) -> str:
    """Say by how much."""
    return f"with a majority of {votes:,}"


LOT: Final = "chosen by lot after equal votes"
UNOPPOSED: Final = "with nobody left unelected"


def turnout(percent: float) -> str:
    """Say what the turnout was."""
    return f"on a turnout of {percent:.1f}%"


def instead_of(headline: str) -> str:
    """Say which headline no longer holds."""
    return f'not "{headline}"'


def by_instead_of(now: int | None, was: int | None) -> str:
    """Say how the majority changed."""
    return f"by {_votes(now)}, not {_votes(was)}"


def _votes(number: int | None) -> str:
    return "no margin" if number is None else f"{number:,}"


FIGURES_CHANGED: Final = "with figures corrected"
DETAILS_CHANGED: Final = "with details corrected"


def votes_changed(name: str, was: int, now: int) -> str:
    """Say how one candidate's votes changed."""
    return f"{name} has {now:,} votes instead of {was:,}"


def electorate_changed(was: int | None, now: int | None) -> str:
    """Say how the electorate changed."""
    return f"the electorate is {_known(now)} instead of {_known(was)}"


def _known(number: int | None) -> str:
    return "unknown" if number is None else f"{number:,}"
