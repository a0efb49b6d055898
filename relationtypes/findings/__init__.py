"""AGGREGATE: from a tagged table to findings that know their number of texts, their interval and their method.

Every finding is a pure function of a :class:`TaggedTable`. None sees the model, and none says anything in words:
``relationtypes.reporting`` does.
"""

from __future__ import annotations

from relationtypes.findings.brands import BrandMap, brands
from relationtypes.findings.checking import CheckedShares, checked_shares, draw_sample, sample_to_check
from relationtypes.findings.drivers import Drivers, FamilyScores, drivers, impact_matrix, scores_by_family
from relationtypes.findings.estimates import Estimate, Method
from relationtypes.findings.everything import Findings, Omission, Wanted, findings
from relationtypes.findings.journeys import Journeys, journeys
from relationtypes.findings.metrics import Metric, churn_rate, find_metric, lifetime_value
from relationtypes.findings.mismatch import Mismatch, Mismatches, mismatch
from relationtypes.findings.objectives import Objective, draft_objectives
from relationtypes.findings.offer import Offer, OfferSegment, Supply, offer_text, read_offer
from relationtypes.findings.opening import read_tagged, tagged_table
from relationtypes.findings.portrait import FamilyPortrait, Portrait, portrait
from relationtypes.findings.quantifying import Shares, shares
from relationtypes.findings.quotes import Quote, Quotes, best_quotes
from relationtypes.findings.sampling import with_checks
from relationtypes.findings.segments import Comparison, Difference, compare
from relationtypes.findings.table import TaggedTable
from relationtypes.findings.trend import Trend, trend
from relationtypes.findings.words import TypicalWord, TypicalWords, typical_words

__all__ = [
    "BrandMap",
    "CheckedShares",
    "Comparison",
    "Difference",
    "Drivers",
    "Estimate",
    "FamilyPortrait",
    "FamilyScores",
    "Findings",
    "Journeys",
    "Method",
    "Metric",
    "Mismatch",
    "Mismatches",
    "Objective",
    "Offer",
    "OfferSegment",
    "Omission",
    "Portrait",
    "Quote",
    "Quotes",
    "Shares",
    "Supply",
    "TaggedTable",
    "Trend",
    "TypicalWord",
    "TypicalWords",
    "Wanted",
    "best_quotes",
    "brands",
    "checked_shares",
    "churn_rate",
    "compare",
    "draft_objectives",
    "draw_sample",
    "drivers",
    "find_metric",
    "findings",
    "impact_matrix",
    "journeys",
    "lifetime_value",
    "mismatch",
    "offer_text",
    "portrait",
    "read_offer",
    "read_tagged",
    "sample_to_check",
    "scores_by_family",
    "shares",
    "tagged_table",
    "trend",
    "typical_words",
    "with_checks",
]
