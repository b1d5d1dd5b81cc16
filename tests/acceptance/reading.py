"""A page as somebody without scripts gets it: its elements, their names, and its forms."""

from collections.abc import Iterator
from html.parser import HTMLParser

import msgspec

VOID = ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr")
NEVER_SHOWN = ("script", "style", "template")
# A browser leaves these to scripts or to buttons of their own.
NOT_SENT = ("submit", "button", "reset", "image", "file")


class Element:
    """One element with what stands in it."""

    def __init__(self, tag: str, attributes: dict[str, str], parent: "Element | None"):
        self.tag = tag
        self.attributes = attributes
        self.parent = parent
        self.inside: list[Element | str] = []

    def __getitem__(self, name: str) -> str:
        return self.attributes.get(name, "")

    def all(self, *tags: str) -> Iterator["Element"]:
        """Give all elements below this one, in the order of the page."""
        for one in self.inside:
            if isinstance(one, Element):
                if not tags or one.tag in tags:
                    yield one
                yield from one.all(*tags)

    def around(self) -> Iterator["Element"]:
        """Give the elements that hold this one, from near to far."""
        if self.parent is not None:
            yield self.parent
            yield from self.parent.around()

    @property
    def text(self) -> str:
        """All words, with single spaces."""
        return " ".join(" ".join(self._words()).split())

    @property
    def raw(self) -> str:
        """All text as it was written, for what stands in a text area."""
        return "".join(one if isinstance(one, str) else one.raw for one in self.inside)

    def _words(self) -> Iterator[str]:
        for one in self.inside:
            if isinstance(one, str):
                yield one
            elif one.tag not in NEVER_SHOWN:
                yield from one._words()

    @property
    def name(self) -> str:
        """What a screen reader calls it."""
        return self["aria-label"] or self.text

    @property
    def is_hidden(self) -> bool:
        """Tell whether it waits for scripts."""
        return any("hidden" in one.attributes for one in (self, *self.around()))


class Document(HTMLParser):
    """Reads a page into elements; `root` holds them all."""

    def __init__(self, page: str):
        super().__init__()
        self.root = Element("document", {}, None)
        self._here = self.root
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, self._here)
        self._here.inside.append(element)
        if tag not in VOID:
            self._here = element

    def handle_endtag(self, tag: str) -> None:
        for one in (self._here, *self._here.around()):
            if one.tag == tag and one.parent is not None:
                self._here = one.parent
                return

    def handle_data(self, data: str) -> None:
        self._here.inside.append(data)


class Control(msgspec.Struct, frozen=True):
    """A field of a form: its label, the groups around it, and what stands in it."""

    element: Element
    label: str
    groups: tuple[str, ...]

    @property
    def field(self) -> str:
        return self.element["name"]

    @property
    def kind(self) -> str:
        return self.element["type"] or self.element.tag

    def value(self) -> str | None:
        """Give what a browser would send of it untouched; None for nothing."""
        if self.kind in ("checkbox", "radio"):
            return (self.element["value"] or "on") if self.has("checked") else None
        if self.element.tag == "select":
            options = [*self.element.all("option")]
            chosen = [one for one in options if "selected" in one.attributes] or options
            return option_value(chosen[0]) if chosen else None
        if self.element.tag == "textarea":
            return self.element.raw.removeprefix("\n")
        return self.element["value"]

    def has(self, attribute: str) -> bool:
        return attribute in self.element.attributes

    def set_to(self, told: str | bool) -> str | None:
        """Give what is sent once somebody has filled it in; refuses what a browser refuses."""
        assert not self.has("disabled"), f"{self.label} cannot be changed"
        if isinstance(told, bool):
            assert self.kind in ("checkbox", "radio"), f"{self.label} is no box"
            return (self.element["value"] or "on") if told else None
        if self.element.tag == "select":
            options = {one.text: option_value(one) for one in self.element.all("option")}
            values = {**options, **{value: value for value in options.values()}}
            assert told in values, f"{self.label} offers {[*options]}, not {told!r}"
            return values[told]
        return told


def option_value(option: Element) -> str:
    """Give what an option sends."""
    return option.attributes.get("value", option.text)


def controls_of(root: Element, form: Element) -> list[Control]:
    """List the fields of a form; `root` is its page, where labels may stand."""
    named = {one["for"]: one.text for one in root.all("label") if one["for"]}
    found = []
    for one in form.all("input", "select", "textarea"):
        if not one["name"] or one["type"] in NOT_SENT or one.is_hidden:
            continue
        wrapped = next((label.text for label in one.around() if label.tag == "label"), "")
        label = one["aria-label"] or named.get(one["id"], "") or wrapped
        found.append(Control(one, label, tuple(_groups(one))))
    return found


def _groups(element: Element) -> Iterator[str]:
    for one in element.around():
        if one["role"] == "group":
            yield one["aria-label"]
        if one.tag == "fieldset":
            yield next((legend.text for legend in one.all("legend")), "")
