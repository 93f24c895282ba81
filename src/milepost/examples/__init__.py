"""Runs of examples: code of a lesson, as it stands or edited, run to see what it prints.

Statements that are tried in a copy of a lab's database, from its console, are such runs too.

Nothing of it counts: there is no check, no verdict and no progress, and a run is forgotten after
some minutes. What counts is `submissions`; the sandbox is reached through `grading`.
"""
