"""Words as this room compares them: numbered, stemmed, weighed by how rare they are; names by their consonants.

A *word* is a surface form, numbered as it is met. A *feature* is what two wordings of one thing have in common: the
stem of a word, the value of a number, or the consonants of a name, so that transliterations meet ("Masoud" and
"Massoud"). Nothing depends on the numbers themselves: wherever an order matters, the words' own hashes decide.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from functools import cache

import numpy as np
import numpy.typing as npt
import snowballstemmer

from annotate.stories.knowledge import background, numerals, words

WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*")
_PRIOR = 500.0  # articles that the background weighs as
_RAREST = 0.0006  # the share of articles of a stem that the background does not know
_SHORT_FORM = 5  # letters of a name in capitals that is spelt, not spoken
_DATE = 0.25  # the share of a day, a month or a time of day
_FUNCTION = 0.55  # the share from which on a word only holds sentences together
# What transliterations differ in: the ending, vowels, doubled letters, and letters for one sound.
_SOUNDS = (
    ("tch", "c"), ("sch", "s"), ("sh", "s"), ("kh", "k"), ("gh", "g"), ("ph", "f"), ("th", "t"), ("dh", "d"),
    ("ck", "k"), ("qu", "k"), ("q", "k"), ("x", "ks"), ("w", "v"), ("z", "s"), ("j", "g"), ("c", "k"),
)  # fmt: skip
_VOWELS = re.compile(r"[aeiouyh]+")
_DOUBLED = re.compile(r"(.)\1+")

_stemmer = snowballstemmer.stemmer("english")


@cache
def stem(word: str) -> str:
    """Return the stem of a word in lower case, a possessive ending left out."""
    stemmed: str = _stemmer.stemWord(plain(word))
    return stemmed


def plain(word: str) -> str:
    """Return a word with straight apostrophes and without a possessive ending."""
    return word.replace("’", "'").removesuffix("'s").rstrip("'")


def unaccented(word: str) -> str:
    """Return a word without its diacritics."""
    if word.isascii():
        return word
    return "".join(char for char in unicodedata.normalize("NFKD", word) if not unicodedata.combining(char))


@cache
def skeleton(name: str) -> str:
    """Return what transliterations of a name have in common: its first sound and its consonants.

    "Masoud" and "Massoud" give one, as do "Muttaqi" and "Motaq"; a name of few consonants is left as it is.
    """
    word = unaccented(plain(name).lower())
    sounds = word
    for spelt, sound in _SOUNDS:
        sounds = sounds.replace(spelt, sound)
    sounds = _DOUBLED.sub(r"\1", sounds)
    first = "a" if sounds[:1] in {"a", "e", "i", "o", "u", "y"} else sounds[:1]
    bare = first + _VOWELS.sub("", sounds[1:])
    return bare if len(bare) >= 3 else word


def value_of(word: str) -> str | None:
    """Return a number's value as text, None for what is no number."""
    if word[0].isdigit():
        return word.replace(",", "").lstrip("0") or "0"
    value = numerals().get(word)
    return None if value is None else str(value)


class Vocabulary:
    """The words and features of one collection.

    feature_of: by word, the number of its feature, -1 for words that only hold sentences together. names: the features
    that are names; numbers: those that are numbers.
    """

    def __init__(self) -> None:
        self._ids: dict[str, int] = {}
        self._features: dict[str, int] = {}
        self.surfaces: list[str] = []
        self.feature_of: list[int] = []
        self.hashes: list[int] = []
        self.feature_names: list[str] = []
        self.articles_with: list[int] = []
        self._aside = words("calendar") | words("title")

    def word(self, surface: str) -> int:
        """Return the number of a word as it stands in a text."""
        known = self._ids.get(surface)
        if known is not None:
            return known
        # Cases of one word have one number, unless the capital makes it a name.
        lower = surface.lower()
        name = surface[0].isupper() and self._is_name(lower)
        short = name and surface.isupper() and len(surface) <= _SHORT_FORM
        key = "^^" + lower if short else "^" + lower if name else lower
        number = self._ids.get(key)
        if number is None:
            number = len(self.surfaces)
            self._ids[key] = number
            self.surfaces.append(lower)
            self.hashes.append(hash_of(plain(lower)))
            self.feature_of.append(self._feature(lower, name=name, short=short))
        self._ids[surface] = number
        return number

    def feature(self, text: str) -> int:
        """Return the number of a feature; `~` begins a name, `#` a number, everything else is a stem."""
        number = self._features.setdefault(text, len(self.feature_names))
        if number == len(self.feature_names):
            self.feature_names.append(text)
            self.articles_with.append(0)
        return number

    def _is_name(self, lower: str) -> bool:
        return stem(lower) not in background() and plain(lower) not in self._aside

    def _feature(self, lower: str, *, name: bool, short: bool) -> int:
        value = value_of(lower)
        if value is not None:
            return self.feature("#" + value)
        if name:
            return self.feature("~" + (lower if short else skeleton(lower)))
        stemmed = stem(lower)
        if len(stemmed) < 2 or background().get(stemmed, 0) > _FUNCTION:
            return -1
        return self.feature(stemmed)

    def is_name(self, feature: int) -> bool:
        """Tell whether a feature is a name."""
        return self.feature_names[feature][0] == "~"

    def is_number(self, feature: int) -> bool:
        """Tell whether a feature is a number."""
        return self.feature_names[feature][0] == "#"

    def weights(self, articles: int) -> npt.NDArray[np.float64]:
        """Return how much each feature tells (its inverse document frequency, in nats) in a collection of so many.

        Counts of the collection and of the background are added, so that small collections have sound weights too.
        """
        usual = background()
        dates = words("calendar")
        shares = np.array(
            [
                _DATE if name in dates else _share_of_number(name) if name[0] == "#" else usual.get(name, _RAREST)
                for name in self.feature_names
            ]
        )
        counts = np.array(self.articles_with, dtype=np.float64)
        told = np.log((articles + _PRIOR + 1) / (counts + _PRIOR * shares + 0.5))
        # Whole parts of 1024: their sums are exact, in whatever order they are added.
        return np.round(told * 1024) / 1024


def _share_of_number(feature: str) -> float:
    """Return in what share of articles a number stands, about: small, round ones and years are common."""
    value = feature[1:]
    if not (value.isascii() and value.isdecimal()):
        return 0.002
    if len(value) <= 2:
        return 0.1 if int(value) <= 12 else 0.02
    return 0.02 if value.endswith("00") or (len(value) == 4 and value[:2] in {"19", "20"}) else 0.002


def hash_of(word: str) -> int:
    """Return 64 bits of a word that are the same everywhere."""
    data = word.encode("utf-8", "surrogatepass")
    return (zlib.crc32(data) << 32) | zlib.crc32(data, 0x9E3779B9)
