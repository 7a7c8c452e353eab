"""Who may bring files in."""

from ritm.kernel.reach import Reach, permit

ALL = Reach.ORGANISATION

permit("import", "see", director=ALL, administrator=ALL, accountant=ALL)
permit("import", "run", director=ALL, administrator=ALL, accountant=ALL)
