"""Inspection histories of other fields as examinations, so that the order of priority can be tested on them.

Only the benchmarks know these files; the package never does.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

CHICAGO = Path("B_chicago_food_inspections", "chicago_canvass_inspections.csv.gz")
STATEN_ISLAND = Path("B_nyc_restaurant_inspections", "violations_staten_island.csv")


def chicago(data: Path) -> pd.DataFrame:
    """Canvass inspections of food premises, Chicago 2011 to 2014: one row per licence, day and violation code.

    Parameters
    ----------
    data : Path
        Folder that holds the data sets.

    Returns
    -------
    DataFrame
        ``entity, date, clause, examined, found``. Every code is examined at every inspection; one visit per
        licence and date; licences above 0.
    """
    visits = pd.read_csv(data / CHICAGO).assign(date=lambda table: pd.to_datetime(table["Inspection_Date"]))
    visits = visits[visits["License"] > 0].sort_values(["License", "date"], kind="stable")
    visits = visits.drop_duplicates(["License", "date"])
    codes = [name for name in visits if name.isdigit()]
    long = visits.melt(id_vars=["License", "date"], value_vars=codes, var_name="clause", value_name="found")
    long = long.assign(entity=long["License"].astype("str"), examined=True, found=long["found"] > 0)
    return long[["entity", "date", "clause", "examined", "found"]]


def staten_island(data: Path) -> pd.DataFrame:
    """Inspections of restaurants, New York City, Staten Island 2011 to 2015: every initial cycle inspection.

    Parameters
    ----------
    data : Path
        Folder that holds the data sets.

    Returns
    -------
    DataFrame
        ``entity, date, clause, examined, found``. Every code that the file knows for cycle inspections counts as
        examined at each of them. Re-inspections are left out: they follow up what the first visit cited, which
        every order would forecast. The day 1900-01-01 means never inspected. Inspections without a violation count.
    """
    rows = pd.read_csv(data / STATEN_ISLAND, dtype="str", keep_default_na=False)
    rows = rows.assign(date=pd.to_datetime(rows["inspection_date"]))
    first = rows["inspection_type"] == "Cycle Inspection / Initial Inspection"
    rows = rows[(rows["date"] > "1900-01-01") & first]
    visits = rows[["camis", "date"]].drop_duplicates()
    cited = rows.loc[rows["violation_code"] != "", ["camis", "date", "violation_code"]].drop_duplicates()
    codes = pd.DataFrame({"clause": sorted(cited["violation_code"].unique())})
    long = visits.merge(codes, how="cross").merge(
        cited.rename(columns={"violation_code": "clause"}).assign(found=True), how="left"
    )
    long = long.assign(examined=True, found=long["found"].notna()).rename(columns={"camis": "entity"})
    return long[["entity", "date", "clause", "examined", "found"]]
