"""The sealed list: its hash goes into the plan, the list is opened on the day.

Hash and list can be checked without this program: `canonical_list` is a plain text, and the hash is
the SHA-256 of that text with the nonce behind it. The nonce comes from the secret seed, so nobody
finds the list by hashing likely lists, and one opened list opens no other.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from auditlab.errors import ArgumentError
from auditlab.seeds import is_secret, keyed_hash, seed_fingerprint

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})

RESERVE = "reserve"
"""Part of the records that stand ready for those that cannot be examined."""

SampleList = pd.DataFrame | Iterable[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """What may be shown of a sealed list."""

    population: str
    items: int  # [count]
    list_hash: str  # SHA-256, hexadecimal
    seed_fingerprint: str
    secret: bool  # False where the seed is so short that the seal could be opened by trying


def canonical_list(items: SampleList, *, population: str) -> str:
    """The list as the text that is hashed.

    Parameters
    ----------
    items : DataFrame or iterable of str
        ``item`` and, if there is one, ``part``; or the items alone, as one random part. With ``order``
        the place of a reserve record is sealed with it (``reserve 1``), because they are used in order; with
        ``stratum`` that of each record (``random, stratum emergency``).
    population : str
        Name of the population.

    Returns
    -------
    str
        The name of the population and one line ``part<TAB>item`` per item, sorted, each line ended
        by a line feed. Backslash, tab and line ends inside a text are written as in C.

    Raises
    ------
    ArgumentError
        If the name is empty, an item is missing, or the frame has no column ``item``.
    """
    if not population.strip() or not population.isprintable():
        raise ArgumentError(f"population is {population!r}. Give the population a name in one line.")
    lines = sorted(f"{part.translate(_ESCAPES)}\t{item.translate(_ESCAPES)}" for part, item in sealed_pairs(items))
    return "".join(f"{line}\n" for line in [population.translate(_ESCAPES), *lines])


def list_nonce(seed: int | str, *, population: str) -> str:
    """The text that hides a list until it is opened: HMAC-SHA256 of the population's name under the seed."""
    return keyed_hash(seed, message=population)


def seal(items: SampleList, *, seed: int | str, population: str) -> Seal:
    """Seal a list of records.

    Parameters
    ----------
    items : DataFrame or iterable of str
        As `canonical_list`.
    seed : int or str
        The secret seed of the engagement; 128 bits, or the seal is marked as not secret.
    population : str
        Name of the population; part of what is sealed.

    Returns
    -------
    Seal
        Hash and fingerprint; neither the list nor the seed can be found from them.

    Raises
    ------
    ArgumentError
        As `canonical_list`, or if the seed cannot be read.
    """
    pairs = pd.DataFrame(sealed_pairs(items), columns=["part", "item"])
    text = canonical_list(pairs, population=population) + list_nonce(seed, population=population)
    return Seal(
        population=population,
        items=len(pairs),
        list_hash=hashlib.sha256(text.encode()).hexdigest(),
        seed_fingerprint=seed_fingerprint(seed),
        secret=is_secret(seed),
    )


def verify_seal(items: SampleList, *, list_hash: str, seed: int | str, population: str) -> bool:
    """Whether the list and the seed are those that were sealed.

    Parameters as `seal`; `list_hash` is the hash in the plan, in either case of letters.
    """
    opened = seal(items, seed=seed, population=population).list_hash
    return hmac.compare_digest(opened.encode(), list_hash.strip().lower().encode())


def sealed_pairs(items: SampleList) -> list[tuple[str, str]]:
    """Part and item of each record as they are sealed; parameters and errors as `canonical_list`."""
    if isinstance(items, str):
        raise ArgumentError(f"The list is the single text {items!r}. Give the items as a list.")
    if not isinstance(items, pd.DataFrame):
        items = pd.DataFrame({"item": pd.Series(list(items), dtype="object")})
    if "item" not in items.columns:
        raise ArgumentError("The list has no column 'item'. Name its identifiers 'item'.")
    parts = items["part"] if "part" in items.columns else pd.Series("random", index=items.index)
    if items["item"].isna().any() or parts.isna().any():
        raise ArgumentError("The list has an empty item or part. Remove the empty rows.")
    if "order" in items.columns:
        parts = parts.astype("str").where(parts != RESERVE, RESERVE + " " + items["order"].map(_place).astype("str"))
    if "stratum" in items.columns:
        strata = items["stratum"].astype("str")
        parts = (parts.astype("str") + ", stratum " + strata).where(strata.notna(), parts)
    return [(str(part), str(item)) for part, item in zip(parts, items["item"], strict=True)]


def _place(order: object) -> str:
    return "" if pd.isna(order) else str(int(float(str(order))))  # type: ignore[call-overload]  # a scalar of a frame
