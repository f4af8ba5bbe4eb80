"""A Kubernetes cluster of one node for tests: a real API over HTTP, and pods that are real containers.

The API server (:mod:`~tests.support.cluster.api`) is built on kmock and refuses what a cluster would refuse
(:mod:`~tests.support.cluster.admission`); the node (:mod:`~tests.support.cluster.kubelet`) runs what was
accepted with podman. Faults are methods of :class:`~tests.support.cluster.cluster.Cluster`.
"""
