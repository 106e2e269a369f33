"""Names of clients without what the same client is written with and without."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_LEGAL_FORMS = re.compile(
    r"\b(ag|gmbh|kg|mbh|ltd|limited|plc|llc|inc|corp|co|bv|nv|sa|sarl|sas|spa|srl|oy|oyj|ab|as|aps|sl|lda|group|holding)\b"
)
_NAMES_HELD = 200_000


@lru_cache(maxsize=_NAMES_HELD)
def plain_name(name: str) -> str:
    """`name` without case, accents, punctuation and legal form: "Köln-Data GmbH" and "KOELN DATA" stay two."""
    text = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(letter for letter in text if not unicodedata.combining(letter)).replace(".", "")
    words = re.sub(r"[^\w]+", " ", letters)
    short = " ".join(_LEGAL_FORMS.sub(" ", words).split())
    return short or " ".join(words.split())


def digits_of(name: str) -> str:
    """The digits of `name`: "client 17" and "client 18" are two clients, however alike."""
    return "".join(letter for letter in name if letter.isdigit())
