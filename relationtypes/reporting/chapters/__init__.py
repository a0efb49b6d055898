"""PRESENT: each finding as a chapter of a report, in English and in French."""
