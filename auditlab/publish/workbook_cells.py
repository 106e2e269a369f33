"""Cells of a workbook: values that a spreadsheet program shows as the page does.

A share that is shown in per cent is written times 100, so that the number, its format and its head say the same
whatever program opens the file.
"""

from __future__ import annotations

import math

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from auditlab.publish.formats import ColumnFormat, Look

MAX_TEXT = 32_767  # characters a cell of a workbook can hold
SHARE, PERCENT = "#,##0.0", '#,##0.0" %"'
POINTS = '+0.0" percentage points";-0.0" percentage points"'
P_VALUE = '[<0.001]"< 0.001";[<0.1]0.000;0.00'
DAY, TIME = "yyyy-mm-dd", "yyyy-mm-dd hh:mm"
_TIMES_100 = {Look.SHARE: SHARE, Look.PERCENT: PERCENT, Look.POINTS: POINTS}
_UNSCALED = "[0-1]"
_DECIMALS_OF_A_PART = 3
_DIGITS_KEPT = 12  # of a share times 100: 100 * 0.07 is 7 and not 7.000000000000001


class Cells:
    """Formats of a workbook, and its cells written with them.

    Parameters
    ----------
    book : Workbook
        The workbook.
    """

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        cell = {"valign": "top", "border": 1, "border_color": "#D9DFE4"}
        head = {"bold": True, "text_wrap": True, "valign": "vcenter", "border": 1, "border_color": "#8A96A3"}
        self._book, self._cell = book, cell
        self._numbers: dict[str, Format] = {}
        self.title = book.add_format({"bold": True, "font_size": 13})
        self.head = book.add_format(head | {"bg_color": "#E4ECF2"})
        self.entry_head = book.add_format(head | {"bg_color": "#FDF1E6"})
        self.entry = book.add_format(cell | {"bg_color": "#FFFBF6", "text_wrap": True, "locked": False})
        self.text = book.add_format(cell | {"text_wrap": True})
        self.link = book.add_format(cell | {"font_color": "#0B5FA5", "underline": 1})

    def write(self, page: Worksheet, row: int, place: int, value: object, form: ColumnFormat) -> None:
        """Write `value` of a column with the format `form`; what is missing is an empty cell."""
        if pd.isna(value):  # type: ignore[call-overload]  # a scalar of a frame
            page.write_blank(row, place, None, self.text)
        elif form.look is Look.FLAG or isinstance(value, bool):
            page.write_string(row, place, "yes" if value else "no", self.text)
        elif isinstance(value, pd.Timestamp):
            shown = self._number(TIME if form.look is Look.TIME else DAY)
            page.write_datetime(row, place, value.to_pydatetime().replace(tzinfo=None), shown)
        elif isinstance(value, str):
            # write_string, not write: "=HYPERLINK(...)" in a statement stays the text it is.
            page.write_string(row, place, value[:MAX_TEXT], self.text)
        elif math.isinf(float(value)):  # type: ignore[arg-type]  # numbers remain
            # A ratio to nothing; a workbook has no such number.
            page.write_string(row, place, "∞" if float(value) > 0 else "-∞", self.text)  # type: ignore[arg-type]
        else:
            number, shown_as = shown_number(float(value), form)  # type: ignore[arg-type]  # numbers remain
            page.write_number(row, place, number, self._number(shown_as))

    def _number(self, shown_as: str) -> Format:
        """The format of numbers and days that are shown as `shown_as`; each is made once."""
        if shown_as not in self._numbers:
            own = {"align": "left"} if shown_as in (DAY, TIME) else {}
            self._numbers[shown_as] = self._book.add_format(self._cell | {"num_format": shown_as} | own)
        return self._numbers[shown_as]


def shown_number(value: float, form: ColumnFormat) -> tuple[float, str]:
    """The number that a cell holds for `value`, and its number format.

    Parameters
    ----------
    value : float
        Of a column of a table.
    form : ColumnFormat
        The column as the page shows it.

    Returns
    -------
    tuple
        The number (a share times 100), and the format in the notation of spreadsheet programs.
    """
    if form.look in _TIMES_100:
        return round(100 * value, _DIGITS_KEPT), _TIMES_100[form.look]
    if form.look is Look.P_VALUE:
        return value, P_VALUE
    if form.look is Look.NUMBER and not form.label.endswith(_UNSCALED):
        return value, _with_decimals(form.decimals)
    if value.is_integer():
        return value, _with_decimals(0)
    if form.label.endswith(_UNSCALED):
        return value, _with_decimals(_DECIMALS_OF_A_PART)
    # A number among texts: as many digits as `numerals.number` gives it.
    size = abs(value)
    return value, _with_decimals(0 if size >= 100 else 1 if size >= 10 else 2 if size >= 1 else 3)


def _with_decimals(decimals: int) -> str:
    return "#,##0" + ("." + "0" * decimals if decimals else "")
