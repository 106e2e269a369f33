"""Floor 4, sampling: how many records, which ones, which sites, and what may be concluded."""

from auditlab.sampling.attributes import attributes_to_test
from auditlab.sampling.characteristic import operating_characteristic
from auditlab.sampling.draw import GENERATOR, draw
from auditlab.sampling.evaluation import Conclusion, conclude, conclusions_before_draw
from auditlab.sampling.judgement import judgement_part, remainder
from auditlab.sampling.plan import RecordSamplePlan, record_sample_plan
from auditlab.sampling.question import Convention
from auditlab.sampling.seal import Seal, canonical_list, list_nonce, seal, verify_seal
from auditlab.sampling.seeds import seed_fingerprint
from auditlab.sampling.sites import site_plan, site_sample
from auditlab.sampling.sizes import SamplePlan, sample_size
from auditlab.sampling.tables import SamplingTables, engagement_seed, sampling_tables

__all__ = [
    "GENERATOR",
    "Conclusion",
    "Convention",
    "RecordSamplePlan",
    "SamplePlan",
    "SamplingTables",
    "Seal",
    "attributes_to_test",
    "canonical_list",
    "conclude",
    "conclusions_before_draw",
    "draw",
    "engagement_seed",
    "judgement_part",
    "list_nonce",
    "operating_characteristic",
    "record_sample_plan",
    "remainder",
    "sample_size",
    "sampling_tables",
    "seal",
    "seed_fingerprint",
    "site_plan",
    "site_sample",
    "verify_seal",
]
