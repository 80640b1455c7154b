"""clutterbench: how well extractors take the article out of a web page, and what clutter they let through."""

__version__ = "0.1.0"
