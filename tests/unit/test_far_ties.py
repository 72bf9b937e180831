"""What documents say along ties between residents and firms: what comes to nothing is remarked where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from glasshouse.document import Library
from glasshouse.reading.margin import Margin
from glasshouse.scenario import scenario_of
from oracle.firm_documents import firm_documents
from oracle.random_documents import write

NEVER = "`stands_for` leads from firms to residents: firms are simulated first and know no residents, so it never holds"


def remarks(folder: Path, old: str = "", new: str = "") -> list[str]:
    """The remarks on the country of firms, with one text changed wherever it stands."""
    texts = {name: text.replace(old, new) if old else text for name, text in firm_documents(0).items()}
    assert not old or texts != firm_documents(0)
    write(texts, folder)
    margin = Margin()
    library = Library.default().with_files(folder / name for name in texts)
    assert scenario_of(library.sheet("scenario", "firm-scenario"), library, margin) is not None
    assert not margin.wrong
    return [f"{each.clause}.{each.field}: {each.message}" for each in margin.mistakes]


def test_a_firm_that_asks_its_staff_is_told(tmp_path: Path) -> None:
    """The one such condition of the country; all else that is said of firms has its effect."""
    assert remarks(tmp_path) == [f"staff-part.cases: {NEVER}"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            'to_when: work == "head", within: area', "within: area",
            "to-heads.to: `stands_for` has no `to_when`: every resident stands for a firm",
        ),
        (
            "from: watched, to: stands_for, list: heads, when: settled", "from: heads, to: employer, list: blacklist",
            "to-heads-again.to: `employer` leads from residents to firms: firms are simulated first and know no "
            "residents, so it reaches nobody",
        ),
        (
            "tie_mean: {tie: partners, rating: standing}", "tie_mean: {tie: stands_for, rating: grade}",
            "partner-part.tie_mean: `stands_for` leads to the other population and brings no scores: "
            "`otherwise` counts",
        ),
        (
            "subjects: firms, method: inspection", "subjects: firms, method: report, tie: stands_for",
            "visits.tie: `stands_for` leads to the other population: nobody reports along it",
        ),
        (
            "when: 'listed(\"heads\", \"homes\")'", "when: 'tie_share(\"employer\", listed(\"watched\")) > 0.2'", "",
        ),
    ],
)  # fmt: skip
def test_what_comes_to_nothing_is_remarked(tmp_path: Path, old: str, new: str, expected: str) -> None:
    """Each changed place has its remark; a question of residents about firms has none."""
    found = remarks(tmp_path, old, new)
    assert (expected in found) if expected else found == [f"staff-part.cases: {NEVER}"]
