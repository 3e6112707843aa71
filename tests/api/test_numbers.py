"""Numbers as programs write them."""

from jiuyuan.api.inputs import with_whole_numbers


def test_a_number_without_a_fraction_is_a_whole_one_wherever_it_stands():
    said = with_whole_numbers({"number": 168.0, "months": [{"amount": 5e4}, 1.5], "version": True, "reason": "1.0"})
    assert said == {"number": 168, "months": [{"amount": 50000}, 1.5], "version": True, "reason": "1.0"}
    assert [type(said["number"]), type(said["months"][0]["amount"]), type(said["version"])] == [int, int, bool]
