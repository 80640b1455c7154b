"""dragnet: text and comments in one file, as its README and the files of its tests at 8989031 have them."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness import datasets
from harness.case import Case
from harness.errors import UsageError
from harness.metrics import alignment
from tests.datasets.publisher import found, imported, lines, write

PAGE = '<html lang="en"><nav>Home</nav><p>some content here</p><div><p>Great blog post!!  Super insightful :-)</p></div></html>'
GOLD = "\n some content here \n\n\n!@#$%^&*()  COMMENTS\n\n\n Great blog post!!  Super insightful :-)\n\n\n"


@pytest.mark.parametrize("mark", ["!@#$%^&*()  COMMENTS", "!@ $%^&*() COMMENTS ", "!@#$%^&*()COMMENTS"])
@pytest.mark.parametrize("folder", ["Corrected", "corrected/Corrected"])
def test_a_page(tmp_path: Path, mark: str, folder: str) -> None:
    gold = GOLD.replace("!@#$%^&*()  COMMENTS", mark)
    source = write(tmp_path / "set", {"HTML/p_1.html": PAGE, f"{folder}/p_1.html.corrected.txt": gold})
    _, ((page, labelled),) = imported("dragnet", source, tmp_path / "to")
    assert (page.id, labelled.site, labelled.header["source"]) == ("dragnet-p-1/p-1", "dragnet-p-1", "dragnet/p_1")
    assert lines(labelled) == [("p", "some content here"), ("x-comments", "Great blog post!! Super insightful :-)")]
    # By hand: three words kept, and of the comment's five two are leaked by its label, not only as some other text.
    parts = alignment.measure(Case(page, labelled), "some content here\nSuper insightful").parts
    assert (parts["p"], parts["x-comments"]) == (3, 2)


def test_halves(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"HTML/a.html": PAGE, "HTML/b.html": PAGE + " ", "HTML/c.html": "<p>Sea"}
    files |= {"Corrected/b.html.corrected.txt": GOLD.encode("utf-16"), "Corrected/d.html.corrected.txt": GOLD}
    _, ((_, gold),) = imported("dragnet", write(tmp_path / "set", files), tmp_path / "to")
    assert len(gold.lines) == 2
    assert found(tmp_path / "to") == {"left-out": ["a", "c", "d"]}
    with pytest.raises(UsageError, match="does not hold HTML/"):
        datasets.import_dataset("dragnet", tmp_path, tmp_path / "other")
