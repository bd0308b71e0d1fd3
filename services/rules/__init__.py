"""What the services share of their rules: who is elected, how a register is amended. Pure."""
