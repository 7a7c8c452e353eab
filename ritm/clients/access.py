"""Who may do what to clients. Read it aloud: 'a seller sees his own; the head of a unit, all below him'."""

from ritm.kernel.reach import Reach, permit

OWN, UNIT, ALL = Reach.OWN, Reach.UNIT, Reach.ORGANISATION

permit("client", "see", sales=OWN, head=UNIT, order_desk=ALL, director=ALL, administrator=ALL, accountant=ALL)
permit("client", "create", sales=OWN, head=UNIT, order_desk=ALL, director=ALL, administrator=ALL)
permit("client", "edit", sales=OWN, head=UNIT, order_desk=ALL, director=ALL, administrator=ALL)
permit("client", "assign", head=UNIT, director=ALL, administrator=ALL)
permit("client", "archive", head=UNIT, director=ALL, administrator=ALL)
permit("client", "export", head=UNIT, director=ALL, administrator=ALL)
permit("client", "erase", director=ALL, administrator=ALL)
permit("consent_text", "edit", director=ALL, administrator=ALL)
permit("own_field", "edit", director=ALL, administrator=ALL)
