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


def test_bte_takes_the_stretch_with_most_words_and_fewest_tags() -> None:
    # By hand, words 1 and tags -1: the menu's words are outweighed by its tags; the five words and those beyond <p> and <i> are not.
    html = (
        "<html><style>a b c d e f</style><!-- a b c d --><ul><li><a>Home</a></li><li><a>News</a></li></ul>"
        "<p>one two three four five</p><p>six &amp; <i>seven</i> eight nine</p><div><div><a>About</a></div></div>"
        "<script>var a b c d e</script></html>"
    )
    assert load("bte").extract(html, "") == "one two three four five six & seven eight nine"


@pytest.mark.parametrize("html", ["", "<p></p><b>one</b>", "<script>one two three"])
def test_bte_of_a_page_with_more_tags_than_words(html: str) -> None:
    assert load("bte").extract(html, "") == ("one" if "one<" in html else "")


def test_bte_lines_weighs_a_line_break_as_seven_tags() -> None:
    # By hand: lines of 1, 10, 4, 12, 8 and 2 words count -6, 3, -3, 5, 1, -5. The second pays for the third with nothing left over.
    lines = [" ".join("w" * count) for count in (1, 10, 4, 12, 8, 2)]
    assert load("bte").extract("\n".join(lines), "", lines=True).splitlines() == lines[3:5]
    lines[2] = " ".join("w" * 5)  # -2: now it does
    assert load("bte").extract("\n".join(lines), "", lines=True).splitlines() == lines[1:5]


# Marks and their property by Unicode's PropList.txt, Sentence_Terminal.
@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("It ends.", True), ("Does it?", True), ("It does!", True), ("No mark", False), ("A list:", False), ("And so on…", False),
        ("And so on...", False), ("“It ends.”", True), ("(It ends.)", True), ("今日は晴れです。", True), ("「晴れです。」", True),
        ("यह एक वाक्य है।", True), ("هل انتهى؟", True), ("Home | News", False), ("  It ends.  ", True), ("He said 'it ends.'", True),
    ],
)  # fmt: skip
def test_sentence_lines(line: str, kept: bool) -> None:
    assert load("sentence-lines").extract(f"Menu\n{line}\n", "") == (line.strip() if kept else "")


def test_longest_run() -> None:
    # By hand from algorithm 2 of the paper: content has over 16 words, stands before over 15, or after over 4.
    words = [3, 17, 2, 4, 16, 3, 20, 6, 5, 1, 1]
    lines = [" ".join([f"l{number}"] * count) for number, count in enumerate(words)]
    # 3 stands before 17 and 2 after it: 22 words. 4 stands before 16 and is alone, for 16 is too few, with 4 before and 3 after. 3 stands
    # after 16, and from there on each is content, the 1 after 5 included: 35 words.
    assert load("longest-run").extract("\n".join(lines), "").splitlines() == lines[5:10]


def test_longest_run_of_a_page_without_content() -> None:
    assert load("longest-run").extract("Home\nNews\nAbout us\n", "") == ""
