"""`make bench`: how fast Milepost is, as ratios to floors measured in the same run.

Everything goes through HTTP, the queue and the shipped configuration. Nothing here ever fails a
build: a regression is seen, not tripped over.
"""
