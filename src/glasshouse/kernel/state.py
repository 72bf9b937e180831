"""The state of one block: everything that is forgotten when the block is done."""

from __future__ import annotations

from typing import Final

import numpy as np

from glasshouse.tables import layout as at

SUBJECTS: Final = 2048
HOUSEHOLDS: Final = 256
"""Households of a block (192), or firms of a market (256), each a household of its own."""
CASES: Final = 1 << 14
AWARDS: Final = 1 << 17
FIRINGS: Final = 1 << 16
RECORDS: Final = 1 << 17
DUE: Final = 1 << 16
EVENTS: Final = 1 << 16
CANDIDATES: Final = 1 << 17
FUTURE: Final = 1 << 16
SANCTIONS: Final = 1 << 16
PLACES: Final = SUBJECTS
"""Also room for two places a step of a year of days."""
NEIGHBOURS: Final = 1 << 16
BLOCK_TIES: Final = 8
ROOTS: Final = 1 << 15
STEPS: Final = 1 << 13
JOURNAL: Final = 1 << 19
PUBLISHING: Final = at.RATINGS * SUBJECTS
COLUMNS: Final = 18

FACT, TRUTH = 1, 2  # bits of a standing; rows of arrays are 0 and 1

# why a block stopped
(
    FINE,
    TOO_MANY_SUBJECTS,
    TOO_MANY_CASES,
    TOO_MANY_AWARDS,
    TOO_MANY_RECORDS,
    TOO_MANY_EVENTS,
    TOO_MANY_TIES,
    TOO_MANY_ROOTS,
    TOO_MANY_FIRINGS,
    TOO_MANY_SANCTIONS,
    JOURNAL_FULL,
    TOO_MANY_STEPS,
    TOO_MANY_POINTS,
) = range(13)
REASONS: Final = (
    "",
    "residents of a block",
    "cases (of a subject on a list 15, in a block 16,384)",
    "live awards",
    "records",
    "events of a step",
    "ties",
    "roots with sanctions",
    "firings of rules with repeat or cap",
    "sanctions remembered for responses",
    "rows of a journal",
    "steps of a run",
    "points (2,147,483,646 in an award or a sum)",
)

# tables of the journal
(
    J_ENROLMENTS,
    J_EVENTS,
    J_RECORDS,
    J_POINTS,
    J_LISTINGS,
    J_PUBLICATIONS,
    J_REQUESTS,
    J_EFFECTS,
    J_RESPONSES,
    J_ALSO,
    J_ENDINGS,
    J_FOUNDINGS,
    J_LEVELS,
) = range(13)

CASE: Final = np.dtype(
    [
        ("root", "i8"),
        ("subject", "i4"),
        ("list", "i4"),
        ("row", "i4"),
        ("clause", "i4"),
        ("ground", "i4"),
        ("opened", "i4"),
        ("term", "i4"),
        ("mask", "i4"),
        ("trace", "u8"),
        ("number_fact", "i4"),
        ("number_truth", "i4"),
        ("pending", "i4"),
        ("due", "i4"),
        ("removal", "i4"),
        ("remedy", "i4"),
        ("asked", "i4"),
        ("suspended", "i4"),
        ("appeals", "u8"),
        ("tier_rating", "i4"),
        ("origin_subject", "i4"),
        ("origin", "i4"),
        ("id", "i4"),
        ("next", "i4"),
        ("origin_fact", "i4"),
        ("origin_truth", "i4"),
        ("origin_list", "i4"),
        ("while_row", "i4"),
        ("twin", "i4"),
    ],
    align=True,
)
"""``pending``: 0 nothing, 1 a decision, 2 a removal; ``origin``: the id of the case a spread listing came from."""

