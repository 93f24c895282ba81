"""What checks of several tasks use: the sheet, filled from a seed, and how the learner's tables are used and searched.

Nothing here knows how these tables are called: they are used through the learner's files and the view `timetable`.
"""

from decimal import Decimal

DAYS = {"mon": "Monday", "tue": "Tuesday", "wed": "Wednesday", "thu": "Thursday", "fri": "Friday"}
PRICES = {"piano": "26.00", "violin": "24.50", "flute": "22.00", "drums": "28.00"}
TEACHERS = ["Mr Abel", "Ms Brook", "Ms Carver", "Mr Dunn", "Ms Eder"]
ROOMS = ["Red", "Blue", "Hall", "Loft"]
FIRST = "Ada Bram Cleo Dirk Elin Faro Gita Hugo Ines Jens Kaja Lior Mona Nils".split()
LAST = "Aske Brandt Calder Doyle Ekman Finch Grove Hale Irving Jonas Krog Lund Marsh Noor".split()
LONE = ("Zoe Quill", "zoe@post.example", "Ms Harper", "555-0999", "harp", "31.00", "Attic", "fri", 19)
COLUMNS = "pupil, email, teacher, phone, instrument, price, room, day, hour"
LESSONS = 40
# Every table and stored copy that is not the sheet.
TABLES = """
    SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'm') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
        AND c.relname <> 'sheet'
"""


def seed(connection, random):
    """Write the sheet: lessons that don't collide, in the spellings of several years, and some of them twice."""
    lessons = make_lessons(random)
    lines = [spell(random, lesson) for lesson in [*lessons, LONE, *random.sample(lessons, 6)]]
    random.shuffle(lines)
    for number, line in enumerate(lines, start=1):
        connection.execute(f"INSERT INTO sheet VALUES (%s{', %s' * 9})", [number, *line])


def make_lessons(random):
    """Make up lessons in which nobody and no room is taken twice at a time."""
    phones = {teacher: f"555-{random.randint(1000, 9000)}{number}" for number, teacher in enumerate(TEACHERS)}
    pupils = [
        (f"{first} {last}", f"{first}.{last}@post.example".lower())
        for first, last in zip(random.sample(FIRST, 14), random.sample(LAST, 14), strict=True)
    ]
    taken, lessons = set(), []
    while len(lessons) < LESSONS:
        (pupil, email), teacher, room = random.choice(pupils), random.choice(TEACHERS), random.choice(ROOMS)
        instrument, day, hour = random.choice(list(PRICES)), random.choice(list(DAYS)), random.randint(9, 18)
        wanted = {(each, day, hour) for each in (email, teacher, room)}
        if not wanted & taken:
            taken |= wanted
            lessons.append(
                (pupil, email, teacher, phones[teacher], instrument, PRICES[instrument], room, day, hour)
            )
    return lessons


def spell(random, lesson):
    """Write a lesson as one of the school's secretaries would."""
    pupil, email, teacher, phone, instrument, price, room, day, hour = lesson
    return (
        random.choice(["{}", "{} ", " {}"]).format(pupil),
        random.choice([email, email.title(), f"{email.upper()} "]),
        random.choice(["{}", " {}"]).format(teacher),
        phone,
        random.choice([instrument, instrument.title()]),
        random.choice([price, f"{price} "]),
        random.choice(["{}", "{} "]).format(room),
        random.choice([DAYS[day], day.upper(), day]),
        random.choice(["{}", "{}:00"]).format(hour),
    )


def read_sheet(postgres):
    """Read the lessons of the sheet as they should be, each once, in order."""
    lines = postgres.rows(f"SELECT {COLUMNS} FROM sheet", shown=False)
    return sorted({clean(*(each.strip() for each in line)) for line in lines})


def clean(pupil, email, teacher, phone, instrument, price, room, day, hour):
    """Write a line as the brief asks."""
    whole = int(hour.split(":")[0])
    return (pupil, email.lower(), teacher, phone, instrument.lower(), Decimal(price), room, day[:3].lower(), whole)


def fill(sql):
    """Make the learner's tables and fill them."""
    sql.run("tables.sql")
    sql.run("load.sql")


def read_timetable(postgres):
    """Read the lessons as the learner's view shows them, in order. What is of another type fails the check."""
    lessons = postgres.rows(f"SELECT {COLUMNS} FROM timetable", shown=False)
    for lesson in lessons:
        *texts, price, room, day, hour = lesson
        assert all(type(each) is str for each in (*texts, room, day)) and type(hour) is int and is_money(price), (
            f"Your `timetable` has the line {', '.join(map(str, lesson))[:200]}. Its price is a numeric, its hour a whole number, and"
            " everything else a text that is there; see which column is something else, or NULL"
        )
    return sorted(lessons)


def is_money(price):
    """Tell whether a price is a numeric that can be compared."""
    return isinstance(price, Decimal) and price.is_finite()


def book(sql, lesson, **changed):
    """Book a lesson with the learner's file, with some of it changed; return how that ran."""
    names = ("email", "teacher", "instrument", "room", "day", "hour")
    asked = dict(zip(names, (lesson[1], lesson[2], lesson[4], lesson[6], lesson[7], lesson[8]), strict=True))
    return sql.run("book-lesson.sql", may_fail=True, **{**asked, **changed})


def find_free(lessons):
    """Find a day and an hour at which no lesson takes place."""
    taken = {(lesson[7], lesson[8]) for lesson in lessons}
    return next((each, hour) for each in DAYS for hour in range(19, 8, -1) if (each, hour) not in taken)


def is_refused(run):
    """Tell whether the tables themselves refused what a file wanted to write: a constraint, or a type."""
    return run.error is not None and run.error.code[:2] in {"23", "22"}


def count_rows_with(postgres, text):
    """Count the rows of all tables, whatever they are called, in which a text stands."""
    tables = [name for (name,) in postgres.rows(TABLES, shown=False)]
    found = 0
    for table in tables:
        asked = f"SELECT count(*) FROM {table} AS each_row WHERE position(%s in each_row::text) > 0"
        rows = postgres.rows(asked, [text], shown=False)
        found += sum(each for row in rows for each in row if type(each) is int)
    return found
