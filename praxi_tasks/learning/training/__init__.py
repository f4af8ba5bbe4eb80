"""Training: from files, incremental, and the repair of experts that disturb new releases."""
