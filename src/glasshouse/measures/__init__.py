"""Questions asked of the results of a run: what it does, to whom, how wrongly, how sure.

Each takes a run (or several of the same people) and answers with :class:`~glasshouse.measures.figure.Measures`: value,
intervals, numerator, exposure, unit, group and one sentence. Everything is counted from the tables of the run; what its
counts do not hold by subject is either refused by name or told from some of its blocks lived again (``blocks=64``).
"""

from __future__ import annotations

from glasshouse.measures.concentration import burden, gini_of, score_gaps
from glasshouse.measures.denial import access, procedure
from glasshouse.measures.falsehood import misidentification
from glasshouse.measures.figure import Interval, Measure, Measures
from glasshouse.measures.groups import disparity, error_rates, four_fifths, intersections
from glasshouse.measures.leaving import recovery, relapse
from glasshouse.measures.luck import arbitrariness, place_lottery, uncertainty
from glasshouse.measures.moving import mobility, trap
from glasshouse.measures.opening import headline
from glasshouse.measures.punishment import collateral, double_punishment, lawful_punished, proportionality, sanctions
from glasshouse.measures.reach import contagion
from glasshouse.measures.reruns import chilling, claimed_benefit, cross_context
from glasshouse.measures.strata import conditional_disparity, gap_parts

__all__ = [
    "headline", "sanctions", "misidentification", "burden", "double_punishment", "collateral", "cross_context",
    "disparity",
    "error_rates", "conditional_disparity", "gap_parts", "intersections", "recovery", "relapse", "mobility", "trap",
    "gini_of", "score_gaps", "proportionality", "chilling", "access", "procedure", "contagion", "claimed_benefit",
    "arbitrariness", "place_lottery", "uncertainty", "lawful_punished", "four_fifths",
    "Interval", "Measure", "Measures",
]  # fmt: skip
