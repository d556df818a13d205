"""Settings of object stores, and where credentials come from."""

import pickle
from pathlib import Path

import pytest

from pipeline import storage
from pipeline.clients import SETTINGS, StorageError, aws_profile, place
from schemas.outcomes import UserError
from tests.support.buckets import Buckets


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("s3.endpont", "x", "did you mean s3.endpoint?"),
        ("region", "x", "did you mean s3.region?"),
        ("s3.anonymous", "yes", "give true or false"),
        ("retries", "many", "give a whole number"),
        ("timeout", "0", "give a whole number"),
        ("web.at_once", "0", "give a whole number"),
    ],
)
def test_a_wrong_setting_is_refused(key: str, value: str, words: str) -> None:
    """A setting that does not exist is refused with the nearest that does, a value with what fits."""
    with pytest.raises(UserError) as caught:
        storage.configure({key: value})
    assert words in str(caught.value)


def test_every_setting_reaches_the_library() -> None:
    """Each key of the list makes a client: the library knows all the words that we hand it."""
    everything = dict.fromkeys(SETTINGS, "x") | dict.fromkeys(("retries", "timeout", "web.at_once"), "1")
    everything |= dict.fromkeys(("s3.anonymous", "s3.requester_pays", "gs.anonymous"), "true")
    everything |= {"s3.endpoint": "http://127.0.0.1:9", "gs.endpoint": "http://127.0.0.1:9", "retries": "0"}
    del everything["gs.credentials"]
    storage.configure(everything)
    for path in ("s3://b/x", "gs://b/x"):
        with pytest.raises(StorageError, match=r"127\.0\.0\.1:9"):
            storage.size(path)
    storage.configure({"gs.credentials": "/none/key.json"})
    with pytest.raises(StorageError, match=r"gs://b/x: .*/none/key\.json"):
        storage.size("gs://b/x")
    storage.configure({})


def test_clients_are_made_anew_when_settings_change(buckets: Buckets) -> None:
    """Other settings hold from the next call on; the same settings change nothing."""
    path = f"s3://{buckets.new()}/x"
    storage.configure(buckets.s3())
    assert not storage.exists(path)
    storage.configure(buckets.s3())
    assert not storage.exists(path)
    storage.configure(buckets.s3() | {"s3.endpoint": "http://127.0.0.1:9", "retries": "0"})
    with pytest.raises(StorageError):
        storage.exists(path)


def test_anonymous_requests_are_not_signed(buckets: Buckets) -> None:
    """Without credentials nothing is signed, and the machine is not searched for any."""
    bucket = buckets.new()
    buckets.put(f"{bucket}/x", b"1")
    for scheme in ("s3", "gs"):
        storage.configure({f"{scheme}.endpoint": buckets.endpoint, f"{scheme}.anonymous": "true"})
        assert storage.read_bytes(f"{scheme}://{bucket}/x") == b"1"
    assert [one.authorization for one in buckets.asked] == ["", ""]
    storage.configure(buckets.s3())
    storage.read_bytes(f"s3://{bucket}/x")
    assert buckets.asked[-1].authorization.startswith("AWS4-HMAC-SHA256 Credential=a/")


def test_a_bucket_that_wants_credentials_is_told(buckets: Buckets) -> None:
    """Who asks without credentials is not told to ask without; for Common Crawl's bucket it is said where else its archives are."""
    buckets.refuse = lambda asked: True
    denied = {
        "commoncrawl": "https://data.commoncrawl.org/",
        "other": "the bucket is not public: set AWS_ACCESS_KEY_ID",
    }
    storage.configure({"s3.endpoint": buckets.endpoint, "s3.anonymous": "true", "retries": "0"})
    for bucket, words in denied.items():
        with pytest.raises(StorageError, match="access is denied") as caught:
            storage.read_bytes(f"s3://{bucket}/x")
        assert words in str(caught.value)
        assert "s3.anonymous=true" not in str(caught.value)
    storage.configure(buckets.s3() | {"retries": "0"})
    with pytest.raises(StorageError, match=r"or --storage s3\.anonymous=true for a public bucket"):
        storage.read_bytes("s3://other/x")


def test_profiles_are_read(tmp_path: Path) -> None:
    """Keys and region come from AWS's own files, by profile; a variable goes before them."""
    (tmp_path / "credentials").write_text(
        "[default]\naws_access_key_id = A\naws_secret_access_key = a%b\n"
        "[other]\naws_access_key_id=B\naws_session_token=T\n"
    )
    (tmp_path / "config").write_text("[default]\nregion = eu-1\ns3 =\n  x = 1\n[profile other]\nregion = us-2\n")
    files = {
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"),
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
    }
    default = {"access_key_id": "A", "secret_access_key": "a%b", "region": "eu-1"}
    assert aws_profile(files) == default
    assert aws_profile(files | {"AWS_PROFILE": "other"}) == {
        "access_key_id": "B",
        "session_token": "T",
        "region": "us-2",
    }
    assert aws_profile(files | {"AWS_PROFILE": "none"}) == {}
    assert aws_profile(files | {"AWS_REGION": "x"}) == {key: default[key] for key in list(default)[:2]}
    assert aws_profile(files | {"AWS_ACCESS_KEY_ID": "x"}) == {}


def test_an_error_travels() -> None:
    """The error comes back from another process as what it was: wrong use, and an error of the operating system."""
    error = pickle.loads(pickle.dumps(StorageError("s3://b/x: why")))
    assert isinstance(error, UserError) and isinstance(error, OSError)
    assert (str(error), error.errno) == ("s3://b/x: why", None)


@pytest.mark.parametrize("address", ["https://[::1", "http://a b/c", "https://a:99999/x"])
def test_an_address_that_is_none_is_named(address: str) -> None:
    """As what the user gave, and not as a bug."""
    with pytest.raises(UserError, match="is no address of the web: invalid"):
        place(address)
