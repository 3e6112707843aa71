"""What offices above ask of those below, and what they look into (五(三))."""

from jiuyuan.oversight.models.periods import ClosedFigure, FigurePeriod, LaterChange
from jiuyuan.oversight.models.supervision import SupervisionOrder
from jiuyuan.oversight.models.targets import Target

__all__ = ["ClosedFigure", "FigurePeriod", "LaterChange", "SupervisionOrder", "Target"]
