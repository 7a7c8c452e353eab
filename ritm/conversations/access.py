"""Who may enter conversations. They are seen by whoever sees the client."""

from ritm.kernel.reach import Reach, permit

ALL = Reach.ORGANISATION

permit("interaction", "create", sales=Reach.OWN, head=Reach.UNIT, order_desk=ALL, director=ALL, administrator=ALL)
