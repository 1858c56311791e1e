"""Nobody reads a thing without the token, whatever address, name or page they come by."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from ladle.web.access import Access
from ladle.web.answer import ALL, Page
from ladle.web.ends import End
from ladle.web.http import Request

ACCESS = Access(8765)


def asked(path: str, end: End, **headers: str) -> Any:
    """The answer to a request with these headers."""
    page = Page({"local": lambda: end}, "local", access=ACCESS)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return page.answer(Request("GET", path, {}, {"host": "127.0.0.1:8765", **named}))


def filled(pattern: str, made: Any) -> str:
    """An address of that form."""
    values = {"{run}": made.runs["good"], "{name}": "sums", "{file}": "index.html", "{folder}": "x"}
    for brace, value in values.items():
        pattern = pattern.replace(brace, value)
    return pattern.replace("{step}", "double").replace("{pair}", "a..b")


@pytest.mark.parametrize("pattern", ALL)
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x_ladle_token": "guess"},
        {"cookie": "ladle_8765=guess"},
        {"cookie": f"ladle_8765={ACCESS.token}"},
        {"x_ladle_token": ACCESS.token, "host": "evil.example:8765"},
        {"x_ladle_token": ACCESS.token, "host": "127.0.0.1"},
        {"x_ladle_token": ACCESS.token, "origin": "http://evil.example"},
        {"x_ladle_token": ACCESS.token, "origin": "null"},
    ],
    ids=lambda each: " ".join(each) or "nothing",
)
def test_without_the_token_there_is_no_data(
    pattern: str, headers: dict[str, str], end: End, made: Any
) -> None:
    """Every address answers 403, and says nothing of any run or workflow."""
    response = asked(filled(pattern, made), end, **headers)
    assert response.status == 403
    for secret in (made.runs["good"], "sums", "double", "demo"):
        assert secret not in response.body.decode()


@pytest.mark.parametrize("pattern", [each for each in ALL if each.startswith("/api/")])
def test_the_cookie_opens_no_data(pattern: str, end: End, made: Any) -> None:
    """Other servers of this machine are sent it, since cookies do not tell ports apart."""
    response = asked(filled(pattern, made), end, cookie=f"ladle_8765={ACCESS.shell_key}")
    assert response.status == 403


def test_another_page_cannot_ask_with_the_token(end: End) -> None:
    """A browser says where a request comes from, even of the same site."""
    response = asked("/api/session", end, x_ladle_token=ACCESS.token, sec_fetch_site="same-site")
    assert response.status == 403


def test_the_printed_address_sets_the_cookie_and_the_token_reads(end: End) -> None:
    page = Page({"local": lambda: end}, "local", access=ACCESS)
    first = page.answer(Request("GET", "/", {"token": ACCESS.token}, {"host": "127.0.0.1:8765"}))
    assert first.status == 200
    assert "HttpOnly" in first.headers["Set-Cookie"]
    assert ACCESS.token not in first.headers["Set-Cookie"]
    cookie = first.headers["Set-Cookie"].partition(";")[0]
    assert asked("/w/sums", end, cookie=cookie).status == 200
    session = asked("/api/session", end, x_ladle_token=ACCESS.token)
    assert json.loads(session.body)["stage"] == "local"


@pytest.mark.parametrize("pattern", ALL)
def test_reading_is_all_that_an_address_does(pattern: str, end: End, made: Any) -> None:
    """Any other method is refused in JSON, with what is allowed."""
    page = Page({"local": lambda: end}, "local")
    request = Request("GET", filled(pattern, made))
    for method in ("POST", "PUT", "DELETE"):
        response = page.answer(replace(request, method=method))
        assert response.status == 405
        assert response.headers["Allow"] == "GET"
        assert json.loads(response.body)["error"]["message"]


def test_every_answer_forbids_what_comes_from_elsewhere(end: End) -> None:
    for path in ("/", "/api/session", "/nowhere"):
        response = asked(path, end, x_ladle_token=ACCESS.token)
        assert response.headers["Content-Security-Policy"].startswith("default-src 'self'")
        assert response.headers["X-Content-Type-Options"] == "nosniff"
