"""The worker: a process that takes jobs from the queue and runs their handlers.

Any number of workers on any number of machines share one queue; each may die at any moment.
"""
