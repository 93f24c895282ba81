"""The books: a title and a year for each number."""

BOOKS = {
    1: ("Knots for Beginners", 1968),
    2: ("A Lamp on the Pier", 2019),
    3: ("The Sea Road", 1931),
    4: ("Soup", 2004),
    5: ("Gulls and How to Live with Them", 1987),
}
