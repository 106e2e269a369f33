"""Checks of the numbers that the methods of this floor are given."""

from __future__ import annotations

import math
from fractions import Fraction
from numbers import Real

from auditlab.errors import ArgumentError


def whole(value: object, *, name: str, at_least: int = 0) -> int:
    """`value` as an integer; raises `ArgumentError` where it is none or below `at_least`."""
    number = _finite(value)
    if number is None or not number.is_integer() or number < at_least:
        raise ArgumentError(f"{name} is {value!r}. Give a whole number of {at_least} or more.")
    return int(number)


def positive(value: object, *, name: str) -> float:
    """`value` as a finite number above zero; raises `ArgumentError` otherwise."""
    number = _real(value, name=name)
    if number <= 0:
        raise ArgumentError(f"{name} is {value!r}. Give a number above 0; without it there is no rate.")
    return number


def not_negative(value: object, *, name: str) -> float:
    """`value` as a finite number of 0 or more; raises `ArgumentError` otherwise."""
    number = _real(value, name=name)
    if number < 0:
        raise ArgumentError(f"{name} is {value!r}. Give a number of 0 or more.")
    return number


def risk_of(confidence: object) -> Fraction:
    """1 - confidence as an exact fraction, because in floats 1 - 0.9 is less than 0.1.

    Raises
    ------
    ArgumentError
        If the confidence is not between 0 and 1.
    """
    number = _real(confidence, name="confidence")
    if not 0 < number < 1:
        raise ArgumentError(f"confidence is {confidence!r}. Give a share between 0 and 1, e.g. 0.95 for 95 %.")
    return 1 - Fraction(str(number))


def _real(value: object, *, name: str) -> float:
    number = _finite(value)
    if number is None:
        raise ArgumentError(f"{name} is {value!r}. Give a finite number.")
    return number


def _finite(value: object) -> float | None:
    """`value` as a float, ``None`` for a truth value, a missing or an infinite one, or none at all."""
    if isinstance(value, bool) or not isinstance(value, Real):
        return None
    number = float(value)
    return number if math.isfinite(number) else None
