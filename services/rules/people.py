"""Whether two names are one person's. Pure.

Names are all that a register has of who held a seat, and the same person is written in many ways: with another
apostrophe, accent or hyphen, with a title or without, by initials, by a short forename, by the name before a marriage.
So there are three answers, and what needs one of two to be true is said only where that one is given.
"""

import re
import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final, Literal

Likeness = Literal["same", "perhaps", "another"]

_APOSTROPHES: Final = re.compile("['\u2018\u2019\u02bb\u02bc`\u00b4\u2032]")


def _words_of(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TITLES: Final = _words_of(
    "mr mrs ms miss mx dr prof professor sir dame lord lady baroness baron viscount rt right hon honourable the rev "
    "revd reverend canon cllr councillor ald alderman capt captain major maj col colonel lt gen general brigadier"
)
"""Words before a name that are no part of it."""

_HONOURS: Final = _words_of(
    "mbe obe cbe kbe dbe bem mp ms msp mla mep am qc kc jp dl phd bsc ba ma md frcs frsa rn qpm qgm esq bt "
    "jr jnr junior sr snr senior"
)
"""Words behind a name that are no part of it."""

_GENERATIONS: Final = {"jr": "junior", "jnr": "junior", "junior": "junior"} | dict.fromkeys(
    ("sr", "snr", "senior"), "senior"
)
_SHORT_FORMS: Final = tuple(
    _words_of(group)
    for group in (
        "albert alfred bert alf al",
        "alexander alexandra alex alec sandy sandra xander",
        "andrew andy drew",
        "ann anne anna annie nan nancy",
        "anthony antony tony antonia toni",
        "benjamin ben",
        "bernard bernadette bernie",
        "catherine katherine kathryn cathy kathy kate katie kay kitty katrina catriona caitriona",
        "charles charlie",
        "christine christina christopher chris kit tina",
        "david dave davey dai dafydd",
        "deborah debbie",
        "donald don donnie",
        "dorothy dot",
        "edward edmund ed eddie ted teddy ned edwin edwina eamon eamonn",
        "eleanor helen ellie nell",
        "elizabeth elisabeth eliza liz lizzie beth betty betsy bess libby lisa",
        "frances francis fran frank",
        "frederick freda fred freddie",
        "geoffrey jeffrey geoff jeff",
        "gerald gerard gerry jerry",
        "harold henry harry hal",
        "isabel isobel isabella bella",
        "jacqueline jackie",
        "james jim jimmy jamie seamus hamish",
        "jennifer jenny jen",
        "joanna joanne jo",
        "john jon jack johnny ian sean ieuan evan ifan",
        "jonathan jon jonny",
        "joseph josephine joe jo josie",
        "judith judy",
        "kenneth ken kenny",
        "lawrence laurence larry laurie",
        "margaret maggie meg peggy marge madge rita",
        "mary molly polly may maire mair",
        "maureen mo",
        "michael mike mick",
        "mohammed mohammad mohamed mohamad muhammad muhammed mohd md",
        "neil neal niall",
        "nicholas nicolas nicola nick nicky",
        "owen owain",
        "patricia patrick pat patsy paddy trish padraig",
        "penelope penny",
        "philip phillip phil pip",
        "rebecca becky",
        "richard dick rick ricky richie",
        "robert bob bobby rob robbie bert",
        "ronald veronica ron ronnie",
        "rosemary rose rosie",
        "samuel samantha sam",
        "sarah sally sadie",
        "stephen steven steve",
        "susan susannah sue susie sukey",
        "terence theresa teresa terry tess",
        "theodore theo ted",
        "thomas tom tommy",
        "timothy tim",
        "victor victoria vic vicky",
        "walter wally walt",
        "william bill billy will willie liam gwilym",
        "yusuf yousuf yousaf youssef yusef",
    )
)
"""Forenames by which one person may go."""

_ALIKE: Final = 0.8
"""How alike two words must be to be spellings of one: Catherine and Katherine, Ann and Anna, MacDonald and McDonald."""

_WORDS_MAX: Final = 8
"""Words of a name that are compared: whoever writes more is not compared for longer."""


@dataclass(frozen=True, slots=True)
class _Named:
    """A name in its parts."""

    forenames: tuple[str, ...]
    surname: tuple[str, ...]
    """The parts of the last word: a double-barrelled name has two."""
    generation: str | None

    @property
    def words(self) -> tuple[str, ...]:
        return *self.forenames, *self.surname

    @property
    def called(self) -> tuple[str, ...]:
        """The forenames that may be used: a middle initial is none of them."""
        first, *middle = self.forenames or ("",)
        return tuple(name for name in (first, *(name for name in middle if len(name) > 1)) if name)


@lru_cache(maxsize=10_000)
def compare(one: str, other: str) -> Likeness:
    """Return whether two names are one person's, are another's, or may be either."""
    mine, theirs = _named(one), _named(other)
    if _same(mine, theirs):
        return "same" if mine.generation == theirs.generation else "perhaps"
    if "".join(mine.words).isascii() != "".join(theirs.words).isascii():
        # One of them may be the other in another script.
        return "perhaps"
    by_forename = any(_alike(name, known) for name in mine.called for known in theirs.called)
    turned_round = set(mine.forenames) & set(theirs.surname) or set(mine.surname) & set(theirs.forenames)
    if by_forename or turned_round:
        # Another surname may be that before a marriage.
        return "perhaps"
    by_surname = any(_alike(name, known) for name in mine.surname for known in theirs.surname)
    return "perhaps" if by_surname and not (mine.forenames and theirs.forenames) else "another"


def _same(mine: _Named, theirs: _Named) -> bool:
    if sorted(mine.words) == sorted(theirs.words) or "".join(mine.words) == "".join(theirs.words):
        return True
    if mine.surname != theirs.surname or mine.forenames[:1] != theirs.forenames[:1]:
        return False
    # One of them may leave middle names out, or give their initials; others are somebody else's.
    middle, known = mine.forenames[1:], theirs.forenames[1:]
    return all(a.startswith(b) or b.startswith(a) for a, b in zip(middle, known, strict=False))


def _named(name: str) -> _Named:
    unfolded = unicodedata.normalize("NFKD", name).casefold()
    letters = _APOSTROPHES.sub("", "".join(letter for letter in unfolded if not unicodedata.combining(letter)))
    before, comma, behind = letters.partition(",")
    if comma and (forenames := _without_titles(_words(behind))):
        letters = f"{' '.join(forenames)} {before}"
    else:
        letters = letters.replace(",", " ")
    words = _words(letters)
    generation = next((_GENERATIONS[word] for word in reversed(words) if word in _GENERATIONS), None)
    *forenames, surname = _without_titles(words) or words or [""]
    parts = tuple(part for word in forenames for part in word.split("-"))
    return _Named(parts, tuple(surname.split("-")), generation)


def _words(text: str) -> list[str]:
    """Return the words of a text; those that are joined by a hyphen are one."""
    return re.findall(r"[^\W_]+(?:-[^\W_]+)*", re.sub("[\u2010-\u2015]", "-", text))[:_WORDS_MAX]


def _without_titles(words: list[str]) -> list[str]:
    left = list(words)
    while len(left) > 1 and left[-1] in _HONOURS:
        left.pop()
    while len(left) > 1 and left[0] in _TITLES:
        del left[0]
    return [] if left and len(left) == 1 and left[0] in _HONOURS else left


def _alike(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    if longer.startswith(shorter):
        # An initial, or a short form: Ed and Edward, Jo and Joanne.
        return True
    if any(one in group and other in group for group in _SHORT_FORMS):
        return True
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= _ALIKE
