"""The library grouped for a newcomer, by what stands in the documents."""

from __future__ import annotations

from pathlib import Path

import pytest

from glasshouse.contents import CITIES, COUNTRY, FIRMS, GROUPS, PLATFORMS, PRACTICE, TOGETHER, WATCHERS, Contents
from glasshouse.shelf import Library

CONTENTS = Contents(Library.default())
GROUP = {(each.kind, each.name): each.group for each in CONTENTS.titles}


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("court-defaulters", COUNTRY), ("joint-memoranda", COUNTRY), ("rongcheng-2016", CITIES),
        ("own-source", CITIES), ("zhejiang-job-changes", CITIES), ("sesame-credit", PLATFORMS),
        ("kaola-credit", PLATFORMS), ("camera-network", WATCHERS), ("speech-and-posts", WATCHERS),
        ("neighbour-reports", WATCHERS), ("company-rating", FIRMS), ("tax-grades", FIRMS), ("ledger-12", PRACTICE),
        ("village-rules", PRACTICE),
    ],
)  # fmt: skip
def test_policies_stand_in_their_group(name: str, group: str) -> None:
    assert GROUP["policy", name] == group


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("china-2018", COUNTRY), ("rongcheng", CITIES), ("hangzhou", CITIES), ("scorers", PLATFORMS),
        ("everything", TOGETHER), ("ledger-12", PRACTICE), ("village", PRACTICE),
    ],
)  # fmt: skip
def test_scenarios_stand_where_most_of_their_policies_do(name: str, group: str) -> None:
    assert GROUP["scenario", name] == group


def test_every_document_is_listed_once_in_order() -> None:
    library = Library.default()
    for kind in ("scenario", "policy", "recipe", "conduct", "facts"):
        assert sorted(name for of, name in GROUP if of == kind) == list(library.names(kind))
    for kind in ("scenario", "policy"):
        groups = [each.group for each in CONTENTS.titles if each.kind == kind]
        assert set(groups) <= set(GROUPS)
        assert groups == sorted(groups, key=GROUPS.index)
    assert {each.group for each in CONTENTS.titles if each.kind in ("recipe", "conduct", "facts")} == {""}
    assert all(each.title and each.text for each in CONTENTS.titles)


def test_a_policy_that_is_based_on_itself_is_still_listed(tmp_path: Path) -> None:
    head = "glasshouse: policy/1\nname: round\ntitle: A circle\ntext: A circle.\nsource: invented\nbased_on: round\n"
    (tmp_path / "round.yaml").write_text(head, encoding="utf-8")
    titles = Contents(Library((tmp_path,))).titles
    assert [(each.name, each.group) for each in titles] == [("round", COUNTRY)]
