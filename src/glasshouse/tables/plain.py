"""Which rows say the same to everybody, everywhere and always: the kernel need not look further."""

from __future__ import annotations

from typing import Any

import numpy as np

from glasshouse.tables import layout as at

CERTAIN = np.uint64(2**64 - 1)


def mark_plain(tables: Any, zeros: int) -> None:
    """Fill in the columns ``plain``, ``certain`` and ``prompt``; ``zeros`` is the row of pool I that holds noughts."""
    dated, words, whole = tables["dated"], tables["U"], tables["I"]
    dated["plain"] = (dated["width"] == 1) & (dated["seg"] == zeros) & (dated["leaf"] == zeros)
    detectors = tables["detectors"][: tables["n_detectors"]]
    own, delay = dated[detectors["own"]], dated[detectors["delay"]]
    anybody = (detectors["method"] != at.REPORT) | (detectors["tie"] < 0)
    sure = (own["plain"] == 1) & (words[own["off"]] == CERTAIN)
    detectors["certain"] = sure & anybody & (detectors["covers_all"] == 1) & (detectors["reviewed"] == 0)
    detectors["prompt"] = (delay["plain"] == 1) & (whole[delay["off"]] == 0)
    enrolments = tables["enrolments"][: tables["n_enrolments"]]
    share = dated[enrolments["share"]]
    all_of_them = (share["plain"] == 1) & (words[share["off"]] == CERTAIN) & (enrolments["condition"] < 0)
    enrolments["certain"] = all_of_them & (enrolments["withdraws"] == 0)
    rules = tables["rules"][: tables["n_rules"]]
    low = dated[np.maximum(rules["low"], 0)]
    certain = (rules["condition"] < 0) & (rules["drawn"] == 0) & (rules["becomes"] < 0) & (rules["remembers"] == 0)
    rules["plain"] = certain & (rules["low"] >= 0) & (low["plain"] == 1)
    ratings, atoms = tables["ratings"][: tables["n_ratings"]], tables["atoms"]
    asked = atoms["arg"][np.isin(atoms["kind"], (at.A_TIER, at.A_SCORE))]
    ratings["rooted"] = np.isin(np.arange(len(ratings)), asked)
    tiers = tables["tiers"]
    for row in ratings:
        mine = tiers[row["first_tier"] : row["first_tier"] + row["n_tiers"]]
        row["simple"] = not row["weighted"] and bool((mine["condition"] < 0).all())
    rules["amount"] = np.where(rules["plain"] == 1, whole[low["off"]], 0)
    _mark_short(tables)


def _mark_short(tables: Any) -> None:
    """Kinds without consequences whose records are certain, prompt, uncounted, and meet plain rules and no list.

    The order of such records shows in nothing: points add up, no root is kept, no rule reads the sum.
    """
    rules, watches, pool = tables["rules"][: tables["n_rules"]], tables["watches"], tables["I"]
    ratings = tables["ratings"][: tables["n_ratings"]]
    read = np.isin(np.arange(len(ratings)), rules["rating"][rules["becomes"] >= 0])
    simple = (ratings["keeps"] == 0) & (ratings["rooted"] == 0) & ~read
    for kind in tables["kinds"][: tables["n_kinds"]]:
        mine = watches[pool[kind["first_watch"] : kind["first_watch"] + kind["n_watches"]]]
        seen = tables["detectors"][mine["detector"]]
        met = [rules[pool[row["first_rule"] : row["first_rule"] + row["n_rules"]]] for row in mine]
        short = kind["n_children"] == 0 and kind["counted"] == 0 and not mine["lists"].any()
        short = short and bool((seen["certain"] & seen["prompt"]).all())
        short = short and all(bool((row["plain"] == 1).all() and simple[row["rating"]].all()) for row in met)
        kind["short"] = short
        stream = tables["streams"][kind["stream"] : kind["stream"] + 1]
        stream["quiet"] = short and kind["limited"] < 0 and kind["n_watches"] == 0 and stream["judged"] == 1
        stream["quiet"] &= tables["market"] == 0  # firms may end before it happens
