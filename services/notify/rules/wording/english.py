"""English grammar: party names with articles, verbs that agree with them, numbers in words, lists."""

from collections.abc import Iterable, Sequence
from re import compile as pattern
from typing import Final, Literal, NamedTuple

from schemas.register import INDEPENDENT, SPEAKER
from schemas.result import PartyName

TEXT_LENGTH_MAX: Final = 90
"""Characters of a headline's text, as far as names allow: what a phone shows of a notification."""

SEAT_LENGTH_MAX: Final = TEXT_LENGTH_MAX - len('WITHDRAWN: ""')
"""Characters of the headline of a seat, so that it can still be corrected or withdrawn."""

_WORDS: Final = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")

_SAID_AS_A_WORD: Final = ("UKIP", "TUSC")
"""Acronyms that take no article: UKIP, but the SNP."""

_COMMON_NOUNS: Final = (
    *("Alliance", "Association", "Coalition", "Front", "Group", "League", "Movement", "Network", "Party", "Union"),
)
"""Words of names that take an article within a sentence, but as the first one: the Workers Party of Britain."""

_TAKES_ARTICLE: Final = pattern(
    r"(?:(?:North|South) (?:East|West)|(?:East|West) Midlands|.+ of .+|.+ (?:Parliament|Assembly)|Senedd|United Kingdom"
    r")$"
)
"""Regions and chambers that take one: the East Midlands, the East of England, the House of Commons."""

Category = Literal["party", "independent", "independents", "speaker"]
"""What a name stands for: a party, one candidate without a party, several of these, or the Speaker."""

_CATEGORIES: Final[dict[str, Category]] = {INDEPENDENT: "independent", SPEAKER: "speaker"}


class Spoken(NamedTuple):
    """A party's name, with its grammar."""

    name: str
    plural: bool
    """Whether the verb is in the plural."""
    category: Category = "party"
    """It follows from the party's id, never from its name: there are parties called Independent Network."""

    @property
    def independent(self) -> bool:
        """Whether this is one candidate without a party."""
        return self.category == "independent"

    @property
    def start(self) -> str:
        """The name at the start of a headline: ``Conservatives``, ``The Speaker``."""
        return capital(self.name)

    @property
    def within(self) -> str:
        """The name within a headline: ``Conservatives``, ``the Speaker``, ``an independent``."""
        if self.category in ("independent", "speaker") or self.name.startswith("The "):
            return self.inside
        return "independents" if self.category == "independents" else self.name

    @property
    def inside(self) -> str:
        """The name within a sentence: ``Labour``, ``the Conservatives``, ``an independent``, ``the SNP``."""
        if self.independent:
            return "an independent"
        if self.category == "independents":
            return "independents"
        if self.category == "speaker" or self.name.startswith("The "):
            return f"the {self.name.removeprefix('The ')}"
        return f"the {self.name}" if self._takes_article else self.name

    @property
    def opening(self) -> str:
        """The name at the start of a sentence: ``The Conservatives``."""
        return capital(self.inside)

    @property
    def group(self) -> str:
        """What to call it on a council: independents are a group, not a party."""
        return "group" if self.category == "independents" else "party"

    @property
    def its(self) -> str:
        """The possessive pronoun."""
        return "their" if self.plural else "its"

    def does(self, verb: str) -> str:
        """Return name and verb at the start of a headline: ``Labour gains``."""
        return f"{self.start} {agree(verb, plural=self.plural)}"

    @property
    def _takes_article(self) -> bool:
        _, *after = self.name.split()
        acronym = self.name.isupper() and self.name not in _SAID_AS_A_WORD
        return self.plural or acronym or any(word in _COMMON_NOUNS for word in after)


def spoken(party: PartyName, seats: int = 1) -> Spoken:
    """Return a party's name; the independents who win or hold several ``seats`` are in the plural."""
    if party.counts_as == INDEPENDENT and seats != 1:
        return Spoken("Independents", plural=True, category="independents")
    category = _CATEGORIES.get(party.counts_as, "party")
    return Spoken(party.spoken, plural=party.number == "plural", category=category)


def agree(verb: str, *, plural: bool) -> str:
    """Return the verb in the present tense: *gains* or *gain*, *is* or *are*."""
    if verb == "be":
        return "are" if plural else "is"
    if plural:
        return verb
    if verb == "have":
        return "has"
    return f"{verb}es" if verb.endswith(("ch", "sh", "ss", "x")) else f"{verb}s"


def number(count: int) -> str:
    """Return a number as it is written: in words below ten, with commas above."""
    return _WORDS[count] if 0 <= count < len(_WORDS) else f"{count:,}"


def counted(count: int, noun: str) -> str:
    """Return a number of things: ``one vote``, ``two seats``, ``1,084 votes``."""
    return f"{number(count)} {noun}" if count == 1 else f"{number(count)} {noun}s"


def in_digits(count: int, noun: str) -> str:
    """Return a number of things for comparison with another one: ``1 vote``, ``2 seats``."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def seats(count: int) -> str:
    """Return a number of seats as the object of a verb: ``a seat``, ``two seats``."""
    return "a seat" if count == 1 else counted(count, "seat")


def all_seats(count: int) -> str:
    """Return every seat: ``the seat``, ``both seats``, ``all three seats``."""
    return {1: "the seat", 2: "both seats"}.get(count, f"all {counted(count, 'seat')}")


def listed(items: Iterable[str]) -> str:
    """Return a list as it is said: ``Labour, Conservatives and Greens``."""
    *before, last = items
    return f"{', '.join(before)} and {last}" if before else last


def possessive(name: str) -> str:
    """Return whose: ``Bob Sample's``."""
    return f"{name}'s"


def place(name: str) -> str:
    """Return a region or a chamber within a sentence: ``ITV Anglia``, ``the East Midlands``."""
    return f"the {name}" if _TAKES_ARTICLE.match(name) and not name.startswith(("The ", "the ")) else name


def sentence(text: str) -> str:
    """Return a text with a capital at its start and one full stop at its end."""
    return f"{capital(text.rstrip('. '))}."


def fitting(texts: Sequence[str], length_max: int = TEXT_LENGTH_MAX) -> str:
    """Return the first text that is short enough for a headline; the last one when none is."""
    return next((text for text in texts if len(text) <= length_max), texts[-1])


def capital(text: str) -> str:
    """Return a text with a capital at its start."""
    return text[:1].upper() + text[1:]
