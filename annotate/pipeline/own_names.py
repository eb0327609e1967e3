"""A name in the source phrase itself: which of several it is, and whether the phrase as a whole is one."""

from __future__ import annotations

from collections.abc import Iterable

from annotate.pipeline.article_context import ArticleContext
from annotate.pipeline.entities import Entity, entity_class
from annotate.pipeline.forms import Name, together
from annotate.pipeline.lexicon import places, roles
from annotate.pipeline.mentions import Mention
from annotate.pipeline.options import Option, head_class
from annotate.pipeline.resources import words

_OWN = 8  # names in one phrase


class OwnNames:
    """Gives the options that a phrase itself names."""

    def __init__(self, article: ArticleContext) -> None:
        self._article = article

    def options(self, mention: Mention) -> Iterable[Option]:
        tokens = self._article.tokens
        inside = mention.names[:_OWN]
        noun_class = head_class(mention)
        yield from self._several(mention, noun_class)
        stands = [self.stand(mention, name) for name in inside]
        strong = {"head", "apposition", "after role", "after comma", "behind", "owner"}
        for index, name in enumerate(inside):
            place = stands[index]
            if place == "brackets":
                continue  # an acronym, a party or a translation
            rivals = sorted({other for at, other in enumerate(stands) if at != index and other in strong})
            shared = [
                f"own {noun_class} {place}",
                f"own {noun_class} {'body' if name.body else 'plain'} {'titled' if name.title is not None else ''}",
                f"own {place} rivals={rivals}",
                f"own {place} first={index == 0} last={index == len(inside) - 1}",
                f"own {place} words={min(len(name.key), 3)} {'body' if name.body else ''}",
            ]
            if tokens.lowers[name.start] in words("definite") or name.text.isupper():
                shared.append(f"own capitals {place}")
            text = self._article.full(name)
            entity = self._article.entities.find(text)
            if entity is not None:
                shared.append(f"own {place} {entity_class(entity)}")
                shared.append(f"own {noun_class} {place} {entity_class(entity)} rivals={bool(rivals)}")
            known = places().get(" ".join(name.key)) or places().get(" ".join(name.key).removesuffix("s"))
            if known is not None:
                shared.append(f"own {place} {known[1]} {tokens.tags[name.end - 1]}")
            elif len(name.key) == 1:
                shared.append(f"own {place} single {tokens.tags[name.end - 1]} {tokens.pos[name.end - 1]}")
            yield Option(text, entity, True, shared)
        if mention.shape != "pronoun":
            yield from self._phrases(mention, noun_class)

    def stand(self, mention: Mention, name: Name) -> str:
        """Tell where in the phrase a name stands: at its head, beside it, after a preposition, as owner."""
        tokens = self._article.tokens
        if name.start <= mention.head < name.end:
            return "head"
        if name.title == "":
            return "after role"
        after = tokens.lowers[name.end] if name.end < len(tokens) else ""
        if name.end < len(tokens) and tokens.tags[name.end] == "POS":
            return "owner"
        before = tokens.lowers[name.prefix - 1] if name.prefix > mention.start else ""
        head = tokens.head_of(name.start, name.end)
        if tokens.deps[head] == "appos" and tokens.heads[head] == mention.head:
            return "apposition"
        if before == "(":
            return "brackets"
        if before == ",":
            return "after comma"
        if tokens.deps[head] == "pobj" or before in {"of", "for", "from", "in", "at", "by", "with", "to", "on"}:
            word = before if before not in {"the", "a", "an"} else tokens.lowers[name.prefix - 2]
            return f"after {word}" if word in {"of", "for", "from", "in", "at", "by", "with", "to"} else "object"
        if name.end <= mention.head:
            role = after in roles() or tokens.heads[head] == mention.head
            return "before head" if role else "before"
        entry = roles().get(before)
        return "after role" if entry and entry["refers_to"] == "individual" else "behind"

    def _several(self, mention: Mention, noun_class: str) -> Iterable[Option]:
        """Offer "Jane Doe and John Roe" as one name, each in full."""
        tokens = self._article.tokens
        inside = mention.names[:_OWN]
        if len(inside) < 2:
            return
        joined = [inside[0]]
        for name in inside[1:]:
            between = tokens.lowers[joined[-1].end : name.prefix]
            if set(between) - {",", "and", "&", "the", ";"} or ("and" not in [*between, ","] and "," not in between):
                if len(joined) > 1:
                    break
                joined = [name]
            else:
                joined.append(name)
        last = tokens.lowers[joined[-2].end : joined[-1].prefix] if len(joined) > 1 else []
        if len(joined) < 2 or not {"and", "&"} & set(last):
            return
        full = [name.text if name.body or name.text.isupper() else self._article.full(name) for name in joined]
        text = together(full)
        bodies = sum(name.body for name in joined)
        head = any(name.start <= mention.head < name.end for name in joined)
        yield Option(
            text,
            self._article.entities.find(text),
            True,
            [
                f"several {noun_class} head={head}",
                f"several first={joined[0] is inside[0]} bodies={min(bodies, 2)}",
                f"several starts={joined[0].prefix - mention.start <= 1} ends={mention.end - joined[-1].end <= 1}",
            ],
        )

    def _phrases(self, mention: Mention, noun_class: str) -> Iterable[Option]:
        """Offer the phrase itself as the name of a body: "the Springfield fire department", "police"."""
        tokens = self._article.tokens
        word = tokens.lowers[mention.head]
        role = roles().get(word) or roles().get(tokens.lemmas[mention.head])
        if mention.shape == "noun" and (role is None or role["source_type"] not in {"organisation", "group"}):
            return
        start = mention.start
        while start < mention.head and (
            tokens.pos[start] in {"DET", "PRON"}
            or tokens.tags[start] == "CD"
            or tokens.lowers[start] in {"both", "all"}
        ):
            start += 1
        end = mention.head + 1
        stops = [mention.head + 1]
        linked_on = end < mention.end and tokens.pos[end] == "ADP"
        while (
            linked_on and end < mention.end and tokens.lowers[end] not in {",", "(", "–", "—", "which", "who", "that"}
        ):
            end += 1
        if end > stops[0]:
            stops.append(end)
        if mention.shape == "name" and len(stops) == 1 and start >= min(name.start for name in mention.names):
            return
        state = word if word in words("state_power") | words("named_body") else "body"
        for number, stop in enumerate(stops):
            inside = [i for i in range(start, stop) if i != mention.head]
            capitals = sum(tokens.texts[i][:1].isupper() for i in inside)
            linked = tokens.lowers[mention.head + 1] if number and mention.head + 1 < len(tokens) else ""
            text = tokens.string(start, stop)
            entity = self._article.entities.find(text)
            shape = f"{state} {mention.shape}"
            features = [
                f"phrase {shape} {mention.determiner}",
                f"phrase {shape} words={min(stop - start, 4)} capitals={min(capitals, 2)}",
                f"phrase {state} plural={mention.plural} capitals={capitals > 0}",
                f"phrase {mention.shape} to={linked} of {len(stops)} capitals={capitals > 0}",
                f"phrase {noun_class} names={min(len(mention.names), 2)}",
            ]
            if entity is not None and entity.spoke:
                features.append("phrase spoke")
            if word in words("named_body"):
                # "police" alone: a fuller one may be named elsewhere, see the entities
                features.append(f"phrase police fuller={self._fuller_body(word) is not None} {stop - start == 1}")
            yield Option(text[:1].upper() + text[1:] if stop - start == 1 else text, entity, True, features)

    def _fuller_body(self, word: str) -> Entity | None:
        """Return the one entity whose name ends in a body's noun: "Springfield Police" for "police"."""
        found = [
            entity for entity in self._article.entities.all
            if entity.name and entity.name.lower().endswith(" " + word)
        ]  # fmt: skip
        return found[0] if found else None
