"""jusText, which classifies paragraphs by length, link density and the share of stop words.

BSD-2-Clause; home: https://github.com/miso-belica/jusText.
The stop list is that of the page's language. Where jusText ships none (Chinese, Japanese, Thai, ...) or the language is not known, its
documented language-independent mode is used: an empty stop list with `stopwords_low=0, stopwords_high=0` instead of 0.30 and 0.32.
All other options are the defaults; headings are thus handled its own way (`no_headings=False`). The answer is its paragraphs that are
not boilerplate, one a line. `justext-lines` reads the text track: each line becomes a paragraph of an otherwise empty page.
"""

import html as markup

import justext

DISTRIBUTION = "justext"
REQUIRES = ["lxml-html-clean"]
VARIANTS = {"justext": {}, "justext-lines": {"lines": True}}
TRACK = {"justext": "html", "justext-lines": "text"}

# BCP 47 primary subtag -> jusText's name of the list. A list of a dialect stands under its own tag.
_STOP_LISTS = {
    "af": "Afrikaans", "an": "Aragonese", "ar": "Arabic", "ast": "Asturian", "az": "Azerbaijani", "be": "Belarusian",
    "bg": "Bulgarian", "bn": "Bengali", "bpy": "Bishnupriya_Manipuri", "br": "Breton", "bs": "Bosnian", "ca": "Catalan",
    "ceb": "Cebuano", "cs": "Czech", "cv": "Chuvash", "cy": "Welsh", "da": "Danish", "de": "German", "el": "Greek",
    "en": "English", "eo": "Esperanto", "es": "Spanish", "et": "Estonian", "eu": "Basque", "fa": "Persian", "fi": "Finnish",
    "fil": "Tagalog", "fr": "French", "fy": "West_Frisian", "ga": "Irish", "gl": "Galician", "gu": "Gujarati", "he": "Hebrew",
    "hi": "Hindi", "hr": "Croatian", "ht": "Haitian", "hu": "Hungarian", "hy": "Armenian", "id": "Indonesian", "ig": "Igbo",
    "io": "Ido", "is": "Icelandic", "it": "Italian", "jv": "Javanese", "ka": "Georgian", "kk": "Kazakh", "kn": "Kannada",
    "ko": "Korean", "ku": "Kurdish", "ky": "Kyrgyz", "la": "Latin", "lb": "Luxembourgish", "lmo": "Lombard", "lt": "Lithuanian",
    "lv": "Latvian", "mk": "Macedonian", "ml": "Malayalam", "mr": "Marathi", "ms": "Malay", "mt": "Maltese", "nap": "Neapolitan",
    "nb": "Norwegian_Bokmal", "nds": "Low_Saxon", "ne": "Nepali", "new": "Newar", "nl": "Dutch", "nn": "Norwegian_Nynorsk",
    "no": "Norwegian_Bokmal", "oc": "Occitan", "pl": "Polish", "pms": "Piedmontese", "pnb": "Western_Panjabi", "pt": "Portuguese",
    "qu": "Quechua", "ro": "Romanian", "ru": "Russian", "rup": "Aromanian", "scn": "Sicilian", "sgs": "Samogitian",
    "sh": "Serbo_Croatian", "sk": "Slovak", "sl": "Slovenian", "sq": "Albanian", "sr": "Serbian", "su": "Sundanese",
    "sv": "Swedish", "sw": "Swahili", "ta": "Tamil", "te": "Telugu", "tk": "Turkmen", "tl": "Tagalog", "tr": "Turkish",
    "uk": "Ukrainian", "ur": "Urdu", "uz": "Uzbek", "vi": "Vietnamese", "vo": "Volapuk", "wa": "Walloon", "war": "Waray_Waray",
    "yo": "Yoruba",
}  # fmt: skip


def extract(html: str, url: str, language: str = "", *, lines: bool = False) -> str:
    """Return the paragraphs that are not boilerplate, one a line; `lines` says that `html` is text, one block a line.

    Raises `lxml.etree.ParserError` for an empty page.
    """
    if lines:
        html = "".join(f"<p>{markup.escape(line)}</p>" for line in html.splitlines() if line.strip())
    name = _STOP_LISTS.get(language.split("-")[0].lower())
    if name:
        paragraphs = justext.justext(html, justext.get_stoplist(name))
    else:
        paragraphs = justext.justext(html, frozenset(), stopwords_low=0, stopwords_high=0)
    return "\n".join(paragraph.text for paragraph in paragraphs if not paragraph.is_boilerplate)
