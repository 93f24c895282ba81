def double(number):
    """Answer twice the number."""
    return None
