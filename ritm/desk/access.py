"""Who has a queue: whoever works with clients; a head may look at his people's."""

from ritm.kernel.reach import Reach, permit

OWN, UNIT, ALL = Reach.OWN, Reach.UNIT, Reach.ORGANISATION

permit("queue", "see", sales=OWN, head=UNIT, order_desk=OWN, director=ALL)
permit("queue", "tune", director=ALL, administrator=ALL)
