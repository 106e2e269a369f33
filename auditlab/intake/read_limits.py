"""How much the reading of one file may take; the numbers come from the settings."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLimits:
    """What the section ``[limits]`` of ``auditlab.toml`` says; see `auditlab.settings.Limits`."""

    memory_mib: int
    seconds: float
    seconds_per_mib: float
    unpacked_mib: int
    cells: int

    def seconds_for(self, size: int) -> float:
        """How long a file of `size` bytes may take [s]."""
        return self.seconds + self.seconds_per_mib * size / 2**20
