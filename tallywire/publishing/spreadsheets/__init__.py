"""An election at a moment as tables for spreadsheets: CSV as RFC 4180 has it.

Columns that Democracy Club has in its downloads of candidates and results have its names
(github.com/DemocracyClub/yournextrepresentative, ``ynr/apps/data_exports/csv_fields.py``). Every row says of which
moment it is.
"""
