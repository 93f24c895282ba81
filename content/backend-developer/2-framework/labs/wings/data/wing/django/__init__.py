"""A wing that the checks put beside the learner's. NAME and TITLE are filled in."""
