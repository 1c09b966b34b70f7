"""The comparison itself: half a unit of the last printed digit, neither more nor less."""

from fractions import Fraction

import pytest
from digits import agrees


@pytest.mark.parametrize(
    ("printed", "inside", "outside"),
    [("7.905983", "7.9059834", "7.9059836"), ("1.280e9", "1.2804e9", "1.2806e9"), (".5", ".5499", ".5501"),
     ("-42", "-42.4", "-42.6"), ("15.8", "15.75", "15.74")],
)  # fmt: skip
def test_half_a_unit_of_the_last_digit(printed, inside, outside):
    assert agrees(Fraction(inside), printed) and not agrees(Fraction(outside), printed)
