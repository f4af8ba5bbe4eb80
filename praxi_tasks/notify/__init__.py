"""Telling people about changes: alerts for Alertmanager, messages for anything Apprise reaches."""
