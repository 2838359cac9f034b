"""Scratch."""
import os, time
import pytest
from agent.agent import Agent
from agent.events import Answered, ToolStarted
from tools.context import Caller
from agent.language.grammar import grammar

@pytest.fixture
def agent(agent_with) -> Agent:
    return agent_with()

async def test_render(agent):
    out = open(os.environ["RENDER_OUT"], "w")
    code = os.environ.get("RENDER_LANG", "en")
    if f := os.environ.get("RENDER_FILE"):
        samples = [("", l.strip()) for l in open(f) if l.strip()]
    else:
        only = set(os.environ.get("RENDER_INTENTS", "").split(",")) - {""}
        samples = [(i, s) for i, ss in grammar(code).samples.items() if i != "follow_up" and (not only or i in only) for s in ss]
    for n, (i, s) in enumerate(samples):
        t = time.time()
        conv = "c" if os.environ.get("RENDER_ONE") else f"c{n}"
        try:
            events = [e async for e in agent.ask(s, conv, Caller("anna", language=code))]
        except Exception as e:
            print(f"## [{i}] {s}\nEXC {type(e).__name__} {e}\n", file=out, flush=True); continue
        tools = [e.tool if hasattr(e,'tool') else e.title for e in events if isinstance(e, ToolStarted)]
        last = events[-1]
        print(f"## [{i}] {s}   ({time.time()-t:.1f}s; {tools})\n{getattr(last,'text',last)}\n", file=out, flush=True)

import traceback
from agent.evidence.claims import sentence as _s
_old = _s.Sentence.refuse
def _refuse(self, mark, *a, **k):
    if os.environ.get("RENDER_WHY"):
        print("REFUSE", repr(self.text)[:300], mark, [ (m.text, m.sort) for m in self.marks][-30:], file=open("/tmp/lang/why.txt","a"))
    return _old(self, mark, *a, **k)
_s.Sentence.refuse = _refuse
