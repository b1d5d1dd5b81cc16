"""The repository keeps its own house rules."""

import re
import tomllib

from tests.house import links, locks, names, openings, packages, sizes, texts
from tests.house.tree import REPOSITORY, code_files, pages, text_files

CODE = code_files(REPOSITORY)
PYTHON = [path for path in CODE if path.suffix == ".py"]
LOCKS = [REPOSITORY / "requirements.lock", REPOSITORY / "requirements-dev.lock"]


def all_good(breaches: list[str]) -> None:
    shown = "\n".join(breach.replace(f"{REPOSITORY}/", "") for breach in breaches)
    assert not breaches, f"house rules broken:\n{shown}"


def test_there_is_something_to_guard() -> None:
    assert len(PYTHON) > 20
    assert REPOSITORY / "pyproject.toml" in text_files(REPOSITORY)


def test_files_and_functions_are_short() -> None:
    all_good([breach for path in CODE for breach in sizes.oversized(path)])


def test_files_are_named_for_their_job() -> None:
    all_good([breach for path in CODE for breach in names.nameless(path, REPOSITORY)])


def test_files_open_with_a_sentence() -> None:
    all_good([breach for path in PYTHON for breach in openings.unopened(path)])


def test_folders_with_code_are_packages() -> None:
    all_good(packages.unmarked(REPOSITORY / "src" / "wegweiser"))


def test_texts_are_free_of_registries_machine_paths_and_leftovers() -> None:
    all_good([breach for path in text_files(REPOSITORY) for breach in texts.unwanted(path)])


def test_links_between_pages_lead_somewhere() -> None:
    all_good([breach for page in pages(REPOSITORY) for breach in links.dangling(page)])


def test_every_recorded_decision_is_in_the_index() -> None:
    all_good(links.unlisted(REPOSITORY / "docs" / "decisions" / "README.md"))


def test_locks_pin_with_hashes_and_name_no_host() -> None:
    all_good([breach for lock in LOCKS for breach in locks.loose(lock)])


def test_what_runs_is_what_was_tested() -> None:
    running, tested = (locks.pins(lock.read_text(encoding="utf-8")) for lock in LOCKS)
    assert running
    assert running <= tested


def test_every_dependency_is_locked() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["dev"]
    locked = {name for name, _ in locks.pins(LOCKS[1].read_text(encoding="utf-8"))}
    missing = {_name(requirement) for requirement in wanted} - locked
    assert not missing, f"run `make lock`: {sorted(missing)} not in requirements-dev.lock"


def _name(requirement: str) -> str:
    return re.split(r"[^A-Za-z0-9._-]", requirement)[0].lower().replace("_", "-")
