"""What 云中市's form asks beside facts: the boat that somebody gave up."""

from jiuyuan.regions.questions import OTHER, Detail, Questions, Topic

QUESTIONS = Questions(
    details=(Detail(name="boat", label="原渔船船名", hint="没有可不填。"),),
    topics=(
        Topic(code="unemployment", title="您的失业情况"),
        Topic(code=OTHER, title="您的渔船和其他情况", details=("boat",)),
    ),
    words={"boat_given_up": ("渔船", "船证")},
)
