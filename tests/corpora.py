"""A small corpus that tests write for themselves."""

from __future__ import annotations

import hashlib
from pathlib import Path

HTML = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Pier closes - Post</title></head><body>
<nav><a href="/">Front page of the Harbour Post</a></nav>
<h1>Storm closes the fish pier</h1>
<p>The old fish pier was closed on Friday after waves broke two of its piles, the harbour board of {place} said.</p>
<p>Boats will land at the north quay until divers have looked at the damage, which may take three weeks.
<a>READ MORE: New owner for the ice house</a></p>
<ul><li>Ferries run as usual from the south side of the bay.</li></ul>
<aside><h3>Most read</h3><ol><li>Baker wins the island race for the fourth time</li>
<li>Library opens on Sundays from next month on</li></ol></aside>
</body></html>
"""

LINES = """x-nav: Front page of the Harbour Post
title: Storm closes the fish pier
p: The old fish pier was closed on Friday after waves broke two of its piles, the harbour board of {place} said.
p: Boats will land at the north quay until divers have looked at the damage, which may take three weeks.
x-see-also+: READ MORE: New owner for the ice house
li: Ferries run as usual from the south side of the bay.
x-trending: Most read
x-trending: Baker wins the island race for the fourth time
x-trending: Library opens on Sundays from next month on
"""

# By hand: p 21 + 19, li 11 → 51 body tokens; title 5; x-nav 6; x-see-also 8; x-trending 2 + 9 + 8 = 19.


def write_corpus(root: Path, places: dict[str, str]) -> Path:
    """Write pages `<site>/pier` for site → place into `root`."""
    for site, place in places.items():
        raw = HTML.format(place=place).encode()
        header = (
            f'+++\nformat = 1\nurl = "https://{site}.example/pier"\nsite = "{site}"\nlang = "en"\ntype = "news"\n'
            f'licence = "CC0-1.0"\norigin = "original"\nstory = "pier"\nlabelled_by = "tests"\n'
            f'raw_sha256 = "{hashlib.sha256(raw).hexdigest()}"\n+++\n'
        )
        gold = (header + LINES.format(place=place)).encode()
        for path, data in ((root / "raw" / site / "pier.html", raw), (root / "gold" / site / "pier.txt", gold)):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    return root
