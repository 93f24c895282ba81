"""Lab packages that a stranger made: all of one is unpacked, or nothing, and never elsewhere."""

import io
import stat
import zipfile

import pytest

from milepost.labs import LabInvalid, PackageRefused, load_lab, unpack_lab

FINE = {"lab.toml": "slug = 'x'", "data/.git/config": "[core]\n", "data/deep/er/file.txt": "x"}
LINK, DEVICE, PIPE = stat.S_IFLNK | 0o777, stat.S_IFCHR | 0o666, stat.S_IFIFO | 0o666


def pack(files, *, kind=stat.S_IFREG | 0o644):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            member = zipfile.ZipInfo(name)
            member.external_attr = kind << 16
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, content)
    return buffer.getvalue()


CHEATS = {
    "slips out by ..": (pack({"../outside.txt": "x"}), "holds an empty, '.' or '..' part"),
    "slips out further down": (pack({"data/../../outside.txt": "x"}), "'..' part"),
    "names an absolute path": (pack({"/outside.txt": "x"}), "not a relative path"),
    "names a drive": (pack({"C:/outside.txt": "x"}), "not a relative path"),
    "slips out by backslashes": (pack({"data\\..\\..\\outside.txt": "x"}), "not a relative path"),
    "names a device": (pack({"data/con.txt": "x"}), "the name of a device"),
    "breaks a line": (pack({"data/a\nb": "x"}), "not a letter, digit"),
    "has too long a name": (pack({"x" * 300: "x"}), "longer than"),
    "is too deep": (pack({"/".join("abcdefghijklmn"): "x"}), "folders deep"),
    "holds a link": (pack({"data/link": "/etc/passwd"}, kind=LINK), "a link or a device"),
    "holds a device": (pack({"data/null": ""}, kind=DEVICE), "a link or a device"),
    "holds a pipe": (pack({"data/pipe": ""}, kind=PIPE), "a link or a device"),
    "holds one name in two cases": (pack({"data/x": "", "DATA/X": ""}), "one file on some systems"),
    "holds a file that is a folder": (pack({"data": "", "data/x": ""}), "both a file and a folder"),
    "is a bomb": (pack({"data/bomb": bytes(64 << 20)}), "more than a lab may hold"),
    "is many small bombs": (
        pack({f"data/{n}": bytes(2 << 20) for n in range(30)}),
        "more than a lab",
    ),
    "holds a hundred thousand files": (pack({f"d/{n}": "" for n in range(9000)}), "more than"),
    "is no archive": (b"PK" * 9999, "not a whole zip archive"),
    "is cut off": (pack(FINE)[:-30], "not a whole zip archive"),
}


@pytest.mark.parametrize("cheat", CHEATS)
def test_package_that_does_harm_is_refused_whole(cheat, tmp_path):
    package, says = CHEATS[cheat]

    with pytest.raises(PackageRefused, match=says.replace(".", r"\.")):
        unpack_lab(package, tmp_path / "home" / "lab")

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("lab.toml", "a = " + "[" * 5000 + "]" * 5000),
        ("checks.py", "x = " + "-" * 200_000 + "1"),
        ("checks.py", "a." * 100_000 + "b"),
    ],
)
def test_package_that_is_nested_beyond_reason_is_said_to_be(name, content, tmp_path):
    files = {"lab.toml": 'slug = "x"', "checks.py": "", "brief.md": "", name: content}
    unpack_lab(pack(files), tmp_path / "lab")

    with pytest.raises(LabInvalid) as refused:
        load_lab(tmp_path / "lab")

    assert f"{name} is nested too deeply to be read. Flatten it." in refused.value.problems


def test_twin_of_them_all_is_unpacked(tmp_path):
    unpack_lab(pack(FINE), tmp_path / "lab")

    found = {p.relative_to(tmp_path / "lab").as_posix() for p in tmp_path.rglob("*") if p.is_file()}
    assert found == set(FINE)
