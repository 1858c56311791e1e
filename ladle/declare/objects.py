"""`s3`: what lies in S3 as the items of a comprehension, and its results written there (a distributed Map).

`[load(each["Key"]) for each in s3.objects("landing", "flights/")]` makes a run of its own for each item, up
to ten thousand at once: no list of them is ever in the machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, Literal, TypedDict, TypeVar, overload

from ladle.declare.execution import inside

__all__ = ["DELIMITERS", "READERS", "S3", "Rows", "S3Object", "Written", "s3"]

T = TypeVar("T")

DELIMITERS: Final = {",": "COMMA", "|": "PIPE", ";": "SEMICOLON", " ": "SPACE", "\t": "TAB"}
"""What may stand between the values of a CSV row, and what Step Functions calls it."""

READERS: Final = ("objects", "csv", "json", "jsonl", "parquet", "inventory", "athena")
"""The methods of `s3` that give items."""


class S3Object(TypedDict):
    """An object of a listing; `LastModified` is in seconds since 1970."""

    Key: str
    Size: int
    Etag: str
    LastModified: int
    StorageClass: str


@dataclass(frozen=True)
class Written:
    """Where results were written: the bucket, and the key of the manifest that names the files."""

    bucket: str
    key: str


@dataclass(frozen=True, eq=False)
class Rows(Generic[T]):
    """Items in S3: the objects under a prefix, or what stands in one object. Gone over within a run only.

    `kind` is one of `READERS`, `config` ASL's ReaderConfig.
    """

    kind: str
    bucket: str
    key: str
    item: Any
    config: dict[str, Any]

    def __iter__(self) -> Iterator[T]:
        return iter(inside(f"s3.{self.kind}").items(self))


class S3:
    """`s3.objects(…)`, `s3.csv(…)` and so on stand as the iterable of a comprehension's first `for`."""

    def objects(self, bucket: str, prefix: str = "", *, limit: int | None = None) -> Rows[S3Object]:
        """The objects whose keys begin with `prefix`; at most `limit` of them."""
        return Rows("objects", bucket, prefix, S3Object, _config(limit))

    @overload
    def csv(
        self,
        bucket: str,
        key: str,
        *,
        headers: Sequence[str] | None = None,
        delimiter: str = ",",
        limit: int | None = None,
    ) -> Rows[dict[str, str]]: ...
    @overload
    def csv(
        self,
        bucket: str,
        key: str,
        row: type[T],
        *,
        headers: Sequence[str] | None = None,
        delimiter: str = ",",
        limit: int | None = None,
    ) -> Rows[T]: ...
    def csv(
        self,
        bucket: str,
        key: str,
        row: Any = dict[str, str],
        *,
        headers: Sequence[str] | None = None,
        delimiter: str = ",",
        limit: int | None = None,
    ) -> Rows[Any]:
        """The rows of a CSV file, each an object of text: a `row` is a TypedDict or dataclass of `str`.

        The first line has the names, unless `headers` gives them. `delimiter` is one of `, | ; space tab`.
        """
        location = "FIRST_ROW" if headers is None else "GIVEN"
        config: dict[str, Any] = {"InputType": "CSV", "CSVHeaderLocation": location}
        if headers is not None:
            config["CSVHeaders"] = list(headers)
        if delimiter != ",":
            config["CSVDelimiter"] = DELIMITERS.get(delimiter, delimiter)
        return Rows("csv", bucket, key, row, _config(limit, **config))

    def json(
        self, bucket: str, key: str, item: type[T], *, pointer: str = "", limit: int | None = None
    ) -> Rows[T]:
        """The items of a list in a JSON file; `pointer` leads to it (`/orders/open`), if it is a part."""
        where = {"ItemsPointer": pointer} if pointer else {}
        return Rows("json", bucket, key, item, _config(limit, InputType="JSON", **where))

    def jsonl(self, bucket: str, key: str, item: type[T], *, limit: int | None = None) -> Rows[T]:
        """The lines of a file, each a JSON value."""
        return Rows("jsonl", bucket, key, item, _config(limit, InputType="JSONL"))

    def parquet(self, bucket: str, key: str, item: type[T], *, limit: int | None = None) -> Rows[T]:
        """The rows of a Parquet file. On AWS only: nothing here reads Parquet."""
        return Rows("parquet", bucket, key, item, _config(limit, InputType="PARQUET"))

    def inventory(self, bucket: str, key: str, *, limit: int | None = None) -> Rows[dict[str, str]]:
        """The rows that an S3 inventory lists; `key` is that of its `manifest.json`."""
        config = _config(limit, InputType="MANIFEST")
        return Rows("inventory", bucket, key, dict[str, str], config)

    def athena(
        self,
        bucket: str,
        key: str,
        item: type[T],
        *,
        format: Literal["csv", "jsonl", "parquet"],
        limit: int | None = None,
    ) -> Rows[T]:
        """The rows that an UNLOAD of Athena wrote; `key` is that of its manifest. On AWS only."""
        config = _config(limit, ManifestType="ATHENA_DATA", InputType=format.upper())
        return Rows("athena", bucket, key, item, config)

    def write(self, results: Iterable[Any], bucket: str, prefix: str = "") -> Written:
        """The results of a distributed comprehension, written to S3 instead of given back.

        `s3.write([f(x) for x in s3.csv(…)], "reports", "out/")`: a list that is too long for a machine. What
        the files hold is the list of results, in parts that the manifest names.
        """
        return inside("s3.write").write(list(results), bucket, prefix)


def _config(limit: int | None, **config: Any) -> dict[str, Any]:
    return config if limit is None else {**config, "MaxItems": limit}


s3 = S3()
"""What lies in S3: `s3.objects("landing", "flights/")`, `s3.csv("landing", "carriers.csv")`."""
