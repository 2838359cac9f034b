"""What a language model is told beside the conversation."""

from collections.abc import Sequence

from agent.chat_model import ChatMessage


def correction(invented: Sequence[str]) -> ChatMessage:
    """Sent after a draft that states what nothing supports."""
    names = ", ".join(f"“{one}”" for one in invented)
    return {
        "role": "system",
        "content": (
            f"Your last answer states {names}, which is in no tool result of this question. Answer again. State only numbers and "
            "names that are in the results, in the unit given there and without converting or estimating; call tools for what is "
            "missing, and say plainly what cannot be known."
        ),
    }
