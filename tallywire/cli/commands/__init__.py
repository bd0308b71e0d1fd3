"""What can be typed: options and help of each command. What a command does is in the modules that it imports."""
