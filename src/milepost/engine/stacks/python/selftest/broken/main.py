"""Raises an error where it is imported or started; see `contracts/broken`.

Part of the self-test of the stack: it runs in a sandbox, as learner code does.
"""

raise ValueError("broken on purpose")
