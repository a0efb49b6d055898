"""Findings put into the nouns of a report, one module a chapter."""
