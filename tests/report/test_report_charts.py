"""Pictures and the placement of names in them."""

from __future__ import annotations

import re
from itertools import combinations

from harness.report import charts, view
from harness.report.placement import Box, place
from harness.stats import Interval, Row
from harness.summary import Entrant

FRAME = Box(0, 0, 600, 400)


def standing(name: str, f1: float, category: str = "extractor", *, spread: float = 0.02) -> view.Standing:
    span = Interval(max(0.0, f1 - spread), min(1.0, f1 + spread))
    row = Row(name, "alignment", "all", 50, 30, f1, f1, f1, span, span, span, rank=(1, 2) if category == "extractor" else None)
    return view.Standing(Entrant(name, name, "html", category, "1", "", {}, ""), row, None)


def test_names_of_crowded_points_do_not_overlap() -> None:
    points = [(300.0 + 3 * number, 200.0 + 2 * (number % 3)) for number in range(12)]
    names = [f"extractor-number-{number}" for number in range(12)]
    labels = place(points, names, FRAME, [])
    for one, other in combinations([label.box for label in labels], 2):
        assert one.overlap(other) == 0
    for label in labels:
        assert label.box.within(FRAME)
        assert all(label.box.overlap(Box(x - 4, y - 4, x + 4, y + 4)) == 0 for x, y in points)


def test_a_lone_name_stands_beside_its_point_and_is_not_joined() -> None:
    (label,) = place([(300, 200)], ["alpha"], FRAME, [])
    assert label.box.left == 309
    assert not label.joined


def test_a_name_turns_inward_at_the_edge() -> None:
    (label,) = place([(598, 398)], ["alpha"], FRAME, [])
    assert label.box.within(FRAME)


def test_a_name_wider_than_the_frame_is_still_placed() -> None:
    (label,) = place([(5, 5)], ["a" * 500], FRAME, [])
    assert label.box.left == 5


def test_the_axis_begins_below_the_lowest_interval_and_baselines_do_not_stretch_it() -> None:
    _, low = charts.dot_plot([standing("a", 0.95), standing("b", 0.81), standing("nothing", 0.0, "baseline")], "x")
    assert low == 75  # 0.81 - 0.02 is 79
    svg, low = charts.dot_plot([standing("a", 0.2)], "x")
    assert low == 0
    assert "axis from 0 to 100" in svg


def test_baselines_off_the_scale_are_named() -> None:
    some = [standing("a", 0.95), standing("nothing", 0.0, "baseline")]
    assert "off the scale" in charts.dot_plot(some, "x")[0]
    assert charts.precision_recall(some, "x")[1] == []  # a reference row is left out without a word
    assert charts.precision_recall([standing("a", 0.95), standing("b", 0.9, "converter")], "x")[1] == []


def test_reference_rows_stand_under_a_heading_and_are_small_marks_in_the_scatter_plot() -> None:
    some = [standing("a", 0.95), standing("oracle", 0.97, "reference"), standing("floor", 0.3, "baseline")]
    svg, _ = charts.dot_plot(some, "x")
    assert svg.index(">a</text>") < svg.index(">reference rows: floor, ceiling, difficulty</text>") < svg.index(">oracle</text>")
    assert svg.count("reference rows:") == 1
    svg, outside = charts.precision_recall(some, "x")
    assert outside == []
    assert ">oracle</text>" in svg
    assert ">floor</text>" not in svg
    # Arms only for the extractor: two lines at half strength.
    assert svg.count("stroke-opacity: 0.55") == 2
    assert charts.dot_plot(some[:1], "x")[0].count("reference rows:") == 0


def test_a_track_of_reference_rows_alone_has_its_heading_within_the_picture() -> None:
    svg, _ = charts.dot_plot([standing("floor", 0.3, "baseline")], "x")
    assert svg.count(">reference rows: floor, ceiling, difficulty<") == 1
    assert "axis from 25 to 100" in svg


def test_colours_are_variables_and_ids_are_prefixed() -> None:
    some = [standing("a", 0.9), standing("b", 0.8, "converter"), standing("c", 0.85, "baseline"), standing("d", 0.87, "reference")]
    for svg in (charts.dot_plot(some, "pre")[0], charts.precision_recall(some, "pre")[0]):
        assert not re.search(r"#[0-9a-f]{6}", svg)
        for category in view.CATEGORIES:
            assert f"var(--{category})" in svg
        assert all(name.startswith("pre-") for name in re.findall(r'\bid="([^"]*)"', svg))
        assert "DejaVu" not in svg
        assert "xmlns" not in svg
        assert not re.search(r"<[^>]*\d\.\d{3}", svg)


def test_a_number_in_a_name_is_not_shortened_and_mathematics_not_set() -> None:
    name = "tool==1.23456$x$ü"
    svg, _ = charts.dot_plot([standing(name, 0.9)], "x")
    assert ">tool==1.23456$x$\\xfc</text>" in svg


def test_the_same_figures_make_the_same_picture_despite_the_last_bits() -> None:
    one, other = standing("a", 0.1 + 0.2 + 0.5), standing("a", 0.8)
    assert charts.dot_plot([one], "x") == charts.dot_plot([other], "x")
    assert charts.precision_recall([one], "x") == charts.precision_recall([other], "x")


def test_perfect_and_hopeless_extractors_can_be_drawn() -> None:
    for f1 in (0.0, 1.0):
        some = [standing("a", f1, spread=0)]
        assert charts.dot_plot(some, "x")[0].startswith("<svg")
        assert charts.precision_recall(some, "x")[0].startswith("<svg")
