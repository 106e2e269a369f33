"""What the commands of samples read: the seed, a population, the tables of a run, numbers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from auditlab.errors import ParameterError

if TYPE_CHECKING:
    import pandas as pd


def secret_seed(engagement: Path) -> str:
    """The secret seed of the engagement in a folder."""
    from auditlab.settings import SETTINGS_FILE, read_settings  # noqa: PLC0415  # "auditlab --help" stays quick

    if not (engagement / SETTINGS_FILE).is_file():
        raise ParameterError(f"{engagement} holds no {SETTINGS_FILE}. Give the folder of the engagement.")
    seed = read_settings(engagement).seed
    if seed is None:
        file = engagement / SETTINGS_FILE
        raise ParameterError(f"{file} holds no seed. Add a line: seed = 32 digits of 0-9 and a-f.")
    return seed


def population_table(file: Path) -> pd.DataFrame:
    """The population in a .csv or the first sheet of a workbook, all text."""
    import pandas as pd  # noqa: PLC0415  # as above

    if not file.is_file():
        raise ParameterError(f"There is no file {file}. Give the population as .csv or .xlsx.")
    texts = {"dtype": "str", "keep_default_na": False, "na_values": [""]}
    try:
        if file.suffix.lower() == ".csv":
            return pd.read_csv(file, sep=_separator(file), **texts)  # type: ignore[call-overload, no-any-return]  # names of dtypes
        return pd.read_excel(file, engine="calamine", **texts)  # type: ignore[call-overload, no-any-return]
    except Exception as error:
        # Readers raise what their format made them raise; the user needs the file and the first line.
        raise ParameterError(
            f"{file}: it cannot be read as a table ({str(error).splitlines()[0]}). Save it anew."
        ) from error


def _separator(file: Path) -> str:
    """What stands most often between the headings: comma, semicolon or tab."""
    with file.open(encoding="utf-8-sig", errors="replace") as lines:
        head = lines.readline()
    return max(",;\t", key=head.count)


def run_table(run: Path, name: str) -> pd.DataFrame:
    """A table of sampling in the folder of a run."""
    from auditlab.publish.sampling_workbook import read_planned  # noqa: PLC0415  # as above

    path = run / "tables" / f"{name}.csv"
    if not path.is_file():
        raise ParameterError(f"{run} holds no tables/{name}.csv. Give the folder of a run with a sampling plan.")
    return read_planned(path)


def numbers_in(text: str, *, name: str) -> list[float]:
    """Numbers separated by commas."""
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise ParameterError(f"{name} is '{text}'. Give numbers separated by commas, e.g. 1,0.") from None
