"""The confined process: a job that dies, hangs or fails is one rejection, and the next job finds a fresh process."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import psutil
import pytest

from annotate.articles.confined import Confined
from annotate.errors import InputError

PAGE = b"<html><body><p>" + b"She said that the road was open. " * 20


@pytest.fixture
def confined() -> Iterator[Confined]:
    with Confined(seconds=1, memory=1_000_000_000) as process:
        yield process


def children() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if "annotate.articles.worker" in child.cmdline()]


def text_of(confined: Confined) -> str:
    (answer,) = confined.ask("extract", body=PAGE, url=None)
    return str(answer["text"])


def test_one_process_serves_many_jobs(confined: Confined) -> None:
    first = text_of(confined)
    (child,) = children()
    assert text_of(confined) == first
    assert children() == [child]
    confined.close()
    assert children() == []


def test_a_process_that_was_killed_between_jobs_is_replaced(confined: Confined) -> None:
    first = text_of(confined)
    (child,) = children()
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    assert text_of(confined) == first


def test_a_process_that_hangs_is_given_up_and_replaced(confined: Confined) -> None:
    first = text_of(confined)
    (child,) = children()
    os.kill(child.pid, signal.SIGSTOP)
    with pytest.raises(InputError, match=r"^parsing it takes longer than 3 s$"):
        text_of(confined)
    assert text_of(confined) == first


def test_a_parser_that_fails_costs_one_job(confined: Confined) -> None:
    with pytest.raises(InputError, match=r"^the parser failed: KeyError$"):
        list(confined.ask("no such job"))
    assert text_of(confined)


def test_answers_that_nobody_took_are_not_those_of_the_next_job(confined: Confined) -> None:
    answers = confined.ask("extract", body=PAGE, url="https://news.example/1")
    assert next(answers)["url"] == "https://news.example/1"
    answers.close()  # type: ignore[attr-defined]
    (answer,) = confined.ask("extract", body=PAGE, url="https://news.example/2")
    assert answer["url"] == "https://news.example/2"
