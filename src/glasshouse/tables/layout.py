"""The columns of every table the kernel reads, and their capacities.

All tables are parts of one structured record of fixed capacity, so that the kernel is compiled once for every policy.
Numbers of varying length (thresholds by date, profile and level; whole numbers by date) stand in two pools, ``U``
(uint64) and ``I`` (int64), exponents of ceilings in ``E``; a *dated* row says where a value stands in its pool.
Capacities are checked when tables are made: a policy that does not fit is refused, never cut.

The file is long because one record is one type, and its columns are read best in one place.
"""

from __future__ import annotations

from typing import Final

import numpy as np

KINDS: Final = 128
SERVICES: Final = 64
TARGETS: Final = KINDS + SERVICES
DETECTORS: Final = 64
STREAMS: Final = KINDS + DETECTORS
WATCHES: Final = 512
RATINGS: Final = 32
TIERS: Final = 128
RULES: Final = 512
INDICATORS: Final = 128
CASES: Final = 256
LISTS: Final = 64
ROWS: Final = 256
SPREADS: Final = 64
GATES: Final = 1024
REMEDIES: Final = 128
RESPONSES: Final = 64
ENROLMENTS: Final = 64
QUESTIONS: Final = 256
ARRIVALS: Final = 64
CLAUSES: Final = 2048
ATTRIBUTES: Final = 64
SETS: Final = 64
TIES: Final = 16
ATOMS: Final = 4096
CONDITIONS: Final = 2048
PROGRAM: Final = 16384
DATED: Final = 4096
POISSONS: Final = 80
POOL: Final = 1 << 20
WHOLE_POOL: Final = 1 << 22
GROUNDS: Final = 5

OWN, MISTAKEN, UNFOUNDED, SPREAD, TIER = range(5)
REPAIR, APPEAL, TERM, ORIGIN, REPEAL, SUBJECT = range(6)
ENDINGS: Final = 6

# kinds of atoms
(
    A_LEVEL,
    A_LEAF,
    A_COUNT,
    A_AMOUNT,
    A_SCORE,
    A_TIER,
    A_LISTED,
    A_MONTHS,
    A_TIE_ANY,
    A_TIE_SHARE,
    A_SANCTIONED,
    A_REFUSED,
    A_WATCHED,
) = range(13)
# program words below 0
AND, OR, NOT = -1, -2, -3
# whom a condition can hold for: everybody, the listed (or their ties), those with records, those with sanctions
EVERYBODY, NEEDS_LISTING, NEEDS_RECORD, NEEDS_SANCTION, NEEDS_HOUSEHOLD = range(5)
# terms
NO_END, WHILE, AS_SOURCE = -1, -2, -3
# effects
REFUSE, LIMIT, PRICE, WAIT, RANK = range(5)
# ties
IN_HOUSEHOLD, IN_BLOCK, IN_AREA = range(3)
# methods of detection that matter to the kernel
REGISTER, CAMERA, REPORT = range(3)
# galleries
EVERYBODY_IN, ENROLLED_IN = range(2)


def _row(*columns: tuple[str, str] | tuple[str, str, tuple[int, ...]]) -> np.dtype[np.void]:
    return np.dtype(list(columns), align=True)


DATED_ROW: Final = _row(("off", "i8"), ("seg", "i8"), ("width", "i8"), ("set", "i8"), ("leaf", "i8"), ("plain", "i8"))
"""Value at step t for subject s in leaf l: pool[off + (I[leaf + l] + I[seg + t]) * width + profile of s in set].

``plain``: it is pool[off] for everybody, everywhere and always.
"""

SET_ROW: Final = _row(("first", "i8"), ("count", "i8"), ("aged", "i8"))
"""A profile set: pairs (attribute, stride) from ``I[first]``; ``aged``: the stride of the age, 0 without it."""

