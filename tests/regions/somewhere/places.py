"""云中市's divisions and agencies: a city of two districts, each of one street, without an office between."""

from jiuyuan.regions.region import Office
from jiuyuan.rules.divisions import DivisionLine

DIVISIONS = (
    DivisionLine("99", "云中市", "province", ""),
    DivisionLine("990101", "钟楼区", "county", "99"),
    DivisionLine("990101001", "鼓巷街道", "town", "990101"),
    DivisionLine("990101001001", "井台社区", "community", "990101001"),
    DivisionLine("990102", "湖西区", "county", "99"),
    DivisionLine("990102001", "渡口街道", "town", "990102"),
)
OFFICES = (
    Office("99", "云中市人力资源和社会保障局", "province", None, ("99",)),
    Office("990101", "钟楼区公共就业服务中心", "county", "99", ("990101",)),
    Office("990102", "湖西区公共就业服务中心", "county", "99", ("990102",)),
    Office("990101001", "鼓巷街道公共就业服务平台", "platform", "990101", ("990101001",)),
    Office("990102001", "渡口街道公共就业服务平台", "platform", "990102", ("990102001",)),
)
