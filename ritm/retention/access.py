"""Who may tune retention. What it says of a client is seen by whoever sees the client."""

from ritm.kernel.reach import Reach, permit

ALL = Reach.ORGANISATION

permit("retention", "see", sales=Reach.OWN, head=Reach.UNIT, order_desk=ALL, director=ALL, administrator=ALL)
permit("retention", "tune", director=ALL, administrator=ALL)
permit("exchange", "see", sales=ALL, head=ALL, director=ALL, administrator=ALL)
permit("exchange", "claim", sales=ALL, head=ALL)
