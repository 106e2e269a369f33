"""The sample portfolio, opened once, and small portfolios made of frames."""

from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "data" / "portfolio"


@pytest.fixture(scope="session")
def sample_portfolio():
    from auditlab.portfolio import open_portfolio

    return open_portfolio(SAMPLE)


@pytest.fixture(scope="session")
def sample_review(sample_portfolio):
    return sample_portfolio.review()


@pytest.fixture
def opened(tmp_path):
    """A function that lays frames down as Parquet and opens them as a store."""
    from contextlib import ExitStack

    from auditlab.portfolio.settings import PortfolioSettings
    from auditlab.portfolio.store import open_store

    stack = ExitStack()

    def lay_down(as_of="2024-12-31", compare=None, method=None, **frames):
        files = {}
        for table, rows in frames.items():
            path = tmp_path / f"{table}.parquet"
            pd.DataFrame(rows).to_parquet(path)
            files[table] = [str(path)]
        settings = PortfolioSettings(name="small", as_of=as_of, compare=compare or {}, method=method or {})
        return stack.enter_context(open_store(files, settings=settings))

    with stack:
        yield lay_down
