"""What a spreadsheet program shows of a cell: its value with its number format."""

import csv
import datetime as dt
import re
import shutil
import subprocess

import pytest

_CONDITION = re.compile(r"\[<([\d.]+)\]")
_LITERAL = re.compile(r'"([^"]*)"')


def shown(cell):
    """The text of a cell of openpyxl; number formats with what no workbook of ours uses are refused."""
    value, form = cell.value, cell.number_format
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, dt.datetime):
        return value.strftime({"yyyy-mm-dd": "%Y-%m-%d", "yyyy-mm-dd hh:mm": "%Y-%m-%d %H:%M"}[form])
    section, size = _section(form, value)
    said = _LITERAL.findall(section)
    bare = _LITERAL.sub("", section)
    if not re.search(r"[#0]", bare):
        return "".join(said)
    known = re.fullmatch(r"([+-]?)(#,##)?0(?:\.(0+))?", bare)
    assert known, f"number format {form!r}"
    number = f"{abs(size):{',' if known[2] else ''}.{len(known[3] or '')}f}"
    sign = known[1] or ("-" if size < 0 and float(number.replace(",", "")) else "")
    return sign + number + "".join(said)


def _section(form, value):
    """The part of the format that counts for `value`, and the value that it shows."""
    sections = form.split(";")
    for section in sections:
        condition = _CONDITION.match(section)
        if condition and value < float(condition[1]):
            return _CONDITION.sub("", section), value
    plain = [section for section in sections if not _CONDITION.match(section)]
    if len(plain) > 1 and value < 0:
        return plain[1], abs(value)
    return plain[0], value


def shown_by_libreoffice(path, folder):
    """The sheets of a workbook as LibreOffice shows them: title to rows of texts."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    # Comma, quotes, UTF-8, cells as shown, every sheet.
    options = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false,false,-1"
    home = f"-env:UserInstallation={(folder / 'home').as_uri()}"
    command = [office, home, "--headless", "--convert-to", options, "--outdir", str(folder), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    sheets = {}
    for file in folder.glob(f"{path.stem}-*.csv"):
        with file.open(encoding="utf-8", newline="") as source:
            sheets[file.stem.removeprefix(f"{path.stem}-")] = list(csv.reader(source))
    return sheets
