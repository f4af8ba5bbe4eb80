"""HTTP as every part speaks it: connections, certificates, proxies, addresses as they may be shown."""
