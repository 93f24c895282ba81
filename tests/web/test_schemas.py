"""A drawn schema: boxes that never overlap, lines from column to column, and the same in words."""

from itertools import combinations

import pytest

from fakes.grader import FakeGrader, passed
from milepost.engine.evidence.remarks import Note
from milepost.engine.evidence.tables import TITLE, Column, ForeignKey, Table, Tables
from milepost.engine.serialize import to_json
from milepost.examples import service
from milepost.web.rendering.schemas import describe_schema, draw_schema, mark_column


def table(name, *others, columns=1, **more):
    """A table whose columns refer to the column `id` of others, one each."""
    own = tuple(Column(f"c{n}", "integer", is_nullable=True) for n in range(columns))
    keys = tuple(ForeignKey((f"{other}_id",), other, ("id",)) for other in others)
    refers = tuple(Column(f"{other}_id", "integer", is_nullable=False) for other in others)
    first = Column("id", "integer", is_nullable=False, is_key=True)
    return Table(name, (first, *refers, *own), keys, **{"row_count": 3, **more})


SHOP = (
    table("authors"),
    table("books", "authors", "authors"),
    table("orders", "people"),
    table("people", columns=9),
    table("wishes", "books", "people", "wishes"),
)


@pytest.mark.parametrize(
    "tables",
    [
        SHOP,
        (table("alone"),),
        (table("chicken", "egg"), table("egg", "chicken"), table("shell", "egg")),
        (table("self", "self"),),
        (table("points", "nowhere"),),
        tuple(table(f"t{n:02}", *([f"t{n - 1:02}"] if n % 5 else [])) for n in range(40)),
    ],
    ids=["shop", "one", "cycle", "of itself", "not listed", "forty"],
)
def test_boxes_lie_inside_and_apart(tables):
    schema = draw_schema(tables)

    assert [box.name for box in schema.boxes] == [each.name for each in tables]
    for box in schema.boxes:
        assert 0 < box.x < box.x + box.width < schema.width
        assert 0 < box.y < box.y + box.height < schema.height
        assert all(box.y < row.y < box.y + box.height for row in box.rows)
    for one, two in combinations(schema.boxes, 2):
        is_beside = one.x + one.width < two.x or two.x + two.width < one.x
        is_below = one.y + one.height < two.y or two.y + two.height < one.y
        assert is_beside or is_below, (one.name, two.name)
    assert draw_schema(tables) == schema


def test_what_refers_stands_to_the_right_of_what_it_refers_to():
    at = {box.name: box.x for box in draw_schema(SHOP).boxes}

    assert at["authors"] == at["people"] < at["books"] == at["orders"] < at["wishes"]


def test_a_line_runs_from_column_to_column():
    boxes = {box.name: box for box in draw_schema(SHOP).boxes}
    lines = draw_schema(SHOP).lines

    assert len(lines) == 6
    line = lines[0]
    start, end = line[1:].split("H")[0].split(), line.rsplit("H", 1)[1]
    assert float(start[0]) == boxes["books"].x
    assert float(start[1]) == pytest.approx(boxes["books"].rows[1].y - 4)
    assert float(end) == boxes["authors"].x + boxes["authors"].width


def test_words_say_the_same_as_the_lines_and_long_ones_are_cut():
    wide = Table("n" * 63, (Column("c" * 63, "t" * 60, is_nullable=True),), left_out_columns=2)
    [box] = draw_schema([wide]).boxes

    assert describe_schema(SHOP[:2]) == "authors refers to no other table. books refers to authors."
    assert (len(box.name), len(box.rows[0].name)) == (26, 26)
    assert box.more == "and 2 more columns"
    assert box.count == "rows not counted"
    assert mark_column(SHOP[1], SHOP[1].columns[0]) == "PK"
    assert mark_column(SHOP[1], SHOP[1].columns[1]) == "FK"


@pytest.fixture
async def show(client, make, database, queue):
    """Shows the tables that a run of a learner's has told of."""

    async def show(tables, *, reader=None):
        await make.lab(services=("postgres",))
        learner = await make.learner()
        async with database.transaction() as session:
            run = await service.request_lab_run(
                session, learner.actor, lab="adding", language="sql", code=""
            )
        note = Note(title=TITLE, request=to_json(tables.to_values()))
        await queue.work(FakeGrader(passed("test_it_runs", evidence=(note,))))
        return await client.log_in(reader or learner).get(f"/labs/adding/tables/{run.id}")

    return show


async def test_the_tables_are_drawn_and_listed_with_nothing_of_theirs_as_markup(show):
    odd = Table("<b>odd</b>", (Column("</svg>", "text", is_nullable=True),), row_count=1)
    page = (await show(Tables((*SHOP, odd), left_out=2))).text

    assert page.count('<rect class="schema-table"') == 6
    assert page.count('<path class="schema-line"') == 6
    assert "refers to books and people and wishes." in page
    assert "2 more tables not shown." in page
    assert "<b>odd" not in page
    assert page.count("</svg>") == 1
    assert "<caption" in page
    assert "1 row<" in page


async def test_a_database_without_tables_says_so(show):
    assert "has no tables" in (await show(Tables())).text


async def test_another_learners_run_is_not_drawn(show, make):
    answer = await show(Tables(SHOP), reader=await make.learner("Grace"))

    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("services", "stack", "named"),
    [
        (("postgres",), "python", "PostgreSQL"),
        (("mysql",), "python", "MariaDB"),
        (("mysql", "postgres"), "python", "MariaDB"),
        (("redis",), "python", None),
        ((), "python", None),
    ],
)
async def test_a_lab_with_a_database_has_a_pane_for_it(client, make, services, stack, named):
    await make.lab(services=services)
    page = (await client.log_in(await make.learner()).get(f"/labs/adding?stack={stack}")).text

    assert ('id="tab-database"' in page) == (named is not None)
    if named is not None:
        assert f"This is {named}, filled as the checks of this lab have it." in page
        assert "<code>milepost sql adding</code>" in page
