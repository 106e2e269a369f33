"""Floor 4: many clients side by side."""

from auditlab.portfolio.headlines import portfolio_headlines
from auditlab.portfolio.opening import Portfolio, open_portfolio
from auditlab.portfolio.outliers import outliers
from auditlab.portfolio.reasons import course_caption, empty_reasons
from auditlab.portfolio.review import PortfolioReview, review_portfolio
from auditlab.portfolio.settings import PortfolioSettings

__all__ = [
    "Portfolio",
    "PortfolioReview",
    "PortfolioSettings",
    "course_caption",
    "empty_reasons",
    "open_portfolio",
    "outliers",
    "portfolio_headlines",
    "review_portfolio",
]
