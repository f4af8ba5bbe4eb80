"""Notifies of changes: alerts for Alertmanager, messages for anything Apprise reaches."""
