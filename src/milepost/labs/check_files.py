"""Finds the files that a lab's checks stand in: `checks.py`, or one for each task in `checks/`.

What each says of its checks is read in `checks_file`, what learners get of them in `stripping`.
Files of the folder meet in `support.py` alone, by names, so that it can be told without running
anything what each of them uses.
"""

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from milepost.engine.checks.files import FOLDER, ONE_FILE, SUPPORT, SUPPORT_MODULE

_ONLY_WAY = (
    f"Write `from {SUPPORT_MODULE} import NAME` at the top level; what several files use belongs"
    f" into {SUPPORT}."
)


def is_check_file(path: str) -> bool:
    """Tell whether a file of a lab belongs to its checks."""
    return path == ONE_FILE or path.startswith(f"{FOLDER}/")


def find_form_problem(paths: Collection[str]) -> str | None:
    """Say why it is not clear where the checks of a lab are, or return None."""
    has_folder = any(path.startswith(f"{FOLDER}/") for path in paths)
    if has_folder and ONE_FILE in paths:
        return (
            f"There are {ONE_FILE} and a folder {FOLDER}/. Keep one of them: in the folder each"
            " task has a file of its own."
        )
    return None if has_folder or ONE_FILE in paths else f"{ONE_FILE} is missing. Every lab has one."


def parse_check_files(
    files: Mapping[str, bytes], tasks: Sequence[str], problems: list[str]
) -> dict[str, ast.Module] | None:
    """Parse what the checks stand in, in the order of the tasks; None where not all is Python."""
    if ONE_FILE in files:
        paths = [ONE_FILE]
    else:
        paths = [f"{FOLDER}/{task}.py" for task in tasks if f"{FOLDER}/{task}.py" in files]
        paths += [SUPPORT] if SUPPORT in files and SUPPORT not in paths else []
        problems += [
            f"{path} is named after no task of lab.toml ({', '.join(tasks)}). Name it after its"
            f" task, as in {FOLDER}/{tasks[0] if tasks else 'task'}.py, or move what several files"
            f" use into {SUPPORT}."
            for path in files
            if is_check_file(path) and path not in paths
        ]
    trees = {path: _parse(path, files[path], problems) for path in paths}
    parsed = {path: tree for path, tree in trees.items() if tree is not None}
    if len(parsed) < len(trees):
        return None
    for path, tree in parsed.items():
        if path != ONE_FILE:
            problems += _list_folder_problems(path, tree)
    return parsed


def find_task(path: str) -> str | None:
    """Return the task whose checks stand in a file; None where all of them do, or none."""
    return None if path in {ONE_FILE, SUPPORT} else PurePosixPath(path).stem


def list_support_names(node: ast.stmt) -> list[str]:
    """List what a statement imports from the file that checks share."""
    if isinstance(node, ast.ImportFrom) and node.module == SUPPORT_MODULE and node.level == 0:
        return [alias.name for alias in node.names]
    return []


def _parse(path: str, content: bytes, problems: list[str]) -> ast.Module | None:
    try:
        return ast.parse(content, filename=path)
    except SyntaxError as error:
        problems.append(f"{path} line {error.lineno}: {error.msg}. Fix the syntax.")
    except ValueError as error:
        problems.append(f"{path} cannot be read as Python: {error}.")
    except (RecursionError, MemoryError):  # what Python's parser says of a line that never ends
        problems.append(f"{path} is nested too deeply to be read. Flatten it.")
    return None


def _list_folder_problems(path: str, tree: ast.Module) -> Iterator[str]:
    top = {id(node) for node in tree.body}
    for node in ast.walk(tree):
        if not _is_of_the_folder(node):
            continue
        names = list_support_names(node) if isinstance(node, ast.stmt) else []
        if path == SUPPORT or id(node) not in top or not names or "*" in names:
            yield (
                f"{path} line {getattr(node, 'lineno', 0)} imports from {FOLDER}/ in a way that"
                f" can't be followed. {_ONLY_WAY}"
            )
    for node in tree.body:
        if path != SUPPORT and isinstance(node, ast.FunctionDef) and node.name == "seed":
            yield (
                f"{path} line {node.lineno}: `seed` fills the database for the checks of every"
                f" file. Move it into {SUPPORT}."
            )


def _is_of_the_folder(node: ast.AST) -> bool:
    """Tell whether a statement imports from the folder of checks."""
    match node:
        case ast.Import(names=names):
            return any(alias.name.partition(".")[0] == FOLDER for alias in names)
        case ast.ImportFrom(module=module, level=level):
            return level > 0 or (module or "").partition(".")[0] == FOLDER
    return False
