"""The language of an article, by py3langid (Lui and Baldwin, ACL 2012) and the model of 141 languages in it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

ENGLISH = "en"
_READ = 1_000  # characters from the beginning: more changes no answer
_LETTERS = 20  # fewer tell no language
_SURE = 0.5  # probability; each of 1,252 English articles came out above 0.9, in capitals too
# Languages without a two-letter code are small, and some resemble a large one: Nigerian Pidgin English.
_SURE_OF_SMALL = 0.9
_NO_LANGUAGE = "zxx"


def language_of(text: str) -> str | None:
    """Return the language that a text is in, None when too little of it tells.

    Codes are those of ISO 639-1, and of ISO 639-3 for languages that have none there ("en", "yue").
    The beginning of the text decides: an article that changes its language later counts as that of its beginning.
    """
    beginning = text[:_READ]
    if sum(char.isalpha() for char in beginning) < _LETTERS:
        return None
    language, probability = _identifier().classify(beginning)
    least = _SURE if len(language) == 2 else _SURE_OF_SMALL
    return str(language) if probability >= least and language != _NO_LANGUAGE else None


@cache
def _identifier() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
