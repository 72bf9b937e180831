"""A stranger with a journal and its documents recomputes scores, listings and outcomes."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import cache
from typing import Any

import pytest

from oracle.engines import block_of, by_kernel, scenario_of
from oracle.journal import Journal, named
from oracle.mechanisms import Documents, read
from oracle.random_documents import documents_from_seed

SEEDS = range(100, 112)
Rows = list[dict[str, Any]]


@cache
def life(seed: int) -> tuple[Journal, dict[Any, int], Documents]:
    """Journal, sums and documents of one block of the scenario of a seed."""
    texts = documents_from_seed(seed)
    scenario = scenario_of(texts)
    found = by_kernel(scenario, block_of(scenario, seed))
    return found.journal, found.counts, read(texts)


def table(seed: int, name: str) -> Rows:
    return [named(name, row) for row in life(seed)[0][name]]


@pytest.mark.parametrize("seed", SEEDS)
def test_live_sums_are_what_was_awarded_less_what_lapsed_or_was_reversed(seed: int) -> None:
    """Award by award; each award ends once at most, and scores never leave their bounds."""
    documents = life(seed)[2]
    given: dict[tuple[Any, ...], int] = {}
    live: Counter[tuple[Any, ...]] = Counter()
    last: dict[tuple[Any, ...], int] = {}
    for row in table(seed, "points"):
        who = (row["standing"], row["subject"], row["rating"])
        award = (*who, row["award"])
        if row["what"] == "awarded":
            assert award not in given
            given[award] = row["amount"]
            live[who] += row["amount"]
        elif row["what"] in ("lapsed", "reversed"):
            live[who] -= given.pop(award)
        last[who] = row["live_sum"]
        rating = documents.clauses[row["rating"]]
        assert rating["floor"] <= row["score"] <= rating["ceiling"]
    assert last == {who: live[who] for who in last}


@pytest.mark.parametrize("seed", SEEDS)
def test_cases_open_once_and_end_once(seed: int) -> None:
    """Entered before left, terms kept to the step, stocks equal to entries less endings."""
    opened: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in table(seed, "listings"):
        case = (row["standing"], row["subject"], row["list"], row["case"])
        if row["what"] == "entered":
            assert case not in opened
            opened[case] = dict(row)
        elif row["what"] == "renewed":
            opened[case]["term_end"] = row["term_end"]
        elif row["what"] == "left":
            start = opened.pop(case)
            assert row["step"] >= start["step"]
            if row["ending"] == "term":
                assert row["step"] == start["term_end"]
            assert not 0 <= start["term_end"] < row["step"]
    stocks: Counter[str] = Counter()
    counts = life(seed)[1]
    final = max(step for step, *_ in counts)
    for (step, quantity, item, _), value in counts.items():
        if quantity == "listed_cases" and step == final:
            stocks[item] += value
    assert stocks == Counter(case[2] for case in opened if case[0] == "fact")


@pytest.mark.parametrize("seed", SEEDS)
def test_truth_holds_nothing_wrongful(seed: int) -> None:
    """The truthful standing knows no record that was mistaken or unfounded."""
    for name in ("points", "listings"):
        truth = [row for row in table(seed, name) if row["standing"] == "truth"]
        assert not [row for row in truth if row["ground"] in ("mistaken", "unfounded")]


@pytest.mark.parametrize("seed", SEEDS)
def test_records_say_who_did_what(seed: int) -> None:
    """Own: the doer is charged. Mistaken: somebody else did it. Unfounded: nobody did. Never before the event."""
    happened = {(r["subject"], r["kind"], r["step"], r["number"]) for r in table(seed, "events")}
    for row in table(seed, "records"):
        assert row["step"] >= row["event_step"]
        if row["ground"] == "unfounded":
            assert row["doer"] == -1
            continue
        assert (row["doer"], row["kind"], row["event_step"], row["number"]) in happened
        if row["what"] != "dropped":
            assert (row["doer"] == row["subject"]) == (row["ground"] == "own")


@pytest.mark.parametrize("seed", SEEDS)
def test_requests_add_up(seed: int) -> None:
    """Tries, outcomes and flags of each request, and their sums."""
    counts = life(seed)[1]
    outcomes: Counter[tuple[int, str, str]] = Counter()
    for row in table(seed, "requests"):
        outcomes[row["step"], row["service"], row["outcome"]] += 1
        assert row["tries"] == row["refused_tries"] + (row["outcome"] != "refused")
        assert (row["refused_tries"] == 0) == (row["outcome"] == "granted") == (row["clause"] == "")
        assert not row["wrongful"] or row["outcome"] == "refused"
        assert not row["spared"] or row["outcome"] == "granted"
    for (step, service, outcome), value in outcomes.items():
        quantity = "refused_requests" if outcome == "refused" else outcome
        summed = sum(v for (s, q, i, _), v in counts.items() if (s, q) == (step, quantity) and i == service)
        assert summed == value


@pytest.mark.parametrize("seed", SEEDS)
def test_sums_are_those_of_the_journal(seed: int) -> None:
    """Events by kind, records by kind and ground, points as awarded, entries by list and ground."""
    counts = life(seed)[1]
    assert _summed(counts, "events") == Counter((r["step"], r["kind"]) for r in table(seed, "events"))
    recorded = Counter((r["step"], r["ground"]) for r in table(seed, "records") if r["what"] == "recorded")
    assert _summed(counts, "records", by_ground=True) == recorded
    entered = Counter(
        (r["step"], r["list"]) for r in table(seed, "listings") if (r["standing"], r["what"]) == ("fact", "entered")
    )
    assert _summed(counts, "entered") == entered


def _summed(counts: dict[Any, int], quantity: str, by_ground: bool = False) -> Counter[tuple[int, str]]:
    found: defaultdict[tuple[int, str], int] = defaultdict(int)
    for (step, name, item, ground), value in counts.items():
        if name == quantity:
            found[step, ground if by_ground else item] += value
    return Counter(found)
