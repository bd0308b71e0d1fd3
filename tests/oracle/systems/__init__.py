"""Lists and transferable votes counted again: plain, slow, in fractions, without a line of the services' code."""
