"""About the house itself: what must be true of the files, whatever they do."""

import ast
import hashlib
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LONGEST = 400
NO_NAMES = {"utils.py", "util.py", "helpers.py", "helper.py", "common.py", "base.py", "misc.py"}
# Written apart, so that this file does not hold what it looks for.
HOSTS = re.compile(
    "|".join(["pyp" + r"i\.org", "python" + "hosted", r"registry\.npm" + "js", r"deb\.deb" + "ian"]), re.I
)
MACHINE = re.compile(r"(?<![\w.])/(?:" + "|".join(["wor" + "k", "far" + "m", "ro" + "ot", "ho" + "me"]) + r")/\w")


def _tracked() -> list[Path]:
    """Files of the repository, with those about to be added; every file where there is no repository."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    found = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return [path for name in found if name and (path := ROOT / name).is_file()]


TRACKED = _tracked()
PYTHON = [path for path in TRACKED if path.suffix == ".py"]


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        return ""


def _short(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_file_names_a_registry_or_a_path_of_one_machine():
    found = [
        f"{_short(path)}:{number}: {line.strip()[:80]}"
        for path in TRACKED
        if path.suffix not in (".pdf", ".png", ".jpg", ".csv") and path.name != "LICENSE"
        for number, line in enumerate(_text(path).splitlines(), 1)
        if HOSTS.search(line) or MACHINE.search(line)
    ]
    assert not found


def test_no_python_file_is_too_long_to_read_in_one_sitting():
    long = {
        _short(path): lines
        for path in PYTHON
        if "migrations" not in path.parts and (lines := len(_text(path).splitlines())) > LONGEST
    }
    assert not long


def test_no_banner_divides_a_file():
    banner = re.compile(r"^\s*(#|//|/\*) .*[-=]{4,}", re.M)
    assert not [
        _short(path) for path in TRACKED if path.suffix in (".py", ".js", ".css", ".typ") and banner.search(_text(path))
    ]


def test_every_file_has_a_name_that_says_what_it_is_for():
    assert not [_short(path) for path in PYTHON if path.name in NO_NAMES]


def test_no_import_is_relative():
    found = [
        f"{_short(path)}:{node.lineno}"
        for path in PYTHON
        for node in ast.walk(ast.parse(_text(path)))
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert not found


def _lock(name: str) -> dict[str, tuple[str, list[str]]]:
    """Package → version and hashes, as a lock file has them."""
    entries = re.split(r"^(?=[A-Za-z0-9])", (ROOT / name).read_text("utf-8"), flags=re.M)
    locked = {}
    for entry in entries:
        if head := re.match(r"([\w.\-\[\]]+)==(\S+)", entry):
            package = canonicalize_name(head.group(1).split("[")[0])
            locked[package] = (head.group(2), re.findall(r"--hash=(sha256:[0-9a-f]{64})", entry))
    return locked


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-run.lock"])
def test_lock_holds_a_hash_for_every_package_and_no_address(name):
    assert "://" not in (ROOT / name).read_text("utf-8")
    locked = _lock(name)
    assert len(locked) > 40
    assert not [package for package, (_, hashes) in locked.items() if not hashes]


def test_product_runs_with_what_the_tests_were_run_with():
    everything, product = _lock("requirements.lock"), _lock("requirements-run.lock")
    assert product.items() <= everything.items()
    assert "pytest" not in product
    assert "pyspark" not in product


PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def _declared() -> set[str]:
    groups = [*PROJECT["project"]["optional-dependencies"].values(), *PROJECT["dependency-groups"].values()]
    listed = [*PROJECT["project"]["dependencies"], *(line for group in groups for line in group)]
    return {canonicalize_name(Requirement(line).name) for line in listed}


def test_lock_holds_every_dependency():
    assert _declared() <= set(_lock("requirements.lock"))


def test_every_dependency_has_its_line_and_every_line_its_dependency():
    text = (ROOT / "docs/dependencies.md").read_text("utf-8")
    rows = re.findall(r"^\| ([\w.\-]+) \|", text, flags=re.M)
    described = [canonicalize_name(row) for row in rows if row != "part"]
    assert sorted(described) == sorted(_declared())


def test_every_part_that_the_product_installs_is_used_by_it():
    """Imported or named, as settings and database addresses name theirs."""
    source = "\n".join(_text(path) for path in PYTHON if "src" in path.parts)
    modules: dict[str, list[str]] = {}
    for module, distributions in packages_distributions().items():
        for distribution in distributions:
            modules.setdefault(canonicalize_name(distribution), []).append(module)
    product = {canonicalize_name(Requirement(line).name) for line in PROJECT["project"]["dependencies"]}
    assert not {
        name for name in product if not any(re.search(rf"\b{module}\b", source) for module in modules.get(name, [name]))
    }


def test_every_file_of_others_is_what_was_published_and_its_licence_stands_beside_it():
    text = (ROOT / "docs/dependencies.md").read_text("utf-8")
    kept = re.findall(r"^\| `(src/[^`]+)` \|.*`([0-9a-f]{64})` \|$", text, flags=re.M)
    assert kept
    for name, digest in kept:
        assert hashlib.sha256((ROOT / name).read_bytes()).hexdigest() == digest, name
        assert any((folder / "LICENSE").exists() for folder in list((ROOT / name).parents)[:2]), name


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_readme_has_the_two_commands_on_its_first_screen(name):
    first_screen = (ROOT / name).read_text("utf-8").splitlines()[:30]
    assert any(line.startswith("make run") for line in first_screen)
    assert any(line.startswith("make test") for line in first_screen)


@pytest.mark.parametrize("path", [path for path in TRACKED if path.suffix == ".md"], ids=_short)
def test_every_link_in_a_document_leads_somewhere(path):
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", _text(path))
    assert not [link for link in links if "://" not in link and not (path.parent / link).exists()]


def _subcommands() -> list[str]:
    printed = subprocess.run(
        [sys.executable, "-m", "jiuyuan", "--help"], capture_output=True, text=True, check=True
    ).stdout
    return re.findall(r"^    ([a-z][a-z-]*)\b", printed, flags=re.M)


def test_every_command_is_documented():
    documented = (ROOT / "docs/commands.md").read_text("utf-8")
    commands = _subcommands()
    assert {"decide", "workdays", "retirement"} <= set(commands)
    assert not [command for command in commands if f"`jiuyuan {command}`" not in documented]


def test_every_documented_command_exists():
    documented = re.findall(r"^\| `jiuyuan ([\w-]+)` \|", (ROOT / "docs/commands.md").read_text("utf-8"), flags=re.M)
    assert set(documented) <= set(_subcommands())


def test_scripts_can_be_started():
    assert (ROOT / ".ci/run").stat().st_mode & 0o111
    assert (ROOT / ".ci/debian").stat().st_mode & 0o111


def test_make_offers_what_the_readme_says_and_nothing_else():
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text("utf-8"), flags=re.M)
    assert phony
    parts = [name for name in phony.group(1).split() if name.startswith("test-")]
    assert phony.group(1).split() == ["run", "test", *parts, "quick", "lint", "bench", "lock", "bundle"]


def test_pages_name_attributes_that_a_validator_knows():
    found = [
        f"{_short(path)}:{number}"
        for path in TRACKED
        if path.suffix == ".html"
        for number, line in enumerate(_text(path).splitlines(), 1)
        if re.search(r"(?<![\w-])hx-\w+", line)
    ]
    assert not found
