"""The house: what is there whatever wings there are."""
