"""The longest run: of a flattened page, the consecutive lines of content that together have the most words.

Own code, Apache-2.0, after C. Kohlschütter, P. Fankhauser, W. Nejdl, "Boilerplate Detection using Shallow Text Features", WSDM 2010,
algorithm 2; home: https://doi.org/10.1145/1718487.1718542. Their rule on the number of words says what content is: a line of more than
16 words, or one before a line of more than 15, or one after a line of more than 4. Its other half asks for link density, which a
flattened page no longer has, and so 0 is taken. Keeping the largest run only is what boilerpipe's LargestContentExtractor does.
"""

TRACK = "text"


def extract(html: str, url: str) -> str:
    """Return the lines of the run, '' where no line is content; `html` is the page's text."""
    lines = [line for line in html.splitlines() if line.strip()]
    words = [0, *(len(line.split()) for line in lines), 0]
    best = slice(0)
    most = held = start = 0
    for at, (before, own, after) in enumerate(zip(words, words[1:], words[2:], strict=False)):
        if own > 16 or after > 15 or before > 4:
            held += own
            if held > most:
                most, best = held, slice(start, at + 1)
        else:
            held, start = 0, at + 1
    return "\n".join(lines[best])
