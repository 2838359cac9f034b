"""What the app may do in a workspace, in the form in which Slack makes an app of it."""

from __future__ import annotations

from typing import Any

SCOPES = (
    "app_mentions:read", "assistant:write", "chat:write", "commands", "files:write", "im:history", "im:write", "users:read",
)  # fmt: skip
"""What its bot may do."""
EVENTS = ("app_home_opened", "app_mention", "assistant_thread_started", "message.im")
COMMAND = "/plantroom"
_PROMPTS = ("Which assets are in alarm?", "What is most at risk?", "What happened overnight?")


def manifest(events_url: str | None = None) -> dict[str, Any]:
    """For Socket Mode; with an address Slack calls that instead."""
    called = {} if events_url is None else {"request_url": events_url}
    command = {"command": COMMAND, "description": "Ask the plant", "usage_hint": "which assets are in alarm?"}
    prompts = [{"title": one, "message": one} for one in _PROMPTS]
    return {
        "display_information": {
            "name": "Plantroom",
            "description": "Answers questions about the plant, and tells of alarms and work",
            "background_color": "#14599f",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Plantroom", "always_online": True},
            "assistant_view": {"assistant_description": "Ask how the plant is.", "suggested_prompts": prompts},
            "slash_commands": [{**command, "should_escape": False, **({"url": events_url} if events_url else {})}],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {"bot_events": list(EVENTS), **called},
            "interactivity": {"is_enabled": True, **called},
            "org_deploy_enabled": False,
            "socket_mode_enabled": events_url is None,
            "token_rotation_enabled": False,
        },
    }
