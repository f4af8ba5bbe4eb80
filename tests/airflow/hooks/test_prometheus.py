from __future__ import annotations

import ssl
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from praxi_airflow.errors import (
    PrometheusError,
    PrometheusUnavailableError,
    QueryRefusedError,
    QueryTooLargeError,
    SettingsError,
)
from praxi_airflow.hooks.prometheus import PrometheusHook
from tests.airflow.conftest import Configure
from tests.support.alertmanager import eventually
from tests.support.certificates import Issuer
from tests.support.faults import Kind, ScriptedFaults
from tests.support.faulty_proxy import faulty_proxy
from tests.support.forward_proxy import forward_proxy
from tests.support.process import free_port
from tests.support.prometheus import Deployment, Endpoint, prometheus
from tests.support.proxy import SILENCE, Answer, Proxy, proxy
from tests.support.site import site

pytestmark = pytest.mark.server

DAY = datetime(2026, 3, 1, tzinfo=UTC)
QUERY = "count(last_over_time(kube_pod_container_info[1d]))"
LONG = f'count(kube_pod_container_info{{pod=~"{"|".join(f"pod-{number}" for number in range(1000))}"}})'
EVENING = DAY + timedelta(hours=20)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    web = Deployment(image="web:1", start=DAY, end=DAY + timedelta(hours=6))
    with prometheus(tmp_path_factory.mktemp("prometheus"), [web]) as endpoint:
        yield endpoint


@pytest.fixture
def guarded(server: Endpoint) -> Iterator[Proxy]:
    with proxy(server.url, token="open-sesame", prefix="/api/thanos") as running:
        yield running


def ask() -> list[float]:
    return [float(series["value"][1]) for series in PrometheusHook().query(QUERY, EVENING)]


@pytest.mark.parametrize("form", ["host", "url", "parts"])
def test_the_host_may_be_written_in_each_usual_form(server: Endpoint, connect: Configure, form: str) -> None:
    if form == "url":
        connect(server.url + "/")
    elif form == "host":
        connect(server.host)
    else:
        connect("127.0.0.1", port=server.port, schema="http", conn_type="prometheus")
    assert ask() == [1.0]


def test_a_connection_uri_may_hold_a_path(guarded: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    address = guarded.url.removeprefix("http://")
    monkeypatch.setenv("AIRFLOW_CONN_PRAXI_PROMETHEUS", f"http://:open-sesame@{address}")
    assert ask() == [1.0]


def test_a_bearer_token_passes_a_proxy_with_a_path(guarded: Proxy, connect: Configure) -> None:
    connect(guarded.url, password="open-sesame")
    assert ask() == [1.0]


def test_a_token_file_is_read_anew(guarded: Proxy, connect: Configure, tmp_path: Path) -> None:
    token = tmp_path / "token"
    connect(guarded.url, extra={"token_file": str(token)})
    token.write_text("old")
    with pytest.raises(PrometheusError, match="refused the credentials with 401"):
        ask()
    token.write_text("open-sesame\n")
    assert ask() == [1.0]


def test_a_refused_token_is_final_and_never_shown(guarded: Proxy, connect: Configure) -> None:
    connect(guarded.url, password="wrong-token")
    with pytest.raises(PrometheusError) as caught:
        ask()
    assert not caught.value.retryable
    assert "connection praxi_prometheus" in str(caught.value)
    assert "wrong-token" not in str(caught.value) + repr(PrometheusHook().endpoint)


def test_a_bad_minute_is_sat_out(guarded: Proxy, connect: Configure) -> None:
    connect(guarded.url, password="open-sesame", extra={"retries": 3})
    guarded.next_answers = [Answer(503, "down"), Answer(429, "", headers={"Retry-After": "0"}), Answer(502)]
    assert ask() == [1.0]
    assert len(guarded.seen) == 4


def test_an_answer_that_is_cut_short_is_asked_for_again(server: Endpoint, connect: Configure) -> None:
    faults = ScriptedFaults(Kind.CUT, Kind.CUT)
    with faulty_proxy(server.url, faults) as cutting:
        connect(cutting.url, extra={"retries": 2})
        assert ask() == [1.0]
        faults.left = [Kind.CUT] * 3
        with pytest.raises(PrometheusUnavailableError, match="can't be reached") as caught:
            ask()
    assert caught.value.retryable
    assert faults.requests == 6


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_server_that_stays_down_is_a_retry(guarded: Proxy, connect: Configure, status: int) -> None:
    connect(guarded.url, password="open-sesame", extra={"retries": 1})
    guarded.always = Answer(status, "try later")
    with pytest.raises(PrometheusUnavailableError, match=f"answered {status}") as caught:
        ask()
    assert caught.value.retryable
    assert "connection praxi_prometheus" in str(caught.value)


def test_no_server_is_a_retry(connect: Configure) -> None:
    connect(f"http://127.0.0.1:{free_port()}")
    with pytest.raises(PrometheusUnavailableError, match="can't be reached"):
        ask()


def test_silence_is_a_retry(guarded: Proxy, connect: Configure) -> None:
    connect(guarded.url, extra={"timeout": 0.2, "retries": 0})
    guarded.always = SILENCE
    with pytest.raises(PrometheusUnavailableError, match=r"did not answer within 0\.2 s"):
        ask()


def test_silence_is_told_from_refusal_after_retries_too(guarded: Proxy, connect: Configure) -> None:
    connect(guarded.url, extra={"timeout": 0.2, "retries": 1})
    guarded.always = SILENCE
    with pytest.raises(PrometheusUnavailableError, match="did not answer within"):
        ask()
    eventually(lambda: len(guarded.seen) == 2)  # the proxy may hear of a request after who sent it gave up


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, "<html>log in</html>"),
        Answer(302, headers={"Location": "/login"}),
        Answer(200, "{}", "application/json"),
        Answer(200, "[]", "application/json"),
        Answer(200, '{"data": 1}', "application/json"),
        Answer(200, "", "application/json"),
        Answer(200, "[" * 100_000, "application/json"),
        *(
            Answer(200, f'{{"status":"success","data":{{"result":{result}}}}}', "application/json")
            for result in (
                "null",
                '[1, "1"]',
                '[{"value":[1,"1"]}]',
                '[{"metric":null,"value":[1,"1"]}]',
                '[{"metric":{}}]',
                '[{"metric":{},"value":null}]',
                '[{"metric":{},"value":[1]}]',
                '[{"metric":{},"value":[1,"many"]}]',
                '[{"metric":{},"value":[NaN,"1"]}]',
                '[{"metric":{},"histogram":[1,{"count":"1"}]}]',
            )
        ),
    ],
)
def test_what_is_no_prometheus_is_final(guarded: Proxy, connect: Configure, answer: Answer) -> None:
    connect(guarded.url)
    guarded.next_answers = [answer]
    guarded.always = Answer(200, "<html>log in</html>")
    with pytest.raises(PrometheusError, match="no Prometheus") as caught:
        ask()
    assert not caught.value.retryable


