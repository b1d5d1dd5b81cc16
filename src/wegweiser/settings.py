"""Settings of one data folder: read from settings.json, every value with a safe default."""

from pathlib import Path
from typing import Literal

import msgspec

from wegweiser.terms.errors import DocumentRefused
from wegweiser.terms.role import Role
from wegweiser.terms.wrong import wrong
from wegweiser.terms.wrong_type import misread


class OpenIdSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The company's identity provider (OpenID Connect), and whom it lets in as what.

    `roles` says which group makes somebody what; the first that fits counts. `allowed_domains`
    are those of checked e-mail addresses whose owners get in as `default_role` without a group.
    `secret_env` names the environment variable that holds the client's secret, if it has one.
    With `sign_out` who signs out here is signed out at the provider too, where it offers that.
    """

    issuer: str
    client_id: str
    name: str = "OpenID"
    secret_env: str = ""
    scopes: tuple[str, ...] = ("openid", "email", "profile")
    groups_claim: str = "groups"
    roles: dict[str, Role] = {}
    allowed_domains: tuple[str, ...] = ()
    default_role: Role | Literal[""] = ""
    trust_email: bool = False
    algorithms: tuple[str, ...] = ("RS256", "PS256", "ES256", "ES384", "EdDSA")
    sign_out: bool = True


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an operator may change; times in seconds, sizes in bytes, retention in days."""

    name: str = ""
    public_url: str = ""
    analytics_js_dir: str = ""
    server_cookie: bool = True
    mail_link_days: int = 30
    openid: OpenIdSettings | None = None
    demo: bool = False
    language: str = "en"
    currency: str = "EUR"
    time_zone: str = "UTC"
    working_days: tuple[int, ...] = (0, 1, 2, 3, 4)
    holidays: dict[str, str] = {}
    legal_footer: str = ""
    factor_roles: tuple[str, ...] = ()
    retention_days: int | None = None
    checkpoint_seconds: float = 2.0
    archive_seconds: float = 10.0
    learn_seconds: float = 60.0
    send_seconds: float = 1.0
    quarantine_bytes_per_source: int = 64 * 1024 * 1024
    hook_bytes_per_day: int = 1024 * 1024 * 1024
    segment_bytes: int = 256 * 1024 * 1024
    cells_in_memory: int = 150_000
    connections_per_address: int = 1_000
    longest_wait_seconds: float = 0.5
    allowed_targets: tuple[str, ...] = ()
    pull_modules: tuple[str, ...] = ()
    pull_seconds: float = 15.0
    profile_reads_per_second: float = 500.0
    region_database: str = ""
    store_addresses: Literal["none", "network"] = "none"
    access_release: Literal["none", "second_person"] = "none"
    publish_release: Literal["none", "second_person"] = "none"
    keep_query: tuple[str, ...] = ()
    search_parameters: tuple[str, ...] = ("q", "query", "s", "search", "suche")


def read_settings(path: Path) -> Settings:
    """Read settings from a JSON file; the defaults hold where it is absent."""
    if not path.exists():
        return Settings()
    try:
        return msgspec.json.decode(path.read_bytes(), type=Settings)
    except msgspec.DecodeError as error:
        fault = wrong("bad_setting", why=misread(error))
        raise DocumentRefused(str(path), 1, fault) from error
