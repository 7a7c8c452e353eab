"""The bench: what the numbers to hold are measured by, always beside a floor taken in the same run."""
