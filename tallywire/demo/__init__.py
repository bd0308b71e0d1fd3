"""What people see: the demo, and how events look on a screen."""
