"""The numbers a formula may hold, by name: the same names in Python, twin and workbook."""

TOKENS_PER_PRICE_UNIT = 1_000_000
"""Prices are USD per this many tokens."""

MONTHS_PER_YEAR = 12
MINUTES_PER_HOUR = 60
DAYS_PER_YEAR = 365.25
HOURS_PER_MONTH = 730
"""365 × 24 / 12, as cloud sellers count; Azure's own fine-tuning example has 720."""
SECONDS_PER_HOUR = 3600

PARAMETERS_PER_BILLION = 1_000_000_000
FLOPS_PER_TERAFLOP = 1_000_000_000_000

COMPARISON_TOLERANCE = 1e-12
"""Two numbers nearer than this share of the larger count as equal (Calc snaps them to equal, Python does not)."""

SERIES_LIMIT = 1e-6
"""Below this rate an annuity is summed by its series: the closed form loses digits there."""

MINIMUM_EXAMPLES = 50
"""Fewer training examples than this are not enough (OpenAI's fine-tuning guide asks for 50 to 100)."""

BY_NAME = {name.lower(): value for name, value in list(globals().items()) if name.isupper()}
"""What a native twin may name besides its arguments."""
