"""Verbs of the trade room: every write goes through one of these."""
