"""Submissions and their gradings: accepting files, queueing, recording what the engine says.

A submission never changes. A grading is one judgement of it; grading again adds a row.
"""
