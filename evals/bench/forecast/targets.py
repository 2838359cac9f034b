"""What the benchmark measures, and how good is good enough."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Target:
    """A figure has to lie between ``low`` and ``high``, both included; None is no limit."""

    key: str
    title: str
    low: float | None = None
    high: float | None = None

    def met(self, value: float) -> bool:
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)

    @property
    def words(self) -> str:
        if self.low is not None and self.high is not None:
            return f"{self.low:g} to {self.high:g}"
        if self.low is not None:
            return f"at least {self.low:g}"
        return f"at most {self.high:g}" if self.high is not None else ""


TARGETS = (
    Target("fd001_rmse", "C-MAPSS FD001, remaining life, RMSE, raw labels", high=11.8),
    Target("fd001_rmse_no_age", "C-MAPSS FD001 without engine age, RMSE", high=13.5),
    Target("fd001_cover90", "C-MAPSS FD001, 90% interval, share covered", 0.87, 0.93),
    Target("ai4i_pr_auc", "AI4I, PR-AUC, raw features", low=0.85),
    Target("skab_f1", "SKAB valve1, F1", low=0.76),
    Target("skab_far", "SKAB valve1, false alarms, %", high=27.0),
    Target("nab_found", "NAB machine temperature, windows found of 4", low=3),
    Target("nab_false", "NAB machine temperature, false episodes", high=4),
    Target("m4_mase", "M4 hourly, MASE", high=1.05),
    Target("m4_cover80", "M4 hourly, 80% interval, share covered", 0.77, 0.83),
    Target("etth1_mase_24", "ETTh1 oil temperature, 24 h, MASE", high=0.85),
    Target("etth1_mase_168", "ETTh1 oil temperature, 168 h, MASE", high=1.33),
    Target("lbnl_found", "LBNL air handler MZVAV-2-2, fault days found of 13", low=10),
    Target("lbnl_false", "LBNL air handler MZVAV-2-2, false days", high=0),
    Target("demo_faults_missed", "Demo plant, faults not flagged before their failure", high=0),
    Target("demo_false_per_asset_month", "Demo plant, false alarms per asset and month", high=0),
    Target("young_false_3d", "Demo plant of 3 days, false alarms", high=0),
    Target("young_false_7d", "Demo plant of 7 days, false alarms", high=0),
    Target("young_false_12d", "Demo plant of 12 days, false alarms", high=0),
    Target("fleet_minutes", "10,000 points nightly, minutes", high=15),
    Target("fleet_gb", "10,000 points nightly, memory of all processes, GB", high=2.0),
    Target("dask_2_vs_1", "Two Dask workers against one", low=1.7),
)
