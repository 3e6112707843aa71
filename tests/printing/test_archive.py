"""What is sealed is kept for decades: a program that did not write the files looks at them.

Apache PDFBox's Preflight knows PDF/A-1b. What it finds there of ours may be nothing but what PDF/A-2 allows anew. veraPDF, which knows
PDF/A-2a, is in none of the registries from which this project installs (docs/forms.md says how an office asks it).
"""

import io
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from pypdf import PdfReader

from jiuyuan.printing.certificates import certificate_for, make_development_ca
from jiuyuan.printing.form import render_sealable_form, seal_form
from jiuyuan.printing.letters import seal_letter
from tests.printing.paper import COUNTY, ENDORSED, LAYOUT, PLATFORM, RECOGNISED, a_form, a_letter, a_photo
from tests.printing.test_every_letter import NAMES, said

JARS = Path("/usr/share/java")
_JARS = ("preflight", "pdfbox2", "fontbox2", "xmpbox", "commons-logging", "javax.activation", "jaxb-api")
NEW_IN_2 = {
    "2.1.6 : Invalid graphics object, Invalid version of the ICCProfile": "6.2.4.2: profiles of version 4",
    "4.1.2 : Transparency error, CA entry in a ExtGState is invalid": "6.2.10: transparency",
    "4.1.2 : Transparency error, ca entry in a ExtGState is invalid": "6.2.10: transparency",
    "7.3 : Error on MetaData, Schema is not set in this document : http://www.aiim.org/pdfa/ns/extension/": (
        "6.6.2.3: the container of extension schemas stands there; Preflight's reader of XMP misses it"
    ),
}


@pytest.fixture(scope="module")
def sealed(tmp_path_factory) -> list[Path]:
    """Every letter of the home region and its form, with their seals."""
    folder, keys = tmp_path_factory.mktemp("sealed"), tmp_path_factory.mktemp("keys")
    make_development_ca(keys)
    platform, county = certificate_for("220102001", PLATFORM, keys), certificate_for("220102", COUNTY, keys)
    made = {
        name: seal_letter(
            a_letter(name, said(name, "在某超市上班。"), sealable=True), platform, officer="李明", subject=name
        )
        for name in NAMES
    }
    form = render_sealable_form(a_form(photo=a_photo()), LAYOUT)
    endorsed = seal_form(form, ENDORSED, platform, LAYOUT, office="platform")
    made["form"] = seal_form(endorsed, RECOGNISED, county, LAYOUT, office="county")
    for name, pdf in made.items():
        (folder / f"{name}.pdf").write_bytes(pdf)
    return [folder / f"{name}.pdf" for name in made]


def test_a_validator_finds_nothing_but_what_the_newer_archive_format_allows(sealed):
    java = shutil.which("java")
    jars = [JARS / f"{name}.jar" for name in _JARS]
    assert java and all(jar.exists() for jar in jars), (
        "`.ci/debian tests` installs Debian's libpdfbox2-java and what it needs"
    )
    validator = "org.apache.pdfbox.preflight.Validator_A1b"
    command = [java, "-cp", ":".join(map(str, jars)), validator, "batch", str(sealed[0].parent)]
    told = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False).stdout
    assert sorted(re.findall(r"The file (\S+) is", told)) == sorted(path.name for path in sealed)
    found = {re.sub(r" on page \d+$", "", line) for line in told.splitlines() if re.match(r"[\d.]+ : ", line)}
    assert found == set(NEW_IN_2)


def test_each_seal_stands_among_the_tags_under_its_name(sealed):
    for path in sealed:
        reader = PdfReader(io.BytesIO(path.read_bytes()))
        tree = reader.root_object["/StructTreeRoot"]
        table = dict(zip(*[iter(tree["/ParentTree"]["/Nums"])] * 2, strict=True))
        for page in reader.pages:
            for widget in (one.get_object() for one in page.get("/Annots", ())):
                tag = table[widget["/StructParent"]].get_object()
                assert (tag["/S"], tag["/Alt"], tag["/K"]["/Obj"]) == ("/Form", widget["/TU"], widget)
                assert tag in [child.get_object() for child in tag["/P"]["/K"]]
