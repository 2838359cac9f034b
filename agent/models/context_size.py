"""How many tokens an endpoint takes at once, as it tells itself.

vLLM and SGLang list ``max_model_len`` with their models, llama.cpp ``meta.n_ctx`` (and tells it at ``/props``), gateways
``context_length``. Ollama lists none: ``/api/ps`` tells it of a model that is loaded, ``/api/show`` what its Modelfile sets. The size that a
model was trained with (``n_ctx_train``, ``model_info``) is not what the server has given it, and is not asked for. OpenAI tells none.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast
from urllib.parse import urlsplit, urlunsplit

from openai import APIConnectionError, AsyncOpenAI, OpenAIError

_PATIENCE_S = 3.0
_HOSTED = ("openai.com", "openai.azure.com")
_LISTED = ("max_model_len", "context_length", "context_window")
_NUM_CTX = re.compile(r"^num_ctx\s+(\d+)", re.MULTILINE)


async def context_size(client: AsyncOpenAI, model: str) -> int | None:
    """Tokens, or None where the endpoint does not say. Never raises: an endpoint that is away is found out by who asks it."""
    asking = client.with_options(timeout=_PATIENCE_S, max_retries=0)
    base = str(client.base_url)
    if is_hosted(base):
        return None
    root = urlunsplit(urlsplit(base)._replace(path="", query=""))
    try:
        listed = await asking.get("/models", cast_to=object)
    except APIConnectionError:
        return None
    except (OpenAIError, ValueError):
        listed = None
    if (size := _listed(_mapping(listed), model)) is not None:
        return size
    if (size := _number(await _get(asking, f"{root}/props"), "default_generation_settings", "n_ctx")) is not None:
        return size
    loaded = _rows(await _get(asking, f"{root}/api/ps"), "models")
    for one in loaded:
        if model in (one.get("name"), one.get("model"), str(one.get("name")).removesuffix(":latest")):
            return _number(one, "context_length")
    shown = await _post(asking, f"{root}/api/show", {"model": model})
    set_ = _NUM_CTX.search(str(shown.get("parameters") or ""))
    return int(set_[1]) if set_ else None


def is_hosted(base_url: str) -> bool:
    """Whether it is OpenAI or Azure, which have none of the addresses that local servers have."""
    host = urlsplit(base_url).hostname or ""
    return any(host == one or host.endswith(f".{one}") for one in _HOSTED)


def _listed(answer: Mapping[str, Any], model: str) -> int | None:
    rows = list(_rows(answer, "data"))
    own = [one for one in rows if one.get("id") == model] or (rows if len(rows) == 1 else [])
    for one in own:
        for key in _LISTED:
            if (size := _number(one, key)) is not None:
                return size
        if (size := _number(one, "meta", "n_ctx")) is not None:
            return size
    return None


async def _get(client: AsyncOpenAI, url: str) -> Mapping[str, Any]:
    try:
        return _mapping(await client.get(url, cast_to=object))
    except (OpenAIError, ValueError):
        return {}


async def _post(client: AsyncOpenAI, url: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        return _mapping(await client.post(url, cast_to=object, body=body))
    except (OpenAIError, ValueError):
        return {}


def _mapping(value: object) -> Mapping[str, Any]:
    return cast(Mapping[str, Any], value) if isinstance(value, Mapping) else {}


def _rows(answer: Mapping[str, Any], key: str) -> Iterator[Mapping[str, Any]]:
    rows = answer.get(key)
    yield from map(_mapping, cast(list[object], rows) if isinstance(rows, list) else [])


def _number(value: object, *path: str) -> int | None:
    """A positive whole number at that path; a router of llama.cpp tells 0 of no model in particular."""
    for key in path:
        value = _mapping(value).get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
