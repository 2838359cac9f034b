"""The page: chat on the left, the view on the right, and what goes between them."""

import html
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import Any, cast

import gradio
from gradio import EventData, Request, RetryData, SelectData
from starlette.requests import HTTPConnection

from graph_schema.errors import PlantroomError
from interfaces.web.chat.conversations import Conversation, Conversations, Full, is_of
from interfaces.web.chat.examples import Examples
from interfaces.web.chat.steps import unescaped
from interfaces.web.language import language_of
from interfaces.web.room.feed import LivePlant
from interfaces.web.sessions import Sessions, TooManyPages
from tools.context import Caller
from tools.sentences.language import USUAL, languages

log = logging.getLogger(__name__)

# Gradio builds the types of its components' events while it runs: nothing of it can be checked here.
gr = cast(Any, gradio)

LONGEST_QUESTION = 2000
FILES_KEPT_S = (600, 3600)
"""How often files that Gradio made are looked through, and at which age they go."""
PAGE = Path(__file__).parents[1] / "page"
HIDDEN = "hidden"
"""In the page all the same: what Gradio takes out and puts in again soon after may come to stay."""
WELCOME = (
    "## Ask the plant\nAbout equipment, readings, connections and risks. Click anything in the view to ask about it."
)

LOST = '<p role="status">Connection lost. Reconnecting…</p>'

# Run in the page: see page/conversation.js.
OPEN = "() => window.plantroomTab.open()"
KEEP = "(kept, typed) => { window.plantroomTab.keep(kept, typed); return []; }"

# Runs in the page: what the view says is believed only from the view itself.
BRIDGE = """
let alarms = null;
window.addEventListener('message', (event) => {
  const view = document.querySelector('#view-frame iframe');
  if (event.origin !== location.origin || !view || event.source !== view.contentWindow) return;
  if (event.data?.source === 'plantroom' && event.data.type === 'ask') trigger('select', { value: event.data.name });
  if (event.data?.source !== 'plantroom' || event.data.type !== 'pulse' || !event.data.connected) return;
  const now = [event.data.alarms, event.data.warnings].join();
  if (alarms !== null && now !== alarms) trigger('input');
  alarms = now;
});
"""


