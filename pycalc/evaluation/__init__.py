"""Is the fine-tuned model really better? Marks into pass rates, tests on the same examples, and signs of trouble."""