@pytest.mark.parametrize(
    "text", ['{"status":"success","data":{"resultType":"vector","result":[{"metric":{"na', '{"status"']
)
def test_an_answer_that_breaks_off_is_a_retry(guarded: Proxy, connect: Configure, text: str) -> None:
    connect(guarded.url)
    guarded.always = Answer(200, text, "application/json")
    with pytest.raises(PrometheusUnavailableError, match="breaks off") as caught:
        ask()
    assert caught.value.where.startswith("connection praxi_prometheus")


def test_a_label_that_is_no_text_is_left_out(guarded: Proxy, connect: Configure) -> None:
    connect(guarded.url)
    series = '{"metric":{"image":null,"pod":5,"uid":"u"},"value":[1,"NaN"]}'
    guarded.next_answers = [
        Answer(200, f'{{"status":"success","data":{{"result":[{series}]}}}}', "application/json")
    ]
    (found,) = PrometheusHook().query(QUERY, EVENING)
    assert found["metric"] == {"uid": "u"}


def test_an_error_that_comes_as_success_is_one(guarded: Proxy, connect: Configure) -> None:
    connect(guarded.url)
    guarded.always = Answer(200, '{"status": "error", "error": "too many series"}', "application/json")
    with pytest.raises(QueryRefusedError, match="too many series"):
        ask()


def test_a_bad_query_is_final_and_quotes_prometheus(server: Endpoint, connect: Configure) -> None:
    connect(server.url)
    with pytest.raises(PrometheusError, match="parse error") as caught:
        PrometheusHook().query("sum(", EVENING)
    assert not caught.value.retryable


def test_a_query_beyond_the_servers_limits_is_told_apart(guarded: Proxy, connect: Configure) -> None:
    connect(guarded.url)
    told = '{"status": "error", "error": "query processing would load too many samples into memory"}'
    guarded.always = Answer(422, told, "application/json")
    with pytest.raises(QueryTooLargeError):
        ask()


def test_the_wrong_path_is_final(guarded: Proxy, connect: Configure) -> None:
    connect(guarded.url.removesuffix("/thanos"), password="open-sesame")
    with pytest.raises(PrometheusError, match="refused the query with 404"):
        ask()


def test_thanos_is_asked_for_whole_answers(guarded: Proxy, connect: Configure) -> None:
    connect(guarded.url, password="open-sesame")
    ask()
    assert "partial_response=false" in guarded.seen[0]


