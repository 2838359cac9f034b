"""OpenTelemetry spans of questions, by the GenAI conventions: ``invoke_agent``, and in it ``chat`` and ``execute_tool``.

Spans hold names, sizes and times. What people ask, what tools return and what is answered is in them only where the settings say so.
https://github.com/open-telemetry/semantic-conventions-genai
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Generator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any

from agent.models.chat_model import ChatMessage, ChatModel, ChatReply, ToolCall
from agent.run.calls import Acted
from agent.run.tracing import Tracing, untraced
from interfaces.settings import Settings, WrongSetting

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import SpanProcessor
    from opentelemetry.trace import Span, SpanKind, Tracer

_AGENT = "plantroom"


@asynccontextmanager
async def open_tracing(settings: Settings) -> AsyncGenerator[Tracing]:
    """Sends spans to ``PLANTROOM_TRACES_URL`` until the end of the block. Raises ``WrongSetting`` without the extra ``otel``."""
    if settings.traces_url is None:
        yield untraced
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise WrongSetting("OpenTelemetry is not installed here: `pip install plantroom[otel]`.") from error

    exporter = OTLPSpanExporter(endpoint=f"{settings.traces_url.rstrip('/')}/v1/traces")
    async with traced_by(BatchSpanProcessor(exporter), content=settings.traces_content) as tracing:
        yield tracing


@asynccontextmanager
async def traced_by(processor: SpanProcessor, *, content: bool) -> AsyncGenerator[Tracing]:
    """Traces whose spans a processor gets; it is shut down at the end, which may wait for a collector."""
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider

    provider = TracerProvider(resource=Resource.create({"service.name": _AGENT}), shutdown_on_exit=False)
    provider.add_span_processor(processor)
    tracer = provider.get_tracer(_AGENT)
    try:
        yield lambda conversation: SpannedTrace(tracer, conversation, content=content)
    finally:
        await asyncio.to_thread(provider.shutdown)


class SpannedTrace:
    """The spans of one question. They name their parent themselves: the nodes of a question run in tasks of their own."""

    def __init__(self, tracer: Tracer, conversation: str, *, content: bool) -> None:
        from opentelemetry.trace import SpanKind, set_span_in_context

        self._tracer = tracer
        self._content = content
        self._kinds = SpanKind
        attributes = {
            "gen_ai.operation.name": "invoke_agent",
            "gen_ai.agent.name": _AGENT,
            "gen_ai.conversation.id": conversation,
        }
        self._root = tracer.start_span(f"invoke_agent {_AGENT}", kind=SpanKind.INTERNAL, attributes=attributes)
        self._parent = set_span_in_context(self._root)

    @contextmanager
    def chat(self, model: ChatModel, messages: Sequence[ChatMessage]) -> Generator[Callable[[ChatReply], None]]:
        attributes = {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": _AGENT if model.composes else "openai",
            "gen_ai.request.model": model.name,
        }
        with self._span(f"chat {model.name}", self._kinds.CLIENT, attributes) as span:
            if self._content:
                span.set_attribute("gen_ai.input.messages", _json([_message(one) for one in messages]))
            yield lambda reply: self._replied(span, reply)

    def _replied(self, span: Span, reply: ChatReply) -> None:
        finished = "tool_calls" if reply.tool_calls else "stop"
        span.set_attribute("gen_ai.usage.input_tokens", reply.usage.input_tokens)
        span.set_attribute("gen_ai.usage.output_tokens", reply.usage.output_tokens)
        span.set_attribute("gen_ai.response.finish_reasons", [finished])
        if self._content:
            said: ChatMessage = {"role": "assistant", "content": reply.text, "tool_calls": list(reply.tool_calls)}
            span.set_attribute("gen_ai.output.messages", _json([{**_message(said), "finish_reason": finished}]))

    @contextmanager
    def tool(self, call: ToolCall) -> Generator[Callable[[Acted], None]]:
        name = call["function"]["name"]
        attributes = {
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.name": name,
            "gen_ai.tool.type": "function",
            "gen_ai.tool.call.id": call["id"],
        }
        with self._span(f"execute_tool {name}", self._kinds.INTERNAL, attributes) as span:
            if self._content:
                span.set_attribute("gen_ai.tool.call.arguments", call["function"]["arguments"])
            yield lambda acted: self._acted(span, acted)

    def _acted(self, span: Span, acted: Acted) -> None:
        from opentelemetry.trace import StatusCode

        if acted.result is None:
            span.set_attribute("error.type", "refused")
            span.set_status(StatusCode.ERROR)
        if self._content:
            span.set_attribute("gen_ai.tool.call.result", acted.json)

    @contextmanager
    def _span(self, name: str, kind: SpanKind, attributes: Mapping[str, str]) -> Generator[Span]:
        """One that fails bears the kind of its error, without the sentence: that may quote what was asked."""
        from opentelemetry.trace import StatusCode

        span = self._tracer.start_span(name, self._parent, kind, dict(attributes))
        try:
            yield span
        except BaseException as error:
            span.set_attribute("error.type", type(error).__qualname__)
            span.set_status(StatusCode.ERROR)
            raise
        finally:
            span.end()

    def end(self) -> None:
        self._root.end()


def _message(message: ChatMessage) -> Mapping[str, Any]:
    """As the conventions' schema has it: a role and parts."""
    if message["role"] == "tool":
        part = {"type": "tool_call_response", "id": message.get("tool_call_id"), "response": message["content"]}
        return {"role": "tool", "parts": [part]}
    said = [{"type": "text", "content": message["content"]}] if message["content"] else []
    calls = [
        {
            "type": "tool_call",
            "id": one["id"],
            "name": one["function"]["name"],
            "arguments": one["function"]["arguments"],
        }
        for one in message.get("tool_calls", [])
    ]
    return {"role": message["role"], "parts": [*said, *calls]}


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
