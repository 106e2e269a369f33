"""How much two finding statements have in common: a hint for a person, never a verdict.

The measure is on purpose one that a reader can recompute by hand: the share of significant words
(longer than three letters, no number words, no stop words, plural s removed) that both statements use.
"""

from __future__ import annotations

import re
from itertools import pairwise

from auditlab.history.cells import text_of

OVERLAP_THRESHOLD = 0.20
"""Jaccard share of significant words from which two consecutive statements are said to share words."""

_STOP_WORDS = frozenset(
    re.findall(
        r"\w+",
        """
        about after also against been before both cannot does during each found from have having into made more most
        must only other over same shall should some such than that their them then there these they this those under
        used using very were what when where which while will with within would your
        three four five seven eight nine eleven twelve thirteen fifteen sixteen twenty thirty
        """,
    )
)


def significant_words(statement: object) -> frozenset[str]:
    """Words of `statement` that carry meaning, in lower case and without a plural s."""
    words = re.findall(r"[^\W\d_]{4,}", text_of(statement).casefold())
    return frozenset(word.removesuffix("s") for word in words if word not in _STOP_WORDS)


def overlap(first: object, second: object) -> float:
    """Shared significant words over all significant words of both (Jaccard) [0-1]."""
    one, other = significant_words(first), significant_words(second)
    return len(one & other) / len(one | other) if one | other else 0.0


def compare_statements(statements: list[str]) -> tuple[float, tuple[str, ...]]:
    """Largest overlap between consecutive statements, and the words shared by such a pair.

    Returns
    -------
    tuple
        Overlap [0-1] and the words shared by the pair that has it, in alphabetical order.
    """
    best: tuple[float, tuple[str, ...]] = (0.0, ())
    for first, second in pairwise(statements):
        shared = tuple(sorted(significant_words(first) & significant_words(second)))
        best = max(best, (overlap(first, second), shared))
    return best
