"""Who may enter conversations, and mend them. They are seen by whoever sees the client."""

from ritm.kernel.reach import Reach, permit

OWN, UNIT, ALL = Reach.OWN, Reach.UNIT, Reach.ORGANISATION

permit("interaction", "create", sales=OWN, head=UNIT, order_desk=ALL, director=ALL, administrator=ALL)
# OWN: what he entered himself; UNIT: what his people entered.
permit("interaction", "edit", sales=OWN, head=UNIT, order_desk=OWN, director=ALL, administrator=ALL)
# The report counts conversations of clients within reach.
permit("interaction", "report", sales=OWN, head=UNIT, order_desk=ALL, director=ALL, administrator=ALL)
