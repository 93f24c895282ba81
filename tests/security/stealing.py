"""Stealing: whoever can't solve it looks for the answer: in files, processes, memory, on the network.

Each case knows exactly where on the host to look, and must come away with nothing.
"""

from security.case import Case, failed
from security.forging import ANSWERS, BASKET, COUNTS, NO_TOTAL, RIGHT
from security.labs import BALANCER, MYSQL_LIST, POSTGRES, PROGRAM, SOLUTION, SQL_LIST
from security.thief import steal

FILES = (
    steal(
        "reads checks and answers where they lie on the host",
        "got(open('@LAB@/data/answer.txt').read())",
        "got(open('@LAB@/checks.py').read())",
        "got(open('@LOOT@').read())",
        "got(open('/lab/data/answer.txt').read())",
        "got(os.listdir('@LAB@'))",
        "got(find('answer.txt') + find('checks') + find('checks.py'))",
        alike="assert Path('main.py').read_text()",
    ),
    steal(
        "reads them through links and ..",
        "os.symlink('@LOOT@', 'loot'); got(open('loot').read())",
        "os.symlink('@LAB@', 'lab'); got(os.listdir('lab'))",
        "os.link('@LOOT@', 'hard'); got(open('hard').read())",
        "got(open('../' * 20 + '@LOOT@').read())",
        "got(open('/proc/self/cwd/' + '../' * 20 + '@LOOT@').read())",
        "got(open('/proc/self/root@LOOT@').read())",
        "got(open('/proc/1/root@LOOT@').read())",
        "got(os.listdir('/proc/1/cwd/@LAB@'))",
        alike="os.symlink('main.py', 'own')\nassert Path('../work/own').read_text()",
    ),
    steal(
        "looks for secrets of the host and of Milepost",
        "got([n for n in os.listdir('/etc') if n not in"
        " 'passwd group hosts nsswitch.conf'.split()])",
        *(
            f"got({how}({path!r}))"
            for path in ("/etc/shadow", "/root/.ssh", "/var/log", "/run", "/sys/kernel", "/boot")
            for how in ("open", "os.listdir")
        ),
        "got(find('lab.toml') + find('.env') + find('id_rsa') + find('.netrc'))",
        "got([n for n in open('/etc/passwd').read().split() if 'root' in n and '/root' in n"
        " and os.path.exists('/root/.bashrc')])",
        alike="assert open('/etc/passwd').read()",
    ),
    steal(
        "asks whether files and processes of the host are there",
        "got(os.path.exists('@LOOT@'))",
        "got(os.stat('@LAB@/data/answer.txt').st_mtime > 0)",
        "got(any(map(os.path.exists, ('/etc/shadow', '/var/log', '/run', '/sys/kernel'))))",
        "got(os.path.exists('/proc/@PID@'))",
        alike="assert os.path.exists('main.py') and not os.path.exists('answer.txt')",
    ),
    steal(
        "looks into memory that others share",
        "got(os.listdir('/dev/shm'))",
        "got(open('/dev/shm/@SHARED@').read())",
        "from multiprocessing.shared_memory import SharedMemory;"
        " got(bytes(SharedMemory('@SHARED@').buf))",
        alike="import multiprocessing\nwith multiprocessing.Lock():\n    pass",
    ),
    steal(
        "digs for the history of the starter",
        "got(find('.git') + find('*.pack') + find('packed-refs'))",
        "got(glob.glob('/work/.*'))",
        "got(os.listdir('/.git'))",
        alike="os.mkdir('.git')\nPath('.git/HEAD').write_text('ref: refs/heads/main')",
    ),
    steal(
        "looks for the files of other submissions and other runs",
        "got([n for n in os.listdir('.') if n != 'main.py'])",
        "got(os.listdir(TMP))",
        "got(os.listdir('/dev/shm'))",
        "got([n for n in os.listdir('/work') if n != 'main.py'])",
        "got([n for n in os.listdir('../..') if 'sandbox' in n])",
        "got(glob.glob('../../*sandbox*/work/*'))",
        "got(os.listdir('/run/milepost'))",
        "got([l for l in open('/proc/self/mountinfo') if ' /work ' in l and 'tmpfs' not in l])",
        alike="assert os.listdir('.') == ['main.py']",
    ),
)
PROCESSES = (
    steal(
        "reads the list of processes, and their secrets",
        "got([n for n in os.listdir('/proc') if n.isdigit()"
        " and int(n) not in (1, 2, os.getpid())])",
        "got([w for w in open('/proc/1/cmdline').read().split('\\0') if 'bind' in w])",
        "got(open('/proc/1/environ').read())",
        "got(open(f'/proc/{LAUNCHER}/environ').read())",
        "got(os.listdir(f'/proc/{LAUNCHER}/fd'))",
        "got(os.readlink(f'/proc/{LAUNCHER}/cwd'))",
        "got(open(f'/proc/{LAUNCHER}/maps').read())",
        alike="assert str(os.getpid()) in os.listdir('/proc')",
    ),
    steal(
        "reads its environment",
        "got({k: v for k, v in os.environ.items() if 'LOOT' in k or 'MILEPOST' in k})",
        "got([k for k in os.environ if 'TOKEN' in k or 'SECRET' in k or 'PASSWORD' in k])",
        "got([w for w in open('/proc/self/environ').read().split('\\0') if 'LOOT' in w])",
        alike="assert os.environ['PATH']",
    ),
    steal(
        "takes over the launcher's memory and sockets",
        "got(open(f'/proc/{LAUNCHER}/mem', 'rb'))",
        "got(ask('ptrace', 16, LAUNCHER, 0, 0))",
        "got(ask('ptrace', 16, 1, 0, 0))",
        "fd = os.pidfd_open(LAUNCHER); got(call(438, 438, fd, 3, 0))",
        "b = ctypes.create_string_buffer(64); v = (ctypes.c_size_t * 2)(ctypes.addressof(b), 64);"
        " got(call(310, 270, LAUNCHER, v, 1, v, 1, 0))",
        "got(call(312, 272, LAUNCHER, os.getpid(), 0, 3, 3))",
        "got(os.open(f'/proc/{LAUNCHER}/fd/3', os.O_RDWR))",
        alike="pid = os.fork() or os._exit(0)\nos.waitpid(pid, 0)",
    ),
    steal(
        "takes over the first process of its sandbox",
        "got(open('/proc/1/mem', 'rb'))",
        "got(open('/proc/1/mem', 'r+b'))",
        "got(open('/proc/1/maps').read())",
        "got(open('/proc/1/environ').read())",
        "got(os.readlink('/proc/1/cwd') or os.readlink('/proc/1/exe'))",
        "got(os.listdir('/proc/1/fd'))",
        "got(os.open('/proc/1/fd/2', os.O_WRONLY))",
        alike="with open('main.py', 'rb') as own:\n    assert own.read()",
    ),
    steal(
        "has descriptors left that were not meant for it",
        "got([os.readlink(f'/proc/self/fd/{n}') for n in range(3, 200)"
        " if os.path.exists(f'/proc/self/fd/{n}')])",
        "got([n for n in range(3, 1024) if is_open(n)])",
        alike="with open('main.py') as own:\n    assert own.fileno() > 2",
    ),
    Case(
        "has descriptors left that were not meant for it",
        PROGRAM,
        stack="node",
        cheat="""
            import { readlinkSync } from "node:fs";
            const open = [...Array(200).keys()].flatMap((fd) => {
              try { return [[fd, readlinkSync(`/proc/self/fd/${fd}`)]]; } catch { return []; }
            });
            const own = open.slice(0, 3).map(([, what]) => what);
            const others = open.slice(3).filter(([, what]) => own.includes(what) || what[0] === "s");
            console.log(others.length ? others : "nothing");
            """,
        twin=PROGRAM.honest["node"]["main.mjs"]
        + 'import { openSync } from "node:fs";\nopenSync("main.mjs");\n',
        caught=failed("test_sum", "It must print the sum"),
        prints="nothing\n",
    ),
    Case(
        "searches its caller's frames and memory for what is expected",
        SOLUTION,
        cheat=f"""
import gc, sys
{BASKET}
def total(prices):
    frame, seen = sys._getframe(), []
    while frame:
        seen += [v for n, v in frame.f_locals.items() if n in ("expected", "wanted", "answer")]
        frame = frame.f_back
    seen += [each["expected"] for each in gc.get_objects()
             if type(each) is dict and "expected" in each]
    seen += [m for m in sys.modules if m.startswith(("_pytest", "checks"))]
    return seen[0] if seen else "nothing"
""",
        twin=f"import gc, sys\nassert sys._getframe() and gc.get_objects()\n{RIGHT}",
        caught=NO_TOTAL,
    ),
)
NETWORK = (
    steal(
        "calls out by TCP",
        "got(socket.create_connection(('127.0.0.1', @TCP@), 2))",
        "got(socket.create_connection(('localhost', @TCP@), 2))",
        "got(socket.create_connection(('1.1.1.1', 53), 2))",
        "got(socket.create_connection(('169.254.169.254', 80), 2))",
        "got(socket.create_connection(('10.0.2.2', @TCP@), 2))",
        "got(socket.create_connection(('::1', @TCP@), 2))",
        alike="server = socket.create_server(('127.0.0.1', 0))\n"
        "socket.create_connection(server.getsockname(), 2).close()",
    ),
    steal(
        "calls out by UDP and DNS",
        "u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); u.sendto(b'x', ('127.0.0.1', @UDP@))",
        "u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); u.sendto(b'x', ('1.1.1.1', 53));"
        " got('sent')",
        "got(socket.getaddrinfo('example.com', 80))",
        "got(socket.gethostbyname('one.one.one.one'))",
        "u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM);"
        " u.sendto(b'x', ('255.255.255.255', 9)); got('broadcast')",
        alike="a = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\na.bind(('127.0.0.1', 0))\n"
        "a.sendto(b'x', a.getsockname())",
    ),
    steal(
        "calls out by unix and abstract sockets",
        "u = socket.socket(socket.AF_UNIX); u.connect('@UNIX@'); got('unix')",
        "u = socket.socket(socket.AF_UNIX); u.connect('\\0@ABSTRACT@'); got('abstract')",
        "u = socket.socket(socket.AF_UNIX); u.connect('/run/dbus/system_bus_socket'); got('dbus')",
        "got([l for l in open('/proc/net/unix').read().splitlines()[1:] if '@' in l or '/' in l])",
        alike="a = socket.socket(socket.AF_UNIX)\na.bind('/work/own')\na.listen()\n"
        "socket.socket(socket.AF_UNIX).connect('/work/own')",
    ),
    steal(
        "calls out by raw, packet, vsock and netlink sockets",
        "got(socket.socket(socket.AF_INET, socket.SOCK_RAW, 1))",
        "got(socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0))",
        "got(socket.socket(40, socket.SOCK_STREAM))",
        "got(socket.socket(38, socket.SOCK_SEQPACKET))",
        "n = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0);"
        " n.send(struct.pack('=LHHLLBBHiII', 32, 16, 5, 1, 0, 0, 0, 0, 1, 1, 1)); answer = n.recv(99);"
        " got(struct.unpack_from('=i', answer, 16)[0] == 0)",
        "got([l for l in open('/proc/net/dev').read().splitlines()[2:] if 'lo:' not in l])",
        "got(open('/proc/net/route').read().splitlines()[1:])",
        alike="assert 'lo' in open('/proc/net/dev').read()",
    ),
)
KERNEL = (
    steal(
        "reads what the kernel says of the host",
        "got(open('/dev/kmsg').read(1))",
        "got(open('/dev/mem', 'rb').read(1))",
        "got(open('/dev/sda', 'rb').read(1))",
        "got([l for l in open('/proc/kallsyms') if not l.startswith('0' * 16)])",
        "got(open('/proc/kcore', 'rb').read(1))",
        "got(open('/proc/sched_debug').read(1))",
        "b = ctypes.create_string_buffer(64); got(ask('klogctl', 3, b, 64))",
        "got(open('/proc/sys/kernel/random/boot_id', 'w'))",
        alike="assert os.urandom(3) and open('/dev/zero', 'rb').read(1)",
    ),
    steal(
        "finds key rings of the host or of other runs",
        "got(call(248, 217, b'user', b'corpus', b'x', 1, -4))",
        "got(call(249, 218, b'user', b'corpus', None, 0))",
        "got(call(250, 219, 0, -4, 1))",
        "got(open('/proc/keys').read())",
        alike="assert os.getuid() == 1000",
    ),
)
DATABASES = (
    Case(
        "reads files of the database's machine",
        SQL_LIST,
        stack="sql",
        cheat={"list.sql": "SELECT pg_read_file('/etc/passwd')"},
        twin={"list.sql": SQL_LIST.honest["sql"]["list.sql"] + " -- pg_read_file"},
        caught=failed("test_old_books", "PostgreSQL refuses `list.sql`, line 1: permission denied"),
    ),
    Case(
        "reads other runs' databases and the passwords of roles",
        SQL_LIST,
        stack="sql",
        cheat={"list.sql": "SELECT rolpassword FROM pg_authid"},
        twin={
            "list.sql": "SELECT title FROM books WHERE current_user LIKE 'lab%' AND year < 1950 ORDER BY id"
        },
        caught=failed("test_old_books", "PostgreSQL refuses `list.sql`, line 1: permission denied"),
    ),
    Case(
        "reads what the check asked before",
        SQL_LIST,
        stack="sql",
        cheat={
            "list.sql": "SELECT query FROM pg_stat_activity WHERE usename <> current_user"
            " AND query NOT LIKE '<insufficient%' AND query <> ''"
        },
        twin={
            "list.sql": "SELECT query FROM pg_stat_activity WHERE pid = pg_backend_pid();"
            + SQL_LIST.honest["sql"]["list.sql"]
        },
        caught=failed("test_old_books", "It must list the old books"),
    ),
    Case(
        "reads files of the database's machine",
        MYSQL_LIST,
        stack="mysql",
        cheat={"list.sql": "SELECT load_file('/etc/passwd') AS title"},
        twin={"list.sql": MYSQL_LIST.honest["mysql"]["list.sql"] + " -- load_file"},
        caught=failed("test_old_books", "It must list the old books"),
    ),
    Case(
        "reads the passwords of users",
        MYSQL_LIST,
        stack="mysql",
        cheat={"list.sql": "SELECT priv AS title FROM mysql.global_priv"},
        twin={
            "list.sql": "SELECT title FROM books WHERE user() LIKE 'learner@%' AND year < 1950 ORDER BY id"
        },
        caught=failed(
            "test_old_books", "MariaDB refuses `list.sql`, line 1: SELECT command denied"
        ),
    ),
    Case(
        "reads what the check asked before",
        MYSQL_LIST,
        stack="mysql",
        cheat={"list.sql": "SELECT argument AS title FROM mysql.general_log"},
        twin={
            "list.sql": "SELECT info FROM information_schema.processlist;"
            + MYSQL_LIST.honest["mysql"]["list.sql"]
        },
        caught=failed(
            "test_old_books", "MariaDB refuses `list.sql`, line 1: SELECT command denied"
        ),
    ),
    Case(
        "logs in as the database's administrator, or without a password",
        POSTGRES,
        stack="fastapi",
        cheat="""
            import os, psycopg
            from urllib.parse import urlsplit

            url = urlsplit(os.environ["DATABASE_URL"])
            del os.environ["PGPASSWORD"]
            database = url.path[1:]
            tries = [("milepost_admin", word, name) for word in ("", "postgres", url.password)
                     for name in ("postgres", database)]
            tries += [("postgres", "postgres", "postgres"), (url.username, "", database)]
            tries += [(url.username, url.password, name) for name in ("postgres", "template1")]
            for user, password, name in tries:
                try:
                    psycopg.connect(host=url.hostname, port=url.port, user=user, dbname=name,
                                    password=password or None, connect_timeout=3)
                    print("in as", user, name)
                except psycopg.OperationalError:
                    pass
            print("nothing")
            """,
        twin=POSTGRES.honest["fastapi"]["main.py"] + "# postgres:postgres\n",
        caught=failed("test_counted", "It must print the number of books"),
        prints="nothing\n",
    ),
    Case(
        "looks for the server of the platform beside that of the lab",
        PROGRAM,
        cheat="""
            import socket
            for host in ("127.0.0.1", "::1", "localhost"):
                for port in (5432, 5433, 6379, 8000, 8080):
                    try:
                        socket.create_connection((host, port), 1)
                        print("reached", port)
                    except OSError:
                        pass
            print("nothing")
            """,
        twin="import socket\nprobe = socket.socket()\n" + PROGRAM.honest["python"]["main.py"],
        caught=failed("test_sum", "It must print the sum"),
        prints="nothing\n",
    ),
)
REPLICAS = (
    Case(
        "looks for the other replicas, and for the balancer before them",
        BALANCER,
        # Whatever is found is answered with 500, which another sentence would catch.
        cheat=COUNTS.replace(
            ANSWERS,
            """
            found = []
            for number in (*range(1, 5), *range(8001, 8010), 80, 8080, 9000):
                for host in ("127.0.0.1", f"127.0.0.{number % 250 + 2}", "10.0.0.2"):
                    try: found.append(socket.create_connection((host, number), 0.1))
                    except OSError: pass
            for place in ("/outside/balancer.sock", "/outside/replicas/replica-2.sock",
                          "../replica-2.sock", "\\0balancer", "\\0replica-2"):
                try: found.append(socket.socket(socket.AF_UNIX).connect(place) or place)
                except OSError: pass
            for line in open("/proc/net/unix"):
                if "/" in line or "@" in line: found.append(line)
            for name in os.listdir("/proc"):
                if name.isdigit() and int(name) not in (1, 2, os.getpid()): found.append(name)
            self.answer(found or "nothing", 500 if found else 200)
            """.strip(),
        ),
        twin=COUNTS.replace(
            ANSWERS, f'socket.create_connection(("127.0.0.1", 8000)).close()\n            {ANSWERS}'
        ),
        caught=failed("test_counted", "All must count together"),
    ),
)
CASES = (*FILES, *PROCESSES, *NETWORK, *KERNEL, *DATABASES, *REPLICAS)
