"""Thought: pure functions and dataclasses; no Django, no clock, no database."""
