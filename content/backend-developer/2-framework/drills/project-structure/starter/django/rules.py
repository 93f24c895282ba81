"""What a late check-out costs."""
