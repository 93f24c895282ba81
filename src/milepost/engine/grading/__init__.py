"""Grades: from a request to its report, in the engine's own process.

`engine` is the front door, `run` one grading from start to end, `tally` what it adds up to.
"""
