"""Who serves a remote path: the settings of object stores, their clients, and their errors in our words.

Credentials come from the settings below, or from where each cloud's own tools look: AWS's variables, profile files and
roles; GOOGLE_APPLICATION_CREDENTIALS, gcloud's login and the metadata server.
"""

import configparser
import errno
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from typing import Any, TypeAlias

from obstore.exceptions import BaseError, NotSupportedError, PermissionDeniedError, UnauthenticatedError
from obstore.store import GCSStore, HTTPStore, S3Store

from pipeline import credentials
from schemas.outcomes import UserError
from schemas.recipe import nearest

Store: TypeAlias = S3Store | GCSStore | HTTPStore

BUCKETS = ("s3", "gs")
WEB = ("https", "http")

SETTINGS: Mapping[str, str] = {
    "s3.endpoint": "address of a service that speaks S3, such as http://localhost:9000 (AWS_ENDPOINT_URL_S3)",
    "s3.region": "region of the buckets (AWS_REGION)",
    "s3.access_key_id": "key, for services without roles (AWS_ACCESS_KEY_ID)",
    "s3.secret_access_key": "its secret (AWS_SECRET_ACCESS_KEY)",
    "s3.session_token": "its session, where it has one (AWS_SESSION_TOKEN)",
    "s3.anonymous": "true: requests are not signed, for public buckets",
    "s3.requester_pays": "true: you pay for reading buckets that ask for it",
    "gs.endpoint": "address of a service that speaks Google's XML API (GOOGLE_BASE_URL)",
    "gs.credentials": "file with the key of a service account (GOOGLE_SERVICE_ACCOUNT)",
    "gs.anonymous": "true: reading without credentials, for public buckets",
    "web.at_once": "requests that this machine makes at the same time to one web server; 2 if not given",
    "retries": "how often a request that failed is made again; 10 if not given",
    "timeout": "seconds without an answer after which a request has failed; 60 if not given",
}
_NUMBERS: Mapping[str, tuple[int, int]] = {
    "web.at_once": (2, 1),
    "retries": (10, 0),
    "timeout": (60, 1),
}  # where not given, and the least
_OPTIONS = {
    "s3.anonymous": "skip_signature",
    "s3.requester_pays": "request_payer",
    "gs.endpoint": "base_url",
    "gs.credentials": "service_account",
    "gs.anonymous": "skip_signature",
}  # the library's word for a setting, where it is not our own
_FLAGS = {"s3.anonymous", "s3.requester_pays", "gs.anonymous"}
_AWS_SOURCES = (
    "AWS_ACCESS_KEY_ID",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
)
_NEED = {
    "s3": "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or --storage s3.anonymous=true for a public bucket",
    "gs": "set GOOGLE_APPLICATION_CREDENTIALS, or --storage gs.anonymous=true for a public bucket",
}
_NOT_PUBLIC = {
    "s3": "the bucket is not public: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and leave out s3.anonymous",
    "gs": "the bucket is not public: set GOOGLE_APPLICATION_CREDENTIALS, and leave out gs.anonymous",
}
_COMMON_CRAWL = (
    "Common Crawl's bucket gives nothing without credentials (those of any AWS account do: set AWS_ACCESS_KEY_ID and "
    "AWS_SECRET_ACCESS_KEY) and is meant for machines in us-east-1; from elsewhere give https://data.commoncrawl.org/ in place of "
    "s3://commoncrawl/"
)
NO_CREDENTIALS = "no credentials were found"
_UNKNOWN_USER = ("169.254.169.254", "token request", "metadata.google.internal")  # where a lost client asks last
_NOT_KNOWN = ("lacked valid authentication", "401 Unauthorized")
_REFUSED = ("lacked the necessary privileges", "403 Forbidden", *_NOT_KNOWN)


class StorageError(UserError, OSError):
    """A bucket or server that cannot be used; says which path, why, and what to do."""


@dataclass
class _Process:
    """What holds for this process alone."""

    settings: dict[str, str] = field(default_factory=dict)
    owner: int = 0  # the process that made the first client


_PROCESS = _Process()


