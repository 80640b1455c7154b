# /// script
# dependencies = [
#     "certifi==2026.10.18", "charset-normalizer==3.5.2", "idna==3.20", "inscriptis==2.7.6", "lxml==6.1.3", "requests==2.34.2",
#     "urllib3==2.8.0",
# ]
# ///
"""Inscriptis, which lays a whole page out as text, tables and indentation included.

Apache-2.0; home: https://github.com/weblyzard/inscriptis. Defaults.
"""

import inscriptis

CATEGORY = "converter"
DISTRIBUTION = "inscriptis"


def extract(html: str, url: str) -> str:
    """Return the whole page as text."""
    text: str = inscriptis.get_text(html)
    return text
