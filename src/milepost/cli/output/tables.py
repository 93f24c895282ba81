"""The tables of a database, printed: each with its columns, and what these are for.

Where tables come from is not known here.
"""

from rich.console import Console
from rich.text import Text

from milepost.cli.output.console import plain, say
from milepost.client import Table, Tables


def print_tables(console: Console, tables: Tables) -> None:
    """Print the tables one below the other."""
    if not tables.listed:
        say(console, "The database has no tables.")
    for number, table in enumerate(tables.listed):
        if number:
            console.print()
        _print_table(console, table)
    if tables.left_out:
        say(console, f"{tables.left_out} more tables are not listed.")


def _print_table(console: Console, table: Table) -> None:
    count = "" if table.row_count is None else f"  {table.row_count:,} rows"
    _print_line(console, Text.assemble((plain(table.name), "bold"), (count, "dim")))
    width = max((len(column.name) for column in table.columns), default=0)
    types = max((len(column.type) for column in table.columns), default=0)
    leads = {
        column: f"to {key.table} ({key.references[place]})"
        for key in table.foreign_keys
        for place, column in enumerate(key.columns)
    }
    for column in table.columns:
        facts = ["primary key"] if column.is_key else []
        facts += ["unique"] if column.is_unique and not column.is_key else []
        facts += ["may be NULL"] if column.is_nullable else []
        facts += [leads[column.name]] if column.name in leads else []
        line = f"  {column.name:<{width}}  {column.type:<{types}}  {', '.join(facts)}"
        _print_line(console, Text(plain(line.rstrip())))
    for names in table.unique:
        _print_line(console, Text(plain(f"  unique together: {', '.join(names)}")))
    if table.left_out_columns:
        _print_line(console, Text(f"  {table.left_out_columns} more columns are not listed"))


def _print_line(console: Console, line: Text) -> None:
    console.print(line, soft_wrap=True)  # columns stay below each other, however narrow it is
