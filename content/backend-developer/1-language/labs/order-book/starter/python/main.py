"""Read a Saturday's orders, and print the trades.

Run it:  python main.py orders.txt
"""

import sys

print("The market opens.")  # Who imports this file sees that too. Is that right?
print("Orders are read from", sys.argv[1:])
