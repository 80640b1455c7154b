"""Tokens and normalisation. Token counts are those of the table in scoring.md section 3, for article 1 of the Universal
Declaration of Human Rights (United Nations, public documents); the lead verified texts and counts by character counts.
"""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.text import normalise, squeeze, tokens, without_space

ARTICLE_1 = {
    "English": (
        "All human beings are born free and equal in dignity and rights. They are endowed with reason and conscience and should act "
        "towards one another in a spirit of brotherhood.", 170, 30),
    "Chinese": ("人人生而自由,在尊严和权利上一律平等。他们赋有理性和良心,并应以兄弟关系的精神相对待。", 43, 39),
    "Japanese": (
        "すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。人間は、理性と良心とを授けられており、"
        "互いに同胞の精神をもって行動しなければならない。", 85, 78),
    "Thai": (
        "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ ต่างมีเหตุผลและมโนธรรม "
        "และควรปฏิบัติต่อกันด้วยเจตนารมณ์แห่งภราดรภาพ", 131, 103),
    "Korean": (
        "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다. 인간은 천부적으로 이성과 양심을 부여받았으며 "
        "서로 형제애의 정신으로 행동하여야 한다.", 87, 20),
    "Hindi": (
        "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है। उन्हें बुद्धि और अन्तरात्मा की देन "
        "प्राप्त है और परस्पर उन्हें भाईचारे के भाव से बर्ताव करना चाहिए।", 187, 33),
}  # fmt: skip


@pytest.mark.parametrize("language", ARTICLE_1)
def test_declaration_of_human_rights(language: str) -> None:
    text, characters, count = ARTICLE_1[language]
    assert len(text) == characters, "the text is not the one the table was made with"
    assert len(tokens(text)) == count


def test_hindi_words_are_not_torn_at_combining_marks() -> None:
    assert tokens("सभी मनुष्यों को") == ["सभी", "मनुष्यों", "को"]


def test_thai_vowel_signs_stay_with_their_letter() -> None:
    # ที่ is one consonant with a vowel sign and a tone mark; นี้ likewise.
    assert tokens("ที่นี้") == ["ที่", "นี้"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("extra\u00adordinary", ["extraordinary"]),
        ("extra\u200bordinary", ["extraordinary"]),
        ("\u202dnumber\u202c 5\ufeff", ["number", "5"]),
        ("caf\u00e9 cafe\u0301", ["caf\u00e9", "caf\u00e9"]),
        ("Straße STRASSE", ["strasse", "strasse"]),
        ("ﬁnal FINAL", ["final", "final"]),  # full case folding resolves the ligature (Unicode CaseFolding.txt, status F)
        ("ΣΟΦΟΣ σοφος", ["σοφοσ", "σοφοσ"]),
        ("don't well-known", ["don", "t", "well", "known"]),
        ("snake_case 3.14 v2", ["snake_case", "3", "14", "v2"]),
        ("東京tower2階", ["東", "京", "tower2", "階"]),
        ("サーバー", ["サ", "ー", "バ", "ー"]),
        ("می\u200cخواهم", ["می\u200cخواهم"]),  # the non-joiner is part of a Persian word
        ("… — !? 👍", []),
        ("", []),
    ],
)
def test_tokens(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected


def test_squeeze_and_without_space() -> None:
    assert squeeze(" a\u00a0\n b\tcafe\u0301 ") == "a b caf\u00e9"
    assert without_space(" a\u00a0\n b\u3000cafe\u0301 ") == "abcaf\u00e9"


def test_marks_that_meet_when_the_space_between_goes_are_composed() -> None:
    # A gold line and a block may differ in where a blank stands before a combining mark.
    assert without_space("e \u0301") == without_space("\u00e9")


TEXT = st.text(st.one_of(st.characters(), st.sampled_from("aÉe\u0301\u00ad\u200b\u200dßİﬁΣς海 ーท\u0e35\u0e48 _1")))


@given(TEXT)
def test_tokens_do_not_change_by_normalising_again(text: str) -> None:
    assert tokens(normalise(text)) == tokens(text)


@given(TEXT)
def test_joining_by_blanks_keeps_tokens(text: str) -> None:
    assert tokens(" ".join(tokens(text))) == tokens(text)


@given(TEXT)
def test_composed_and_decomposed_text_have_the_same_tokens(text: str) -> None:
    assert tokens(unicodedata.normalize("NFD", text)) == tokens(unicodedata.normalize("NFC", text))


@given(TEXT)
def test_squeezing_keeps_the_text_without_space(text: str) -> None:
    assert squeeze(squeeze(text)) == squeeze(text)
    assert without_space(squeeze(text)) == without_space(text)
