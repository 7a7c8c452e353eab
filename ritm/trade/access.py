"""Who may do what to goods and orders. Orders are seen by whoever sees the client."""

from ritm.kernel.reach import Reach, permit

OWN, UNIT, ALL = Reach.OWN, Reach.UNIT, Reach.ORGANISATION

permit("product", "see", sales=ALL, head=ALL, order_desk=ALL, director=ALL, administrator=ALL, accountant=ALL)
permit("product", "edit", administrator=ALL, director=ALL)
permit("order", "create", order_desk=ALL, sales=OWN, head=UNIT, director=ALL, administrator=ALL)
permit("order", "cancel", order_desk=ALL, sales=OWN, head=UNIT, director=ALL, administrator=ALL)
permit("order", "import", director=ALL, administrator=ALL, accountant=ALL)
permit("payment", "create", accountant=ALL, director=ALL, administrator=ALL)
# What goods cost us is not for everybody's eyes.
permit("cost", "see", head=ALL, director=ALL, administrator=ALL, accountant=ALL)
