"""Sentences against nltk's documented examples, and the one change between its releases."""

from __future__ import annotations

import pytest

from harness import sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # from the docstring of nltk/tokenize/punkt.py
        (
            "Punkt knows that the periods in Mr. Smith and Johann S. Bach\ndo not mark sentence boundaries.  And sometimes sentences\n"
            "can start with non-capitalized words.  i is a good variable\nname.",
            [
                "Punkt knows that the periods in Mr. Smith and Johann S. Bach\ndo not mark sentence boundaries.",
                "And sometimes sentences\ncan start with non-capitalized words.",
                "i is a good variable\nname.",
            ],
        ),
        (
            '(How does it deal with this parenthesis?)  "It should be part of the\nprevious sentence." "(And the same with this one.)" '
            "('And this one!')\n\"('(And (this)) '?)\" [(and this. )]",
            [
                "(How does it deal with this parenthesis?)",
                '"It should be part of the\nprevious sentence."',
                '"(And the same with this one.)"',
                "('And this one!')",
                "\"('(And (this)) '?)\"",
                "[(and this. )]",
            ],
        ),
        # its FIXME: "Problem with ending string with e.g. '!!!' -> '!! !'"
        ("Very bad acting!!!", ["Very bad acting!!", "!"]),
        ("Very bad acting!!! I promise.", ["Very bad acting!!!", "I promise."]),
        ("", []),
        ("  \n", []),
    ],
)
@pytest.mark.parametrize("release", [sentences.OLD, sentences.NEW])
def test_examples_of_nltk(text: str, expected: list[str], release: str) -> None:
    assert sentences.split(text, release) == expected


def test_typographic_quotes_close_a_sentence_since_the_new_release() -> None:
    # nltk 3.10.4: "Treat the Unicode curly quotes and guillemets as closing punctuation like the ASCII quotes"
    text = "He said “Go.” She went."
    assert sentences.split(text, sentences.NEW) == ["He said “Go.”", "She went."]
    assert sentences.split(text, sentences.OLD) == [text]


def test_an_unknown_release_is_refused() -> None:
    with pytest.raises(KeyError):
        sentences.split("A. B.", "9.9")
