"""What only one plug-in can get wrong: the rules that are written down in our files and not in a library."""

import importlib.util
from types import ModuleType

import justext
import pytest

from harness import registry


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"plugin_{name}", registry.EXTRACTORS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# By hand from section 2.2 of the paper and `clean_page` of TensorFlow Datasets.
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("This line has five words.", "This line has five words."),
        ("Only four words here.", ""),
        ("No mark at the end of this one", ""),
        ('He said "that is all there is."', 'He said "that is all there is."'),
        ("Does it end in a question mark?", "Does it end in a question mark?"),
        ("Read on for more of the same...", ""),
        ("Please enable JavaScript to see this page.", ""),
        ("By going on you accept our Privacy Policy.", ""),
        ("It was built in 1887.[12] It fell in 1999.[citation needed]", "It was built in 1887. It fell in 1999."),
        ("A word of " + "x" * 1001 + " is too long.", ""),
        ("A page rule: lorem ipsum drops pages { not lines.", "A page rule: lorem ipsum drops pages { not lines."),
        ("  Space around a line goes away.  ", "Space around a line goes away."),
    ],
)
def test_c4_lines(line: str, expected: str) -> None:
    assert load("c4-lines").extract(line, "") == expected


def test_c4_keeps_lines_apart() -> None:
    text = "The first line is kept here.\nMenu\nThe second line is kept too."
    assert load("c4-lines").extract(text, "") == "The first line is kept here.\nThe second line is kept too."


def test_everything_joins_inline_text_and_splits_blocks() -> None:
    html = (
        "<html><head><title>no</title><style>no</style></head><body>one <b>t</b>wo<!-- no --> three<div>four<br>five</div> six"
        "<script>no</script>seven<noscript>no</noscript><ul><li>eight<li>nine</ul>ten</body></html>"
    )
    assert load("everything").extract(html, "").split("\n") == [
        "one two three", "four", "five", "six", "seven", "eight", "nine", "ten",
    ]  # fmt: skip


def test_everything_of_a_flattened_page_is_that_page() -> None:
    text = "Menu\n\nA line with <b>marks</b> &amp; all.\n"
    assert load("everything").extract(text, "", lines=True) == text


@pytest.mark.parametrize("html", ["", "  \n", "<!-- only this -->"])
def test_everything_of_nothing(html: str) -> None:
    assert load("everything").extract(html, "") == ""


def test_every_stop_list_of_justext_has_a_language() -> None:
    mapped = set(load("justext")._STOP_LISTS.values())
    assert mapped <= justext.get_stoplists()
    # written forms of a language that has a list of its own
    assert justext.get_stoplists() - mapped == {"Simple_English", "Belarusian_Taraskievica"}


def test_justext_chooses_the_list_by_language() -> None:
    german = "Der Hafen war an dem Morgen ruhig, als die erste Fähre des Jahres kam, und es waren nur wenige auf dem Kai zu sehen. " * 3
    plugin = load("justext")
    assert plugin.extract(f"<p>{german}</p>", "", "de-AT").startswith("Der Hafen")
    assert plugin.extract(f"<p>{german}</p>", "", "en") == ""
    assert plugin.extract(f"<p>{german}</p>", "", "zh").startswith("Der Hafen")  # no list: independent of language
    assert plugin.extract(f"<p>{german}</p>", "").startswith("Der Hafen")


def test_justext_lines_are_text_and_not_markup() -> None:
    line = "The sign <b> means that it is bold & that the text is as it was when the first of us came to it on that day. " * 2
    assert load("justext").extract(f"{line}\n\nMenu\n", "", "en", lines=True) == line.strip()