def configure(settings: Mapping[str, str]) -> None:
    """Sets, for this process, what `--storage KEY=VALUE` says; clients are made anew where that changes anything.

    Raises UserError for a key that is not in SETTINGS or a value that does not fit it.
    """
    checked = {key: _checked(key, value) for key, value in settings.items()}
    if checked != _PROCESS.settings:
        _PROCESS.settings = checked
        _client.cache_clear()


def _checked(key: str, value: str) -> str:
    if key.startswith(credentials.SETTING):
        return value
    if key not in SETTINGS:
        raise UserError(f"--storage {key}: there is no such setting{nearest(key, SETTINGS)}")
    if key in _FLAGS and value not in ("true", "false"):
        raise UserError(f"--storage {key}={value}: give true or false")
    if key in _NUMBERS and not (value.isdecimal() and int(value) >= _NUMBERS[key][1]):
        raise UserError(f"--storage {key}={value}: give a whole number")
    return value


def number(key: str) -> int:
    """A setting that is a number."""
    return int(_PROCESS.settings.get(key, _NUMBERS[key][0]))


def _options(scheme: str) -> dict[str, str]:
    """The settings of one scheme in the library's words, over those of the user's AWS profile."""
    own = {key: value for key, value in _PROCESS.settings.items() if key.startswith(scheme + ".")}
    named = {_OPTIONS.get(key, key.partition(".")[2]): value for key, value in own.items()}
    if scheme == "s3" and "access_key_id" not in named and named.get("skip_signature") != "true":
        return aws_profile(os.environ) | named
    return named


def aws_profile(environment: Mapping[str, str]) -> dict[str, str]:
    """Keys and region of AWS's two profile files, which the library leaves alone; nothing where a variable rules.

    >>> aws_profile({"AWS_ACCESS_KEY_ID": "of the environment"})
    {}
    """
    if any(name in environment for name in _AWS_SOURCES):
        return {}
    name = environment.get("AWS_PROFILE", "default")
    settings = _section(environment.get("AWS_CONFIG_FILE", "~/.aws/config"), "profile " * (name != "default") + name)
    settings |= _section(environment.get("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"), name)
    wanted = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
    found = {key.removeprefix("aws_"): settings[key] for key in wanted if key in settings}
    if "region" in settings and not {"AWS_REGION", "AWS_DEFAULT_REGION"} & environment.keys():
        found["region"] = settings["region"]
    return found


def _section(path: str, name: str) -> dict[str, str]:
    """The settings of one section of an ini file; none where the file or the section is missing."""
    file = configparser.RawConfigParser(strict=False)
    file.read(os.path.expanduser(path))
    return dict(file.items(name)) if file.has_section(name) else {}


@lru_cache(maxsize=64)
def _client(root: str) -> Store:
    """The client of a bucket (`s3://bucket`) or of one web address; it keeps connections open, so it is kept."""
    _PROCESS.owner = os.getpid()
    scheme, _, rest = root.partition("://")
    wait = timedelta(seconds=number("timeout"))
    client: Any = {
        "allow_http": True,  # an endpoint's scheme is the user's own word
        "connect_timeout": min(wait, timedelta(seconds=10)),
        "read_timeout": wait,
        "timeout": timedelta(days=1),  # of a whole transfer; a slow line costs time alone
        "user_agent": "triptych",
    }
    if scheme in WEB:
        # Tries are those of `pipeline.web_turns`; a connection that nobody uses would keep another process from the server.
        client["pool_max_idle_per_host"] = "0"
        client["default_headers"] = credentials.header(_PROCESS.settings, root)
        try:
            return HTTPStore.from_url(root, client_options=client, retry_config={"max_retries": 0})
        except ValueError as error:
            raise UserError(f"{root} is no address of the web: {error}") from error
    retry: Any = {"max_retries": number("retries"), "backoff": {"init_backoff": timedelta(seconds=0.1)}}
    options: Any = _options(scheme)
    if scheme == "gs":
        return GCSStore(rest, config=options, client_options=client, retry_config=retry)
    options["disable_bulk_delete"] = "true"  # a single DELETE, which every service knows
    return S3Store(rest, config=options, client_options=client, retry_config=retry)


