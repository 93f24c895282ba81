"""Which system calls sandboxes are refused, and why: the whole list, each rule with its reason.

What is not named here is allowed, since namespaces and missing capabilities already refuse most;
this takes away what bugs in kernels and escapes are made of. How it becomes a filter is `seccomp`.
"""

import errno
from dataclasses import dataclass
from enum import StrEnum, auto

# The newest call that was looked at is futex_requeue. Newer ones are refused until somebody has,
# and so is everything with the bit of x32 set, a second set of numbers that nobody uses.
NEWEST_CALL = 456

_CLONE_NEW_ANYTHING = 0x7E020000  # NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET
_CLONE_VM, _CLONE_FS, _CLONE_FILES, _CLONE_IO = 0x100, 0x200, 0x400, 0x80000000
_CLONE_VFORK, _CLONE_THREAD = 0x4000, 0x10000
_AF_UNIX, _AF_INET, _AF_INET6, _AF_NETLINK = 1, 2, 10, 16
_NETLINK_ROUTE = 0
_IPPROTO_IP, _IPPROTO_TCP, _IPPROTO_UDP = 0, 6, 17
_TIOCSTI, _TIOCLINUX, _TIOCSETD = 0x5412, 0x541C, 0x5423
_PERSONALITY_NORMAL, _PERSONALITY_QUERY = 0, 0xFFFFFFFF


class Inhabitant(StrEnum):
    """Who lives in a sandbox. Learners are refused the most."""

    LEARNER = auto()
    CHECKS = auto()
    SERVER = auto()


