"""Entrances of the trade room: orders, the quick order, goods."""