def place(path: str) -> tuple[Store, str]:
    """The client that serves a path, and the key that it goes by there; "" for a whole bucket and for a web address."""
    scheme, _, rest = path.partition("://")
    if scheme not in BUCKETS + WEB:
        raise UserError(
            f"{path}: there is no storage for {scheme}://; paths are local, s3://bucket/name or gs://bucket/name, and "
            f"https:// or http:// for reading"
        )
    bucket, _, key = rest.partition("/")
    if not bucket:
        raise UserError(f"{path}: the name of a {'server' if scheme in WEB else 'bucket'} is missing after {scheme}://")
    key = "" if scheme in WEB else key.removesuffix("/")
    if key and not {"", ".", ".."}.isdisjoint(key.split("/")):
        raise UserError(f"{path}: a name with an empty part, '.' or '..' between its slashes cannot be used")
    if _PROCESS.owner not in (0, os.getpid()):  # the library's threads do not live on in a fork; a request would hang
        raise StorageError(f"{path}: storage was used before this process was forked: start it by spawn instead")
    with plain_errors(path):
        return _client(path if scheme in WEB else f"{scheme}://{bucket}"), key


def object_at(path: str) -> tuple[Store, str]:
    """Client and key of an object; a bucket alone is none."""
    store, key = place(path)
    if not key and not is_web(path):
        raise _absent(path)
    return store, key


def target(path: str) -> tuple[Store, str]:
    """Client and key of an object that is to be written or taken away."""
    if is_web(path):
        raise UserError(f"{path}: web servers are only read; write to a local path, s3:// or gs://")
    return object_at(path)


def is_web(path: str) -> bool:
    """Whether a path is an address of the web, which can be read but neither listed nor written."""
    return path.partition("://")[0] in WEB


def listed(folder: str) -> tuple[Store, str]:
    """Client and key of a folder whose names are wanted."""
    if is_web(folder):
        raise UserError(f"{folder}: a web server cannot be listed; name each file")
    return place(folder)


@contextmanager
def plain_errors(path: str) -> Iterator[None]:
    """Turns what the library raises inside the block into errors that name the path. Nothing else may be inside."""
    try:
        yield
    except (BaseError, OSError) as error:
        raise _told(path, error) from error


def _told(path: str, error: Exception) -> OSError:
    """The library's error in our words. Errors of uploads come as OSError, so their text must be asked, too."""
    text, scheme = str(error), path.partition("://")[0]
    if "NoSuchBucket" in text:
        return StorageError(f"{path}: there is no such bucket; make it, or see to the name and the endpoint")
    if isinstance(error, FileNotFoundError):
        return _absent(path)
    if any(place in text for place in _UNKNOWN_USER):
        return StorageError(f"{path}: {NO_CREDENTIALS}; {_need(path, scheme)}")
    if scheme in WEB and (isinstance(error, UnauthenticatedError) or any(words in text for words in _NOT_KNOWN)):
        return StorageError(f"{path}: {_login_needed(path)}")
    if isinstance(error, PermissionDeniedError | UnauthenticatedError) or any(words in text for words in _REFUSED):
        return StorageError(f"{path}: access is denied; {_need(path, scheme)}")
    if isinstance(error, NotSupportedError) and "ange" in text:
        return StorageError(f"{path}: the server does not serve parts of a file; download it and give the local path")
    return StorageError(f"{path}: {text.splitlines()[0][:300]}; see to the network, the endpoint and the region")


def _need(path: str, scheme: str) -> str:
    """What to do where access is denied."""
    if scheme in WEB:
        return "the server does not give it to everyone, or was asked too often: then the same command goes on later"
    if path.startswith("s3://commoncrawl/"):
        return _COMMON_CRAWL
    return (_NOT_PUBLIC if _PROCESS.settings.get(f"{scheme}.anonymous") == "true" else _NEED)[scheme]


def _login_needed(path: str) -> str:
    """What to do where a web server asks who asks."""
    if credentials.header(_PROCESS.settings, path):
        return "the server does not take the login that was given for it"
    scheme, _, rest = path.partition("://")
    return f"the server wants a login: say {scheme}://USER:PASSWORD@{rest}"


def _absent(path: str) -> FileNotFoundError:
    return FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
