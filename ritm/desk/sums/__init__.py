"""Sums kept by day (docs/rules/standing.md): marks.py writes what changed, pieces.py tells it, keep.py keeps it."""