STREAM_ROW: Final = _row(
    ("key", "u8"),
    ("name", "i8"),
    ("set", "i8"),
    ("rate", "i8"),
    ("width", "i8"),
    ("seg", "i8"),
    ("exponent", "i8"),
    ("none", "i8"),
    ("mask", "i8"),
    ("judged", "i8"),
    ("quiet", "i8"),
)
"""A stream of candidates: of a kind (``name`` its number) or of a detector's false alarms (128 + its number).

``mask``: 63 where propensity counts, else 0; column of a profile and level: profile * (mask + 1) + (level & mask).
``none``: words of the yearly draw below which there is no candidate; ``judged``: marks can be judged a year ahead;
``quiet``: nothing follows from its events, which are counted as soon as they are judged.
"""

KIND_ROW: Final = _row(
    ("clause", "i8"),
    ("stream", "i8"),
    ("key", "u8"),
    ("amount_key", "u8"),
    ("limit", "i8"),
    ("unit", "i8"),
    ("limited", "i8"),
    ("amounts", "i8"),
    ("n_amounts", "i8"),
    ("yuan", "i8"),
    ("parent", "i8"),
    ("chance", "i8"),
    ("after", "i8"),
    ("responds", "i8"),
    ("first_watch", "i8"),
    ("n_watches", "i8"),
    ("counted", "i8"),
    ("trace_key", "u8"),
    ("first_child", "i8"),
    ("n_children", "i8"),
    ("first_watched", "i8"),
    ("n_watched", "i8"),
    ("ends", "i8"),
    ("short", "i8"),
)
"""``short``: whatever its events lead to is plain, so points can be given as they happen."""
SERVICE_ROW: Final = _row(
    ("clause", "i8"),
    ("key", "u8"),
    ("tries_key", "u8"),
    ("evasion_key", "u8"),
    ("set", "i8"),
    ("rate", "i8"),
    ("width", "i8"),
    ("seg", "i8"),
    ("exponent", "i8"),
    ("tries", "i8"),
    ("evade", "i8"),
    ("first_gate", "i8"),
    ("n_gates", "i8"),
    ("place", "i8"),
    ("responds", "i8"),
    ("ends", "i8"),
)
"""``place``: among the services with a gate, whose requests are counted."""
DETECTOR_ROW: Final = _row(
    ("clause", "i8"),
    ("policy", "i8"),
    ("method", "i8"),
    ("coverage_key", "u8"),
    ("coverage", "i8"),
    ("covers_all", "i8"),
    ("own", "i8"),
    ("both", "i8"),
    ("delay", "i8"),
    ("review_own", "i8"),
    ("review_mistaken", "i8"),
    ("review_unfounded", "i8"),
    ("reviewed", "i8"),
    ("tie", "i8"),
    ("gallery", "i8"),
    ("alarm_kind_key", "u8"),
    ("alarm_amount_key", "u8"),
    ("first_watch", "i8"),
    ("n_watches", "i8"),
    ("trace_key", "u8"),
    ("word", "u8"),
    ("certain", "i8"),
    ("prompt", "i8"),
)
"""``certain``: notices every event, of the right subject, unreviewed; ``prompt``: records are made in the same step."""
WATCH_ROW: Final = _row(
    ("detector", "i8"),
    ("kind", "i8"),
    ("key", "u8"),
    ("first_rule", "i8"),
    ("n_rules", "i8"),
    ("lists", "i8"),
)
"""``first_rule``: rules that see records of this detector on this kind; ``lists``: bits of lists with a row on it."""
RATING_ROW: Final = _row(
    ("clause", "i8"),
    ("weighted", "i8"),
    ("demerit", "i8"),
    ("start", "i8"),
    ("floor", "i8"),
    ("ceiling", "i8"),
    ("every", "i8"),
    ("lowest", "i8"),
    ("first_tier", "i8"),
    ("n_tiers", "i8"),
    ("first_indicator", "i8"),
    ("n_indicators", "i8"),
    ("keeps", "i8"),
    ("enrolments", "i8"),
    ("moving", "i8"),
    ("bin", "i8"),
    ("bins", "i8"),
    ("cells", "i8"),
    ("first_remedy", "i8"),
    ("n_remedies", "i8"),
    ("policy", "i8"),
    ("interval", "i8"),
    ("rooted", "i8"),
    ("simple", "i8"),
)
"""``simple``: points between bounds make the tier, and nothing else is asked.
``rooted``: some condition asks for the score or tier, so the root of what stands against a subject is kept."""
TIER_ROW: Final = _row(("at_least", "i8"), ("bounded", "i8"), ("condition", "i8"))
RULE_ROW: Final = _row(
    ("clause", "i8"),
    ("rating", "i8"),
    ("policy", "i8"),
    ("condition", "i8"),
    ("every", "i8"),
    ("enrolment", "i8"),
    ("low", "i8"),
    ("high", "i8"),
    ("becomes", "i8"),
    ("discretion_key", "u8"),
    ("drawn", "i8"),
    ("repeat", "i8"),
    ("repeat_window", "i8"),
    ("repeat_low", "i8"),
    ("cap", "i8"),
    ("cap_window", "i8"),
    ("lapse", "i8"),
    ("remembers", "i8"),
    ("plain", "i8"),
    ("amount", "i8"),
)
"""``plain``: without condition, draw, memory or date, always ``amount``."""
INDICATOR_ROW: Final = _row(
    ("weight", "i8"),
    ("tie", "i8"),
    ("tie_rating", "i8"),
    ("first_case", "i8"),
    ("n_cases", "i8"),
    ("otherwise", "i8"),
    ("clause", "i8"),
)
CASE_ROW: Final = _row(("condition", "i8"), ("value", "i8"))
LIST_ROW: Final = _row(
    ("clause", "i8"),
    ("policy", "i8"),
    ("one", "i8"),
    ("notice", "i8"),
    ("first_row", "i8"),
    ("n_rows", "i8"),
    ("first_remedy", "i8"),
    ("n_remedies", "i8"),
    ("conditional", "i8"),
)
ROW_ROW: Final = _row(
    ("list", "i8"),
    ("by_record", "i8"),
    ("condition", "i8"),
    ("chance", "i8"),
    ("certain", "i8"),
    ("term", "i8"),
    ("key", "u8"),
    ("bit", "i8"),
    ("number", "i8"),
    ("reach", "i8"),
    ("mask", "u8"),
    ("mask2", "u8"),
)
SPREAD_ROW: Final = _row(
    ("clause", "i8"),
    ("from_list", "i8"),
    ("tie", "i8"),
    ("list", "i8"),
    ("condition", "i8"),
    ("chance", "i8"),
    ("term", "i8"),
    ("key", "u8"),
    ("number", "i8"),
)
GATE_ROW: Final = _row(
    ("clause", "i8"),
    ("service", "i8"),
    ("condition", "i8"),
    ("effect", "i8"),
    ("amount", "i8"),
    ("burden", "i8"),
    ("caught", "i8"),
    ("reviewed", "i8"),
    ("review", "i8"),
    ("review_key", "u8"),
    ("money", "i8"),
    ("number", "i8"),
    ("reach", "i8"),
)
REMEDY_ROW: Final = _row(
    ("clause", "i8"),
    ("appeal", "i8"),
    ("condition", "i8"),
    ("after", "i8"),
    ("until", "i8"),
    ("rate", "i8"),
    ("decision", "i8"),
    ("delay", "i8"),
    ("success", "i8"),
    ("suspends", "i8"),
    ("appeals", "i8"),
    ("key", "u8"),
    ("decision_key", "u8"),
    ("ratings", "i8"),
    ("slot", "i8"),
    ("number", "i8"),
    ("lists", "i8"),
)
"""``success``: five dated rows, by ground; ``ratings``: bits of the ratings it names; ``lists``: it names lists."""
RESPONSE_ROW: Final = _row(
    ("clause", "i8"),
    ("condition", "i8"),
    ("factor", "i8"),
    ("first_target", "i8"),
    ("n_targets", "i8"),
    ("reach", "i8"),
    ("own", "i8"),
)
"""``own``: it can hold only for who has been sanctioned."""
ENROLMENT_ROW: Final = _row(
    ("clause", "i8"),
    ("condition", "i8"),
    ("share", "i8"),
    ("withdraw", "i8"),
    ("withdraws", "i8"),
    ("key", "u8"),
    ("withdraw_key", "u8"),
    ("ratings", "i8"),
    ("ages", "i8"),
    ("certain", "i8"),
)
"""``certain``: it holds everybody while it is in force."""
ATOM_ROW: Final = _row(
    ("kind", "i8"),
    ("arg", "i8"),
    ("mask", "u8"),
    ("lo", "i8"),
    ("hi", "i8"),
    ("neg", "i8"),
    ("window", "i8"),
    ("scope", "u8"),
    ("rating", "i8"),
    ("sub", "i8"),
    ("num", "i8"),
    ("den", "i8"),
    ("op", "i8"),
    ("first", "i8"),
    ("count", "i8"),
    ("mask2", "u8"),
)
CONDITION_ROW: Final = _row(("first", "i8"), ("count", "i8"), ("grounds", "i8"), ("n_grounds", "i8"))
TIE_ROW: Final = _row(
    ("within", "i8"),
    ("from_when", "i8"),
    ("to_when", "i8"),
    ("slot", "i8"),
    ("least", "i8"),
    ("more", "u8"),
    ("key", "u8"),
)
"""``least``, ``more``, ``key``: ties to firms a resident has at least, and the threshold and key of one more."""
QUESTION_ROW: Final = _row(
    ("narrow", "i8"),
    ("condition", "i8"),
    ("bare", "i8"),
    ("gate", "i8"),
    ("counter", "i8"),
    ("first", "i8"),
    ("key", "u8"),
)
"""What is asked of firms. Firms count it (``narrow`` to ``counter``); residents read it from ``I[first]``: for each
leaf and step the firms of the tie, and those of whom it holds in fact and in truth."""
ARRIVAL_ROW: Final = _row(
    ("clause", "i8"),
    ("from_list", "i8"),
    ("list", "i8"),
    ("narrow", "i8"),
    ("condition", "i8"),
    ("chance", "i8"),
    ("term", "i8"),
    ("key", "u8"),
    ("end_key", "u8"),
    ("number", "i8"),
    ("counter", "i8"),
    ("first", "i8"),
)
"""Spread from firms to residents. Firms count from ``counter``: firms, then new, entered and open cases in fact and
truth; residents read from ``I[first]`` for each leaf and step: firms, new, left and formerly open cases."""
POISSON_ROW: Final = _row(("off", "i8"), ("count", "i8"))

