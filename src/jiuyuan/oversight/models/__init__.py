"""What offices above ask of those below, and what they look into (五(三))."""

from jiuyuan.oversight.models.supervision import SupervisionOrder

__all__ = ["SupervisionOrder"]
