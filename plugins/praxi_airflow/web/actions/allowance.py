"""How often a user may do something in an hour, counted in the store: by all processes and replicas together.

Each use takes one of the hour's numbered slots. The store lets one writer have a slot, so of many requests at
once no more get through than there are slots.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from praxi_airflow.errors import TooOftenError
from praxi_tasks.store import Store, documents, keys


def take_slot(store: Store, action: str, user: str, limit: int, now: datetime, what: str) -> None:
    """Take one of a user's slots of this hour.

    Parameters
    ----------
    action
        What is counted.
    user
        Who, by identity.
    what
        What it is used for; it is kept with the slot.

    Raises
    ------
    TooOftenError
        If none is left.
    """
    whose = hashlib.sha256(user.encode(errors="surrogatepass")).hexdigest()[:24]
    use = documents.encode({"by": user, "at": now, "what": what})
    taken = sum(1 for _ in store.list(keys.allowance(action, whose, f"{now:%Y%m%dT%H}")))
    for slot in range(taken, limit):
        if store.put(keys.allowance_slot(action, whose, f"{now:%Y%m%dT%H}", slot), use):
            return
    minutes = 60 - now.minute
    raise TooOftenError(
        f"{limit} times an hour is the most for one user",
        action=f"try again in {minutes} minutes, or start the run in Airflow",
    )