class Is(StrEnum):
    """How a test compares one argument of a call. Only its low 32 bits are looked at."""

    ONE_OF = auto()
    NONE_OF = auto()
    WITH_ANY_BIT_OF = auto()
    WITH_NO_BIT_OF = auto()


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on one argument, counted from 0."""

    argument: int
    how: Is
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """Calls that fail with `error`: always, or where all tests hold."""

    calls: tuple[str, ...]
    error: int
    because: str
    when: tuple[Condition, ...] = ()
    spared: frozenset[Inhabitant] = frozenset()  # who needs it


def _calls(names: str) -> tuple[str, ...]:
    return tuple(names.split())


RULES = (
    Rule(
        _calls("io_uring_setup io_uring_enter io_uring_register"),
        errno.ENOSYS,  # libuv then uses its threads
        "It does what other calls do without passing this filter, and had many bugs.",
    ),
    Rule(
        _calls("bpf perf_event_open userfaultfd lookup_dcookie"),
        errno.EPERM,
        "Code inside the kernel, counters that see other processes, and a way to stop the kernel"
        " in mid-copy: what exploits are built with, and nothing that a program of a lab needs.",
    ),
    Rule(
        _calls("ptrace process_vm_readv process_vm_writev process_madvise kcmp pidfd_getfd"),
        errno.EPERM,
        "One process that reads, writes or takes over another: the launcher's socket, for one.",
    ),
    Rule(
        _calls("add_key request_key keyctl"),
        errno.ENOSYS,
        "Key rings are not divided by namespaces, so they lead from one run to the next.",
    ),
    Rule(
        _calls("mount umount2 pivot_root chroot fsopen fsconfig fsmount fspick")
        + _calls("open_tree move_mount mount_setattr"),
        errno.EPERM,
        "What a sandbox shows is settled before its program starts.",
    ),
    Rule(
        _calls("unshare setns"),
        errno.EPERM,
        "A new user namespace brings capabilities, and with them most of the kernel's bugs.",
    ),
    Rule(
        _calls("clone"),
        errno.EPERM,
        "The same by another call. Threads and forks ask for no new namespace.",
        when=(Condition(0, Is.WITH_ANY_BIT_OF, (_CLONE_NEW_ANYTHING,)),),
    ),
    Rule(
        _calls("clone"),
        errno.EPERM,
        "Two processes that share memory for good: one that waits for a later check could be told"
        " what this one is about. `vfork` shares it with a parent that stands still.",
        when=(
            Condition(0, Is.WITH_ANY_BIT_OF, (_CLONE_VM,)),
            Condition(0, Is.WITH_NO_BIT_OF, (_CLONE_THREAD | _CLONE_VFORK,)),
        ),
    ),
    Rule(
        _calls("clone"),
        errno.EPERM,
        "The same by descriptors, by a work folder with its mask, or by priorities at the disk.",
        when=(
            Condition(0, Is.WITH_ANY_BIT_OF, (_CLONE_FS | _CLONE_FILES | _CLONE_IO,)),
            Condition(0, Is.WITH_NO_BIT_OF, (_CLONE_THREAD,)),
        ),
    ),
    Rule(
        _calls("ioprio_set"),
        errno.EPERM,
        "A note that one process can write on another, and nothing in /proc shows it.",
    ),
    Rule(
        _calls("sched_setattr"),
        errno.EPERM,
        "The same. Its own have the number 0.",
        when=(Condition(0, Is.NONE_OF, (0,)),),
    ),
    Rule(
        _calls("clone3"),
        errno.ENOSYS,  # the C library then calls clone
        "Its flags lie in memory, where a filter cannot look.",
    ),
    Rule(
        _calls("kexec_load kexec_file_load init_module finit_module delete_module reboot")
        + _calls("swapon swapoff acct syslog quotactl quotactl_fd vhangup sethostname")
        + _calls("setdomainname iopl ioperm uselib _sysctl sysfs"),
        errno.EPERM,
        "They administer a machine. Root alone may, and this holds should a sandbox ever be root.",
    ),
    Rule(
        _calls("settimeofday clock_settime clock_adjtime adjtimex"),
        errno.EPERM,
        "The clock is everybody's.",
    ),
    Rule(
        _calls("modify_ldt"),
        errno.ENOSYS,
        "Segments of 16-bit programs: bugs, and no use.",
    ),
    Rule(
        _calls("open_by_handle_at name_to_handle_at fanotify_init fanotify_mark"),
        errno.EPERM,
        "Files by number, past every path: the first famous escape from containers.",
    ),
    Rule(
        _calls("mbind get_mempolicy set_mempolicy set_mempolicy_home_node")
        + _calls("migrate_pages move_pages"),
        errno.EPERM,  # libnuma then says that there is none
        "Where memory lies on big machines: touches other processes, and had many bugs.",
    ),
    Rule(
        _calls("personality"),
        errno.EPERM,
        "It turns off protections, such as addresses that cannot be guessed.",
        when=(Condition(0, Is.NONE_OF, (_PERSONALITY_NORMAL, _PERSONALITY_QUERY)),),
    ),
    Rule(
        _calls("socket"),
        errno.EAFNOSUPPORT,
        "Unix, IPv4, IPv6 and the list of interfaces; every other family (vsock, packet, alg,"
        " bluetooth, …) is kernel code that no program of a lab needs; vsock leaves the sandbox.",
        when=(Condition(0, Is.NONE_OF, (_AF_UNIX, _AF_INET, _AF_INET6, _AF_NETLINK)),),
    ),
    Rule(
        _calls("socket"),
        errno.EPROTONOSUPPORT,
        "Of netlink only the interfaces, which name resolution reads.",
        when=(Condition(0, Is.ONE_OF, (_AF_NETLINK,)), Condition(2, Is.NONE_OF, (_NETLINK_ROUTE,))),
    ),
    Rule(
        _calls("socket"),
        errno.EPROTONOSUPPORT,
        "Of the internet's protocols TCP and UDP; SCTP, DCCP and the like load kernel modules.",
        when=(
            Condition(0, Is.ONE_OF, (_AF_INET, _AF_INET6)),
            Condition(2, Is.NONE_OF, (_IPPROTO_IP, _IPPROTO_TCP, _IPPROTO_UDP)),
        ),
    ),
    Rule(
        _calls("ioctl"),
        errno.EPERM,
        "Typing into a terminal on behalf of who sits there, and kernel modules for serial lines.",
        when=(Condition(1, Is.ONE_OF, (_TIOCSTI, _TIOCLINUX, _TIOCSETD)),),
    ),
    Rule(
        _calls("shmget shmat shmdt shmctl"),
        errno.ENOSYS,
        "Memory that no process needs to have mapped, so that only a cgroup counts it.",
        # PostgreSQL holds a few bytes of it, to be sure that it is alone with its data.
        spared=frozenset({Inhabitant.SERVER}),
    ),
    Rule(
        _calls("memfd_create memfd_secret"),
        errno.ENOSYS,
        "The same: files in memory that are in no folder, beyond the size of every mount.",
    ),
    Rule(
        _calls("msgget msgsnd msgrcv msgctl semget semop semtimedop semctl")
        + _calls("mq_open mq_unlink mq_timedsend mq_timedreceive mq_notify mq_getsetattr"),
        errno.ENOSYS,
        "The same once more: half a gigabyte of messages in the kernel's own memory.",
    ),
)


_SOCK_STREAM, _SOCK_TYPES = 1, 0xF
_PRIO_PROCESS, _IOPRIO_WHO_PROCESS, _ITSELF = 0, 1, 0

# Without namespaces these are the only wall, or a second one behind Landlock.
RESTRICTED_RULES = (
    Rule(
        _calls("socket connect bind listen accept accept4"),
        errno.EPERM,
        "The network is the host's, and so are all sockets that have a name.",
    ),
    Rule(
        _calls("socketpair"),
        errno.EPERM,
        "A pair of streams reaches nobody else; one for datagrams can be sent to any address.",
        when=(Condition(1, Is.WITH_ANY_BIT_OF, (_SOCK_TYPES & ~_SOCK_STREAM,)),),
    ),
    Rule(
        _calls("sendmsg sendmmsg"),
        errno.EPERM,
        "Descriptors on their way are in no process, so deleted files on the way are not counted.",
        spared=frozenset({Inhabitant.CHECKS}),
    ),
    Rule(
        _calls("inotify_init inotify_init1 inotify_add_watch"),
        errno.ENOSYS,
        "Landlock does not keep it from watching files of the host.",
    ),
    Rule(
        _calls("prlimit64"),
        errno.EPERM,
        "Limits of other processes of the same user. Its own have the number 0.",
        when=(Condition(0, Is.NONE_OF, (_ITSELF,)),),
    ),
    Rule(
        _calls("sched_setaffinity sched_setscheduler sched_setparam"),
        errno.EPERM,
        "The same for when and where others run.",
        when=(Condition(0, Is.NONE_OF, (_ITSELF,)),),
    ),
    Rule(
        _calls("setpriority"),
        errno.EPERM,
        "The same for priorities: of others, of a group, of a whole user.",
        when=(Condition(1, Is.NONE_OF, (_ITSELF,)),),
    ),
    Rule(
        _calls("setpriority"),
        errno.EPERM,
        "The user of number 0 is oneself too.",
        when=(Condition(0, Is.NONE_OF, (_PRIO_PROCESS,)),),
    ),
    Rule(
        _calls("fchmod"),
        errno.EPERM,
        "The next rule says why. Checks open their pipes for programs by it.",
        spared=frozenset({Inhabitant.CHECKS}),
    ),
    Rule(
        _calls("chmod fchmodat fchmodat2 chown fchown lchown fchownat")
        + _calls("utime utimes futimesat utimensat")
        + _calls("setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr"),
        errno.EPERM,
        "Landlock does not keep it from changing owners, modes and times of the host's files, and"
        " where sandboxes run as Milepost's own user, those files are its own.",
    ),
)


def list_rules(inhabitant: Inhabitant, *, restricted: bool = False) -> tuple[Rule, ...]:
    """List what holds in a sandbox, in the order in which it is asked."""
    rules = (*RESTRICTED_RULES, *RULES) if restricted else RULES
    return tuple(rule for rule in rules if inhabitant not in rule.spared)
