"""What an operator looks at: health, metrics and logs."""
