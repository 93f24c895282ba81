"""Who may import whom, who may commit, and what stays outside the repository's reach."""

import ast
import subprocess
import sys
from pathlib import Path

from source_tree import ROOT, SOURCE, own_python, project_files, source_modules

GUEST = SOURCE / "engine" / "guest"
PROTOCOL = SOURCE / "engine" / "protocol"
READ_BY_GUESTS = {PROTOCOL / f"{name}.py" for name in ("__init__", "frames", "guest", "plain_json")}
SHARED = "../" + "shared"  # spelt so that this file does not name it itself


def test_layers_hold_and_nothing_imports_in_a_circle():
    lint_imports = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run(
        [lint_imports, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert result.returncode == 0, result.stdout + result.stderr


def test_only_core_and_the_worker_commit():
    """To Milepost's own database. The engine may not know it, and fills those of labs."""
    committing = [
        f"{module.name}:{node.lineno}"
        for module in source_modules()
        if module.path.relative_to(SOURCE).parts[0] not in {"core", "worker", "engine"}
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "commit"
    ]

    assert committing == []


def test_guest_files_import_only_the_standard_library():
    guest = [
        module
        for module in source_modules()
        if module.path.is_relative_to(GUEST) or module.path in READ_BY_GUESTS
    ]
    foreign = [
        f"{module.name} imports {name}"
        for module in guest
        for name in module.imports()
        if name.split(".")[0] not in sys.stdlib_module_names
        and not name.startswith(("milepost.engine.agent", "milepost.engine.protocol"))
    ]

    assert guest
    assert foreign == []


def test_no_file_reads_what_a_strangers_clone_does_not_have():
    kinds = {".py", ".sh", ".toml", ".md", ".js", ""}
    outside = [
        path.relative_to(ROOT).as_posix()
        for path in project_files()
        if path.suffix in kinds and SHARED in path.read_text(encoding="utf-8", errors="replace")
    ]

    assert outside == []


def test_no_code_runs_a_shell():
    shells = [
        f"{module.name}:{node.lineno}"
        for module in own_python()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.keyword)
        and node.arg == "shell"
        and isinstance(node.value, ast.Constant)
        and node.value.value is True
    ]

    assert shells == []
