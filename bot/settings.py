"""What the operator decides: KALLELSE_… in the environment or in `.env`, checked once at the start."""

import difflib
import os
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from bot.errors import WrongInputError
from bot.lease import LEASE_SECONDS
from chat import quiet
from texts import LANGUAGES

PREFIX = "KALLELSE_"
LONGEST_LEASE_SECONDS = 3600
ROLES = frozenset({"gateway", "clock", "worker", "web"})
DATABASES = ("sqlite+aiosqlite", "postgresql+asyncpg")
ELSEWHERE = frozenset({"ENV_FILE", "REQUIRE", "TEST_POSTGRES_URL"})  # read by us or by the tests, no settings

CHECKOUT = Path(__file__).resolve().parent.parent
HOME = CHECKOUT if (CHECKOUT / "kallelse").is_file() else Path.cwd()  # where relative paths begin

SENTENCES = {  # for pydantic's kinds of error; the rest are our own sentences already
    "missing": "is missing",
    "int_parsing": "must be a whole number",
    "bool_parsing": "must be on or off",
    "float_parsing": "must be a number",
    "greater_than_equal": "must be from 0 to 65535",
    "less_than_equal": "must be from 0 to 65535",
    "literal_error": "must be DEBUG, INFO, WARNING or ERROR",
}


class SettingsError(WrongInputError):
    """A sentence that names the setting and never holds its value."""


class Settings(BaseSettings):
    """Every setting, checked. Addresses have no slash at their end."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="ignore", frozen=True, hide_input_in_errors=True, validate_default=True
    )

    data_dir: Path = Path("data")
    database_url: SecretStr = SecretStr("")
    telegram_token: SecretStr | None = None
    telegram_api_url: str = "https://api.telegram.org"
    telegram_webhook: bool = False
    discord_token: SecretStr | None = None
    discord_api_url: str | None = None
    smtp_url: SecretStr | None = None
    mail_from: str | None = None
    public_url: str | None = None
    web_host: str = "127.0.0.1"
    web_port: Annotated[int, Field(ge=0, le=65535)] = 8080
    organisation: str = ""
    language: str = "sv"
    time_zone: str = "Europe/Stockholm"
    quiet_hours: str = "21-08"
    roles: Annotated[frozenset[str], NoDecode] = frozenset({"all"})
    lease_seconds: float = LEASE_SECONDS
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @model_validator(mode="before")
    @classmethod
    def _empty_is_unset(cls, values: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in values.items() if value != "" or name == "quiet_hours"}

    @field_validator("data_dir")
    @classmethod
    def _from_home(cls, value: Path) -> Path:
        return HOME / value.expanduser()

    @field_validator("telegram_token", "discord_token")
    @classmethod
    def _token(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not all("!" <= letter <= "~" and letter != "/" for letter in value.get_secret_value()):
            raise ValueError("is not a token: it holds a space or another letter that no token has")
        return value

    @field_validator("telegram_api_url", "discord_api_url", "public_url")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        if value and not is_address(value, ("http", "https")):
            raise ValueError("must be an address such as https://example.org")
        return value.rstrip("/") if value else value

    @field_validator("smtp_url")
    @classmethod
    def _smtp(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not is_address(value.get_secret_value(), ("smtp", "smtps")):
            raise ValueError("must be an address such as smtps://user:password@mail.example.org")
        return value

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: SecretStr) -> SecretStr:
        scheme = value.get_secret_value().partition("://")[0]
        if scheme and scheme not in DATABASES:
            raise ValueError("must begin with " + " or ".join(f"{name}://" for name in DATABASES))
        try:
            make_url(value.get_secret_value() or "sqlite://")
        except (ArgumentError, ValueError):
            raise ValueError(
                "must be an address such as postgresql+asyncpg://kallelse@127.0.0.1/kallelse"
            ) from None
        return value

    @field_validator("mail_from")
    @classmethod
    def _sender(cls, value: str | None) -> str | None:
        if value and ("@" not in value or not value.isprintable()):
            raise ValueError("must be a mail address")
        return value

    @field_validator("language")
    @classmethod
    def _known_language(cls, value: str) -> str:
        if value not in LANGUAGES:
            raise ValueError(f"must be one of {', '.join(LANGUAGES)}")
        return value

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            return ZoneInfo(value).key
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("must be a time zone such as Europe/Stockholm") from None

    @field_validator("quiet_hours")
    @classmethod
    def _hours(cls, value: str) -> str:
        try:
            quiet.parse(value)
        except ValueError:
            raise ValueError("must look like 21-08, or be empty for none") from None
        return value

    @field_validator("lease_seconds")
    @classmethod
    def _lease(cls, value: float) -> float:
        if not 1 <= value <= LONGEST_LEASE_SECONDS:
            raise ValueError(f"must be from 1 to {LONGEST_LEASE_SECONDS}")
        return value

    @field_validator("roles", mode="before")
    @classmethod
    def _known_roles(cls, value: object) -> object:
        names = {part.strip() for part in value.split(",")} if isinstance(value, str) else {"all"}
        if not names <= ROLES | {"all"}:
            raise ValueError(f"must be all, or a comma list of {', '.join(sorted(ROLES))}")
        return ROLES if "all" in names else names

    @model_validator(mode="after")
    def _belongs_together(self) -> Self:
        if self.telegram_webhook and not self.public_url:
            raise ValueError("PUBLIC_URL is missing; TELEGRAM_WEBHOOK needs it")
        if self.smtp_url and not self.mail_from:
            raise ValueError("MAIL_FROM is missing; SMTP_URL needs it")
        return self

    @property
    def database(self) -> str:
        """The database's address for SQLAlchemy, secret."""
        return self.database_url.get_secret_value() or f"sqlite+aiosqlite:///{self.default_file}"

    @property
    def default_file(self) -> Path:
        """The database, as long as no other one is named."""
        return self.data_dir / "kallelse.db"


