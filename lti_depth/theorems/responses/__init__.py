"""Transfer functions, zeros and impulse responses."""

NAMES = ("impulse-response", "transfer-function", "negative-binomial", "zeros-current", "zeros-delayed",
         "no-zeros-without-skips")
