"""Takes a queued submission through the engine and records what follows from its verdict.

The only place where submissions, progress and the engine meet.
"""
