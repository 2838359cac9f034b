"""Each kind of question is looked up and told in one place."""

import pytest

from agent.offline.answers.acts import ACTS, complete


def test_an_act_without_a_plan_and_an_answer_is_named():
    rest = {name: act for name, act in ACTS.items() if name not in ("rank", "where")}
    with pytest.raises(TypeError, match=r"^Nothing says how to look up and tell: rank, where\.$"):
        complete(rest)
