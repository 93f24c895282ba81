"""What labs run against besides learner code: real servers, each in a sandbox of its own.

Nothing here is the platform's own, and no server here trusts a uid or a peer. How checks use
them is `checks`; which of them a run gets is `run`.
"""
