"""The app in Slack: its manifest, and whether it works."""

from __future__ import annotations

import json

from graph_schema.errors import InvalidInput
from interfaces.cli.work.doctor.checks import print_findings
from interfaces.cli.work.doctor.slack import slack_findings
from interfaces.local.operation import Desk, operation
from interfaces.slack.manifest import manifest


@operation(needs_plant=False)
async def slack_manifest(desk: Desk, http: bool) -> None:
    public = desk.settings.public_url
    if http and public is None:
        raise InvalidInput("Slack needs an address to call: set PLANTROOM_PUBLIC_URL, or leave --http out.")
    made = manifest(f"{public.rstrip('/')}/slack/events" if http and public else None)
    desk.write(json.dumps(made, indent=2))


@operation(needs_plant=False)
async def slack_check(desk: Desk) -> None:
    found = await slack_findings(desk.settings)
    if not found:
        raise InvalidInput(
            "Slack is not set: PLANTROOM_SLACK_BOT_TOKEN and PLANTROOM_SLACK_APP_TOKEN. See docs/operators/slack.md."
        )
    print_findings(desk.out, found)
    if any(one.level == "problem" for one in found):
        raise InvalidInput("Something is missing: see above.")
