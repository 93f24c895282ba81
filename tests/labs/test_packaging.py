"""Packages carry what a run needs and nothing secret; hostile ones leave nothing behind."""

import io
import zipfile

import pytest

from milepost.labs import PackageRefused, load_lab, package_lab, unpack_lab


def names_in(package):
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return set(archive.namelist())


def archive_of(**files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize("include_hidden", [True, False])
def test_no_package_holds_answers(lab, include_hidden):
    names = names_in(package_lab(load_lab(lab.folder), include_hidden=include_hidden))

    assert not [name for name in names if name.startswith(("solutions/", "flawed/"))]
    assert {"lab.toml", "brief.md", "checks.py", "starter/python/greeting.py"} <= names


def test_a_learner_gets_nothing_of_a_hidden_check(lab):
    package = package_lab(load_lab(lab.folder), include_hidden=False)

    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist())
    assert "data/names.txt" in names_in(package)
    assert "data/hidden/names.txt" not in names_in(package)
    for secret in (b"test_no_name", b"SECRET_NAMES", b"Zuse", b"pick_secretly", b"nobody's"):
        assert secret not in everything


def test_a_learner_package_is_a_lab_that_knows_what_it_lacks(lab, tmp_path):
    lab.replace("lab.toml", "[entry", "[limits.python]\nprocesses = 8\n\n[entry")
    original = load_lab(lab.folder)

    unpack_lab(package_lab(original, include_hidden=False), tmp_path / "copy")

    copy = load_lab(tmp_path / "copy")
    assert [check.name for check in copy.checks] == ["test_name_is_greeted"]
    assert copy.hidden_checks == 1
    assert copy.visible_only
    assert copy.content_hash == original.content_hash
    assert copy.tasks == original.tasks
    assert copy.grading == original.grading


def test_a_whole_package_keeps_every_check(lab):
    original = load_lab(lab.folder)

    package = package_lab(original, include_hidden=True)

    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        assert archive.read("checks.py") == original.files["checks.py"]


def test_one_lab_gives_one_package(lab):
    first, second = (package_lab(load_lab(lab.folder), include_hidden=False) for _ in range(2))

    assert first == second


HOSTILE_NAMES = [
    "../outside.txt",
    "data/../../outside.txt",
    "/outside.txt",
    "C:/outside.txt",
    "data\\..\\outside.txt",
    "data/new\nline.txt",
    "data/nul",
    "data/" + "x" * 300,
    "/".join(["deep"] * 20),
]


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_a_package_with_a_hostile_name_is_refused_whole(name, tmp_path):
    package = archive_of(**{"lab.toml": "good", name: "bad"})

    with pytest.raises(PackageRefused):
        unpack_lab(package, tmp_path / "lab")

    assert list(tmp_path.iterdir()) == []


def test_a_name_that_is_cut_at_a_nul_is_refused(tmp_path):
    package = archive_of(**{"data/good.txtX.exe": ""}).replace(b"good.txtX.exe", b"good.txt\0.exe")

    with pytest.raises(PackageRefused):
        unpack_lab(package, tmp_path / "lab")


def test_a_link_in_a_package_is_refused(tmp_path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        member = zipfile.ZipInfo("data/link")
        member.external_attr = 0o120777 << 16
        archive.writestr(member, "/etc/passwd")

    with pytest.raises(PackageRefused, match="a link or a device"):
        unpack_lab(buffer.getvalue(), tmp_path / "lab")


def test_a_bomb_is_refused_whatever_its_headers_say(tmp_path):
    with pytest.raises(PackageRefused, match="more than a lab may hold"):
        unpack_lab(archive_of(**{"data/bomb": b"\0" * (3 * 1024 * 1024)}), tmp_path / "lab")


def test_many_files_that_are_too_large_together_are_refused(tmp_path):
    large = {f"data/{number}": b"\0" * (2 * 1024 * 1024) for number in range(17)}

    with pytest.raises(PackageRefused, match="more than a lab may hold"):
        unpack_lab(archive_of(**large), tmp_path / "lab")


@pytest.mark.parametrize("names", [("a", "A"), ("data/x", "DATA/x")])
def test_names_that_clash_are_refused(names, tmp_path):
    with pytest.raises(PackageRefused, match="one file on some systems"):
        unpack_lab(archive_of(**dict.fromkeys(names, "")), tmp_path / "lab")


def test_a_path_that_is_file_and_folder_is_refused(tmp_path):
    with pytest.raises(PackageRefused, match="both a file and a folder"):
        unpack_lab(archive_of(**{"data": "", "data/x": ""}), tmp_path / "lab")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("package", [b"", b"no zip", archive_of(a="x" * 100)[:-10]])
def test_what_is_no_archive_is_refused(package, tmp_path):
    with pytest.raises(PackageRefused):
        unpack_lab(package, tmp_path / "lab")


def test_nothing_is_unpacked_over_other_files(lab, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "work.py").write_text("precious")

    with pytest.raises(PackageRefused, match="holds files already"):
        unpack_lab(package_lab(load_lab(lab.folder), include_hidden=False), tmp_path / "mine")

    assert (tmp_path / "mine" / "work.py").read_text() == "precious"
