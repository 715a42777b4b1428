import pytest
from django.core.exceptions import ValidationError

from cop_portal.lib.fields import NameField


def error_codes(field: NameField, typed: object) -> list[str]:
    with pytest.raises(ValidationError) as refused:
        field.clean(typed)
    return [error.code for error in refused.value.error_list]


def test_its_value_is_a_clean_name():
    assert NameField().clean("  Le\u200ba\u202e  Ｌead ") == "Lea Lead"


@pytest.mark.parametrize("typed", ["a\0b", "\0"])
def test_nul_is_an_error(typed):
    assert error_codes(NameField(), typed) == ["nul"]


@pytest.mark.parametrize("typed", ["\u200b", "\u3164\u2060", "\u202e \u202c"])
@pytest.mark.parametrize("required", [True, False])
def test_what_shows_nothing_is_an_error(typed, required):
    assert error_codes(NameField(required=required), typed) == ["invisible"]


def test_nothing_is_an_error_only_where_something_is_needed():
    assert error_codes(NameField(), "  ") == ["required"]
    assert NameField(required=False).clean("") == ""


@pytest.mark.parametrize("typed", ["x" * 81, "x" * 100_000, "ﷺ" * 80])
def test_the_clean_name_must_fit(typed):
    assert error_codes(NameField(max_length=80), typed) == ["max_length"]
