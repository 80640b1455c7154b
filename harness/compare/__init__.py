"""Two extractors, versions, runs or files of answers compared on the same pages: who is better, where, and in which words.

`sides.py` finds the answers of either and refuses what cannot be compared, `changes.py` says which words of a page only one of them has,
`comparison.py` counts, `gate.py` judges for an extractor's own CI against `baseline.py`'s file; `terminal.py`, `markdown.py`,
`document.py` (JSON) and `page.py` (HTML) show it. A stands before a change and B after it: every difference is B − A.
"""
