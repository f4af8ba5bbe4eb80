"""The tar format: headers, extended records, an index of members, the names of members."""
