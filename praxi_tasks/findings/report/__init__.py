"""An assessed audit told to people and programs: tables, a page, a terminal, SARIF, SBOMs."""
