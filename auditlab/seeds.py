"""The secret seed of an engagement: read, turned into seeds for single draws, and named without being shown."""

from __future__ import annotations

import hashlib
import hmac
from numbers import Integral

from auditlab.errors import ArgumentError

PREDICTABLE = "predictable by anyone, no secret seed is set"
"""Stands beside everything that was drawn without a secret."""

SEED_LINE = 'seed = "<32 hexadecimal digits>"'
SEED_COMMAND = 'python -c "import secrets; print(secrets.token_hex(16))"'
"""The line of auditlab.toml that sets a secret seed, and how to make one."""

PUBLIC_SEED = "0" * 32
"""Stands in where an engagement has no secret seed; whoever knows it can draw the list again."""

NO_SECRET_SEED = {
    "what": "Whether anybody could know beforehand what was drawn.",
    "why": f"What is drawn on this page is {PREDICTABLE}.",
    "mend": f"Add the line {SEED_LINE} to auditlab.toml; make the digits with: {SEED_COMMAND}",
}
"""What every page says that draws something for an engagement without a secret seed."""

_SECRET_BITS = 128
_FINGERPRINT = 12  # hexadecimal digits


def seed_number(seed: int | str) -> int:
    """The seed as a whole number.

    Parameters
    ----------
    seed : int or str
        A whole number of 0 or more, or hexadecimal digits as `auditlab init` writes them.

    Raises
    ------
    ArgumentError
        If it is neither; the message does not repeat the seed.
    """
    if isinstance(seed, str):
        digits = seed.strip().lower()
        if digits and set(digits) <= set("0123456789abcdef"):
            return int(digits, 16)
    elif _is_whole(seed) and seed >= 0:
        return int(seed)
    raise ArgumentError(
        "The seed is neither a whole number of 0 or more nor a text of hexadecimal digits. "
        "Take the seed of auditlab.toml, 32 digits of 0-9 and a-f."
    )


def _is_whole(value: object) -> bool:
    """Whether it is a whole number, those of numpy included; truth values are none."""
    return isinstance(value, Integral) and not isinstance(value, bool)


def engagement_seed(secret: str | None) -> str:
    """The secret seed of an engagement, or the public one where it has none."""
    return secret or PUBLIC_SEED


def seed_of(secret: str | None, *, purpose: str) -> int:
    """The seed of one draw of an engagement: `derived_seed` of its secret, or of the public seed without one."""
    return derived_seed(engagement_seed(secret), purpose=purpose)


def derived_seed(seed: int | str, *, purpose: str) -> int:
    """A seed of 128 bits for one purpose, from which the secret seed cannot be found."""
    return int(keyed_hash(seed, message=f"draw\0{purpose}")[: _SECRET_BITS // 4], 16)


def keyed_hash(seed: int | str, *, message: str) -> str:
    """HMAC-SHA256 of the message with the canonical text of the seed as key, in hexadecimal digits."""
    return hmac.new(_seed_text(seed), message.encode(), hashlib.sha256).hexdigest()


def seed_fingerprint(seed: int | str) -> str:
    """The first 12 hexadecimal digits of the SHA-256 of the seed: tells seeds apart, shows none."""
    return hashlib.sha256(_seed_text(seed)).hexdigest()[:_FINGERPRINT]


def is_secret(seed: int | str) -> bool:
    """Whether the seed is long enough that nobody finds it by trying: 32 hexadecimal digits or as large a number."""
    if isinstance(seed, str):
        return len(seed.strip()) * 4 >= _SECRET_BITS and seed_number(seed) > 0
    # A random number of 128 bits begins with a few zeros at times.
    return seed_number(seed).bit_length() > _SECRET_BITS - 32


def _seed_text(seed: int | str) -> bytes:
    """The seed as 32 hexadecimal digits, so that a number and its digits are the same seed."""
    return f"{seed_number(seed):032x}".encode()
