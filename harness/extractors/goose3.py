# /// script
# dependencies = [
#     "beautifulsoup4==4.15.0", "certifi==2026.10.18", "charset-normalizer==3.5.2", "click==8.5.1", "cloudpickle==3.1.2",
#     "cssselect==1.6.0", "defusedxml==0.7.1", "goose3==3.1.22", "idna==3.20", "jieba-py==0.46.12", "joblib==1.6.0",
#     "langdetect-py==1.1.1", "lxml==6.1.3", "nltk==3.10.4", "pillow==13.0.0", "pyahocorasick==2.3.1", "python-dateutil==4.0.0",
#     "regex==2026.11.15", "requests==2.34.2", "six==1.17.0", "soupsieve==2.10", "tqdm==4.70.1", "typing-extensions==4.16.0",
#     "tzdata==2026.6", "urllib3==2.8.0",
# ]
# [tool.uv]
# exclude-dependencies = ["langdetect"]
# ///
"""goose3, a port of the Goose article extractor, which scores paragraphs by their stop words.

Apache-2.0; home: https://github.com/goose3/goose3. Where it has stop words for the page's language, that is `target_language` with
`use_meta_language=False` (defaults "en" and True), and its own word segmenters are named for Arabic, Chinese and Korean, as its
documentation says. Else it goes by the page's meta tags, its default. Two packages are not released as wheels, and forks of the same module
names stand in: langdetect-py for langdetect, which it asks where a page names no language, and jieba-py for jieba. lxml is
the one that an installation gets today; with lxml 5 some pages are longer.
"""

from pathlib import Path
from typing import Any

import goose3
from goose3.text import StopWordsArabic, StopWordsChinese, StopWordsKorean

DISTRIBUTION = "goose3"
REQUIRES = ["langdetect-py", "jieba-py"]

_STOP_LISTS = Path(goose3.__file__).parent / "resources" / "text"
_SEGMENTERS = {"ar": StopWordsArabic, "ko": StopWordsKorean, "zh": StopWordsChinese}


def extract(html: str, url: str, language: str = "") -> str:
    """Return the article's text, '' where there is none. Raises ValueError for an empty page."""
    known = language.split("-")[0].lower()
    options: dict[str, Any] = {}
    if (_STOP_LISTS / f"stopwords-{known}.txt").is_file():
        options = {"target_language": known, "use_meta_language": False}
        if known in _SEGMENTERS:
            options["stopwords_class"] = _SEGMENTERS[known]
    with goose3.Goose(options) as goose:
        text: str = goose.extract(raw_html=html).cleaned_text
    return text
