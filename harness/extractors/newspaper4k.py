# /// script
# dependencies = [
#     "beautifulsoup4==4.15.0", "brotli==1.2.1", "certifi==2026.10.18", "charset-normalizer==3.5.2", "click==8.5.1",
#     "cloudpickle==3.1.2", "defusedxml==0.7.1", "feedparser==6.0.14", "feedparser-sgmllib==2.1.0", "filelock==4.2.11", "idna==3.20",
#     "indic-nlp-library==0.92", "jieba-py==0.46.12", "joblib==1.6.0", "lxml==6.1.3", "lxml-html-clean==0.4.6", "newspaper4k==0.9.6",
#     "nltk==3.10.4", "pillow==13.0.0", "pythainlp==5.4.0", "python-dateutil==2.9.0.post0", "pyyaml==6.0.3", "regex==2026.11.15",
#     "requests==2.34.2", "requests-file==3.0.1", "six==1.17.0", "soupsieve==2.10", "tldextract==5.4.0", "tqdm==4.70.1",
#     "typing-extensions==4.16.0", "urllib3==2.8.0", "w3lib==2.5.0",
# ]
# [tool.uv]
# exclude-dependencies = ["sphinx", "sphinx-argparse", "sphinx-rtd-theme", "pandas", "numpy", "morfessor"]
# ///
"""newspaper4k, the maintained successor of newspaper3k: scores paragraphs by stop words, and follows publishers' mark-up.

MIT; home: https://github.com/AndyTheFactory/newspaper4k. The page's language is passed where newspaper4k knows it, else it goes by the
page's meta tags. `fetch_images=False` differs from the default (True), which asks the network for pictures that the text does not need.
Installed with its extras `nlp`, `th` and `hi`, and for Chinese with jieba-py, a fork of jieba that is released as a wheel. On pages in
Japanese and Korean it raises, and that is scored: tinysegmenter is no wheel, and nltk's data would have to be downloaded. Left out are
the packages that indic-nlp-library asks for to make its documentation and its models. It keeps candidates in sets, whose order is that of
memory, so that of equal scores now one, now another won; here they keep the page's order, which is one of the orders it might have had.
"""

import contextlib

import newspaper
from newspaper.utils import get_available_languages

DISTRIBUTION = "newspaper4k"
REQUIRES = ["lxml-html-clean"]

with contextlib.suppress(ImportError):  # a release that has no such module decides as it does
    from newspaper.extractors import articlebody_extractor

    articlebody_extractor.set = dict.fromkeys


def extract(html: str, url: str, language: str = "") -> str:
    """Return the article's text, '' where there is none."""
    known = language.split("-")[0].lower()
    options = {"language": known} if known in get_available_languages() else {}
    article = newspaper.Article(url, fetch_images=False, **options)
    article.download(input_html=html)
    article.parse()
    text: str = article.text
    return text
