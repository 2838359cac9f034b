"""A browser, and a web app of a test's own that it visits."""

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from fastapi import FastAPI
from playwright.async_api import Browser, async_playwright, expect

from interfaces.app.web_server import serve_web
from tests.conftest import Services

PATIENCE_MS = 60_000
"""How long something may take to be seen, on a machine that does much else."""
FLAGS = (
    "--headless=new", "--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic", "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip


@pytest.fixture(scope="module")
async def browser(services: Services) -> AsyncGenerator[Browser]:
    expect.set_options(timeout=PATIENCE_MS)
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=services["chromium"]["path"], args=FLAGS)
        yield launched
        await launched.close()


@asynccontextmanager
async def served_app(app: FastAPI) -> AsyncGenerator[int]:
    """The port on this machine at which it is served meanwhile."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        ready = asyncio.Event()
        serving = asyncio.create_task(serve_web(app, listener, ready.set))
        await asyncio.wait({serving, asyncio.create_task(ready.wait())}, return_when=asyncio.FIRST_COMPLETED)
        yield listener.getsockname()[1]
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
