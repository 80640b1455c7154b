"""The report: a summary as an offline site, Markdown, CSV files and a terminal table. Equal summaries make equal bytes.

`site.py` builds the files and `explorer.py` those of single answers, from what `details.py` reads of a run; `view.py` says in words and
cells what a summary holds, `sections.py` arranges it by track, `comparison.py` tells how pages spread and metrics agree, `charts.py`
draws, `templating.py` escapes and links, `tables.py` and `spreadsheets.py` write plain text.
Names, page ids and failure details come from pages and extractors: they are untrusted and escaped at the last step of each format.
"""
