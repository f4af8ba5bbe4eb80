"""The assessment of an audit: findings, their document, what changed since the last one."""
