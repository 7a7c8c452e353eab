"""Thought of the desk: pure functions, no Django, no clock, no database."""
