"""Thought: reading strange files as pure functions; no Django, no clock, no database."""
