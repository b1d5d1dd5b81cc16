"""The finishing step: what the renderer leaves undone for a page, its names, links and size."""

from xml.etree import ElementTree

from wegweiser.web.charts.figures import Width
from wegweiser.web.charts.theme import HOST

SVG = "http://www.w3.org/2000/svg"
_XLINK = "{http://www.w3.org/1999/xlink}href"
_SPOKEN = ("role", "aria-roledescription", "aria-label")
ElementTree.register_namespace("", SVG)


def finish(drawn: str, caption: str, prefix: str, width: Width) -> str:
    """Give the drawing a name and its own ids, and turn its links into paths of this site.

    The size is left to the page: only the view box stays. Raises ValueError for a foreign link.
    """
    root = ElementTree.fromstring(drawn)
    _rename(root, prefix)
    for element in root.iter():
        if element.tag == f"{{{SVG}}}a":
            _name_link(element)
        for spoken in _SPOKEN:
            if element.tag != f"{{{SVG}}}a":
                element.attrib.pop(spoken, None)
        if element.tag == f"{{{SVG}}}text":
            element.set("aria-hidden", "true")
    view_box = root.get("viewBox", "0 0 1 1")
    root.attrib.clear()
    root.attrib.update(
        {"viewBox": view_box, "class": f"drawing {width}", "role": "group", "aria-label": caption}
    )
    return ElementTree.tostring(root, encoding="unicode")


def _name_link(element: ElementTree.Element) -> None:
    target = element.attrib.pop(_XLINK, "")
    path = target.removeprefix(HOST)
    if path == target or not path.startswith("/") or path.startswith("//"):
        raise ValueError(f"the link {target[:80]!r} leads away from this site")
    names = (part.get("aria-label") for part in element.iter() if part is not element)
    name = next((name for name in names if name), "")
    element.attrib.clear()
    element.attrib.update({"href": path, "aria-label": name})


def _rename(root: ElementTree.Element, prefix: str) -> None:
    for element in root.iter():
        for key, value in list(element.attrib.items()):
            if key == "id":
                element.set(key, f"{prefix}-{value}")
            elif "url(#" in value:
                element.set(key, value.replace("url(#", f"url(#{prefix}-"))
