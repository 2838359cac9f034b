"""The page: chat on the left, the view on the right, and what goes between them."""

import html
import logging
import secrets
import time
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any, cast

import gradio
from gradio import EventData, RetryData, SelectData

from agent.events import Answered
from graph_schema.errors import PlantroomError
from interfaces.web.chat.agent import Agent
from interfaces.web.chat.examples import example_questions
from interfaces.web.chat.steps import plain, unescaped
from interfaces.web.chat.transcript import ChatRow, Transcript
from interfaces.web.room.feed import LivePlant
from interfaces.web.room.messages import HighlightMessage
from interfaces.web.sessions import Sessions

log = logging.getLogger(__name__)

# Gradio builds the types of its components' events while it runs: nothing of it can be checked here.
gr = cast(Any, gradio)

KEPT = 60
STORAGE = "plantroom-conversation"
LONGEST_QUESTION = 2000
PAGE = Path(__file__).parents[1] / "page"
WELCOME = (
    "## Ask the plant\nAbout equipment, readings, connections and risks. Click anything in the view to ask about it."
)

# Runs in the page: what the view says is believed only from the view itself.
BRIDGE = """
window.addEventListener('message', (event) => {
  const view = document.querySelector('#view-frame iframe');
  if (event.origin !== location.origin || !view || event.source !== view.contentWindow) return;
  if (event.data?.source === 'plantroom' && event.data.type === 'ask') trigger('select', { value: event.data.name });
});
"""


