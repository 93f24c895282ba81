"""The few files that run beside learner code, inside the sandbox. Standard library only.

What they tell others, and how, is in `protocol`, which both sides import.
Nothing here decides anything about a verdict.
"""
