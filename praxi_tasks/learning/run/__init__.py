"""One training, step by step: plan, collect, train, evaluate, promote, report."""
