"""Load plans of small random problems, checked constraint by constraint."""

from __future__ import annotations

from evals.bench.plans.load.instances import instance
from graph_schema.errors import PlantroomError
from tools.load.account import account
from tools.load.solve import Search, ruled, solve
from tools.load.verify import violations

_QUICK = Search(seconds=5.0, gap=0.02)


def checked(seed: int) -> list[str]:
    """What is wrong with the plan of one problem: a constraint that it breaks, a cost that it misstates, a bound that lies above it, or a rule that would have been cheaper and kept all."""
    problem = instance(seed)
    try:
        plan = solve(problem, _QUICK)
    except PlantroomError as error:
        return [str(error)]
    found = violations(problem, plan)
    counted = account(problem, plan.courses).cost
    if abs(counted - plan.cost) > 1e-6 * max(1.0, abs(counted)):
        found.append(f"The plan says it costs {plan.cost:.4f}, and comes to {counted:.4f}.")
    if plan.bound is not None and plan.bound > plan.cost + 1e-4 * max(1.0, abs(plan.cost)):
        found.append(f"The plan costs {plan.cost:.4f}, less than the bound of {plan.bound:.4f}.")
    rule = ruled(problem)
    if not plan.shortfalls and not violations(problem, rule) and rule.cost < plan.cost - 1e-6:
        found.append(f"The rule costs {rule.cost:.4f}, less than the plan's {plan.cost:.4f}.")
    return found
