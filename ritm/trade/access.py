"""Who may do what to goods and orders. Orders are seen by whoever sees the client."""

from ritm.kernel.reach import Reach, permit

ALL = Reach.ORGANISATION

permit("product", "see", sales=ALL, head=ALL, order_desk=ALL, director=ALL, administrator=ALL, accountant=ALL)
permit("product", "edit", administrator=ALL, director=ALL)
permit("order", "create", order_desk=ALL, sales=Reach.OWN, head=Reach.UNIT, director=ALL, administrator=ALL)
permit("order", "import", director=ALL, administrator=ALL, accountant=ALL)
