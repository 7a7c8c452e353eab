"""Thought of the conversations room: pure functions, no Django, no clock, no database."""
