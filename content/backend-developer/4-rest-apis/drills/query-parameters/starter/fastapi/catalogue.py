"""What the shop has, by name. There is nothing to change here."""

seeds = [
    {"name": "Basil", "family": "Herbs", "from": 4, "to": 6, "days": 60},
    {"name": "Beetroot", "family": "Roots", "from": 4, "to": 7, "days": 70},
    {"name": "Broccoli", "family": "Cabbages & Kale", "from": 3, "to": 5, "days": 90},
    {"name": "Carrot", "family": "Roots", "from": 3, "to": 7, "days": 80},
    {"name": "Chervil", "family": "Herbs", "from": 3, "to": 8, "days": 45},
    {"name": "Curly kale", "family": "Cabbages & Kale", "from": 5, "to": 6, "days": 90},
    {"name": "Dill", "family": "Herbs", "from": 4, "to": 7, "days": 45},
    {"name": "Kohlrabi", "family": "Cabbages & Kale", "from": 2, "to": 7, "days": 60},
    {"name": "Lamb's lettuce", "family": "Salads", "from": 8, "to": 9, "days": 60},
    {"name": "Parsnip", "family": "Roots", "from": 2, "to": 4, "days": 160},
    {"name": "Purslane", "family": "Salads", "from": 5, "to": 8, "days": 30},
    {"name": "Radish", "family": "Roots", "from": 3, "to": 8, "days": 28},
    {"name": "Rocket", "family": "Salads", "from": 3, "to": 9, "days": 30},
    {"name": "Savoy", "family": "Cabbages & Kale", "from": 3, "to": 6, "days": 120},
    {"name": "Turnip", "family": "Roots", "from": 3, "to": 8, "days": 60},
]