def test_headers_and_parameters_of_the_connection_go_with_every_query(
    guarded: Proxy, connect: Configure
) -> None:
    extra = {"headers": {"X-Scope-OrgID": "shop"}, "parameters": {"dedup": True, "partial_response": "true"}}
    connect(guarded.url, password="open-sesame", extra=extra)
    ask()
    assert guarded.headers["X-Scope-OrgID"] == "shop"
    assert "dedup=true" in guarded.seen[-1]
    assert "partial_response=true" in guarded.seen[-1]
    assert "shop" not in repr(PrometheusHook().endpoint)


def test_a_query_too_long_for_a_url_is_a_form(guarded: Proxy, connect: Configure) -> None:
    connect(guarded.url, password="open-sesame")
    series = PrometheusHook().query(LONG, DAY)
    assert [float(one["value"][1]) for one in series] == [1.0]


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_form_is_sent_again_to_where_its_host_redirects_it(
    guarded: Proxy, connect: Configure, status: int
) -> None:
    connect(guarded.url.replace("/api/thanos", "/old"), password="open-sesame")
    target = f"{guarded.url}/api/v1/query"
    guarded.next_answers = [Answer(status, headers={"Location": target})]
    assert PrometheusHook().query(LONG, DAY)
    assert [path.partition("?")[0] for path in guarded.seen] == [
        "/old/api/v1/query",
        "/api/thanos/api/v1/query",
    ]


@pytest.mark.parametrize("target", ["http://elsewhere.invalid/login?secret=1", "ftp://127.0.0.1/x"])
def test_a_form_follows_to_no_other_host(guarded: Proxy, connect: Configure, target: str) -> None:
    connect(guarded.url, password="open-sesame")
    guarded.always = Answer(302, headers={"Location": target})
    with pytest.raises(PrometheusError, match="it redirects to") as caught:
        PrometheusHook().query(LONG, DAY)
    assert "secret" not in str(caught.value)


def test_a_form_in_a_circle_ends(guarded: Proxy, connect: Configure) -> None:
    connect(guarded.url, password="open-sesame")
    guarded.always = Answer(307, headers={"Location": "/api/thanos/api/v1/query"})
    with pytest.raises(PrometheusError, match="redirects too often"):
        PrometheusHook().query(LONG, DAY)


def test_a_long_reason_is_quoted_with_its_end(guarded: Proxy, connect: Configure) -> None:
    connect(guarded.url)
    told = f'{{"status": "error", "error": "can\'t execute {"x" * 2000}: too many points"}}'
    guarded.always = Answer(422, told, "application/json")
    with pytest.raises(QueryTooLargeError, match=r"can't execute xx.* … xx.*: too many points \(") as caught:
        ask()
    assert len(str(caught.value)) < 600


def test_a_proxy_is_asked_where_the_connection_names_one(guarded: Proxy, connect: Configure) -> None:
    connect("http://prometheus.invalid", extra={"proxy": guarded.url.removesuffix("/api/thanos")})
    with pytest.raises(PrometheusError, match="401"):
        ask()
    assert guarded.seen[0].startswith("http://prometheus.invalid/api/v1/query")


@pytest.mark.parametrize(
    ("options", "what"),
    [({"credentials": "me:sesame"}, "does not know who asks"), ({"refuses": True}, "lets nobody to the")],
)
def test_a_proxy_that_refuses_is_final(connect: Configure, options: dict[str, Any], what: str) -> None:
    with forward_proxy(**options) as before:
        connect("https://prometheus.example", extra={"proxy": f"http://{before.address}", "retries": 0})
        with pytest.raises(PrometheusError, match=f"the proxy {what}.*extra 'proxy'") as caught:
            ask()
        assert not caught.value.retryable


def test_a_certificate_is_checked(tmp_path: Path, connect: Configure) -> None:
    with _https(tmp_path) as url:
        connect(url)
        with pytest.raises(PrometheusError, match="certificate is not trusted"):
            ask()
        for extra in ({"ca": str(tmp_path / "cert.pem")}, {"verify": False}):
            connect(url, extra=extra)
            with pytest.raises(PrometheusError, match="refused the query with 404"):
                ask()


def test_the_settings_authorities_are_trusted_and_a_certificates_fault_is_said(
    tmp_path: Path, connect: Configure, configure: Configure
) -> None:
    issuer = Issuer(tmp_path)
    configure(ca_bundle=issuer.certificate)
    with site(issuer.issue()) as trusted, site(issuer.issue("other.example")) as other:
        connect(trusted.url)
        with pytest.raises(PrometheusError, match="refused the query with 404"):
            ask()
        connect(other.url)
        with pytest.raises(PrometheusError, match="certificate is for other names") as caught:
            ask()
        assert "use a name that the certificate holds" in caught.value.action
        connect(other.url, extra={"verify": False})
        with pytest.raises(PrometheusError, match="refused the query with 404"):
            ask()