AWARD: Final = np.dtype(
    [
        ("root", "i8"),
        ("subject", "i4"),
        ("rating", "i4"),
        ("rule", "i4"),
        ("amount", "i4"),
        ("ground", "i4"),
        ("step", "i4"),
        ("lapse", "i4"),
        ("mask", "i4"),
        ("trace", "u8"),
        ("number_fact", "i4"),
        ("number_truth", "i4"),
        ("pending", "i4"),
        ("due", "i4"),
        ("removal", "i4"),
        ("remedy", "i4"),
        ("asked", "i4"),
        ("appeals", "u8"),
        ("next", "i4"),
        ("chain", "i4"),
    ],
    align=True,
)
FIRING: Final = np.dtype([("rule", "i4"), ("step", "i4"), ("amount", "i4"), ("mask", "i4"), ("next", "i4")], align=True)
RECORD: Final = np.dtype(
    [
        ("step", "i4"),
        ("kind", "i4"),
        ("policy", "i4"),
        ("mask", "i4"),
        ("held", "i4"),
        ("order", "i4"),
        ("ground", "i4"),
        ("next", "i4"),
        ("root", "i8"),
    ],
    align=True,
)
DUE_RECORD: Final = np.dtype(
    [
        ("key", "u8"),
        ("root", "i8"),
        ("subject", "i4"),
        ("kind", "i4"),
        ("doer", "i4"),
        ("number", "i4"),
        ("event_step", "i4"),
        ("ground", "i4"),
        ("detector", "i4"),
        ("watch", "i4"),
        ("overridden", "i4"),
        ("next", "i4"),
        ("amount", "i8"),
    ],
    align=True,
)
EVENT: Final = np.dtype(
    [("root", "i8"), ("mark", "u8"), ("subject", "i4"), ("kind", "i4"), ("number", "i4"), ("next", "i4")], align=True
)
SANCTION: Final = np.dtype([("step", "i4"), ("service", "i4"), ("next", "i4")], align=True)
NEW_CASE: Final = np.dtype([("case", "i4"), ("subject", "i4"), ("list", "i4")], align=True)

PUBLISHED: Final = np.dtype(
    [("subject", "i4"), ("rating", "i4"), ("fact", "i4"), ("truth", "i4"), ("tier_fact", "i4"), ("tier_truth", "i4")],
    align=True,
)

N, R, L = SUBJECTS, at.RATINGS, at.LISTS