TABLES: Final = np.dtype(
    [
        ("streams", STREAM_ROW, (STREAMS,)),
        ("kinds", KIND_ROW, (KINDS,)),
        ("services", SERVICE_ROW, (SERVICES,)),
        ("detectors", DETECTOR_ROW, (DETECTORS,)),
        ("watches", WATCH_ROW, (WATCHES,)),
        ("ratings", RATING_ROW, (RATINGS,)),
        ("tiers", TIER_ROW, (TIERS,)),
        ("rules", RULE_ROW, (RULES,)),
        ("indicators", INDICATOR_ROW, (INDICATORS,)),
        ("cases", CASE_ROW, (CASES,)),
        ("lists", LIST_ROW, (LISTS,)),
        ("rows", ROW_ROW, (ROWS,)),
        ("spreads", SPREAD_ROW, (SPREADS,)),
        ("gates", GATE_ROW, (GATES,)),
        ("remedies", REMEDY_ROW, (REMEDIES,)),
        ("responses", RESPONSE_ROW, (RESPONSES,)),
        ("enrolments", ENROLMENT_ROW, (ENROLMENTS,)),
        ("sets", SET_ROW, (SETS,)),
        ("ties", TIE_ROW, (TIES,)),
        ("atoms", ATOM_ROW, (ATOMS,)),
        ("conditions", CONDITION_ROW, (CONDITIONS,)),
        ("questions", QUESTION_ROW, (QUESTIONS,)),
        ("arrivals", ARRIVAL_ROW, (ARRIVALS,)),
        ("dated", DATED_ROW, (DATED,)),
        ("poisson", POISSON_ROW, (POISSONS,)),
        ("poisson_step", POISSON_ROW, (POISSONS,)),
        ("program", "i4", (PROGRAM,)),
        ("windows", "i8", (CLAUSES,)),
        ("none_key", "u8"),
        ("list_order", "i8", (LISTS,)),
        ("n_streams", "i8"),
        ("n_kinds", "i8"),
        ("n_services", "i8"),
        ("n_detectors", "i8"),
        ("n_watches", "i8"),
        ("n_ratings", "i8"),
        ("n_rules", "i8"),
        ("n_lists", "i8"),
        ("n_rows", "i8"),
        ("n_spreads", "i8"),
        ("n_gates", "i8"),
        ("n_remedies", "i8"),
        ("n_responses", "i8"),
        ("n_enrolments", "i8"),
        ("n_sets", "i8"),
        ("n_clauses", "i8"),
        ("n_questions", "i8"),
        ("n_arrivals", "i8"),
        ("parted", "i8"),
        ("market", "i8"),
        ("new_years", "i8"),
        ("n_attributes", "i8"),
        ("n_limited", "i8"),
        ("n_indicators", "i8"),
        ("age", "i8"),
        ("sex", "i8"),
        ("n_breaks", "i8"),
        ("breaks", "i8", (64,)),
        ("steps", "i8"),
        ("first_step", "i8"),
        ("year", "i8"),
        ("elapsed", "i8"),
        ("months", "i8"),
        ("n_strata", "i8"),
        ("stratum_set", "i8"),
        ("n_counters", "i8"),
        ("answers", "i8"),
        ("U", "u8", (POOL,)),
        ("I", "i8", (WHOLE_POOL,)),
        ("E", "i1", (POOL,)),
        # where the parts of the sums begin
        ("o_scores", "i8"),
        ("o_transitions", "i8"),
        ("o_lifetimes", "i8"),
        ("o_roots", "i8"),
        ("n_cells", "i8"),
        ("n_moves", "i8"),
        # first counter of each family
        ("c_subjects", "i8"),
        ("c_enrolled", "i8"),
        ("c_scores", "i8"),
        ("c_events", "i8"),
        ("c_missed", "i8"),
        ("c_records", "i8"),
        ("c_dropped", "i8"),
        ("c_overridden", "i8"),
        ("c_pending", "i8"),
        ("c_points", "i8"),
        ("c_entered", "i8"),
        ("c_renewed", "i8"),
        ("c_new", "i8"),
        ("c_left", "i8"),
        ("c_listed", "i8"),
        ("c_listed_cases", "i8"),
        ("c_wrongly", "i8"),
        ("c_spared_list", "i8"),
        ("c_requests", "i8"),
        ("c_granted", "i8"),
        ("c_attempts", "i8"),
        ("c_refused_attempts", "i8"),
        ("c_refused_requests", "i8"),
        ("c_refused_subjects", "i8"),
        ("c_first_refused", "i8"),
        ("c_circumvented", "i8"),
        ("c_wrongly_refused", "i8"),
        ("c_spared_service", "i8"),
        ("c_touched", "i8"),
        ("c_refused_by", "i8"),
        ("c_also", "i8"),
        ("c_burdened", "i8"),
        ("c_benefited", "i8"),
        ("c_benefit_amount", "i8"),
        ("c_gate_overridden", "i8"),
        ("c_open", "i8"),
        ("c_ended", "i8"),
        ("c_founded", "i8"),
    ],
    align=True,
)
