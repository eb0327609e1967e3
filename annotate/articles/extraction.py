"""HTML page → text and metadata with trafilatura (Barbaresi, ACL 2021). Runs in the confined process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from annotate.errors import InputError

# An extraction that keeps less than this share of a page's visible words has missed the article.
LEAST_YIELD = 0.02
# libxml2 cuts off without a word what is nested deeper, even with its limits lifted.
DEEPEST = 2048


def extract(job: Mapping[str, Any], body: bytes) -> Iterator[dict[str, Any]]:
    """Yield the one article of a page: text, title, url, publisher, published, language as far as the page tells.

    job: `url` of the page or null; body: the page in UTF-8.
    Raises: InputError when the parser or the extraction lost the article.
    """
    import trafilatura
    from lxml import etree, html
    from trafilatura.settings import Document

    page = body.decode("utf-8")
    if not page.strip():
        raise InputError("the page is empty")
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        tree = html.document_fromstring(body, parser=parser)
    except etree.ParserError:
        raise InputError("not an HTML page") from None
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise InputError(f"the page goes beyond what the HTML parser reads, such as {DEEPEST} levels of tags")
    visible = _visible_length(tree)
    document = trafilatura.bare_extraction(
        tree,
        url=job["url"],
        with_metadata=True,
        include_comments=False,
        include_tables=False,
        # A date found by guessing is worse than none.
        date_extraction_params={"original_date": True, "extensive_search": False},
    )
    if not isinstance(document, Document) or not document.text:
        raise InputError(f"no article found among {visible:,} visible characters")
    if len(document.text) < LEAST_YIELD * visible:
        raise InputError(f"low yield: {len(document.text):,} of {visible:,} visible characters look like an article")
    yield {
        "text": document.text,
        "title": document.title,
        "url": job["url"] or document.url,
        "publisher": document.sitename,
        "published": document.date,
        "language": document.language,
    }


def _visible_length(tree: Any) -> int:
    unseen = {"script", "style", "noscript", "template"}
    words = (
        text
        for text in tree.xpath("//body//text()")
        if text.getparent() is None or not text.is_text or text.getparent().tag not in unseen
    )
    return sum(len(text.strip()) for text in words)
