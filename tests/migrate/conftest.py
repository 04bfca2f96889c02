"""moto's server at a real HTTP endpoint, with a place to answer in its stead."""

from __future__ import annotations

import json
import threading
import urllib.request
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import botocore.loaders
import botocore.session
import pytest

from palint.engine import workers

Answer = Callable[[str, dict[str, Any]], "tuple[int, dict[str, Any]] | None"]


class Aws:
    """The server. `answer(operation, body)` may answer a request itself, or return None to let moto do it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.answer: Answer = lambda operation, body: None
        self.change: Callable[[str, bytes], bytes] = lambda operation, data: data
        self.calls: list[str] = []

    def reset(self) -> None:
        self.answer, self.change = (lambda operation, body: None), (lambda operation, data: data)
        urllib.request.urlopen(urllib.request.Request(f"{self.url}/moto-api/reset", method="POST"))
        self.calls.clear()

    def client(self, service: str = "secretsmanager", **options: Any) -> Any:
        import boto3

        return boto3.client(service, region_name="eu-west-2", endpoint_url=self.url, **options)

    def keys(self, secret_id: str) -> dict[str, str]:
        return json.loads(
            self.client().get_secret_value(SecretId=secret_id, VersionStage="AWSCURRENT")["SecretString"]
        )  # type: ignore[no-any-return]

    def has(self, secret_id: str) -> bool:
        return any(s["Name"] == secret_id for s in self.client().list_secrets()["SecretList"])


@pytest.fixture(scope="session")
def moto_server() -> Iterator[Aws]:
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002
            pass

    moto = DomainDispatcherApplication(create_backend_app)
    aws = Aws("")

    def application(environ: dict[str, Any], start_response: Any) -> Any:
        operation = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
        if not operation:
            return moto(environ, start_response)
        data = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        aws.calls.append(operation)
        own = aws.answer(operation, json.loads(data or b"{}"))
        if own is not None:
            body = json.dumps(own[1]).encode()
            start_response(f"{own[0]} X", [("Content-Type", "application/x-amz-json-1.1")])
            return [body]
        import io

        environ["wsgi.input"] = io.BytesIO(data)
        head: list[Any] = []
        body = b"".join(moto(environ, lambda *given: head.extend(given[:2])))
        body = aws.change(operation, body)
        headers = [(n, v) for n, v in head[1] if n.lower() != "content-length"]
        start_response(head[0], [*headers, ("Content-Length", str(len(body)))])
        return [body]

    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=Quiet)
    aws.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield aws
    server.shutdown()
    thread.join()


@pytest.fixture(scope="session", autouse=True)
def _service_descriptions_are_read_once() -> Iterator[None]:
    """Each session of boto3 would read those of all services again: 50 of the 70 ms of a client."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.session, "create_loader", cache(botocore.loaders.create_loader))
        yield


@pytest.fixture(scope="module", autouse=True)
def _plans_check_in_this_process() -> Iterator[None]:
    """A plan checks a few files four times, and forking a process of pytest's size takes 8 ms."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workers, "CAN_FORK", False)
        yield


@pytest.fixture
def aws(moto_server: Aws, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Aws:
    """An empty account, and the environment of someone who is signed in to it for an hour."""
    nowhere = str(tmp_path_factory.mktemp("aws") / "none")
    for name, value in {
        "AWS_ENDPOINT_URL": moto_server.url,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_SESSION_TOKEN": "testing",
        "AWS_REGION": "eu-west-2",
        "AWS_DEFAULT_REGION": "eu-west-2",
        "AWS_CONFIG_FILE": nowhere,
        "AWS_SHARED_CREDENTIALS_FILE": nowhere,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_PAGER": "",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    moto_server.reset()
    return moto_server