def is_address(value: str, schemes: tuple[str, ...]) -> bool:
    """Whether `value` is an absolute address of one of these schemes."""
    try:
        parts = urlsplit(value)
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0 and value.isprintable()
    except ValueError:
        return False


def env_file() -> Path | None:
    """The file that is read beside the environment; KALLELSE_ENV_FILE names another, or (empty) none."""
    named = os.environ.get(f"{PREFIX}ENV_FILE", ".env")
    return HOME / named if named else None


def load() -> Settings:
    """The settings of this process. Errors: SettingsError."""
    file = env_file()
    try:
        return Settings(_env_file=file)
    except ValidationError as error:
        raise SettingsError(describe(error)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file} cannot be read ({type(error).__name__}).") from None


def describe(error: ValidationError) -> str:
    """One sentence about the first thing that is wrong."""
    first = error.errors(include_input=False, include_url=False)[0]
    problem = SENTENCES.get(first["type"], first["msg"].removeprefix("Value error, "))
    return f"{PREFIX}{' '.join([*(str(part).upper() for part in first['loc']), problem])}."


def unknown() -> list[str]:
    """A sentence for each KALLELSE_… variable that is no setting, with the name that was perhaps meant."""
    file = env_file()
    names = {*os.environ, *(dotenv_values(file) if file and file.is_file() else ())}
    given = {name.upper().removeprefix(PREFIX) for name in names if name.upper().startswith(PREFIX)}
    known = [name.upper() for name in Settings.model_fields]
    return [_unknown(name, known) for name in sorted(given - {*known} - ELSEWHERE)]


def _unknown(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"{PREFIX}{name} is no setting." + (f" Is {PREFIX}{near[0]} meant?" if near else "")


def shown(settings: Settings) -> dict[str, str]:
    """Every setting by its name, as text; secrets are masked."""
    values = {name: _shown(getattr(settings, name)) for name in Settings.model_fields}
    values["database_url"] = mask(settings.database)
    return {PREFIX + name.upper(): value for name, value in values.items()}


def secrets(settings: Settings) -> list[str]:
    """What must not stand in any log line: tokens, and the passwords in addresses."""
    tokens = [secret.get_secret_value() for secret in (settings.telegram_token, settings.discord_token) if secret]
    addresses = [settings.database, settings.smtp_url.get_secret_value() if settings.smtp_url else ""]
    return tokens + [word for word in map(_password, addresses) if word]


def _password(address: str) -> str | None:
    return urlsplit(address).password


def _shown(value: object) -> str:
    match value:
        case None:
            return ""
        case SecretStr():
            return mask(value.get_secret_value())
        case bool():
            return "on" if value else "off"
        case frozenset():
            return "all" if value == ROLES else ",".join(sorted(value))
    return str(value)


def mask(secret: str) -> str:
    """An address without its password and options; of anything else nothing."""
    try:
        parts = urlsplit(secret)
        user = "***@" if "@" in parts.netloc else ""
        place = parts.netloc.rpartition("@")[2]
    except ValueError:
        return "***"
    if not parts.scheme or "//" not in secret:
        return "***" if secret else ""
    return f"{parts.scheme}://{user}{place}{parts.path}" + ("?***" if parts.query else "")
