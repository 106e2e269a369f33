"""The plain form in which headers and words are compared."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_NO_WORD = re.compile(r"[\W_]+")


@lru_cache(maxsize=4096)
def plain_header(header: str) -> str:
    """A header without case, accents and punctuation."""
    return _NO_WORD.sub(" ", without_accents(header)).strip() or header.strip()


def without_accents(text: str) -> str:
    """`text` without case and accents, for words of seven languages typed on any keyboard."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def one_word(text: str) -> str:
    """`text` as part of a name that we make: pages list names with blanks between them."""
    return "_".join(text.split())
