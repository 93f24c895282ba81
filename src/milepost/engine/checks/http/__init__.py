"""HTTP as checks speak it: requests that can be sent, connections, exchanges as evidence.

Whom a check speaks to (the learner's service, a balancer) is decided by who uses this.
"""
