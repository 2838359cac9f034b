"""An e-mail's sheets as HTML, readable in light and dark: MJML of this house."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from mjml import mjml2html

_STYLE = (
    '<mj-raw><meta name="color-scheme" content="light dark"></mj-raw><mj-style>@media (prefers-color-scheme: dark) '
    "{body, body > div, .sheet, .sheet table {background:#15181c !important} .said div, .said a {color:#e6e8eb !important}}</mj-style>"
)


def letter(title: str, sheets: Sequence[str]) -> str:
    """Everything is escaped before: the compiler passes on what it is given."""
    head = f"<mj-head><mj-title>{escape(title)}</mj-title>{_STYLE}</mj-head>"
    return mjml2html(f"<mjml>{head}<mj-body>{''.join(sheets)}</mj-body></mjml>")


def sheet(content: str, colour: str) -> str:
    column = f'<mj-column border-left="4px solid {colour}">{content}</mj-column>'
    return f'<mj-section css-class="sheet" background-color="#ffffff" padding="8px">{column}</mj-section>'


def paragraph(text: str, font: str = "sans-serif", more: str = "") -> str:
    """``more`` are attributes of its own."""
    style = f'font-size="15px" line-height="22px" padding-top="4px" padding-bottom="4px" font-family="{font}" {more}'
    return f'<mj-text css-class="said" {style}>{escape(text)}</mj-text>'
