"""The few files that run beside learner code, inside the sandbox. Standard library only.

The host imports `wire` from here too, so that both sides speak from one page.
Nothing here decides anything about a verdict.
"""
