"""Raw pages and gold files: decoding, blocks, labelled lines, lint, and the corpus as (Page, Gold) pairs."""
