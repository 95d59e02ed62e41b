"""Groups of accounts: who acts together, what chance alone would give, and who follows whom."""
