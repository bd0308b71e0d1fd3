"""What whoever runs the services looks at: health, metrics and logs."""
