"""The in-memory AWS: filled from folders, out of reach of any account, written back afterwards."""

import os

import boto3
import pytest

from ladle.errors import LadleError
from ladle.local.memory import MemoryAws

STALE = boto3.client("s3", region_name="us-east-1", aws_access_key_id="mine", aws_secret_access_key="secret")
"""A client made when the module was imported, before any local run."""


@pytest.fixture
def filled(tmp_path):
    (tmp_path / "landing" / "flights").mkdir(parents=True)
    (tmp_path / "landing" / "flights" / "a.csv").write_text("1,2")
    with MemoryAws() as aws:
        aws.fill({"landing": tmp_path / "landing", "reports": None})
        yield aws


def test_folders_become_objects(filled):
    """The key is the path within the folder."""
    assert [(o.bucket, o.key, o.size) for o in filled.objects()] == [("landing", "flights/a.csv", 3)]
    assert filled.head("landing", "flights/a.csv").size == 3
    assert filled.head("landing", "nothing") is None


def test_the_users_credentials_are_out_of_reach(monkeypatch):
    """Neither keys, profile nor endpoint of the environment reach a task; they are back afterwards."""
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "really-mine")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with MemoryAws():
        assert "AWS_PROFILE" not in os.environ
        assert "AWS_ENDPOINT_URL" not in os.environ
        assert boto3.session.Session().get_credentials().secret_key == "local-run"
        assert boto3.client("sts").get_caller_identity()["Account"] == "123456789012"
    assert os.environ["AWS_PROFILE"] == "production"
    assert os.environ["AWS_SECRET_ACCESS_KEY"] == "really-mine"


@pytest.mark.usefixtures("filled")
def test_a_client_made_before_is_answered_from_memory():
    """Modules often make their clients when they are imported."""
    assert STALE.get_object(Bucket="landing", Key="flights/a.csv")["Body"].read() == b"1,2"


@pytest.mark.usefixtures("filled")
def test_what_memory_does_not_know_is_refused_not_sent():
    """A request to any other address never leaves the process."""
    client = boto3.client("s3", endpoint_url="http://storage.example.org")
    with pytest.raises(LadleError, match="nothing is sent from a local run"):
        client.list_buckets()


def test_only_what_changed_is_written_back(filled, tmp_path):
    """The files that the buckets were filled from are not copied; new and changed objects are."""
    STALE.put_object(Bucket="reports", Key="2013/index.html", Body=b"<h1>")
    STALE.put_object(Bucket="landing", Key="flights/a.csv", Body=b"changed")
    kept = filled.write_back(tmp_path / ".ladle" / "aws", tmp_path)
    assert [(o.bucket, o.key, o.size, o.path) for o in kept] == [
        ("landing", "flights/a.csv", 7, ".ladle/aws/landing/flights/a.csv"),
        ("reports", "2013/index.html", 4, ".ladle/aws/reports/2013/index.html"),
    ]
    assert (tmp_path / ".ladle/aws/reports/2013/index.html").read_bytes() == b"<h1>"
    assert filled.write_back(tmp_path / ".ladle" / "aws", tmp_path) == []


@pytest.mark.parametrize("key", ["../../escape", "/etc/passwd", "a//b", "a/./b", "..", "c:\\x", "é/\n"])
def test_no_key_leads_out_of_the_folder(filled, tmp_path, key):
    """Keys are any text; paths stay inside."""
    STALE.put_object(Bucket="reports", Key=key, Body=b"x")
    folder = tmp_path / "out"
    (kept,) = filled.write_back(folder, tmp_path)
    path = (tmp_path / kept.path).resolve()
    assert path.is_relative_to(folder / "reports")
    assert path.read_bytes() == b"x"


def test_a_folder_that_is_not_there_is_named(tmp_path):
    """A typing error in infra/local.toml must not give an empty bucket."""
    with MemoryAws() as aws, pytest.raises(LadleError, match="which is no folder"):
        aws.fill({"landing": tmp_path / "nothing"})
