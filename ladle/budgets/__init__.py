"""What a run may cost, and which of AWS's limits it could meet: told before it is deployed.

The stages: `rounds` tells from the source how often Maps and loops go round, `weights` from the types how
large values are, `recorded` from local runs what was usual; `report` puts them beside the machine's own
bounds (`ladle.operate.budget`); `judge` says what could break a limit; `prices` and `monthly` what a month
costs.
"""

from ladle.budgets.codes import CODES
from ladle.budgets.judge import judge
from ladle.budgets.recorded import Recorded, recorded
from ladle.budgets.report import Report, report

__all__ = ["CODES", "Recorded", "Report", "judge", "recorded", "report"]
