"""Writes the bundle: wheels of both processors by the hashes of the lock, the package, its parts list, documents, checksums and their signature.

`python -m bundle.build [--key PRIVATE.pem] [--into DIR]`. The key is Ed25519; without one a new one is made beside the bundle.
"""

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from email.parser import HeaderParser
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import jiuyuan

ROOT = Path(__file__).parents[1]
LOCK = "requirements-run.lock"
PROCESSORS = ("x86_64", "aarch64")
#: Oldest first; Debian 12 has glibc 2.36. PyPI names a wheel by the oldest C library that it runs on.
_LIBRARIES = ("2014", "_2_17", "_2_24", "_2_26", "_2_27", "_2_28", "_2_31", "_2_34", "_2_35")
PYTHON = "3.11"
_OURS = ("install.sh", "debian-packages.txt", "nginx.conf", "logrotate", "Containerfile")


def build(into: Path, key: Path | None) -> Path:
    """The finished file."""
    name = f"jiuyuan-{jiuyuan.__version__}"
    folder = into / name
    shutil.rmtree(folder, ignore_errors=True)
    wheels = folder / "wheels"
    for processor in PROCESSORS:
        _download(wheels / processor, processor)
    _run(
        "pip",
        "wheel",
        "--quiet",
        "--no-index",
        "--no-deps",
        "--no-build-isolation",
        "--wheel-dir",
        str(wheels),
        str(ROOT),
    )
    shutil.copy(ROOT / LOCK, folder)
    shutil.copytree(ROOT / "docs", folder / "docs", ignore=shutil.ignore_patterns("screenshots"))
    for file in ("LICENSE", "README.md", "README.zh.md"):
        shutil.copy(ROOT / file, folder)
    for file in _OURS:
        shutil.copy(Path(__file__).with_name(file), folder)
    shutil.copytree(Path(__file__).with_name("systemd"), folder / "systemd")
    (folder / "debian").mkdir()  # where an office lays the packages of its own mirror for the container
    (folder / "debian/README").write_text("Debian's packages (.deb) of debian-packages.txt, if you bring them along.\n")
    (folder / "VERSION").write_text(f"{jiuyuan.__version__}\n")
    (folder / "sbom.cdx.json").write_text(json.dumps(parts_list(wheels), ensure_ascii=False, indent=1) + "\n", "utf-8")
    _sign(folder, _signing_key(into, key))
    made = into / f"{name}.tar"  # wheels are compressed already
    with tarfile.open(made, "w") as archive:
        archive.add(folder, name, filter=_by_nobody)
    shutil.rmtree(folder)
    return made


def _download(into: Path, processor: str) -> None:
    platforms = [part for library in _LIBRARIES for part in ("--platform", f"manylinux{library}_{processor}")]
    abis = [part for abi in ("cp311", "abi3", "none") for part in ("--abi", abi)]
    _run(
        "pip", "download", "--quiet", "--no-deps", "--require-hashes", "--only-binary", ":all:", "--dest", str(into),
        "--python-version", PYTHON, "--implementation", "cp", *platforms, *abis, "-r", str(ROOT / LOCK),
    )  # fmt: skip


def parts_list(wheels: Path) -> dict[str, Any]:
    """What the product is made of, as CycloneDX 1.6 has it: each wheel with version, licence and digest."""
    parts: dict[str, dict[str, Any]] = {}
    for wheel in sorted(wheels.rglob("*.whl")):
        said = _metadata(wheel)
        reference = f"pkg:pypi/{re.sub(r'[-_.]+', '-', said['Name']).lower()}@{said['Version']}"
        part = parts.setdefault(
            reference,
            {
                "type": "library", "bom-ref": reference, "name": said["Name"], "version": said["Version"],
                "purl": reference, "licenses": _licences(said), "hashes": [],
            },
        )  # fmt: skip
        digest = {"alg": "SHA-256", "content": _digest(wheel)}
        if digest not in part["hashes"]:
            part["hashes"].append(digest)
    ours = next(reference for reference in parts if reference.startswith("pkg:pypi/jiuyuan@"))
    itself = parts.pop(ours) | {"type": "application"}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, ''.join(parts))}",
        "version": 1,
        "metadata": {"component": itself},
        "components": list(parts.values()),
        "dependencies": [{"ref": ours, "dependsOn": list(parts)}],
    }


def _metadata(wheel: Path) -> Any:
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", name))
        return HeaderParser().parsestr(archive.read(name).decode())


def _licences(said: Any) -> list[dict[str, Any]]:
    if expression := said["License-Expression"]:
        return [{"expression": expression}]
    named = [line.rpartition(" :: ")[2] for line in said.get_all("Classifier", []) if line.startswith("License ::")]
    return [{"license": {"name": name}} for name in named or [(said["License"] or "not said").splitlines()[0][:80]]]


def _sign(folder: Path, key: Ed25519PrivateKey) -> None:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    sums = "".join(f"{_digest(path)}  {path.relative_to(folder).as_posix()}\n" for path in files).encode()
    (folder / "SHA256SUMS").write_bytes(sums)
    (folder / "SHA256SUMS.sig").write_bytes(key.sign(sums))


def _signing_key(into: Path, path: Path | None) -> Ed25519PrivateKey:
    path = path or into / "bundle.key"
    if not path.exists():
        pem = Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        path.touch(mode=0o600)
        path.write_bytes(pem)
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise SystemExit(f"{path}: not an Ed25519 key")
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    (into / "bundle.pub").write_bytes(public)
    return key


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _by_nobody(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = "root"
    return member


def _run(*command: str) -> None:
    subprocess.run([sys.executable, "-m", *command], check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--key", type=Path)
    parser.add_argument("--into", type=Path, default=ROOT / "dist")
    options = parser.parse_args()
    options.into.mkdir(parents=True, exist_ok=True)
    made = build(options.into, options.key)
    print(f"{made} ({made.stat().st_size / 1024 / 1024:.0f} MB)")
    print(
        f"Give {options.into / 'bundle.pub'} to the office by another way than the bundle: install.sh --key checks with it."
    )


if __name__ == "__main__":
    main()
