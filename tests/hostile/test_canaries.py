"""Secrets and an article's words, planted wherever a command meets them: no output and no file shows one.

Every command runs, as it should and as it should not, against a store with a planted article and against a server that
throws back whatever it is sent. What a command is for (an export holds texts) is not counted as a leak of words; of a
secret, everything is.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import click
import pytest

from annotate.cli import main as run_main
from annotate.cli.main import root
from annotate.cli.redaction import redacted, trace_of
from annotate.record import Article, Meta
from annotate.store import Store
from tests.dataset.releases import articles, released
from tests.records import TEXT, sample_record
from tests.studio.fakes import fill

TOKEN, SERVE, PASSWORD, STORE, FILED = (
    f"canary-{name}-5f1e9c7a" for name in ("token", "serve", "url", "store", "filed")
)
SECRETS = (TOKEN, SERVE, PASSWORD, STORE, FILED)
WORDS = "the quartermaster quietly buried nineteen canary ledgers"
PLANTED = f"“We know that {WORDS},” said Ada Example to the Sample Post. The army denied it.\n\n{TEXT}"


class Thrower(BaseHTTPRequestHandler):
    """Answers every request with an error that repeats its headers and its body."""

    def _throw(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = f"{self.headers}\n{self.path}\n{self.rfile.read(length).decode(errors='replace')}\n{WORDS}"
        content = json.dumps({"detail": body}).encode()
        self.send_response(401 if "whoami" in self.path else 500)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = _throw  # noqa: N815 - the library's names

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def thrower() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Thrower)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with all that commands are given, and an environment with the secrets."""
    monkeypatch.setenv("ANNOTATE_STUDIO_TOKEN", TOKEN)
    monkeypatch.setenv("ANNOTATE_SERVE_SECRET", SERVE)
    monkeypatch.chdir(tmp_path)
    planted = Article.of(PLANTED, id="planted", meta=Meta(title="A canary", licence="CC BY 4.0"))
    with Store.open(str(tmp_path / "store.db")) as store:
        fill(store, [planted], "v1")
    (tmp_path / "token").write_text(FILED)
    (tmp_path / "article.txt").write_text(PLANTED, encoding="utf-8")
    (tmp_path / "bad.jsonl").write_text(json.dumps({"text": PLANTED})[:-2] + "\n", encoding="utf-8")
    (tmp_path / "gold.jsonl").write_text(sample_record(PLANTED).to_json() + "\n", encoding="utf-8")
    (tmp_path / "broken.jsonl").write_text(sample_record(PLANTED).to_json()[:-40] + "\n", encoding="utf-8")
    (tmp_path / "export.json").write_text(json.dumps([{"id": 1, "project": 1, "data": {"text": PLANTED}}]))
    (tmp_path / "pulled.json").write_text(json.dumps(_exported()), encoding="utf-8")
    released(tmp_path / "release", articles(2))
    (tmp_path / "damaged").mkdir()
    (tmp_path / "damaged" / "dataset.json").write_text(json.dumps({"files": [WORDS], "version": WORDS}))
    program = tmp_path / "label-studio"
    program.write_text("#!/bin/sh\nenv >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("ANNOTATE_STUDIO_BIN", str(program))
    return tmp_path


def _exported() -> list[dict[str, object]]:
    region = {"id": "r1", "type": "labels", "from_name": "label", "to_name": "text",
              "value": {"start": 0, "end": 9999, "text": WORDS, "labels": ["Quote"]}}  # fmt: skip
    annotation = {"id": 1, "unique_id": "u1", "result": [region], "completed_by": 1, "was_cancelled": False}
    return [{"id": 1, "project": 1, "data": {"text": PLANTED}, "annotations": [annotation], "predictions": []}]


S, T = ["--store", "store.db"], ["--token-file", "token"]
DEAD = f"postgresql://user:{STORE}@127.0.0.1:1/annotate?connect_timeout=2"
AT = "http://somebody:{password}@{thrower}"
# command -> ways to run it; {thrower} stands for the server that throws back.
RUNS: dict[str, list[list[str]]] = {
    "demo": [["article.txt", "--detach", "--pipeline", "rules", *S]],
    "ingest": [["article.txt", "bad.jsonl", *S], ["article.txt", "--store", DEAD]],
    "preannotate": [["--pipeline", "rules", *S], ["--store", DEAD]],
    "bulk": [["bad.jsonl", "out", "--pipeline", "rules"], ["http://user:{password}@{thrower}/a.jsonl", "out"]],
    "push": [["--url", AT, *S], ["--url", "http://{thrower}", *T, *S], ["--url", AT, "--live", AT, *S]],
    "pull": [["--url", AT, *S], ["--from", "export.json", *S], ["--from", "pulled.json", *S], ["--store", DEAD]],
    "serve": [
        ["--url", AT, "--host", "0.0.0.0", *S],
        ["--secret-file", "token", "--allow-host", "a/b", *S, "--port", "x"],
    ],
    "review changes": [[*S], ["--store", DEAD]],
    "review people": [[*S], ["--store", DEAD]],
    "review agreement": [[*S], ["--from", "broken.jsonl"]],
    "review adjudicate": [["--url", AT, *S], ["--dry-run", *S]],
    "review queue": [[*S], ["--store", DEAD]],
    "export": [["out", *S], ["out", "--store", DEAD]],
    "hydrate": [["release", "--articles", "article.txt"], ["damaged", "--articles", "article.txt"]],
    "check": [["release"], ["damaged"]],
    "predict": [["article.txt", "--pipeline", "rules"], ["bad.jsonl", "--pipeline", "rules"]],
    "stories": [["gold.jsonl", "--output", "stories.json"], ["broken.jsonl"]],
    "report": [["gold.jsonl", "--output", "report.html"], ["broken.jsonl", "--output", "none.html"]],
    "evaluate": [["gold.jsonl", "--pred", "gold.jsonl"], ["broken.jsonl", "--pred", "broken.jsonl"]],
    "train": [["damaged", "model"], ["broken.jsonl", "model"]],
    "studio config": [[]],
    "studio invite": [["--url", AT], ["--url", "http://{thrower}", *T]],
    "studio start": [[]],
    "studio status": [[]],
    "studio stop": [[]],
    "db backup": [["copy.db", *S], ["--store", DEAD]],
    "db upgrade": [[*S], ["--store", DEAD]],
    "db verify": [[*S], ["--store", DEAD]],
    "doctor": [["--url", AT, *S], ["--store", DEAD]],
}
# What these print, or write where they are told to, is the articles themselves.
SHOWS_WORDS = {"predict", "export", "report", "stories", "evaluate", "review changes", "review agreement"}


def leaves(command: click.Command = root, path: str = "") -> Iterator[str]:
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            inner = command.get_command(click.Context(command), name)
            assert inner is not None
            yield from leaves(inner, f"{path} {name}".strip())
    else:
        yield path


def test_every_command_is_run() -> None:
    assert set(RUNS) == set(leaves())


@pytest.mark.parametrize("command", RUNS)
def test_no_output_and_no_file_shows_a_secret(
    command: str, place: Path, thrower: str, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    before = files(place)
    for arguments in [*RUNS[command], ["--help"], ["--no-such-option", AT.format(password=PASSWORD, thrower=thrower)]]:
        given = [argument.replace("{password}", PASSWORD).replace("{thrower}", thrower) for argument in arguments]
        with pytest.raises(SystemExit) as ended:
            run_main([*command.split(), *given])
        said = capfd.readouterr()
        assert ended.value.code in {0, 1, 2, 3}
        assert "Traceback" not in said.err, said.err
        for secret in SECRETS:
            assert secret not in said.out + said.err + caplog.text, given
        # A line on stderr may name an article, and never repeats its words.
        if command not in SHOWS_WORDS or "bad.jsonl" in arguments or "broken.jsonl" in arguments:
            assert WORDS not in said.err + caplog.text, given
    for path, content in files(place).items():
        if before.get(path) != content:
            for secret in SECRETS:
                assert secret.encode() not in content, path


def files(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_what_nobody_foresaw_is_told_without_its_message(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, place: Path
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError(f"{WORDS} {TOKEN} {DEAD}")

    monkeypatch.setattr("annotate.store.Store.open", fails)
    with pytest.raises(SystemExit) as ended:
        run_main(["review", "people", *S])
    assert ended.value.code == 1
    said = capfd.readouterr().err
    assert "RuntimeError\nannotate: this should not have happened; please report the lines above\n" in said
    assert "review_people.py" in said
    for hidden in (*SECRETS, WORDS):
        assert hidden not in said


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"postgresql://ada:{STORE}@host/db: no answer", "postgresql://ada:…@host/db: no answer"),
        ("http://a:b@c@host/x@y and https://host/a@b", "http://a:…@host/x@y and https://host/a@b"),
        (f"the server said: Authorization: Token {TOKEN}", "the server said: Authorization: Token …"),
        ("a\x1b[31mred\u202edrow\u200b", "a\\x1b[31mred\\u202edrow\\u200b"),
        ("ada@example.org: “cannot be read”", "ada@example.org: “cannot be read”"),
    ],
)
def test_lines_are_redacted(text: str, shown: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANNOTATE_STUDIO_TOKEN", TOKEN)
    assert redacted(text) == shown


def test_a_trace_holds_places_and_no_values() -> None:
    with pytest.raises(ValueError, match=WORDS) as caught:
        raise ValueError(WORDS)
    told = trace_of(caught.value)
    assert told.endswith("ValueError")
    assert __file__ in told
    # The line of the source is there, and what stood in the variable is not.
    assert WORDS not in told
