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
    rules["amount"] = np.where(rules["plain"] == 1, whole[low["off"]], 0)
