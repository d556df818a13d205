"""Credentials in the words of a command: which are not to be printed, and logins in addresses of the web.

A login (`https://USER:PASSWORD@host/`) is taken out where an address comes in. From there on it is a setting of storage, as keys of
buckets are; so whatever is printed or written of an address tells none.
"""

import re
from base64 import b64encode
from collections.abc import Iterable, Mapping
from urllib.parse import unquote

from schemas.outcomes import UserError

SETTING = "web.login "  # begins the name of the setting; the server it is for follows
_LOGIN = re.compile(r"((?:--[\w-]+=)?)([A-Za-z][\w+.-]*)://([^/?#]*)@([^/?#]*)")
# Where a port would stand there is none, and an @ comes later: a slash, or its like, in a password that is not written as %2F.
_PARTED = re.compile(r"(?:--[\w-]+=)?[A-Za-z][\w+.-]*://[^/?#@:\[\]]*:(?!\d*(?:[/?#]|$))[^@]*@")
_ANYWHERE = re.compile(r"://[^/?#\s]*@")
# Of settings of storage and options of Beam's.
_NAME = r"(?:secret|token|password|(?:access|account|api)[._-]?key)"
_SECRET = re.compile(_NAME, re.IGNORECASE)
# A value that holds such a setting: a property of Java's, or a variable in JSON.
_SECRET_INSIDE = re.compile(rf"{_NAME}[\w.-]*[\"']?\s*[=:]", re.IGNORECASE)


def without_logins(words: Iterable[str], known: Mapping[str, str] | None = None) -> tuple[list[str], dict[str, str]]:
    """Words without the logins of addresses among them, and the logins as settings of storage.

    Raises UserError for two logins of one server, one of which may be `known` by a setting, for a login of what is no address of the web,
    and for one that a `/` in it parts.

    >>> without_logins(["--input", "https://me:secret@host:8080/a.warc.gz", "https://other/@me"])
    (['--input', 'https://host:8080/a.warc.gz', 'https://other/@me'], {'web.login https://host:8080': 'me:secret'})
    """
    plain, logins = list[str](), dict[str, str]()
    for word in words:
        if not (found := _LOGIN.match(word)):
            if _PARTED.match(word):
                raise UserError("an address with a login that holds /, ? or #: write %2F, %3F or %23 for these")
            plain.append(word)
            continue
        option, scheme, login, server = found.groups()
        named = f"{scheme.lower()}://{server}"
        if scheme.lower() not in ("https", "http"):
            raise UserError(
                f"{named}: an address of {scheme.lower()}:// holds no keys: --storage gives them, or the environment"
            )
        logins.setdefault(SETTING + named, (known or {}).get(SETTING + named, login))
        if logins[SETTING + named] != login:
            raise UserError(f"{named} is named with two logins, and a command has one for each server")
        plain.append(f"{option}{named}{word[found.end() :]}")
    return plain, logins


def is_secret(name: str) -> bool:
    """Whether the value of a setting or an option is not to be seen by whoever looks on, or read in a log.

    >>> is_secret("s3.secret_access_key"), is_secret("web.login https://host"), is_secret("s3.region")
    (True, True, False)
    """
    return name.startswith(SETTING) or _SECRET.search(name) is not None


def holds_secret(text: str) -> bool:
    """Whether such a setting, or an address with a login, stands in a text.

    >>> holds_secret("-Dspark.hadoop.fs.s3a.secret.key=3"), holds_secret("s3.endpoint=http://me:pass@host"), holds_secret("https://host/@me")
    (True, True, False)
    """
    return bool(_SECRET_INSIDE.search(text) or _ANYWHERE.search(text))


def masked(text: str) -> str:
    """A text that may name addresses, without the logins of those.

    >>> masked("http://me:pass@host/a (a user name or password), http://host/@me")
    'http://…@host/a (a user name or password), http://host/@me'
    """
    return _ANYWHERE.sub("://…@", text)


def server_of(address: str) -> str:
    """The server of an address, as settings name it.

    >>> server_of("https://host:8080/a?b")
    'https://host:8080'
    """
    scheme, _, rest = address.partition("://")
    return f"{scheme}://{re.split('[/?#]', rest, maxsplit=1)[0]}"


def has_login(settings: Iterable[str], address: str) -> bool:
    """Whether settings as a command gives them, `KEY=VALUE`, hold a login for an address.

    >>> has_login(["web.login https://host:8080=me:pw"], "https://host:8080/a"), has_login(["web.login https://host:8080=me:pw"], "https://host")
    (True, False)
    """
    return any(setting.startswith(f"{SETTING}{server_of(address)}=") for setting in settings)


def header(settings: Mapping[str, str], address: str) -> dict[str, str]:
    """What a request to an address says of who asks (RFC 7617); nothing where no login is known.

    >>> header({"web.login https://host": "Aladdin:open%20sesame"}, "https://host/a")
    {'authorization': 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=='}
    """
    login = settings.get(SETTING + server_of(address))
    if login is None:
        return {}
    user, _, password = login.partition(":")
    return {"authorization": f"Basic {b64encode(f'{unquote(user)}:{unquote(password)}'.encode()).decode()}"}