@pytest.mark.parametrize(
    ("host", "extra", "told"),
    [
        ("", {}, "no host"),
        ("http://", {}, "no host|no URL"),
        ("ftp://host", {}, "no URL"),
        ("http://user:secret@host", {}, "more than a URL"),
        ("http://host?query=1", {}, "more than a URL"),
        ("http://host", {"timeout": 0}, "'timeout' is 0"),
        ("http://host", {"timeout": "soon"}, "'timeout' is 'soon'"),
        ("http://host", {"timeout": True}, "'timeout' is True"),
        ("http://host", {"retries": -1}, "'retries' is -1"),
        ("http://host", {"backoff": "nan"}, "'backoff' is 'nan'"),
        ("http://host", {"verify": "/path/to/ca"}, "'verify' is '/path/to/ca'"),
        ("http://host", {"ca": "/no/such/ca.pem"}, "'ca' names"),
        ("http://host", {"token_file": "/no/such/token"}, "'token_file' names"),
        ("http://host", {"cert": "/no/such.pem", "key": "/no/such.pem"}, "'cert' names"),
        ("http://host", {"headers": ["X-Scope-OrgID"]}, "'headers' is no object"),
        ("http://host", {"headers": {"X-Scope-OrgID": "a\r\nb: c"}}, "'headers' holds"),
        ("http://host", {"parameters": {"dedup": None}}, "'parameters' is no object"),
        ("http://host", {"proxy": "squid:3128"}, "'proxy' is no URL"),
        ("http://host", {"cluster_label": "a b"}, "'cluster_label' is"),
        ("http://host", {"clusters": []}, "'clusters' is"),
        ("http://host", {"clusters": {"a": "b"}}, "'clusters' is"),
        ("http://host", {"cluster": "a", "clusters": ["a"]}, "both extras"),
        ("http://host", {"tenant": "shop"}, "'tenant' is not known"),
    ],
)
def test_a_connection_that_can_not_be_right_is_named(
    connect: Configure, host: str, extra: dict[str, object], told: str
) -> None:
    connect(host, extra=extra)
    with pytest.raises(SettingsError, match=told) as caught:
        assert PrometheusHook().endpoint
    assert caught.value.where == "connection praxi_prometheus"


@pytest.mark.parametrize(
    ("extra", "clusters"),
    [
        ({}, None),
        ({"clusters": ["east", "", "east"]}, ("east", "")),
        ({"clusters": "east, west"}, ("east", "west")),
        ({"cluster": "east"}, ("east",)),
    ],
)
def test_the_clusters_that_there_are_may_be_named(
    connect: Configure, extra: dict[str, object], clusters: tuple[str, ...] | None
) -> None:
    connect("http://host", extra=extra)
    assert PrometheusHook().endpoint.clusters == clusters


def test_a_missing_connection_is_named() -> None:
    with pytest.raises(SettingsError, match=r"no such connection.*AIRFLOW_CONN_NOBODY"):
        assert PrometheusHook("nobody").endpoint


class _https:  # noqa: N801 - used as a function
    """A server with a certificate of its own for 127.0.0.1."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> str:
        key, certificate = self._folder / "key.pem", self._folder / "cert.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
             "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2",
             "-keyout", key, "-out", certificate],
            check=True, capture_output=True,
        )  # fmt: skip
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self._server = HTTPServer(("127.0.0.1", 0), _Quiet)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        return f"https://127.0.0.1:{self._server.server_port}"

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_the_connection_can_be_tested(connect: Configure, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    running = Deployment(image="web:1", start=now - timedelta(hours=1), end=now + timedelta(hours=1))
    with prometheus(tmp_path, [running]) as there:
        connect(there.url)
        assert PrometheusHook().test_connection() == (
            True,
            "it answers, and has 1 series kube_pod_container_info",
        )
        connect(there.url, extra={"matchers": 'cluster="other"'})
        taken, told = PrometheusHook().test_connection()
        assert not taken
        assert 'no series kube_pod_container_info{cluster="other"}' in told


def test_testing_a_connection_tells_what_is_wrong(connect: Configure) -> None:
    connect(f"http://127.0.0.1:{free_port()}", extra={"retries": 0})
    taken, told = PrometheusHook().test_connection()
    assert not taken
    assert "praxi_prometheus" in told
    connect("")
    assert PrometheusHook().test_connection()[0] is False


def test_an_empty_field_of_the_form_counts_as_absent(server: Endpoint, connect: Configure) -> None:
    connect(server.url, extra={"matchers": None, "timeout": None, "token_file": "", "headers": None})
    assert ask() == [1.0]
