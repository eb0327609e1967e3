"""Annotators join by the invite link: each has a login and a token of their own."""

from __future__ import annotations

import httpx
import pytest

from annotate.studio.server import EmbeddedStudio
from tests.studio.people import annotators_of

pytestmark = pytest.mark.studio


def test_two_people_join_and_are_two_annotators(studio_server: EmbeddedStudio) -> None:
    ada, ben = annotators_of(studio_server, "ada", "ben")
    assert len({ada.id, ben.id, ada.token, ben.token, studio_server.token}) == 5
    for person in (ada, ben):
        assert person.call("GET", "/api/current-user/whoami")["email"] == person.email
    config = '<View><Text name="text" value="$text"/><Labels name="l" toName="text"><Label value="X"/></Labels></View>'
    project = ada.call("POST", "/api/projects/", {"title": "Two people", "label_config": config})
    ada.call("POST", f"/api/projects/{project['id']}/import", [{"data": {"text": "words"}}])
    (task,) = ben.call("GET", f"/api/projects/{project['id']}/tasks/")
    made = {ada.submit(task["id"], [])["completed_by"], ben.submit(task["id"], [])["completed_by"]}
    assert made == {ada.id, ben.id}
    ada.call("DELETE", f"/api/projects/{project['id']}/")


def test_a_person_can_log_in_with_the_password(studio_server: EmbeddedStudio) -> None:
    (person,) = annotators_of(studio_server, "cleo")
    with httpx.Client(base_url=person.url, trust_env=False, timeout=60) as session:
        session.get("/user/login/")
        form = {
            "csrfmiddlewaretoken": session.cookies["csrftoken"],
            "email": person.email,
            "password": person.password,
        }
        answer = session.post("/user/login/", data=form, headers={"Referer": f"{person.url}/user/login/"})
        assert answer.is_redirect
        assert session.get("/api/current-user/whoami").json()["id"] == person.id
