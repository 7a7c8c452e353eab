"""Pages of the desk, one file each."""
