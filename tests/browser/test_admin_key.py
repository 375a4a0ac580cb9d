"""What does not open a stack that has an admin key, tried from the outside."""

import http.client
from urllib.parse import quote, urlsplit

import pytest
from service import Service

# Spaces that a parser might trim, though only SP and HTAB surround a field's value (RFC 9110).
SPACES = ["\u00a0", "\u0085", "\u2003", "\u3000", "\ufeff", "\u200b"]
APPLICATIONS = ["/applications", "/applications/", "/%61pplications", "/applications?limit=1"]


def status(service: Service, method: str, target: str, authorization: str | None) -> int:
    """Of one request, whose target and header are sent as they are written."""
    connection = http.client.HTTPConnection(urlsplit(service.url).netloc, timeout=60)
    connection.putrequest(method, target, skip_accept_encoding=True)
    if authorization is not None:
        connection.putheader("authorization", authorization.encode())
    connection.putheader("content-length", "0")
    connection.endheaders()
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
def test_nothing_but_the_key_opens_the_list_of_applications(service: Service, method: str):
    key = service.admin_key
    wrong = [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer \t ",
        key,
        f"Basic {key}",
        f"Bearer {key[:-1]}",
        f"Bearer {key}, Bearer {key}",
        f"Bearer {quote(key, safe='')}%20",
        "Bearer e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        *(f"Bearer {space}" for space in SPACES),
        *(f"Bearer {space}{key}" for space in SPACES),
        *(f"Bearer {key}{space}" for space in SPACES),
    ]
    for authorization in wrong:
        assert status(service, method, "/applications?name=x", authorization) == 401, authorization
    for target in APPLICATIONS:
        assert status(service, method, target, None) == 401, target


def test_spaces_and_tabs_around_the_key_are_none_of_it(service: Service):
    for authorization in (f"Bearer {service.admin_key}", f"bearer  {service.admin_key} \t"):
        assert status(service, "GET", "/applications", authorization) == 200


def test_no_other_spelling_of_the_path_leads_past_the_key(service: Service):
    spellings = ["//applications", "/x/applications", "/./applications", "/applications/."]
    for target in [
        *spellings,
        "/applications;x",
        "/applications%20",
        "/Applications",
        "/%2Fapplications",
    ]:
        for method in ("GET", "POST"):
            answered = status(service, method, target, None)
            assert answered in (401, 404, 405), (method, target, answered)
