"""Security advisories: read from OSV's exports, folded by alias, indexed by package, matched by version."""
