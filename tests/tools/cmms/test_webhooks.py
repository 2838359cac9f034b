"""How messages of maintenance systems prove themselves."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime

import pytest

from tools.cmms import maintainx, maximo
from tools.cmms.webhooks import Forged, Hook, verify

NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)
BODY = b'{"id": 7}'


def digest() -> hmac.HMAC:
    return hmac.new(b"secret", BODY, hashlib.sha256)


@pytest.mark.parametrize(
    ("form", "value"),
    [
        ("hmac-hex", digest().hexdigest()),
        ("hmac-base64", base64.b64encode(digest().digest()).decode()),
        ("token", "secret"),
    ],
)
def test_each_form_takes_its_own_and_nothing_else(form: str, value: str):
    hook = Hook("X-Signature", form, lambda _: None)  # pyright: ignore[reportArgumentType]
    verify(hook, "secret", {"x-signature": value}, BODY, NOW)
    for wrong in (value[:-1], value + "0", "é", ""):
        with pytest.raises(Forged):
            verify(hook, "secret", {"x-signature": wrong}, BODY, NOW)


@pytest.mark.parametrize("value", ["", "t=1", "v1=a", "t=x,v1=a", "t=99999999999999999999,v1=a", "t=²,v1=a", ",,,"])
def test_a_timed_signature_that_is_none_is_refused(value: str):
    hook = Hook("x-signature", "timed", lambda _: None)
    with pytest.raises(Forged):
        verify(hook, "secret", {"x-signature": value}, BODY, NOW)


def test_which_order_a_message_is_about():
    assert maintainx.order_in_hook({"workOrderId": 5}) == "5"
    assert maintainx.order_in_hook({"workOrder": {"id": 6}}) == "6"
    assert maintainx.order_in_hook({"workOrder": [1]}) is None
    assert maximo.order_in_hook({"href": "http://m.example/maximo/api/os/mxapiwodetail/_QkVE"}) == "_QkVE"
    assert maximo.order_in_hook({"href": 3}) is None
