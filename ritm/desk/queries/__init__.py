"""Questions to the desk, one file per page."""
