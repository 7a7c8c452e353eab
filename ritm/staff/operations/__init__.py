"""
Verbs of the staff room, one file per noun.

founding: what an empty installation and tests begin with · organisation · units · teams · employees ·
invitations · roles · calendar · sign_in · person (one's own password, second factor, sessions) · tokens
"""

from ritm.staff.operations.founding import add_unit, form_team, hire, open_organisation

__all__ = ["add_unit", "form_team", "hire", "open_organisation"]
