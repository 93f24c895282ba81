"""What is taught: paths, skills, objectives, courses, lessons and labs, synced from files.

Files are the source of truth; rows are their published copy. A lab version never changes.
"""
