"""Adds signature fields to the tag tree: PDF/UA-1 (7.18.4) requires a <Form> around each,
so that screen readers find it.
"""

from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.writer import BasePdfFileWriter


def tag_last_field(writer: BasePdfFileWriter, page: Any, title: str) -> None:
    """Append the last widget of `page` (a reference) to the tags, with `title`.

    Relies on Typst's tree: one document, and one flat parent table.
    """
    tree = writer.root["/StructTreeRoot"]
    table, key = tree["/ParentTree"], tree["/ParentTreeNextKey"]
    document = tree["/K"].raw_get(0)
    widget = page.get_object()["/Annots"].raw_get(-1)
    place = {"/Type": pdf_name("/OBJR"), "/Obj": widget, "/Pg": page}
    tag = writer.add_object(
        _dictionary(
            {
                "/Type": pdf_name("/StructElem"),
                "/S": pdf_name("/Form"),
                "/P": document,
                "/Alt": generic.TextStringObject(title),
                "/K": _dictionary(place),
            }
        )
    )
    children = document.get_object()["/K"]
    children.append(tag)
    table["/Nums"] += [key, tag]
    tree[pdf_name("/ParentTreeNextKey")] = generic.NumberObject(key + 1)  # type: ignore[no-untyped-call]
    widget.get_object()[pdf_name("/StructParent")] = key
    for changed in (children, document.get_object(), table, tree, widget.get_object()):
        writer.update_container(changed)


def _dictionary(entries: dict[str, Any]) -> generic.DictionaryObject:
    made: generic.DictionaryObject = generic.DictionaryObject(  # type: ignore[no-untyped-call]
        {pdf_name(name): value for name, value in entries.items()}
    )
    return made
