"""The report: a summary as an offline page, Markdown, CSV files and a terminal table. Equal summaries make equal bytes.

`pages.py` builds the files, `view.py` says in words and cells what a summary holds, `comparison.py` how pages spread and
metrics agree, `charts.py` draws, `tables.py` and `spreadsheets.py` write plain text.
Names, page ids and failure details come from pages and extractors: they are untrusted and escaped at the last step of each format.
"""
