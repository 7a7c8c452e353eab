"""Thought of the clients room: pure functions, no Django, no clock, no database."""
