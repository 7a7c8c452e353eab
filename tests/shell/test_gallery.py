"""The gallery shows every component in both languages."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_gallery_opens_for_anybody_at_work(cast, sign_in, language):
    cast.max.person.language = language
    cast.max.person.save()
    answer = sign_in("max").get("/_ui/")
    assert answer.status_code == 200
    assert f'<html lang="{language}"' in answer.content.decode()


def test_a_stranger_is_asked_to_sign_in(client, db, settings):
    settings.LOGIN_URL = "/sign-in/"
    assert client.get("/_ui/").status_code == 302
