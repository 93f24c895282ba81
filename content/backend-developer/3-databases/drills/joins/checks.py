"""Checks of the allotments' year. Plots, harvests and waterings are drawn from the seed of the run."""

from milepost.engine.checks import Rows, check
from milepost.engine.checks.row_sets import require_columns

TENANTS = ["Ada", "Bo", "Chidi", "Dunja", "Emre", "Freya", "Gael", "Hana"]
COLUMNS = ("number", "tenant", "kilos", "litres")


def rent(postgres, *plots):
    """Write down plots: number and tenant of each."""
    for plot in plots:
        postgres.execute("INSERT INTO plots VALUES (%s, %s)", plot)


def write_down(postgres, table, number, year, amounts):
    """Write down harvests or waterings of one plot."""
    for amount in amounts:
        postgres.execute(f"INSERT INTO {table} VALUES (%s, %s, %s)", [number, year, amount])


def require_year(sql, year, expected, why):
    """See that the file lists these rows, in this order."""
    run = sql.run("garden-year.sql", year=year)
    require_columns(run, *COLUMNS)
    assert run.rows == Rows(COLUMNS, expected), why


@check(task="garden-year", objectives=["databases.joins"])
def test_each_amount_counts_once(sql, postgres, random):
    """Several harvests and several waterings of a plot count once each"""
    year, numbers, tenants = random.randint(2019, 2026), sorted(random.sample(range(1, 99), 2)), random.sample(TENANTS, 2)
    rent(postgres, *zip(numbers, tenants, strict=True))
    expected = []
    for number, tenant in zip(numbers, tenants, strict=True):
        kilos, litres = random.sample(range(1, 20), 3), random.sample(range(20, 90), 2)
        write_down(postgres, "harvests", number, year, kilos)
        write_down(postgres, "waterings", number, year, litres)
        expected.append((number, tenant, sum(kilos), sum(litres)))

    require_year(sql, year, expected, (
        "Each plot had three harvests and two waterings, and your sums are others. Joined to one another they make six"
        " pairs, so each harvest counts twice and each watering three times: make one row of each plot before you join"
    ))


@check(task="garden-year", objectives=["databases.joins"])
def test_equal_amounts_are_several(sql, postgres, random):
    """Two harvests of the same weight are two"""
    year, number, tenant = random.randint(2019, 2026), random.randint(1, 99), random.choice(TENANTS)
    kilos, litres = random.randint(2, 19), random.randint(10, 40)
    rent(postgres, (number, tenant))
    write_down(postgres, "harvests", number, year, [kilos, kilos])
    write_down(postgres, "waterings", number, year, [litres])

    require_year(sql, year, [(number, tenant, 2 * kilos, litres)], (
        f"Twice {kilos} kilos were harvested, and your sum is another. `sum(DISTINCT …)` drops amounts that are equal, not"
        " rows that come twice"
    ))


@check(task="garden-year", objectives=["databases.joins"])
def test_a_plot_without_anything_is_listed(sql, postgres, random):
    """A plot without harvest or water is listed, with zeros"""
    year, numbers = random.randint(2019, 2026), sorted(random.sample(range(1, 99), 3))
    tenants = random.sample(TENANTS, 3)
    kilos, litres = random.randint(2, 19), random.randint(10, 40)
    rent(postgres, *zip(numbers, tenants, strict=True))
    write_down(postgres, "harvests", numbers[0], year, [kilos])
    write_down(postgres, "waterings", numbers[1], year, [litres])

    amounts = [(kilos, 0), (0, litres), (0, 0)]
    require_year(sql, year, [(n, who, *both) for n, who, both in zip(numbers, tenants, amounts, strict=True)], (
        "Of three plots one has only a harvest, one only water, one neither, and your rows are not these three with zeros"
        " for what is missing. A JOIN keeps pairs, a LEFT JOIN every row of its left side; and a sum over nothing is NULL"
    ))


@check(task="garden-year", objectives=["databases.joins"])
def test_other_years_do_not_count(sql, postgres, random):
    """Other years don't count, and take no plot away"""
    year, numbers, tenants = random.randint(2019, 2026), sorted(random.sample(range(1, 99), 2)), random.sample(TENANTS, 2)
    kilos, litres = random.randint(2, 19), random.randint(10, 40)
    rent(postgres, *zip(numbers, tenants, strict=True))
    for number, its_year in [(numbers[0], year), (numbers[0], year - 1), (numbers[1], year + 1)]:
        write_down(postgres, "harvests", number, its_year, [kilos])
        write_down(postgres, "waterings", number, its_year, [litres])

    require_year(sql, year, [(numbers[0], tenants[0], kilos, litres), (numbers[1], tenants[1], 0, 0)], (
        f"Plot {numbers[1]} has amounts of another year only: it should be listed, with zeros. What WHERE asks of a joined"
        " table decides which rows stay, so it throws out whoever has none: let ON, or a query before the join, choose the year"
    ))


@check(task="garden-year", objectives=["databases.joins"])
def test_two_plots_of_one_name_stay_apart(sql, postgres, random):
    """Two plots under one name stay apart"""
    year, numbers, tenant = random.randint(2019, 2026), sorted(random.sample(range(1, 99), 2)), random.choice(TENANTS)
    amounts = [(random.randint(2, 9), random.randint(10, 40)) for _ in numbers]
    rent(postgres, *((number, tenant) for number in numbers))
    for number, (kilos, litres) in zip(numbers, amounts, strict=True):
        write_down(postgres, "harvests", number, year, [kilos])
        write_down(postgres, "waterings", number, year, [litres])

    require_year(sql, year, [(number, tenant, *both) for number, both in zip(numbers, amounts, strict=True)], (
        f"Two plots belong to {tenant}, and your rows mix them up. A name is for showing, a key for grouping and joining:"
        " go by the plot's number"
    ))
