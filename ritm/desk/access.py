"""Who has a queue: whoever works with clients; a head may look at his people's."""

from ritm.kernel.reach import Reach, permit

permit(
    "queue", "see",
    sales=Reach.OWN, head=Reach.UNIT, order_desk=Reach.OWN, director=Reach.ORGANISATION,
)
