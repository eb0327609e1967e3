"""Phrases that can mean but one: "his country", "the Samplish side", "the Example leadership", "As for Doe, she"."""

from __future__ import annotations

from annotate.pipeline.article_context import ArticleContext
from annotate.pipeline.entities import Entity, entity_class
from annotate.pipeline.lexicon import country_of, places
from annotate.pipeline.mentions import Mention
from annotate.pipeline.resources import words

_LEAD = 8  # tokens before a pronoun in which its sentence says whom it is about


class Certain:
    """Tells whom such a phrase means, without weighing anything."""

    def __init__(self, article: ArticleContext) -> None:
        self._article = article

    def meant(self, mention: Mention) -> Entity | None:
        """Return whom a phrase means; None for one that may mean several."""
        return self._own_country(mention) or self._side(mention) or self._led(mention) or self._topic(mention)

    def _own_country(self, mention: Mention) -> Entity | None:
        """Return the country of the person named last, which "his country" means, where the article names it."""
        tokens, entities = self._article.tokens, self._article.entities
        if mention.noun not in words("country_noun") or tokens.lowers[mention.start] not in words("of_person"):
            return None
        before = [
            (place, entity) for entity in entities.all
            if entity_class(entity) == "person" and (place := entity.before(mention.start)) is not None
        ]  # fmt: skip
        if not before:
            return None
        person = max(before, key=lambda item: item[0])[1]
        countries = {country for word in sorted(person.about) if (country := country_of(word))}
        return entities.find(countries.pop()) if len(countries) == 1 else None

    def _side(self, mention: Mention) -> Entity | None:
        """Return the country that "the Samplish side" is, as the article names it where it does."""
        if mention.noun != "side" or len(mention.names) != 1:
            return None
        country, kind = places().get(" ".join(mention.names[0].key), ("", ""))
        if kind != "people":
            return None
        keys = ((form.text, " ".join(form.key)) for form in self._article.names.forms)
        named = (text for text, key in keys if places().get(key) == (country, "country"))
        return self._article.entities.named(next(named, country))

    def _led(self, mention: Mention) -> Entity | None:
        """Return the body that "the Example leadership" leads."""
        if mention.noun not in words("head_of_body") or len(mention.names) != 1 or mention.names[0].end > mention.head:
            return None
        return self._article.entities.named(self._article.full(mention.names[0]))

    def _topic(self, mention: Mention) -> Entity | None:
        """Return whom a sentence says that it is about: "As for Doe, she said …"."""
        tokens, at = self._article.tokens, mention.start
        if mention.shape != "pronoun" or tokens.lowers[at - 1 : at] != [","]:
            return None
        named = next(
            (name for name in self._article.names.within(max(at - _LEAD, 0), at - 1) if name.end == at - 1), None
        )
        first = named.prefix - 1 if named else -1
        if named is None or first < 0 or tokens.lowers[first] != "for":
            return None
        first -= first > 0 and tokens.lowers[first - 1] == "as"
        opens = first == 0 or tokens.sentences[first] != tokens.sentences[first - 1]
        entity = self._article.entities.find(self._article.full(named)) if opens else None
        agrees = entity is not None and (mention.gender is None or entity.sex in {None, mention.gender})
        return entity if agrees else None
