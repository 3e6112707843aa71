"""What the bundle says that it is made of has the shape of CycloneDX 1.6 (ECMA-424), and names each wheel once."""

import re
import zipfile
from pathlib import Path
from typing import Any

from bundle.build import parts_list

OURS = "License-Expression: Apache-2.0"
#: Name, version, what the metadata say of the licence, and the files: of one wheel for each processor both.
WHEELS = [
    ("jiuyuan", "1.0", OURS, ["jiuyuan-1.0-py3-none-any.whl"]),
    ("Pure_Python.Thing", "2.1", "Classifier: License :: OSI Approved :: MIT License", ["pure-2.1.whl"]),
    ("native", "3", "License-Expression: MIT OR BSD-3-Clause", ["x86_64/native-3.whl", "aarch64/native-3.whl"]),
    ("twice", "4", "License: Own words\n  over two lines", ["x86_64/twice-4.whl", "aarch64/twice-4.whl"]),
    ("silent", "5", "", ["x86_64/silent-5.whl"]),
]
_COMPONENT = {"type", "bom-ref", "name", "version", "purl", "licenses", "hashes"}


def made(folder: Path) -> dict[str, Any]:
    for name, version, licence, files in WHEELS:
        for file in files:
            (folder / file).parent.mkdir(exist_ok=True)
            with zipfile.ZipFile(folder / file, "w") as wheel:
                said = f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\n{licence}\n"
                wheel.writestr(zipfile.ZipInfo(f"{name}-{version}.dist-info/METADATA"), said)
                if name == "native":
                    wheel.writestr(zipfile.ZipInfo("native.so"), file)
    return parts_list(folder)


def test_parts_list_has_the_shape_of_cyclonedx(tmp_path: Path) -> None:
    said = made(tmp_path)
    assert said.keys() == {
        "bomFormat", "specVersion", "serialNumber", "version", "metadata", "components", "dependencies"
    }  # fmt: skip
    assert (said["bomFormat"], said["specVersion"], said["version"]) == ("CycloneDX", "1.6", 1)
    number = r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    assert re.fullmatch(number, said["serialNumber"])
    itself, parts = said["metadata"]["component"], said["components"]
    assert [one["type"] for one in (itself, *parts)] == ["application", *["library"] * (len(WHEELS) - 1)]
    for part in (itself, *parts):
        assert part.keys() == _COMPONENT and all(part[name] for name in _COMPONENT)
        assert re.fullmatch(r"pkg:pypi/[a-z0-9-]+@[0-9.]+", part["purl"])
        assert all(one.keys() == {"alg", "content"} and one["alg"] == "SHA-256" for one in part["hashes"])
        assert all(re.fullmatch("[0-9a-f]{64}", one["content"]) for one in part["hashes"])
        # Either one expression of SPDX or licences that are named, never both.
        named = [one["license"] for one in part["licenses"] if "license" in one]
        assert len(part["licenses"]) == (len(named) if named else 1)
        assert all(one.keys() == {"name"} and "\n" not in one["name"] for one in named)
    references = [one["bom-ref"] for one in (itself, *parts)]
    assert len(set(references)) == len(references)
    assert said["dependencies"] == [{"ref": itself["bom-ref"], "dependsOn": references[1:]}]


def test_parts_list_names_each_wheel_once_with_its_licence_and_the_digest_of_each_file(tmp_path: Path) -> None:
    said = {one["purl"]: one for one in made(tmp_path)["components"]}
    assert {purl: (one["licenses"], len(one["hashes"])) for purl, one in said.items()} == {
        "pkg:pypi/pure-python-thing@2.1": ([{"license": {"name": "MIT License"}}], 1),
        "pkg:pypi/native@3": ([{"expression": "MIT OR BSD-3-Clause"}], 2),
        "pkg:pypi/twice@4": ([{"license": {"name": "Own words"}}], 1),
        "pkg:pypi/silent@5": ([{"license": {"name": "not said"}}], 1),
    }
