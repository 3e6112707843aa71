"""Corrects name, ID number, phone or address at the person's request; facts derived from the ID number follow."""

from typing import Any

from django.db import transaction

from jiuyuan import clock
from jiuyuan.encryption import blind_index
from jiuyuan.history import services as history
from jiuyuan.history.services import Actor
from jiuyuan.people import id_numbers
from jiuyuan.people.contact import clean_name, clean_phone, plain_address
from jiuyuan.people.correspondence import tell
from jiuyuan.people.models import Person, Source
from jiuyuan.people.pinyin import initials, pinyin
from jiuyuan.people.reach import PHONE_CHANGED
from jiuyuan.people.services import record_facts
from jiuyuan.refusals import BadInput
from jiuyuan.wording import say

#: The correctable attributes, with labels.
IDENTITY = {"name": "姓名", "id_number": "身份证号码", "phone": "联系电话", "address": "常住地址"}
_LONGEST = 200


@transaction.atomic
def put_right(actor: Actor, person: Person, what: str, value: str, evidence: str) -> None:
    """Correct one attribute. Raises `BadInput` for `value`, also if another file has the ID number."""
    try:
        columns = _columns(person, what, value)
    except BadInput as refusal:
        raise BadInput(say("有内容需要改正。"), [("value", message) for _, message in refusal.errors]) from None
    former = person.phone
    for name, column in columns.items():
        setattr(person, name, column)
    person.version += 1
    person.save()
    history.append(person.file, actor, "identity_corrected", {"fields": [what]}, person.area)
    if what == "phone" and person.phone != former:
        tell(person, PHONE_CHANGED, phone=former)
    if what == "id_number":
        known: dict[str, Any] = {"birth_date": person.birth_date.isoformat(), "sex": person.sex}
        record_facts(
            actor, person, known, source=Source.DOCUMENT, evidence=evidence, settlement=say("居民身份证号码已更正"), by_act=True
        )  # fmt: skip


def _columns(person: Person, what: str, value: str) -> dict[str, Any]:
    match what:
        case "name":
            name = clean_name(value)
            column = pinyin(name)
            return {"name": name, "name_pinyin": column, "name_initials": initials(column)}
        case "phone":
            phone = clean_phone(value)
            return {"phone": phone, "phone_index": blind_index(phone)}
        case "address":
            if not (address := plain_address(value)) or len(address) > _LONGEST:
                raise BadInput(
                    say("有内容需要改正。"), [("address", say("请填写常住地址，最多{longest}字。", longest=_LONGEST))]
                )
            return {"address": address}
    number = id_numbers.parse(value, clock.today())
    index = blind_index(number.number)
    if Person.objects.unscoped().filter(id_index=index).exclude(pk=person.pk).exists():
        message = say("这个号码已有另一份档案：请核对号码；确是同一个人的，请合并两份档案。")
        raise BadInput(say("有内容需要改正。"), [("id_number", message)])
    return {
        "id_number": number.number, "id_index": index, "birth_date": number.birth_date, "sex": number.sex,
    }  # fmt: skip
