"""How far a learner is: objectives proven, courses under way, and where to start next.

What was once proven stays proven, whatever becomes of the lab that proved it.
"""
