"""Escaping: out of the sandbox into the host: privileges, namespaces, mounts, kernel doors, odd names.

What is refused here is refused by namespaces, missing capabilities, mount flags or the filter of
system calls, mostly by several of them.
"""

from harness.mongo_talk import TALK as MONGO_TALK
from harness.redis_talk import TALK
from security.case import Case, crashed, failed
from security.labs import MONGO, PROGRAM, REDIS, SQL_LIST
from security.thief import steal

PRIVILEGES = (
    steal(
        "becomes another user or group",
        "os.setuid(0); got('root')",
        "os.setgid(0); got('group of root')",
        "os.setgroups([0]); got('groups')",
        "os.setresuid(1, 1, 1); got('another user')",
        "got([l for l in open('/proc/self/status')"
        " if l.startswith('Cap') and int(l.split()[1], 16)])",
        "got(libc.prctl(39, 0, 0, 0, 0) != 1)",
        "had = ctypes.create_string_buffer(24);"
        " got(ask('capget', struct.pack('=Ii', 0x20080522, 0), had) and any("
        "n & ~4 for n in struct.unpack('=6I', had.raw)))",
        alike="os.setuid(os.getuid())",
    ),
    steal(
        "makes programs that run as their owner",
        "Path('sh').write_bytes(Path(os.path.realpath(sys.executable)).read_bytes());"
        " os.chmod('sh', 0o6755); got(subprocess.run(['./sh', '-Sc', 'import os;"
        ' print(os.geteuid() != 1000 or "")\'], capture_output=True).stdout.strip())',
        "os.chown('main.py', 0, 0); got('root owns it')",
        "os.setxattr('main.py', 'security.capability', b'\\1\\0\\0\\2' + b'\\377' * 16); got('caps')",
        alike="os.chmod('main.py', 0o6755)",
    ),
    steal(
        "makes device files",
        "os.mknod('null', 0o20666, os.makedev(1, 3)); got(open('null'))",
        "os.mknod('disk', 0o60666, os.makedev(8, 0)); got(open('disk', 'rb').read(1))",
        "os.mknod('/dev/shm/mem', 0o20666, os.makedev(1, 1)); got('memory')",
        "os.mknod(TMP + '/mem', 0o20666, os.makedev(1, 1)); got('memory')",
        "got(os.open('/dev/fuse', os.O_RDWR))",
        "got(os.open('/dev/net/tun', os.O_RDWR))",
        "got(os.open('/dev/kvm', os.O_RDWR))",
        alike="os.mkfifo('pipe')\nassert stat.S_ISFIFO(os.stat('pipe').st_mode)",
    ),
    steal(
        "raises its own limits and rank",
        "resource.setrlimit(resource.RLIMIT_NPROC, (99999, 99999)); got('processes')",
        "resource.setrlimit(resource.RLIMIT_NOFILE, (99999, 99999)); got('files')",
        "resource.setrlimit(resource.RLIMIT_CPU, (-1, -1)); got('time')",
        "os.nice(-20); got('nice')",
        "os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(99)); got('real time')",
        "got(write('/proc/self/oom_score_adj', b'-1000'))",
        "got(ask('mlockall', 7) and resource.getrlimit(resource.RLIMIT_MEMLOCK)[0] > 1 << 27)",
        alike="resource.setrlimit(resource.RLIMIT_NPROC, (8, 8))\nos.nice(5)",
    ),
)
NAMESPACES = (
    steal(
        "makes new namespaces",
        *(
            f"got(ask('unshare', {flag:#x}))"
            for flag in (0x10000000, 0x20000, 0x40000000, 0x8000000, 0x2000000, 0x4000000)
        ),
        "got(call(56, 220, 0x10000000 | 17, 0, 0, 0, 0))",
        "got(call(435, 435, struct.pack('=11Q', 0x10000000, *[0] * 3, 17, *[0] * 6), 88))",
        "got(ask('setns', os.open('/proc/1/ns/mnt', os.O_RDONLY), 0))",
        "got(ask('setns', os.open('/proc/1/ns/user', os.O_RDONLY), 0))",
        alike="os.readlink('/proc/self/ns/user')",
    ),
    steal(
        "changes what its sandbox shows",
        "got(ask('mount', b'x', b'/work', b'tmpfs', 0, None))",
        "got(ask('mount', b'/', b'/work', None, 4096, None))",
        "got(ask('mount', None, b'/', None, 32 | 4096, None))",
        "got(ask('umount2', b'/proc', 2))",
        "got(call(155, 41, b'/work', b'/work'))",
        "os.chroot('/work'); got('chroot')",
        "got(call(428, 428, -100, b'/', 1))",
        "got(call(430, 430, b'tmpfs', 0))",
        alike="assert 'tmpfs' in open('/proc/self/mounts').read()",
    ),
    steal(
        "writes where sandboxes are read-only",
        *(
            f"open({path!r}, 'a').write('x'); got({path!r})"
            for path in (
                "/new",
                "/dev/new",
                "/etc/passwd",
                "/etc/ld.so.preload",
                "/usr/lib/@MARK@",
                "/opt/milepost/milepost/engine/protocol/frames.py",
                "/usr/local/bin/python",
                "../@MARK@",
                "../opt/milepost/milepost/engine/protocol/frames.py",
                "../usr/local/bin/@MARK@",
            )
        ),
        "open(os.path.dirname(os.__file__) + '/@MARK@', 'w').write('x'); got('the library')",
        "open(sys.executable, 'r+b').close(); got('the interpreter')",
        "os.mkdir('../@MARK@'); got('beside')",
        "os.rename('../usr', '../@MARK@'); got('moved the sandbox')",
        "os.rmdir('../tmp'); got('removed a place')",
        "os.rename('/usr/local/bin/python', '/work/python'); got('moved')",
        "os.remove('/etc/hosts'); got('removed')",
        "os.mkdir('/@MARK@'); got('made')",
        alike="open(TMP + '/own', 'w').write('x')",
    ),
    steal(
        "turns knobs of the kernel",
        *(
            f"got(write({path!r}, b'1'))"
            for path in (
                "/proc/sys/kernel/core_pattern",
                "/proc/sys/vm/overcommit_memory",
                "/proc/sysrq-trigger",
                "/proc/sys/kernel/hostname",
                "/proc/sys/user/max_user_namespaces",
                "/proc/sys/kernel/ns_last_pid",
                "/proc/irq/0/smp_affinity",
            )
        ),
        "got(glob.glob('/sys/**/release_agent', recursive=True) + glob.glob('/sys/fs/*'))",
        "got(ask('sethostname', b'mine', 4))",
        "got(ask('settimeofday', struct.pack('=qq', 0, 0), None))",
        alike="assert open('/proc/sys/kernel/hostname').read() == 'lab\\n'",
    ),
)
KERNEL = (
    steal(
        "calls what exploits are made of",
        "got(call(425, 425, 8, ctypes.create_string_buffer(120)))",
        "got(call(321, 280, 0, ctypes.create_string_buffer(128), 128))",
        "got(call(298, 241, ctypes.create_string_buffer(128), 0, -1, -1, 0))",
        "got(call(323, 282, 0))",
        "got(call(248, 217, b'user', b'corpus', b'x', 1, -3))",
        "got(call(250, 219, 1, b'corpus'))",
        alike="assert os.getpid() > 1",
    ),
    steal(
        "administers the machine",
        "got(call(246, 104, 0, 0, 0, 0))",
        "got(call(175, 105, b'', 0, b''))",
        "got(call(169, 142, 0xfee1dead, 672274793, 0x1234567, 0))",
        "got(ask('swapon', b'/work/main.py', 0))",
        "got(ask('acct', b'/work/main.py'))",
        "got(call(304, 265, 3, ctypes.create_string_buffer(64), 0))",
        "got(call(300, 262, 0, 0))",
        "got(ask('iopl', 3) if ON_X86 else None)",
        alike="assert os.uname().nodename == 'lab'",
    ),
    steal(
        "signals what it should not know",
        "os.kill(1, 9); os.kill(1, 0) or got(False)",
        *(f"os.kill({pid}, 0); got({pid})" for pid in (99, 4000, 100000)),
        "got([pid for pid in range(max(3, LAUNCHER - 60), LAUNCHER) if is_there(pid)])",
        "got(ask('prctl', 35, 1, 0, 0, 0))",
        alike="os.kill(os.getpid(), 0)",
    ),
)
TERMINAL = (
    steal(
        "types into the terminal of whoever started it",
        "import fcntl; fcntl.ioctl(0, 0x5412, b'x'); got('typed')",
        "got(os.open('/dev/tty', os.O_RDWR))",
        "got(os.isatty(0) or os.isatty(1) or os.isatty(2))",
        alike="assert not os.isatty(0)",
    ),
)
DATABASE = tuple(
    Case(
        name,
        SQL_LIST,
        stack="sql",
        cheat={"list.sql": statement},
        twin={"list.sql": f"-- {statement}\n{SQL_LIST.honest['sql']['list.sql']}"},
        caught=failed("test_old_books", f"PostgreSQL refuses `list.sql`, line 1{says}"),
    )
    for name, statement, says in (
        ("runs a program on the database's machine", "COPY books TO PROGRAM 'id'", ": permission"),
        ("writes a file there", "COPY books TO '/outside/@MARK@'", ": permission denied"),
        ("loads a library there", "LOAD '/work/evil.so'", ": access to library"),
        (
            "calls the C library there",
            "CREATE FUNCTION f() RETURNS int AS 'libc.so.6', 'system' LANGUAGE c",
            ": permission denied for language c",
        ),
        ("adds an extension", "CREATE EXTENSION dblink", ""),
        ("becomes the administrator", "SET ROLE milepost_admin", ": permission denied"),
        ("gives itself rights", "ALTER ROLE CURRENT_USER SUPERUSER", ": permission denied"),
        ("makes a database of its own", "CREATE DATABASE mine", ": permission denied"),
        (
            "reads large objects from files",
            "SELECT lo_import('/etc/passwd')",
            ": permission denied",
        ),
    )
)
REDIS_COMMANDS = tuple(
    Case(
        name,
        REDIS,
        # Versions of Redis refuse in different words.
        cheat=f"{TALK}\n    said = str(Redis()(*{command!r}.split(' ')))\n"
        "    print('refused' if said.startswith(('NOPERM', 'ERR ')) else said)\n",
        twin=REDIS.honest["python"]["main.py"] + f"    # {command}\n",
        caught=failed("test_visits", "It must print the number of visits"),
        prints="refused\n",
    )
    for name, command in (
        ("has Redis write files elsewhere", "CONFIG SET dir /tmp"),
        ("loads a module into Redis", "MODULE LOAD /work/evil.so"),
        ("has Redis follow another server", "REPLICAOF 127.0.0.1 @TCP@"),
        ("ends Redis", "SHUTDOWN NOSAVE"),
        ("gives itself every right in Redis", "ACL SETUSER default on nopass +@all"),
        ("listens to what the check says", "MONITOR"),
        ("calls the system from a script", "EVAL return(os.execute('id')) 0"),
        ("holds up what the check writes", "CLIENT PAUSE 60000"),
    )
)
NOT_AMONG = " is not among the commands that labs may use: they read and write documents."
MONGO_COMMANDS = tuple(
    Case(
        name,
        MONGO,
        cheat=f"{MONGO_TALK}\n    print(find_words(Mongo()({command})))\n",
        twin=MONGO.honest["python"]["main.py"] + f"    # {command}\n",
        caught=failed("test_visit", "It must print that the visit is stored"),
        prints=f"`{refused}`{rest}\n",
    )
    for name, command, refused, rest in (
        (f"{what} of the document store", command, command.partition("=")[0], NOT_AMONG)
        for what, command in (
            ("ends the server", "shutdown=1, force=1"),
            ("changes the settings", "setParameter=1, logLevel=5"),
            ("makes a user", "createUser='me', pwd='x', roles=[]"),
            ("ends the operations", "killOp=1, op=1"),
            ("copies the logs", "getLog='global'"),
            ("has it run a script", "eval='1'"),
        )
    )
)
NAMES = tuple(
    Case(
        f"hands in a file named {name!r}",
        PROGRAM,
        cheat={"main.py": "print(1)", name: "x"},
        twin={"main.py": PROGRAM.honest["python"]["main.py"], f"own/{number}/@MARK@": "x"},
        caught=crashed("test_sum", "Your code ended its own sandbox."),
    )
    for number, name in enumerate(
        (
            "../@MARK@",
            "/work/@MARK@",
            "own/../../@MARK@",
            "own/\0@MARK@",
            "main.py/@MARK@",
            "x" * 300,
        )
    )
)
CASES = (
    *PRIVILEGES,
    *NAMESPACES,
    *KERNEL,
    *TERMINAL,
    *DATABASE,
    *REDIS_COMMANDS,
    *MONGO_COMMANDS,
    *NAMES,
)
