"""One run over one data interval: plan, fingerprint, predict, report."""
