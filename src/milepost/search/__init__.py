"""Finding anything: an index of what is published and of Milepost's own source, and its search.

The catalog says what of the content goes into the index; this domain knows only entries. Invariant:
whatever is in the index, every learner may see.
"""
