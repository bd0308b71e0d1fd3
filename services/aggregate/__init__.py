"""Keeps results and tallies: who won, gain or hold under each baseline, how each region stands."""
