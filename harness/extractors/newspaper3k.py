# /// script
# dependencies = [
#     "beautifulsoup4==4.15.0", "certifi==2026.10.18", "charset-normalizer==3.5.2", "click==8.5.1", "cloudpickle==3.1.2",
#     "cssselect==1.6.0", "defusedxml==0.7.1", "feedparser==6.0.14", "feedparser-sgmllib==2.1.0", "filelock==4.2.11", "idna==3.20",
#     "jieba-py==0.46.12", "joblib==1.6.0", "lxml==6.1.3", "lxml-html-clean==0.4.6", "newspaper3k==0.2.8", "nltk==3.10.4",
#     "pillow==13.0.0", "python-dateutil==4.0.0", "pyyaml==6.0.3", "regex==2026.11.15", "requests==2.34.2", "requests-file==3.0.1",
#     "soupsieve==2.10", "tldextract==5.4.0", "tqdm==4.70.1", "typing-extensions==4.16.0", "tzdata==2026.6", "urllib3==2.8.0",
# ]
# [tool.uv]
# exclude-dependencies = ["tinysegmenter", "jieba3k", "feedfinder2"]
# ///
"""newspaper3k, in wide use although its last release is of 2018; `newspaper4k` is its successor.

MIT; home: https://github.com/codelucas/newspaper. The page's language is passed where newspaper3k knows it, else it goes by the page's
meta tags. `fetch_images=False` differs from the default (True), which asks the network for pictures that the text does not need. Not
released as wheels and so left out are feedfinder2, which it does not import, tinysegmenter, without which it raises on Japanese pages, and
jieba3k, for which jieba-py, a fork of jieba, stands in. lxml-html-clean is added, for lxml no longer brings it. lxml is the one that an
installation gets today; with lxml 5 or 4 the text of some pages is longer.
"""

from pathlib import Path

import newspaper
from newspaper.settings import TOP_DIRECTORY
from newspaper.utils import get_available_languages

DISTRIBUTION = "newspaper3k"
REQUIRES = ["lxml-html-clean"]


def extract(html: str, url: str, language: str = "") -> str:
    """Return the article's text, '' where there is none. Raises `newspaper.ArticleException` for an empty page."""
    known = language.split("-")[0].lower()
    options = {"language": known} if known in get_available_languages() else {}
    article = newspaper.Article(url, fetch_images=False, **options)
    article.download(input_html=html)
    # It makes this folder on import only, and the harness clears up after each page.
    Path(TOP_DIRECTORY).mkdir(parents=True, exist_ok=True)
    article.parse()
    text: str = article.text
    return text
