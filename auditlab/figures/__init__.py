"""Floor 6: charts for people. They take the frames of the floors below and know no files."""

from auditlab.figures.actions import action_ageing
from auditlab.figures.coverage import coverage_map
from auditlab.figures.intake import rows_by_file
from auditlab.figures.maturity import maturity_bars
from auditlab.figures.portfolio import FACETS, clause_sector_map, funnel_caption, funnel_chart, rate_course
from auditlab.figures.priority import rank_intervals, score_parts
from auditlab.figures.rare_events import rare_event_panels
from auditlab.figures.rates import rate_intervals
from auditlab.figures.recurrence import chain_points, chain_timeline
from auditlab.figures.recurring import causes_by_chain, months_to_see
from auditlab.figures.sampling import operating_curve
from auditlab.figures.service_trends import Panel, control_panel, trend_panels

__all__ = [
    "FACETS",
    "Panel",
    "action_ageing",
    "causes_by_chain",
    "chain_points",
    "chain_timeline",
    "clause_sector_map",
    "control_panel",
    "coverage_map",
    "funnel_caption",
    "funnel_chart",
    "maturity_bars",
    "months_to_see",
    "operating_curve",
    "rank_intervals",
    "rare_event_panels",
    "rate_course",
    "rate_intervals",
    "rows_by_file",
    "score_parts",
    "trend_panels",
]
