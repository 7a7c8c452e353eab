"""
Verbs of the retention room.

Reckoning for many clients needs numpy, which only jobs and commands load: they import
`operations.rhythm_clock` and `operations.prior` themselves.
"""
