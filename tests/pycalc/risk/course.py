"""The course calculator as a case to simulate: 315 against 9 USD a month, 12 USD of training."""

COURSE = {
    "queries": 10_000,
    "query_tokens": 50,
    "response_tokens": 100,
    "pe_prompt_tokens": 800,
    "pe_input_price": 30,
    "pe_output_price": 60,
    "ft_prompt_tokens": 50,
    "ft_input_price": 3,
    "ft_output_price": 6,
    "examples": 500,
    "tokens_per_example": 1000,
    "epochs": 3,
    "ft_training_price": 8,
    "minutes_per_example": 5,
    "hourly_wage": 50,
}
LABOR = 500 * 5 / 60 * 50
"""USD: 500 examples of 5 minutes at 50 USD an hour."""