STATE: Final = np.dtype(
    [
        ("status", "i8"),
        ("who", "i8"),
        ("n", "i8"),
        ("households", "i8"),
        ("leaf", "i8"),
        ("block", "i8"),
        ("t", "i8"),
        ("noting", "i8"),
        ("rows", "i8"),
        ("next_change", "i8"),
        ("gate_view", "i8"),
        ("amount", "i8"),
        ("order", "i8"),
        ("g_ground", "i8"),
        ("g_root", "i8"),
        ("g_rating", "i8"),
        ("n_assource", "i8"),
        ("split", "i8"),
        ("standings", "i8"),
        ("t0", "i8"),
        ("n_entered", "i8"),
        # firms: who ends after this step, whose place is empty, and how many stood there before
        ("ending", "u1", (N,)),
        ("gone", "u1", (N,)),
        ("generation", "i4", (N,)),
        ("base", "i8"),
        ("household", "u2", (N,)),
        ("start", "u2", (HOUSEHOLDS + 1,)),
        ("level", "u1", (at.ATTRIBUTES, N)),
        ("months", "i4", (N,)),
        ("propensity", "u1", (N,)),
        ("look", "u1", (N,)),
        ("age", "i4", (N,)),
        ("next_age", "i4", (N,)),
        ("stratum", "i4", (N,)),
        ("prof", "i4", (at.SETS, N)),
        ("words", "u8", (N,)),
        ("tie_start", "u4", (BLOCK_TIES, N + 1)),
        ("tie_other", "u2", (BLOCK_TIES, NEIGHBOURS)),
        ("pairs", "u8", (N * (N // 64),)),
        ("drawing", "u2", (NEIGHBOURS,)),
        ("numbers", "u1", (N,)),
        ("active", "u1", (at.CLAUSES,)),
        ("since_step", "i4", (at.CLAUSES,)),
        # ratings
        ("floor", "i8", (R,)),
        ("ceiling", "i8", (R,)),
        ("begins", "i8", (R,)),
        ("bounds", "i8", (at.TIERS,)),
        ("held", "i8", (N,)),
        ("ever", "i8", (N,)),
        ("joined", "i8", (N,)),
        ("clause_held", "u8", (N,)),
        ("withdrawn", "u8", (N,)),
        ("sum", "i4", (2, R, N)),
        ("score", "i4", (2, R, N)),
        ("tier", "i1", (2, R, N)),
        ("cell", "i4", (R, N)),
        ("interval", "i1", (R, N)),
        ("last_interval", "i1", (R, N)),
        ("next_held", "i8", (N,)),
        ("some_joined", "i8"),
        ("some_crossed", "i8"),
        ("crossed", "u1", (N,)),
        ("publishing", PUBLISHED, (PUBLISHING,)),
        ("n_publishing", "i8"),
        ("dirty", "i8", (N,)),
        ("stirred", "i4", (N,)),
        ("n_stirred", "i8"),
        ("waiting", "u1", (N,)),
        ("unbegun", "i8"),
        ("fresh", "i4", (2, N)),
        ("fresh_tier", "i1", (2, N)),
        ("last_root", "i8", (2, R, N)),
        ("award_count", "i4", (2, R, N)),
        ("award_first", "i4", (N,)),
        ("award_last", "i4", (N,)),
        ("awards", AWARD, (AWARDS,)),
        ("n_awards", "i8"),
        ("free_award", "i8"),
        ("lapsing", "i4", (STEPS,)),
        ("lapsing_last", "i4", (STEPS,)),
        ("firing_first", "i4", (N,)),
        ("firings", FIRING, (FIRINGS,)),
        ("n_firings", "i8"),
        # lists
        ("listed", "u8", (2, N)),
        ("readable", "u8", (2, N)),
        ("open", "u8", (2, N)),
        ("since", "i4", (2, L, N)),
        ("case_count", "i4", (2, L, N)),
        ("open_count", "i1", (2, L, N)),
        ("case_first", "i4", (N,)),
        ("cases", CASE, (CASES,)),
        ("n_cases", "i8"),
        ("free_case", "i8"),
        ("case_id", "i8"),
        ("stock", "i1", (L, N)),
        ("wrong", "i1", (L, N)),
        ("spared", "i1", (L, N)),
        ("restock", "u8", (N,)),
        ("moved", "i4", (N,)),
        ("n_moved", "i8"),
        ("ageing", "i4", (N,)),
        ("n_ageing", "i8"),
        ("held_before", "u8", (2, N)),
        ("opened", NEW_CASE, (CASES,)),
        ("n_opened", "i8"),
        ("household_listed", "i4", (HOUSEHOLDS,)),
        ("refused_ever", "u8", (N,)),
        ("any_listed", "i8"),
        ("gate_bits", "i8", (at.GATES,)),
        ("also", "i8", (at.GATES,)),
        ("n_also", "i8"),
        # events
        ("number_words", "u8", (at.STREAMS, N)),
        ("year", "i8"),
        ("year_begins", "i8"),
        ("year_ends", "i8"),
        ("hits", "i4", (N * at.STREAMS,)),
        ("hit_column", "i4", (N * at.STREAMS,)),
        ("n_hits", "i8"),
        ("c_key", "u8", (CANDIDATES,)),
        ("c_word", "u8", (CANDIDATES,)),
        ("c_mark", "u8", (CANDIDATES,)),
        ("c_subject", "u8", (CANDIDATES,)),
        ("c_number", "u8", (CANDIDATES,)),
        ("c_stream", "u1", (CANDIDATES,)),
        ("c_column", "i4", (CANDIDATES,)),
        ("c_ceiling", "i1", (CANDIDATES,)),
        ("c_place", "i2", (CANDIDATES,)),
        ("n_candidates", "i8"),
        ("place_first", "i4", (PLACES + 1,)),
        ("place_next", "i4", (PLACES + 1,)),
        ("by_place", "i4", (CANDIDATES,)),
        ("by_subject", "i4", (CANDIDATES,)),
        ("turns", "i1", (N,)),
        ("events", EVENT, (EVENTS,)),
        ("n_events", "i8"),
        ("future", EVENT, (FUTURE,)),
        ("n_future", "i8"),
        ("future_first", "i4", (STEPS,)),
        ("free_future", "i8"),
        ("limit_unit", "i4", (64, N)),
        ("limit_count", "i4", (64, N)),
        # records
        ("due", DUE_RECORD, (DUE,)),
        ("n_due", "i8"),
        ("free_due", "i8"),
        ("due_first", "i4", (STEPS,)),
        ("due_last", "i4", (STEPS,)),
        ("now", "i4", (DUE,)),
        ("n_now", "i8"),
        ("record_first", "i4", (N,)),
        ("records", RECORD, (RECORDS,)),
        ("n_records", "i8"),
        # responses
        ("factor", "u4", (at.TARGETS, N)),
        ("touched", "i4", (at.TARGETS * N,)),
        ("n_touched", "i8"),
        ("sanction_first", "i4", (N,)),
        ("sanctions", SANCTION, (SANCTIONS,)),
        ("n_sanctions", "i8"),
        # roots with sanctions
        ("root_key", "i8", (ROOTS,)),
        ("root_count", "i4", (ROOTS,)),
        ("root_used", "i4", (ROOTS,)),
        ("n_roots", "i8"),
        ("journal", "i8", (JOURNAL, COLUMNS)),
    ],
    align=True,
)
