"""Whole numbers of people must not be where they need not be read."""

import logging

import pytest

from jiuyuan import masking
from tests.factories import an_id_number


def test_public_notice_shows_the_first_six_and_the_last_two_of_an_id_number():
    assert masking.id_number("22010219850302002X") == "220102**********2X"


def test_number_too_short_to_mask_in_part_is_hidden_whole():
    assert masking.id_number("220102") == "******"


def test_phone_keeps_its_first_three_and_last_four_digits():
    assert masking.phone("13812345678") == "138****5678"
    assert masking.phone("12345") == "*****"


@pytest.mark.parametrize("number", ["22010219850302002X", "22010219850302002x", "220102850302002"])
def test_every_id_number_in_a_text_is_masked(number):
    text = masking.text(f"身份证{number}，电话13812345678。")
    assert number not in text
    assert "13812345678" not in text
    assert text.startswith("身份证220102")


def test_other_figures_in_a_text_are_left_alone():
    text = "受理号20260302000001，共300000元，2026-03-02 08:00"
    assert masking.text(text) == text


@pytest.fixture
def logger(caplog):
    logger = logging.getLogger("jiuyuan.test")
    caplog.handler.addFilter(masking.LogFilter())
    return logger


def test_log_line_masks_its_arguments(logger, caplog):
    number = an_id_number("1985-03-02")
    logger.error("cannot register %s of %d", number, 3)
    assert number not in caplog.text
    assert "of 3" in caplog.text


def test_log_line_masks_its_traceback(logger, caplog):
    number = an_id_number("1985-03-02")
    try:
        raise ValueError(number)
    except ValueError:
        logger.exception("failed")
    assert number not in caplog.text
    assert "ValueError" in caplog.text
