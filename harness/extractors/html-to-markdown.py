# /// script
# dependencies = [
#     "html-to-markdown==3.21.0",
# ]
# ///
"""html-to-markdown, a converter of whole pages in Rust, with a step before it that removes menus and forms.

MIT; home: https://github.com/xberg-io/html-to-markdown. `output_format="plain"` differs from the default (Markdown) in both
variants. `html-to-markdown` has the defaults else, `html-to-markdown-aggressive` its preset against boilerplate.
"""

from html_to_markdown import ConversionOptions, PreprocessingOptions, convert

CATEGORY = "converter"
DISTRIBUTION = "html-to-markdown"
VARIANTS = {"html-to-markdown": {"preset": "standard"}, "html-to-markdown-aggressive": {"preset": "aggressive"}}


def extract(html: str, url: str, *, preset: str) -> str:
    """Return the page as text; `preset` says how much is removed first."""
    options = ConversionOptions(output_format="plain", preprocessing=PreprocessingOptions(preset=preset))
    text: str = convert(html, options).content or ""
    return text
