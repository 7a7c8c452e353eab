"""Who may do what to the organisation itself. Read it aloud: 'an administrator may change employees, everywhere'."""

from ritm.kernel.reach import Reach, permit

ALL = Reach.ORGANISATION

permit("employee", "see", sales=ALL, head=ALL, order_desk=ALL, director=ALL, administrator=ALL, accountant=ALL)
permit("employee", "edit", administrator=ALL)
permit("organisation", "edit", director=ALL, administrator=ALL)
permit("role", "edit", administrator=ALL)
permit("audit", "see", director=ALL, administrator=ALL)