class Chat:
    """Builds the page and answers its events. ``clock`` gives epoch milliseconds."""

    def __init__(self, agent: Agent, plant: LivePlant, sessions: Sessions, clock: Callable[[], int]) -> None:
        self._agent = agent
        self._plant = plant
        self._sessions = sessions
        self._clock = clock

    def build(self) -> Any:
        with gr.Blocks(title="Plantroom", fill_height=True, fill_width=True, analytics_enabled=False) as page:
            gr.HTML((PAGE / "header.html").read_text("utf-8"), elem_id="header", apply_default_css=False)
            token = gr.State("")
            kept = gr.BrowserState({"id": "", "rows": []}, storage_key=STORAGE, secret=STORAGE)
            with gr.Row(elem_id="panes"):
                with gr.Column(elem_id="chat-pane"):
                    chatbot = gr.Chatbot(
                        elem_id="chat",
                        label="Conversation",
                        show_label=False,
                        container=False,
                        buttons=["copy"],
                        layout="bubble",
                        latex_delimiters=[],
                        allow_tags=False,
                        feedback_options=None,
                        placeholder=WELCOME,
                    )
                    with gr.Row(elem_id="ask"):
                        box = gr.Textbox(
                            label="Message",
                            show_label=False,
                            container=False,
                            placeholder="Ask about the plant…",
                            lines=1,
                            max_lines=6,
                            autofocus=True,
                            max_length=LONGEST_QUESTION,
                            scale=1,
                        )
                        send = gr.Button("Ask", variant="primary", elem_id="send", scale=0, min_width=64)
                        stop = gr.Button("Stop", elem_id="stop", scale=0, min_width=64, visible=False)
                    new = gr.Button("New conversation", elem_id="new", size="sm", variant="secondary")
                with gr.Column(elem_id="view-pane"):
                    frame = gr.HTML("", elem_id="view-frame", apply_default_css=False)
            bridge = gr.HTML("", html_template="", js_on_load=BRIDGE, visible="hidden")
            self._wire(page, token, kept, chatbot, box, send, stop, new, frame, bridge)
        return page

    def _wire(
        self,
        page: Any,
        token: Any,
        kept: Any,
        chatbot: Any,
        box: Any,
        send: Any,
        stop: Any,
        new: Any,
        frame: Any,
        bridge: Any,
    ) -> None:
        private: Mapping[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        page.load(self._open, [kept], [token, frame, chatbot, kept], **private)
        answering = {
            "fn": self.answer,
            "inputs": [box, chatbot, kept, token],
            "outputs": [chatbot, box, kept, send, stop],
            "concurrency_limit": 20,
            **private,
        }
        asked = [
            gr.on([box.submit, send.click], **answering),
            bridge.select(_question_about, None, [box], **private).then(**answering),
            chatbot.example_select(_chosen, None, [box], **private).then(**answering),
            chatbot.retry(_again, [chatbot], [chatbot, box], **private).then(**answering),
        ]
        stop.click(_stopped, [chatbot], [chatbot, send, stop], cancels=asked, **private)
        new.click(self._start_anew, [token], [chatbot, kept], cancels=asked, **private)

    async def _open(self, kept: dict[str, Any]) -> tuple[Any, ...]:
        session = self._sessions.open()
        address = html.escape(f"/app/index.html?token={session.token}")
        frame = f'<iframe src="{address}" title="View of the plant"></iframe>'
        conversation: dict[str, Any] = kept if kept.get("id") else {"id": secrets.token_urlsafe(12), "rows": []}
        examples = [{"text": question} for question in await self._examples()]
        return session.token, frame, gr.Chatbot(value=conversation["rows"], examples=examples), conversation

    async def _examples(self) -> list[str]:
        try:
            return example_questions(await self._plant.scene())
        except PlantroomError as error:
            log.warning("No example questions: %s", error)
            return []

    async def answer(
        self, question: str, rows: list[ChatRow], kept: dict[str, Any], token: str
    ) -> AsyncIterator[tuple[Any, ...]]:
        """Streams the chat as it grows; one error or other ends as a sentence in it."""
        question = question.strip()[:LONGEST_QUESTION]
        if not question:
            yield rows, "", kept, gr.skip(), gr.skip()
            return
        before = [*rows, {"role": "user", "content": plain(question)}]
        yield before, "", kept, gr.Button(visible=False), gr.Button(visible=True)
        transcript = Transcript(time.monotonic, await self._names(), self._clock())
        async for _ in self._follow(question, kept["id"], token, transcript):
            yield [*before, *transcript.rows()], gr.skip(), gr.skip(), gr.skip(), gr.skip()
        after = [*before, *transcript.rows()]
        kept = {"id": kept["id"], "rows": after[-KEPT:]}
        yield after, gr.skip(), kept, gr.Button(visible=True), gr.Button(visible=False)

    async def _follow(self, question: str, id_: str, token: str, transcript: Transcript) -> AsyncIterator[None]:
        try:
            async for event in self._agent.ask(question, id_):
                transcript.apply(event)
                if isinstance(event, Answered) and event.scene is not None:
                    scene = event.scene
                    self._sessions.highlight(token, HighlightMessage(ids=scene.highlight, focus=scene.focus))
                yield
        except PlantroomError as error:
            transcript.fail(str(error))
            yield
        except Exception:
            reference = secrets.token_hex(4)
            log.exception("A question could not be answered (%s)", reference)
            transcript.fail(f"Something went wrong while answering. The server's log says more under {reference}.")
            yield

    async def _names(self) -> dict[str, str]:
        try:
            return await self._plant.names()
        except PlantroomError:
            return {}

    def _start_anew(self, token: str) -> tuple[list[ChatRow], dict[str, Any]]:
        self._sessions.highlight(token, HighlightMessage(ids=[]))
        return [], {"id": secrets.token_urlsafe(12), "rows": []}


def _question_about(event: EventData) -> str:
    return f"Tell me about {str(cast(Any, event).value)[:200]}"


def _chosen(event: SelectData) -> str:
    return str(event.value["text"])


def _again(rows: list[ChatRow], event: RetryData) -> tuple[list[ChatRow], str]:
    """Back to before the question whose answer is wanted again."""
    index = int(event.index if isinstance(event.index, int) else event.index[0])
    while index > 0 and rows[index]["role"] != "user":
        index -= 1
    return rows[:index], unescaped(text_of(rows[index]))


def text_of(row: ChatRow) -> str:
    """A message's plain text; Gradio gives content back as a list of parts."""
    content = row["content"]
    if isinstance(content, str):
        return content
    return " ".join(part.get("text", "") for part in content if part.get("type") == "text")


def _stopped(rows: list[ChatRow]) -> tuple[list[ChatRow], Any, Any]:
    for row in rows:
        if (row.get("metadata") or {}).get("status") == "pending":
            row["metadata"]["status"] = "done"
    return [*rows, {"role": "assistant", "content": "Stopped."}], gr.Button(visible=True), gr.Button(visible=False)
