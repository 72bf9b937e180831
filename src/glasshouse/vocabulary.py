"""The closed words of the language: what may stand where a document chooses from a list.

Each tuple is in the order in which messages and reference pages show it.
"""

from __future__ import annotations

from typing import Final

DOCUMENTS: Final = ("policy", "conduct", "recipe", "scenario", "facts")
VERSION: Final = 1
CONFIDENCES: Final = ("verified", "derived", "background", "invented", "intention")
READINGS: Final = ("reported", "documented")
POPULATIONS: Final = ("residents", "firms")
GROUNDS: Final = ("own", "mistaken", "unfounded", "spread", "tier")
CONTEXTS: Final = (
    "justice", "tax", "finance", "trade", "work", "traffic", "transport", "travel", "property", "housing",
    "daily_life", "speech", "neighbourhood", "family", "private_life", "charity", "education", "environment",
    "security", "defence", "welfare", "health", "culture",
)
NATURES: Final = ("offence", "breach", "manners", "choice", "merit", "misfortune")
LAWFUL_NATURES: Final = ("manners", "choice", "merit", "misfortune")
PROTECTED: Final = (
    "health", "belief", "politics", "union", "sex_life", "ethnicity", "biometric", "kinship", "marital_status",
    "disability", "age", "sex", "origin",
)
PLACES: Final = ("public", "online", "home", "work")
RIGHTS: Final = (
    "movement", "work", "education", "property", "subsistence", "expression", "family", "equality", "culture",
    "business", "health",
)
METHODS: Final = ("register", "camera", "report", "self", "inspection", "online")
GALLERIES: Final = ("country", "province", "city", "enrolled")
MODES: Final = ("compulsory", "opt_out", "opt_in")
RESPONSE_KINDS: Final = ("deterrence", "chilling", "hardship", "flight")
EFFECTS: Final = ("refuse", "limit", "price", "wait", "rank")
ENDINGS: Final = ("repair", "appeal", "term", "origin ended", "repeal", "subject ended")
STEPS: Final = ("month", "week", "day")
QUANTITIES: Final = (
    "subjects", "exposure", "enrolled", "events", "missed", "records", "dropped", "overridden", "points", "entered",
    "new_listed", "left", "listed", "listed_cases", "wrongly_listed", "spared_by_error", "requests", "granted",
    "attempts", "refused_attempts", "refused_requests", "refused_subjects", "first_refused", "also_refused",
    "circumvented", "wrongly_refused", "burdened", "benefited", "benefit_amount",
)
"""What the monthly table of a run counts."""
TARGET_QUANTITIES: Final = (
    "subjects", "enrolled", "events", "records", "points", "entered", "left", "left_term", "left_repair",
    "left_appeal", "listed", "wrongly_listed", "requests", "attempts", "refused_requests", "refused_attempts",
    "refused_subjects", "circumvented", "rewarded", "benefit_amount", "exposure", "missed", "dropped", "overridden",
    "new_listed", "listed_cases", "spared_by_error", "granted", "first_refused", "also_refused", "wrongly_refused",
    "burdened", "benefited",
)
"""What a target may name: the quantities of a run, ``left`` by its ending, and ``rewarded`` for ``benefited``."""
TARGET_KINDS: Final = ("stock", "flow", "cumulative")
