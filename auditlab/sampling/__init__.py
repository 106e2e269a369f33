"""Floor 4, sampling: how many records, which ones, which sites, and what may be concluded."""

from auditlab.sampling.allocation import allocate
from auditlab.sampling.attributes import attributes_to_test
from auditlab.sampling.change_samples import change_design, change_strata, sampled_site, strata_column
from auditlab.sampling.characteristic import operating_characteristic
from auditlab.sampling.draw import GENERATOR, draw, replacements
from auditlab.sampling.engagement_cycle import cycle_plan_of
from auditlab.sampling.engagement_sites import site_plan_of, visited_sites
from auditlab.sampling.evaluation import About, Conclusion, Judged, conclude, conclusions_before_draw, statement
from auditlab.sampling.judgement import judgement_part, remainder
from auditlab.sampling.misstatement import Amount, misstatement_amount, misstatement_bound
from auditlab.sampling.monetary import monetary_sample_size, stringer_bound
from auditlab.sampling.money_results import MoneyResult, money_result
from auditlab.sampling.other_samples import with_other_samples
from auditlab.sampling.plan import RecordSamplePlan, record_sample_plan
from auditlab.sampling.populations import NO_AMOUNTS, period_words, populations, records_to_sample
from auditlab.sampling.precision import precision_size, proportion_size
from auditlab.sampling.priors import EarlierPrior, prior_from_earlier
from auditlab.sampling.question import Convention
from auditlab.sampling.seal import Seal, canonical_list, list_nonce, seal, verify_seal
from auditlab.sampling.sites import cycle_plan, site_plan, site_rules, site_sample
from auditlab.sampling.sizes import SamplePlan, sample_size
from auditlab.sampling.staged_limits import staged_limit
from auditlab.sampling.stages import StagedPlan, staged_characteristic, staged_decision, staged_plan
from auditlab.sampling.strata import (
    StratifiedPlan,
    Stratum,
    stratified_characteristic,
    stratified_limit,
    stratified_plan,
    stratum_shares,
)
from auditlab.sampling.summary import client_notice, counting_rules, plan_summary, seal_words
from auditlab.sampling.tables import SamplingTables, sampling_tables
from auditlab.sampling.worksheets import Worksheet, WorksheetResults, evaluate_worksheets, evaluation_headlines
from auditlab.seeds import engagement_seed, seed_fingerprint

__all__ = [
    "GENERATOR",
    "NO_AMOUNTS",
    "About",
    "Amount",
    "Conclusion",
    "Convention",
    "EarlierPrior",
    "Judged",
    "MoneyResult",
    "RecordSamplePlan",
    "SamplePlan",
    "SamplingTables",
    "Seal",
    "StagedPlan",
    "StratifiedPlan",
    "Stratum",
    "Worksheet",
    "WorksheetResults",
    "allocate",
    "attributes_to_test",
    "canonical_list",
    "change_design",
    "change_strata",
    "client_notice",
    "conclude",
    "conclusions_before_draw",
    "counting_rules",
    "cycle_plan",
    "cycle_plan_of",
    "draw",
    "engagement_seed",
    "evaluate_worksheets",
    "evaluation_headlines",
    "judgement_part",
    "list_nonce",
    "misstatement_amount",
    "misstatement_bound",
    "monetary_sample_size",
    "money_result",
    "operating_characteristic",
    "period_words",
    "plan_summary",
    "populations",
    "precision_size",
    "prior_from_earlier",
    "proportion_size",
    "record_sample_plan",
    "records_to_sample",
    "remainder",
    "replacements",
    "sample_size",
    "sampled_site",
    "sampling_tables",
    "seal",
    "seal_words",
    "seed_fingerprint",
    "site_plan",
    "site_plan_of",
    "site_rules",
    "site_sample",
    "staged_characteristic",
    "staged_decision",
    "staged_limit",
    "staged_plan",
    "statement",
    "strata_column",
    "stratified_characteristic",
    "stratified_limit",
    "stratified_plan",
    "stratum_shares",
    "stringer_bound",
    "verify_seal",
    "visited_sites",
    "with_other_samples",
]
