"""A policy in plain words, the difference of two, a scenario, and one synthetic life decision by decision.

Every explanation is a :class:`Page` of plain lines, each with its source and confidence: ``str(page)`` is a text
without markup, ``page.rows()`` are the same lines as plain records.
"""

from __future__ import annotations

from glasshouse.explain.differences import difference
from glasshouse.explain.page import Line, Page
from glasshouse.explain.policies import explain
from glasshouse.explain.scenarios import explain_scenario

__all__ = ["Line", "Page", "difference", "explain", "explain_scenario"]
