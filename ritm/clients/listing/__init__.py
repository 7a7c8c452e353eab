"""The list of clients: conditions and order from the URL, one page by keyset."""
