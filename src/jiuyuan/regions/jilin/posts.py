"""公益性岗位 in 吉林省.

吉人社联〔2022〕90号 was available only up to section 二(一), without its rules on priority and second placements.
The rules here are those of the ministry and of other places, each with its source.
"""

from jiuyuan.regions.posts import PostGroup, PublicPosts

POSTS = PublicPosts(
    order=(
        PostGroup(category="zero_employment_family"),
        PostGroup(category="older"),
        PostGroup(category="disabled"),
    ),
    order_source="未查到本省规定，比照甘肃山丹2025年的顺序，由省级设定",
    again=(
        PostGroup(category="older"),
        PostGroup(category="zero_employment_family"),
        PostGroup(category="disabled", severe=True),
    ),
    again_source="人社部发〔2019〕124号（人力资源社会保障部答复）",
)
