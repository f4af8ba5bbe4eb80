"""A week of a small cluster: which image ran where and when, and how the runtime named it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from demo.history import Deployment


@dataclass(frozen=True)
class Published:
    """An image in the registry; ``digest`` is of its manifest or index, ``config`` of its configuration."""

    reference: str
    digest: str
    config: str

    @property
    def pinned(self) -> str:
        """``repository@digest``, as containerd and CRI-O report it."""
        return f"{self.reference.rpartition(':')[0]}@{self.digest}"


def last_week(images: Mapping[str, Published], now: datetime) -> list[Deployment]:
    """Return what ran in the seven days before ``now``; every day ran something else.

    Parameters
    ----------
    images
        By name.
    """
    week = _Week(images, now)
    rollout, restart = week.at(-4, hour=9), week.at(-1, hour=3)
    return [
        *week.ran("web-old", "web", "shop", start=week.at(-7), end=rollout, pods=2),
        *week.ran("web", "web", "shop", start=rollout, end=restart, pods=2),
        *week.ran("web", "web", "shop", start=restart, end=now, pods=2, first_pod=2),
        *week.ran("migrate", "migrate", "shop", start=rollout, init=True, pods=1, of="web"),
        *week.ran("migrate", "migrate", "shop", start=restart, init=True, pods=1, of="web", first_pod=2),
        *week.ran("worker", "worker", "shop", start=week.at(-5, hour=7), end=now, form="docker-pullable"),
        *week.ran("legacy", "legacy", "shop", start=week.at(-7), end=now, form="docker"),
        *week.ran("signer", "signer", "vault", start=week.at(-2, hour=15), end=now),
        *week.ran("collector", "collector", "monitoring", start=week.at(-6), end=now, pods=3),
        *week.ran("cache", "cache", "shop", start=week.at(-6), end=week.at(-1, hour=12), form="config"),
    ]


class _Week:
    def __init__(self, images: Mapping[str, Published], now: datetime) -> None:
        self._images = images
        self._today = now.replace(hour=0, minute=0, second=0, microsecond=0)

    def at(self, day: int, hour: int = 0) -> datetime:
        """Return a time of a day, counted from today."""
        return self._today + timedelta(days=day, hours=hour)

    def ran(
        self,
        spec: str,
        container: str,
        namespace: str,
        *,
        start: datetime,
        end: datetime | None = None,
        form: str = "pinned",
        pods: int = 1,
        first_pod: int = 0,
        init: bool = False,
        of: str = "",
    ) -> list[Deployment]:
        """Return one container in each of some pods; one without an end was done after two minutes."""
        image = self._images[spec]
        return [
            Deployment(
                image=image.reference,
                image_id=image_id(image, form),
                namespace=namespace,
                pod=f"{of or container}-{number}",
                container=container,
                start=start,
                end=end or start + timedelta(minutes=2),
                init=init,
            )
            for number in range(first_pod, first_pod + pods)
        ]


def image_id(image: Published, form: str) -> str:
    """Return the image as a container runtime reports it; the forms are those met in the wild."""
    forms = {
        "pinned": image.pinned,
        "docker-pullable": f"docker-pullable://{image.pinned}",
        "docker": f"docker://{image.config}",
        "config": image.config,
    }
    return forms[form]
