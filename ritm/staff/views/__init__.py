"""Entrances of the staff room: front (the door), me (one's own), and one file per noun of the office."""
