"""Numbers as the sentences of this floor write them."""

from __future__ import annotations

import math


def percent(share: float, *, digits: int = 1) -> str:
    """A share in per cent without empty decimals: ``"5 %"``, ``"2.5 %"``."""
    text = f"{100 * share:.{digits}f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text} %"


def upper_percent(share: float) -> str:
    """An upper limit in per cent, rounded up to a tenth, so that the sentence does not promise too much."""
    # A limit of exactly 21.1 % must not become 21.2 % through the last digit of a float.
    return f"{math.ceil(1000 * share - 1e-9) / 10:.1f} %"


def on_its_side(chance: float, risk: float) -> str:
    """A chance in per cent with as many digits as show on which side of the risk it lies."""
    for digits in range(1, 7):
        shown = round(100 * chance, digits)
        if shown != 100 * risk and (shown > 100 * risk) == (chance > risk):
            return f"{shown:.{digits}f} %"
    return percent(chance, digits=6)


def verb(count: float) -> str:
    """What so many records do: ``"deviates"`` or ``"deviate"``."""
    return "deviates" if count == 1 else "deviate"


def deviating(count: float) -> str:
    """A count with its verb: ``"1 deviates"``, ``"2 deviate"``."""
    return f"{count:g} {verb(count)}"


def records(count: int) -> str:
    """A count of records with its word."""
    return "1 record" if count == 1 else f"{count} records"
