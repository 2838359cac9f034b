"""The last request of a question whose rounds are used up: the model answers from what was found, without tools."""

from agent.models.chat_model import ChatMessage

LAST_WORDS: ChatMessage = {
    "role": "system",
    "content": (
        "Nothing more can be looked up for this question. Answer it now from the results above, with their ids, and say plainly "
        "what they do not tell."
    ),
}
"""Travels as a user message, as every late message of our own does."""
