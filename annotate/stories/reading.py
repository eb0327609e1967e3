"""From Records to rows: what each article says, who says it there, and what it states as bare fact."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import islice, takewhile
from typing import Any

from annotate.derive import Span, sha256_of
from annotate.errors import RecordError
from annotate.record import Attribution, Record
from annotate.scheme import CueClass, QuoteType, SourceType
from annotate.stories.fingerprints import RUN, winnow
from annotate.stories.knowledge import words
from annotate.stories.layers import around, details_of, hedged, only_carries, states
from annotate.stories.publishers import cited_by, day_of, publishers_of
from annotate.stories.sentences import clauses_of, has_headline, headline_of, sentences
from annotate.stories.table import BARE, CUE_CLASSES, QUOTE_TYPES, ArticleRow, Table, Who, pack
from annotate.stories.words import WORD, Vocabulary, plain

_LONG_FORM = re.compile(r"((?:[A-Z][\w’'-]{1,30} (?:of |for |the |and |in ){0,2}){2,8})\(([A-Z]{2,8})\)")
_BODIES = frozenset({SourceType.ORGANISATION, SourceType.GROUP, SourceType.OUTLET, SourceType.DOCUMENT})
_FEWEST_WORDS = 4  # in a sentence stated as fact
_CLAUSE_WORDS = 4
_LONG_NAME = 3
_SUBJECT_WORDS = 8  # words from the beginning of a clause in which its cue may stand
_LONGEST = 160  # words of a statement that count; a speech is no statement
_OF = frozenset({"of", "for", "from", "within", "in", "at", "with"})

Token = tuple[int, int, int]


def read_records(records: Iterable[Record]) -> Table:
    """Read a collection into a table, in one pass.

    Of Records with one id, only the first counts. Raises: RecordError for a Record without text.
    """
    table = Table(Vocabulary())
    seen: set[str] = set()
    for record in records:
        if record.text is None:
            raise RecordError("a standoff Record has no text", where=record.id, mend="hydrate it first")
        if record.id not in seen:
            seen.add(record.id)
            _Reading(table, record, record.text).run()
    return table


class _Reading:
    """The reading of one article into the table."""

    def __init__(self, table: Table, record: Record, text: str) -> None:
        self.table, self.record, self.text = table, record, text
        self.vocabulary = table.vocabulary
        self.number = len(table.articles)
        self.first = len(table)
        word = self.vocabulary.word
        self.tokens: list[Token] = [(match.start(), match.end(), word(match.group())) for match in WORD.finditer(text)]
        self.starts = [token[0] for token in self.tokens]
        self.in_long_name = bytearray(len(self.tokens))
        self.mark_long_names()
        self.hedged: set[int] = set()
        self.sources: dict[str, int] = {}
        self.unnamed: list[tuple[str, int]] = []
        self.rows_at: list[tuple[int, int, int]] = []

    def run(self) -> None:
        first = self.first
        kept: list[dict[str, Any]] = []
        nested = around(self.record.attributions)
        self.hedged = hedged(self.record.attributions)
        for index, attribution in enumerate(self.record.attributions):
            outer = [self.record.attributions[number] for number in nested.get(index, ())]
            kept.append(details_of(self.text, attribution, outer))
            said_by = self.source(attribution)
            if states(attribution) and not only_carries(attribution, self.record.attributions):
                self.attributed(index, attribution, said_by)
        self.bare_sentences()
        self.long_forms()
        self.kinship()
        self.content()
        self.fingerprints()
        publishers = publishers_of(self.record)
        meta = self.record.meta
        self.table.articles.append(
            ArticleRow(
                id=self.record.id,
                sha256=self.record.sha256,
                title=meta.title or headline_of(self.text),
                titled=bool(meta.title) or has_headline(self.text),
                publisher=publishers[0] if publishers else None,
                publishers=frozenset(publishers),
                day=day_of(meta.published or getattr(meta, "date", None)),
                statements=range(first, len(self.table)),
                cited=tuple(cited_by(self.record)),
                length=len(self.tokens),
                packed=pack(self.text, kept),
                disputes=self.disputes(),
                digest=sha256_of(self.record.model_dump_json(exclude={"text"}).encode("ascii", "replace").decode())[
                    :16
                ],
            )
        )

    def disputes(self) -> tuple[tuple[int, int], ...]:
        numbers = {attribution.id: index for index, attribution in enumerate(self.record.attributions)}
        return tuple((numbers[one], numbers[other]) for one, other in self.record.disputes)

    # -- words ---------------------------------------------------------------------------------------------------

    def tokens_in(self, spans: Sequence[Span]) -> list[int]:
        """Return the words that lie in spans."""
        found: list[int] = []
        for start, end in spans:
            index = bisect_left(self.starts, start)
            while index < len(self.tokens) and self.tokens[index][1] <= end:
                found.append(self.tokens[index][2])
                index += 1
        return found

    def mark_long_names(self) -> None:
        """Mark the words of three capitalised ones in a row: together they name one thing."""
        run = 0
        for index, (start, _, _) in enumerate(self.tokens):
            joined = index > 0 and self.text[self.tokens[index - 1][1] : start] in {" ", "-", "\u00a0"}
            run = (run + 1 if joined else 1) if self.text[start].isupper() else 0
            if run >= _LONG_NAME:
                self.in_long_name[index - run + 1 : index + 1] = b"\1" * run

    def coded(self, spans: Sequence[Span], within: Span) -> list[int]:
        """Return the words that lie in spans, those in long names as their complement."""
        found: list[int] = []
        for start, end in spans:
            index = bisect_left(self.starts, max(start, within[0]))
            while index < len(self.tokens) and self.tokens[index][1] <= min(end, within[1]):
                number = self.tokens[index][2]
                found.append(~number if self.in_long_name[index] else number)
                index += 1
        return found

    def features(self, numbers: Iterable[int]) -> frozenset[int]:
        feature_of = self.vocabulary.feature_of
        return frozenset(feature_of[number] for number in numbers) - {-1}

    def features_of(self, text: str) -> frozenset[int]:
        return self.features(self.vocabulary.word(match.group()) for match in WORD.finditer(text))

    # -- who -----------------------------------------------------------------------------------------------------

    def source(self, attribution: Attribution) -> int:
        """Return the number of the source of an attribution, -1 when there is none."""
        if not attribution.source:
            return -1
        wording = " ".join(self.text[start:end] for start, end in attribution.source)
        name = attribution.speaker.name if attribution.speaker else None
        known = self.sources.get(name) if name else self.antecedent(wording)
        if known is None:
            known = self.new_source(attribution, name, wording)
        elif wording not in self.table.who[known].wordings:
            who = self.table.who[known]
            body, role = self.described(wording, who.name)
            who.wordings = (*who.wordings, wording)
            who.body = tuple(sorted({*who.body, *body}))
            who.role = tuple(sorted({*who.role, *role}))
        if name:
            self.sources[name] = known
        else:
            self.unnamed.append((wording, known))
        return known

    def antecedent(self, wording: str) -> int | None:
        """Return the unnamed source that a definite description takes up again: the same words, or their head."""
        lower = wording.lower()
        definite = lower.split(" ", 1)[0] in {"the", "this", "that", "these", "those"}
        head = lower.split(" ")[-1]
        for earlier, number in reversed(self.unnamed):
            if earlier == wording or (definite and len(lower.split()) == 2 and head in earlier.lower().split()):
                return number
        if lower in words("self") | words("body") | {"he", "she"} and self.unnamed:
            return self.unnamed[-1][1]
        return None

    def new_source(self, attribution: Attribution, name: str | None, wording: str) -> int:
        body, role = self.described(wording, name)
        acts = attribution.source_type in _BODIES
        if name and acts:
            body |= self.features_of(name)
        self.table.who.append(
            Who(
                article=self.number,
                name=name,
                wordings=(wording,),
                body=tuple(sorted(body)),
                role=tuple(sorted(role)),
                source_type=attribution.source_type,
                independence=attribution.independence,
                acts=acts,
            )
        )
        return len(self.table.who) - 1

    def described(self, wording: str, name: str | None) -> tuple[frozenset[int], frozenset[int]]:
        """Tell the body that a source speaks for from what else describes it.

        The body is what the capitals name, and what follows "of" or "for".
        """
        own = self.features_of(name) if name else frozenset()
        body: set[int] = set()
        role: set[int] = set()
        after = False
        for match in WORD.finditer(wording):
            surface = match.group()
            feature = self.vocabulary.feature_of[self.vocabulary.word(surface)]
            after = after or surface in _OF
            if feature < 0 or feature in own or plain(surface.lower()) in words("title"):
                continue
            relation = plain(surface.lower()) in words("relation")
            named = surface[0].isupper() and (match.start() > 0 or self.vocabulary.is_name(feature))
            (body if (named or after) and not relation else role).add(feature)
        return frozenset(body), frozenset(role)

    # -- rows ----------------------------------------------------------------------------------------------------

    def attributed(self, index: int, attribution: Attribution, said_by: int) -> None:
        numbers = self.tokens_in(attribution.quote)
        if not numbers:
            return
        spans = attribution.quote
        surfaces = self.vocabulary.surfaces
        implied: Sequence[int] = ()
        if said_by >= 0:
            who = self.table.who[said_by]
            # It, they and their stand for the speaker's side where a statement begins with them.
            if any(surfaces[number] in words("body") for number in numbers[:4]):
                implied = who.body
        self.row(index, attribution, said_by, numbers, (spans[0][0], spans[-1][1]), implied)
        self.rows_at.extend((start, end, len(self.table) - 1) for start, end in spans)
        if attribution.quote_type != QuoteType.DIRECT and len(spans) == 1:
            self.clauses(index, attribution, said_by, spans[0], implied)

    def clauses(self, index: int, attribution: Attribution, said_by: int, span: Span, implied: Sequence[int]) -> None:
        """Add the clauses of a long statement as rows of their own: others may tell only one of them."""
        pieces = [self.trimmed(piece) for piece in clauses_of(self.text, span) if self.says_something(piece)]
        for piece in pieces if len(pieces) > 1 else ():
            self.clause(index, attribution, said_by, piece, implied)
        if attribution.source_type == SourceType.OUTLET:
            for piece in pieces:
                self.reported(index, attribution, said_by, piece)

    def clause(self, index: int, attribution: Attribution, said_by: int, piece: Span, implied: Sequence[int]) -> None:
        numbers = self.tokens_in([piece])
        pronoun = any(self.vocabulary.surfaces[number] in words("body") for number in numbers[:4])
        self.row(index, attribution, said_by, numbers, piece, implied if pronoun else ())

    def reported(self, index: int, attribution: Attribution, said_by: int, piece: Span) -> None:
        """Add what an outlet says that somebody says: "the ministry is now saying it has …", without who says it."""
        first = bisect_left(self.starts, piece[0])
        stop = bisect_left(self.starts, piece[1])
        surfaces = self.vocabulary.surfaces
        for place in range(first + 1, min(stop, first + _SUBJECT_WORDS)):
            if surfaces[self.tokens[place][2]] in words("report"):
                after = place + 1 + (place + 1 < stop and surfaces[self.tokens[place + 1][2]] == "that")
                if stop - after >= _CLAUSE_WORDS:
                    subject = self.features(number for _, _, number in self.tokens[first:place])
                    names = sorted(feature for feature in subject if self.vocabulary.is_name(feature))
                    content = (self.tokens[after][0], self.tokens[stop - 1][1])
                    self.clause(index, attribution, said_by, content, names)
                return

    def says_something(self, piece: Span) -> bool:
        """Tell whether a clause may be a statement by itself, and no apposition or list of names."""
        numbers = self.tokens_in([piece])
        features = self.features(numbers)
        acts = [f for f in features if self.vocabulary.feature_names[f][0] not in "~#"]
        return len(numbers) >= _CLAUSE_WORDS and len(features) >= 3 and len(acts) >= 1

    def trimmed(self, piece: Span) -> Span:
        """Return a clause without the punctuation and the blanks at its ends."""
        first = bisect_left(self.starts, piece[0])
        last = bisect_left(self.starts, piece[1]) - 1
        return self.tokens[first][0], self.tokens[last][1]

    def row(  # noqa: PLR0917
        self,
        index: int,
        attribution: Attribution | None,
        said_by: int,
        numbers: Sequence[int],
        span: Span,
        implied: Sequence[int],
    ) -> None:
        table = self.table
        cue = attribution.cue_class if attribution else None
        if index in self.hedged:
            cue = CueClass.HEDGE
        quote = attribution.quote_type if attribution else None
        table.article.append(self.number)
        table.attribution.append(index)
        table.start.append(span[0])
        table.end.append(span[1])
        table.said_by.append(said_by)
        table.cue_class.append(CUE_CLASSES.index(cue))
        table.quote_type.append(QUOTE_TYPES.index(quote))
        denied = sum(self.vocabulary.surfaces[number] in words("negation") for number in numbers[:_LONGEST])
        denied += sum(self.vocabulary.surfaces[number].endswith(("n't", "n’t")) for number in numbers[:_LONGEST])
        table.denied.append((denied + (cue == CueClass.DENY)) % 2)
        table.words.extend(self.coded(attribution.quote if attribution else (span,), span)[:_LONGEST])
        table.word_ends.append(len(table.words))
        table.implied.extend(implied)
        table.implied_ends.append(len(table.implied))

    def bare_sentences(self) -> None:
        """Add the sentences that no attribution, notice or verification touches, and that hold no cue word."""
        taken = sorted(
            [
                *(span for item in self.record.attributions for span in (*item.quote, *item.cue, *item.source)),
                *(item.span for item in self.record.notices),
                *(item.span for item in self.record.verifications),
            ]
        )
        latest = 0
        position = 0
        surfaces, report = self.vocabulary.surfaces, words("report")
        for start, end in sentences(self.text):
            while position < len(taken) and taken[position][0] < end:
                latest = max(latest, taken[position][1])
                position += 1
            if latest > start:
                continue
            numbers = self.tokens_in([(start, end)])
            if len(numbers) >= _FEWEST_WORDS and not any(surfaces[number] in report for number in numbers):
                self.row(BARE, None, -1, numbers, (start, end), ())
                self.rows_at.append((start, end, len(self.table) - 1))

    def long_forms(self) -> None:
        """Note what short forms stand for: "National Example Front (NEF)"."""
        for match in _LONG_FORM.finditer(self.text):
            name, short = match.groups()
            initials = [word[0].lower() for word in re.split(r"[\s-]+", name) if word]
            letters = iter(initials)
            if all(letter in letters for letter in short.lower()):
                key = self.vocabulary.feature_of[self.vocabulary.word(short)]
                long = tuple(sorted(self.features_of(name)))
                counts = self.table.long_forms.setdefault(key, {})
                counts[long] = counts.get(long, 0) + 1

    def kinship(self) -> None:
        """Note who is named as somebody's relative: "the son of Ada Example", "Ada Example's son"."""
        surfaces = self.vocabulary.surfaces
        for index, (_, _, number) in enumerate(self.tokens):
            if surfaces[number] not in words("kin"):
                continue
            after = self.capitals(range(index + 2, len(self.tokens)))
            if index + 1 < len(self.tokens) and surfaces[self.tokens[index + 1][2]] == "of" and after:
                self.table.relatives.append((self.number, self.words_at(index + 2, index + 2 + after)))
            before = self.capitals(range(index - 1, -1, -1))
            if before and surfaces[self.tokens[index - 1][2]].endswith(("'s", "’s", "'", "’")):
                self.table.relatives.append((self.number, self.words_at(index - before, index)))

    def capitals(self, indices: Iterable[int]) -> int:
        """Return how many words from here on begin with a capital, five at most."""
        run = takewhile(lambda index: self.text[self.tokens[index][0]].isupper(), islice(indices, 5))
        return sum(1 for _ in run)

    def words_at(self, first: int, stop: int) -> str:
        return plain(self.text[self.tokens[first][0] : self.tokens[stop - 1][1]])

    def content(self) -> None:
        counts: dict[int, int] = {}
        feature_of = self.vocabulary.feature_of
        for _, _, number in self.tokens:
            feature = feature_of[number]
            if feature >= 0:
                counts[feature] = min(255, counts.get(feature, 0) + 1)
        for feature in counts:
            self.vocabulary.articles_with[feature] += 1
        self.table.content.extend(counts)
        self.table.content_counts.extend(counts.values())
        self.table.content_ends.append(len(self.table.content))

    def fingerprints(self) -> None:
        hashes = self.vocabulary.hashes
        found, places = winnow([hashes[number] for _, _, number in self.tokens])
        rows = [-1] * len(self.tokens)
        # The innermost statement that holds a word comes last, since inner layers are shorter.
        for start, end, row in sorted(self.rows_at, key=lambda item: item[0] - item[1]):
            index = bisect_left(self.starts, start)
            while index < len(rows) and self.tokens[index][1] <= end:
                rows[index] = row
                index += 1
        self.table.fingerprints.extend(found.tolist())
        self.table.fingerprint_rows.extend(
            rows[place] if rows[place] == rows[place + RUN - 1] else -1 for place in places.tolist()
        )
        self.table.fingerprint_ends.append(len(self.table.fingerprints))
