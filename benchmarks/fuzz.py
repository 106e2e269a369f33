"""Bytes that a fuzzer makes up, given to the readers of files for as long as you like.

Needs atheris, which is no dependency of auditlab: ``pip install atheris``. Run: ``python benchmarks/fuzz.py FOLDER
-max_total_time=600``; the files of the folder are where it begins, and further options are those of libFuzzer. It
stops at the first input that ends in anything but sheets or an `EngagementError`, and writes it to a file: make a
test of it in ``tests/intake``.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

ENDINGS = (".xlsx", ".xls", ".xlsb", ".ods", ".csv", ".parquet")


def main() -> None:
    """Fuzz until told to stop."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("folder", help="files to begin with; further options are those of libFuzzer")
    reader.parse_known_args()
    import atheris  # noqa: PLC0415  # it watches what is imported after it

    with atheris.instrument_imports(include=["auditlab"]):
        from auditlab.intake.read_limits import ReadLimits  # noqa: PLC0415
        from auditlab.intake.reader_process import Request, answer  # noqa: PLC0415

    limits = ReadLimits(memory_mib=2048, seconds=15, seconds_per_mib=4, unpacked_mib=64, cells=100_000)
    with tempfile.TemporaryDirectory() as scratch:
        places = [Path(scratch) / f"a{ending}" for ending in ENDINGS]

        def read(content: bytes) -> None:
            place = places[content[0] % len(places)] if content else places[0]
            place.write_bytes(content[1:])
            answer(Request(place, place.name, limits))

        atheris.Setup(sys.argv, read)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
