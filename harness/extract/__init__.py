"""Extraction: extractors' environments, workers that cannot do harm, and the schedule of pages over slots."""