class Chat:
    """Builds the page and answers its events. ``zone`` is that of the site; ``who`` tells whose a request is."""

    def __init__(
        self,
        conversations: Conversations,
        plant: LivePlant,
        sessions: Sessions,
        zone: Callable[[], Awaitable[tzinfo]],
        who: Callable[[HTTPConnection], Awaitable[Caller]],
        examples: Examples,
    ) -> None:
        self._conversations = conversations
        self._zone = zone
        self._who = who
        self._suggested = examples
        self._plant = plant
        self._sessions = sessions

    def build(self) -> Any:
        with gr.Blocks(
            title="Plantroom", fill_height=True, fill_width=True, analytics_enabled=False, delete_cache=FILES_KEPT_S
        ) as page:
            gr.HTML((PAGE / "header.html").read_text("utf-8"), elem_id="header", apply_default_css=False)
            token, id_ = gr.State(""), gr.State("")
            kept, typed = gr.JSON({}, visible=False), gr.Textbox("", visible=False)
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
                    gr.HTML(LOST, elem_id="link-lost", apply_default_css=False)
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
                            interactive=False,  # until the conversation is there that a question would go to
                            scale=1,
                        )
                        send = gr.Button("Ask", variant="primary", elem_id="send", scale=0, min_width=64)
                        stop = gr.Button("Stop", elem_id="stop", scale=0, min_width=64, visible=HIDDEN)
                    new = gr.Button("New conversation", elem_id="new", size="sm", variant="secondary")
                with gr.Column(elem_id="view-pane"):
                    frame = gr.HTML("", elem_id="view-frame", apply_default_css=False)
            bridge = gr.HTML("", html_template="", js_on_load=BRIDGE, visible=HIDDEN)
            self._wire(page, _Parts(token, id_, kept, typed, chatbot, box, send, stop, new, frame, bridge))
        return page

    def _wire(self, page: Any, on: "_Parts") -> None:
        private: Mapping[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        at_once: Mapping[str, Any] = {"trigger_mode": "multiple", "concurrency_limit": None, **private}
        shown = [on.chatbot, on.kept, on.stop]
        asked = [on.box, on.typed, *shown]
        opened = page.load(self._open, [on.kept], [on.token, on.id, on.frame, on.box, *shown], js=OPEN, **private)
        putting = [
            opened,
            gr.on([on.box.submit, on.send.click], self.ask, [on.box, on.id], asked, **at_once),
            on.bridge.select(self._ask_about, [on.id], asked, **at_once),
            on.chatbot.example_select(self._ask_example, [on.id], asked, **at_once),
            on.chatbot.retry(self._ask_again, [on.id], asked, **at_once),
        ]
        for put in putting:
            put.success(None, [on.kept, on.typed], None, js=KEEP, **private).then(
                self.watch, [on.id], shown, **at_once
            ).success(None, [on.kept], None, js=KEEP, **private)
        on.chatbot.option_select(self._settle, [on.id], shown, **at_once).success(
            None, [on.kept], None, js=KEEP, **private
        )
        on.bridge.input(self._examples_anew, [on.id], [on.chatbot], **private)
        on.stop.click(self._stop, [on.id], None, **at_once)
        on.new.click(self._start_anew, [on.token, on.id], [on.id, *shown], **private).success(
            None, [on.kept], None, js=KEEP, **private
        )

    async def _open(self, kept: dict[str, Any], request: Request) -> tuple[Any, ...]:
        token, frame = await self._view()
        caller = await self._caller(request)
        conversation = self._conversations.open(kept, caller)
        conversation.language = _language(caller, request)
        conversation.token = token
        self._sessions.highlight(token, conversation.highlight)
        _, keeping, stop = _shown(conversation)
        chatbot = gr.Chatbot(value=conversation.rows(), examples=await self._examples(conversation.language))
        draft = str(kept.get("draft") or "") if is_of(kept, caller) else ""
        box = gr.Textbox(value=draft, interactive=True)
        return token, conversation.id, frame, box, chatbot, keeping, stop

    async def _caller(self, request: Request) -> Caller:
        """The person whose page it is. Raises ``PlantroomError`` where that is nobody any more."""
        return await self._who(cast(HTTPConnection, request.request))

    async def _find(self, id_: str, request: Request) -> Conversation | None:
        return self._conversations.find(id_, await self._caller(request))

    async def _view(self) -> tuple[str, str]:
        """A page's token and its view; where too many are open, a sentence instead, and the chat goes on without."""
        try:
            token = self._sessions.open().token
        except TooManyPages as refusal:
            return "", f'<p class="refusal" role="alert">{html.escape(str(refusal))}</p>'
        address = html.escape(f"/app/index.html?token={token}")
        zone = html.escape(str(await self._zone()))
        return token, f'<iframe src="{address}" data-timezone="{zone}" title="View of the plant"></iframe>'

    async def _examples(self, language: str) -> list[dict[str, str]]:
        try:
            questions = await self._suggested.of(await self._plant.scene(), language)
            return [{"text": question} for question in questions]
        except PlantroomError as error:
            log.warning("No example questions: %s", error)
            return []

    async def _examples_anew(self, id_: str, request: Request) -> Any:
        """Other alarms than before: other questions to begin with, where nothing was asked yet."""
        conversation = await self._find(id_, request)
        if conversation is None or conversation.begun:
            return gr.skip()
        return gr.Chatbot(examples=await self._examples(conversation.language))

    async def ask(self, question: str, id_: str, request: Request) -> tuple[Any, ...]:
        """Put a question to the conversation. What cannot be put stays in the box."""
        if not question.strip():
            return gr.skip(), "", *_nothing()
        return await self._put(question, id_, request, typed=True)

    async def _ask_about(self, id_: str, event: EventData, request: Request) -> tuple[Any, ...]:
        conversation = await self._find(id_, request)
        language = conversation.language if conversation is not None else USUAL
        question = self._suggested.about(str(cast(Any, event).value)[:200], language)
        return await self._put(question, id_, request)

    async def _ask_example(self, id_: str, event: SelectData, request: Request) -> tuple[Any, ...]:
        question = str(event.value["text"])
        return await self._put(question, id_, request)

    async def _ask_again(self, id_: str, event: RetryData, request: Request) -> tuple[Any, ...]:
        index = int(event.index if isinstance(event.index, int) else event.index[0])
        conversation = await self._find(id_, request)
        question = conversation.back_to(index) if conversation else None
        if question is None:
            return gr.skip(), "", *_nothing()
        return await self._put(unescaped(question), id_, request)

    async def _put(self, question: str, id_: str, request: Request, *, typed: bool = False) -> tuple[Any, ...]:
        """What was ``typed`` leaves the box once it is put, unless the person has typed on; what was not goes there where it cannot be put."""
        refused = gr.skip() if typed else question, "", *_nothing()
        conversation = await self._find(id_, request)
        if conversation is None:
            gr.Info("This page is no longer known. Load it again; what is said stays.")
            return refused
        try:
            conversation.ask(question.strip()[:LONGEST_QUESTION])
        except Full as full:
            gr.Info(str(full))
            return refused
        return gr.skip(), question if typed else "", *_shown(conversation)

    async def watch(self, id_: str, request: Request) -> AsyncIterator[tuple[Any, ...]]:
        """Streams the chat as it grows, until all that was asked is answered."""
        conversation, told = await self._find(id_, request), False
        if conversation is not None:
            async with aclosing(conversation.watch(str(request.session_hash))) as growing:
                async for _ in growing:
                    told = True
                    yield _shown(conversation)
        if not told:  # of a stream without anything Gradio makes an empty chat
            yield _nothing()

    async def _stop(self, id_: str, request: Request) -> None:
        if (conversation := await self._find(id_, request)) is not None:
            conversation.stop()

    async def _settle(self, id_: str, event: SelectData, request: Request) -> tuple[Any, ...]:
        """A button of a proposal's card."""
        conversation = await self._find(id_, request)
        if conversation is None:
            return _nothing()
        try:
            await conversation.settle(str(event.value))
        except PlantroomError as error:
            gr.Info(str(error))
        return _shown(conversation)

    async def _start_anew(self, token: str, id_: str, request: Request) -> tuple[Any, ...]:
        caller = await self._caller(request)
        await self._conversations.close(id_, caller)
        conversation = self._conversations.new(caller)
        conversation.token = token
        conversation.language = _language(caller, request)
        self._sessions.highlight(token, conversation.highlight)
        _, keeping, stop = _shown(conversation)
        return (
            conversation.id,
            gr.Chatbot(value=[], examples=await self._examples(conversation.language)),
            keeping,
            stop,
        )


@dataclass(frozen=True, slots=True)
class _Parts:
    """The page's components that events speak of."""

    token: Any
    id: Any
    kept: Any
    typed: Any
    chatbot: Any
    box: Any
    send: Any
    stop: Any
    new: Any
    frame: Any
    bridge: Any


def _shown(conversation: Conversation) -> tuple[Any, ...]:
    """Chat, what the tab keeps, and the way to stop, as the conversation is now."""
    return conversation.rows(), conversation.kept(), gr.Button(visible=True if conversation.busy else HIDDEN)


def _language(caller: Caller, request: Request) -> str:
    """As the person wishes to read, else as their browser does."""
    return caller.answered_in or language_of(cast(Any, request).headers.get("accept-language"), languages())


def _nothing() -> tuple[Any, ...]:
    return gr.skip(), gr.skip(), gr.skip()
