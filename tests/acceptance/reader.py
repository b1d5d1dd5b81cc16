"""Somebody whose browser runs no scripts: opens pages, follows links, fills in and sends forms."""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urljoin, urlsplit

import httpx

from tests.acceptance.reading import Control, Document, Element, controls_of
from tests.web.serving import Running, until

Name = str | re.Pattern[str]
# A label, or the groups around a field and then its label; "@" and the name of a field.
Labelled = Mapping[str | tuple[str, ...], str | bool]
FAILED = 400


class Reader:
    """Holds one page open; every step is what a browser without scripts would do."""

    def __init__(self, client: httpx.Client):
        self.client = client
        self.status = 0
        self.address = ""
        self.html = ""
        self.root = Element("document", {}, None)

    def open(self, path: str, status: int = 200) -> "Reader":
        """Open an address; the page must come as expected."""
        self._took(self.client.get(path, follow_redirects=True))
        assert self.status == status, f"{path}: {self.status}\n{self.text}"
        return self

    def settle(self) -> "Reader":
        """Let the page refresh itself, as it asks for, until it is ready."""

        def ready() -> bool:
            if self._refreshes():
                self.open(self.address)
            return not self._refreshes()

        until(ready)
        return self

    def _refreshes(self) -> bool:
        return any(one["http-equiv"] == "refresh" for one in self.root.all("meta"))

    def _took(self, answer: httpx.Response) -> None:
        self.status, self.html = answer.status_code, answer.text
        self.address = str(answer.url).removeprefix(str(self.client.base_url).rstrip("/"))
        self.root = Document(answer.text).root

    @property
    def path(self) -> str:
        """The path of the page that is open."""
        return urlsplit(self.address).path

    @property
    def text(self) -> str:
        """What the page says, without menu and foot."""
        return next((one.text for one in self.root.all("main")), self.root.text)

    @property
    def heading(self) -> str:
        """The heading of the page."""
        return next(one.text for one in self.root.all("h1"))

    def part(self, name: Name) -> Element:
        """Find a card by its heading."""
        for one in self.root.all("section"):
            headings = [one["aria-label"], *(title.text for title in one.all("h2"))]
            if any(_is(title, name) for title in headings if title):
                return one
        raise AssertionError(f"no part is called {name} on {self.address}:\n{self.text}")

    def by_id(self, wanted: str) -> Element:
        """Find an element by its id."""
        return next(one for one in self.root.all() if one["id"] == wanted)

    def says(self, words: str) -> bool:
        """Tell whether the page says something."""
        return words in self.text

    def links(self, name: Name = "") -> list[Element]:
        """List links by their names."""
        return [one for one in self.root.all("a") if one["href"] and _is(one.name, name)]

    def follow(self, name: Name) -> "Reader":
        """Follow the first link with a name."""
        found = self.links(name)
        assert found, f"no link is called {name} on {self.address}:\n{self.text}"
        return self.open(urljoin(self.address, found[0]["href"]))

    def buttons(self, name: Name) -> Iterator[Element]:
        """Give the buttons with a name that scripts do not keep hidden."""
        for one in self.root.all("button"):
            if _is(one.name, name) and not one.is_hidden and one["type"] != "button":
                yield one

    def form_of(self, button: Element) -> Element:
        """Find the form that a button sends."""
        return next(one for one in button.around() if one.tag == "form")

    def fields(self, name: Name) -> list[Control]:
        """List the fields of the form with a button."""
        return self.fields_of(self.button(name))

    def fields_of(self, button: Element) -> list[Control]:
        """List the fields of the form that a button sends."""
        found = controls_of(self.root, self.form_of(button))
        return [one for one in found if one.kind != "hidden"]

    def button(self, name: Name) -> Element:
        """Find the first button with a name."""
        found = next(self.buttons(name), None)
        assert found is not None, f"no button is called {name} on {self.address}:\n{self.text}"
        return found

    def send(
        self,
        name: Name,
        filled: Labelled | None = None,
        refused: bool = False,
        file: tuple[str, bytes] | None = None,
    ) -> "Reader":
        """Fill a form in and press its button; it must be taken, or `refused`."""
        return self.press(self.button(name), filled, refused, file)

    def press(
        self,
        button: Element,
        filled: Labelled | None = None,
        refused: bool = False,
        file: tuple[str, bytes] | None = None,
    ) -> "Reader":
        """Fill the form of a button in and press it; it must be taken, or `refused`.

        `file` (name, content) goes into the field for one, in a form that says it brings one.
        """
        form = self.form_of(button)
        data = self._data(form, dict(filled or {}))
        if button["name"]:
            data.append((button["name"], button["value"]))
        target = urljoin(self.address, button["formaction"] or form["action"] or self.address)
        if form["enctype"] == "multipart/form-data":
            self._submit_with(form, target, data, file)
        else:
            self._submit(form["method"].lower(), target, data)
        failed = self.status >= FAILED
        assert failed == refused, f"{button.name}: {self.status} at {self.address}\n{self.text}"
        return self

    def _submit(self, method: str, target: str, data: list[tuple[str, str]]) -> None:
        target = target.partition("#")[0]
        if method == "post":
            body = httpx.QueryParams(data)
            headers = {"content-type": "application/x-www-form-urlencoded"}
            answer = self.client.post(
                target, content=str(body), headers=headers, follow_redirects=True
            )
        else:
            path = target.partition("?")[0]
            answer = self.client.get(path, params=data, follow_redirects=True)
        self._took(answer)

    def _submit_with(
        self,
        form: Element,
        target: str,
        data: list[tuple[str, str]],
        file: tuple[str, bytes] | None,
    ) -> None:
        """Send a form in parts; where no file was chosen a browser sends an empty one."""
        field = next(one["name"] for one in form.all("input") if one["type"] == "file")
        files = {field: file or ("", b"")}
        self._took(self.client.post(target, data=dict(data), files=files, follow_redirects=True))

    def _data(
        self, form: Element, filled: dict[str | tuple[str, ...], str | bool]
    ) -> list[tuple[str, str]]:
        """Collect what a browser sends; every filled field must be there."""
        data = []
        for control in controls_of(self.root, form):
            key = next((one for one in filled if _meant(control, one)), None)
            value = control.value() if key is None else control.set_to(filled.pop(key))
            assert value or not control.has("required"), f"{control.label} must be filled in"
            if value is not None and not control.has("disabled"):
                data.append((control.field, value))
        labels = [one.label for one in controls_of(self.root, form)]
        assert not filled, f"no field is called {[*filled]}, only {labels}"
        return data


def _meant(control: Control, key: str | tuple[str, ...]) -> bool:
    if isinstance(key, str) and key.startswith("@"):
        return control.field == key[1:]
    if isinstance(key, str):
        return control.label == key or control.label.startswith(key + ",")
    return control.label == key[-1] and set(key[:-1]) <= set(control.groups)


def _is(found: str, wanted: Name) -> bool:
    if isinstance(wanted, str):
        return wanted in ("", found)
    return wanted.search(found) is not None


def reading_as(running: Running, role: str = "") -> Reader:
    """Sign a reader in with a role, as the owner for none, without the time of a password."""
    people = running.site.people
    name = f"reads-as-{role}" if role else "admin"
    if people.find(name) is None:
        people.add(name, role, "")
    client = running.visitor()
    client.cookies.set("wegweiser", people.sign_in(name))
    return Reader(client)
