"""Numbers as a reader of pages and charts sees them: thousands apart, no exponent, what is missing said in words."""

from __future__ import annotations

import math

UNKNOWN = "unknown"


def grouped(value: float, decimals: int) -> str:
    """A number with `decimals` decimals, thousands apart; what rounds to 0 has no sign."""
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    return f"{value:z,.{decimals}f}".replace(",", "\u202f")


def number(value: float) -> str:
    """A number on its own, with three significant digits or so, no exponent."""
    size = abs(value)
    whole = size >= 100 or float(value).is_integer()
    return grouped(value, 0 if whole else 1 if size >= 10 else 2 if size >= 1 else 3)


def percent(share: float) -> str:
    """A share in percent with one decimal, without the sign."""
    return f"{100 * share:.1f}"


def points(difference: float) -> str:
    """A difference of two shares in percentage points with one decimal and its sign, without the unit."""
    return f"{100 * difference:+z.1f}"


def p_value(p: float) -> str:
    """A p-value with two significant digits, down to one in a thousand."""
    if p < 0.001:
        return "< 0.001"
    return f"{p:.2f}" if p >= 0.1 else f"{p:.3f}"


def count(value: int) -> str:
    """A whole number, thousands apart."""
    return grouped(value, 0)


def known(value: float | None, decimals: int) -> str:
    """A number with `decimals` decimals, or the word for one that is missing; it is never 0 then."""
    return UNKNOWN if value is None or math.isnan(value) else grouped(value, decimals)
