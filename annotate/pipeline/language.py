"""The language of an article, by py3langid (Lui and Baldwin, ACL 2012): a model of 97 languages that comes with it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

ENGLISH = "en"
_READ = 2_000  # characters from the beginning: more changes no answer
_LETTERS = 20  # fewer tell no language
_SURE = 0.5  # probability; some 330 English articles, read at 2,000 characters, all came out far above


def language_of(text: str) -> str | None:
    """Return the ISO 639-1 code of the language that a text is in, None when too little of it tells.

    The beginning of the text decides: an article that changes its language later counts as that of its beginning.
    """
    beginning = text[:_READ]
    if sum(char.isalpha() for char in beginning) < _LETTERS:
        return None
    language, probability = _identifier().classify(beginning)
    return str(language) if probability >= _SURE else None


@cache
def _identifier() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
