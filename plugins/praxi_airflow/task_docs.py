"""Documentation of the Dags' tasks: what a task does, why it fails, and what to do then."""

from __future__ import annotations

from typing import Final

DEPLOYED_IMAGES: Final = """
Asks Prometheus which images had a container in the interval, and writes `images.json`.

**Triage.** *Up for retry*: Prometheus is down or overloaded; nothing to do. *Failed at once*: it refused
the query or the token, or what answers is not Prometheus: the message names the Airflow connection. An
empty list is no error; if it should not be empty, look for `kube_pod_container_info` in Prometheus: without
kube-state-metrics, or beyond its retention, there is nothing to find.
"""

TAKE_PUSHES: Final = """
Reads what registries told, and takes the images in: each digest once in `event_hours`, those of
`event_registries` alone, `event_limit` in an hour. Its XCom is the windows in which they are audited.

**Triage.** *Up for retry*: the store is down. A message that no registry wrote is no error: the log says what
is wrong with it. Nothing taken: the log counts why (`seen`, `foreign`, `left`).
"""

GATHER_PUSHES: Final = """
Waits until the window is over, so that all images pushed in it are audited by one run.

**Triage.** It waits up to an hour where `event_limit` images were taken in this one.
"""

AUDIT_PUSHES: Final = """
Starts the audit of a window's images, once: whichever run comes first starts it, the others are skipped.

**Triage.** *Failed*: there is no Dag `praxi_audit`. If its run only waits, that Dag is switched off.
"""

PLAN: Final = """
Resolves tags to digests and indexes to the platform's image, finds out what the store knows already, and
packs the rest into batches. Its XCom is the list of batch numbers.

**Triage.** *Up for retry*: a registry answers 429 or 5xx, or the store is down. An image that is not found
or forbidden is no error here: the report says why it failed; check the mirror map and the registry's secret.
"""

FINGERPRINT: Final = """
Reads the layers of one batch into the store, each layer once ever. Skipped if nothing is new.

**Triage.** *Up for retry*: a download broke, or the pod was evicted or killed; the next try goes on where
it stopped. *Failed*: the last try died too, without having recorded why. If the log ends in the middle, the
pod was out of memory or time: see `pod_deadline` and the pod's limits. The audit goes on without the batch.
"""

FINGERPRINTED: Final = """
Waits for every batch, whether or not it succeeded, so that a failed one never keeps the report from being
written. Does nothing else.

**Triage.** It can't fail by itself: look at `plan` and `fingerprint`.
"""

PREDICT: Final = """
Asks the model which releases each layer holds; what the same model said before is found in the store.

**Triage.** *Failed*: there is no model under the URI (the run's `model` or the setting), or its protocol
is too new for this version.
"""

REPORT: Final = """
Reduces the run to `report.json`, `report.html`, tables and a summary, which is its XCom. Every image of the
plan is in exactly one state: audited, cached or failed.

**Triage.** *Up for retry*: the store is down. *Failed*: a document of the run is damaged; clear `plan` and
what follows.
"""

NEW_PACKAGES: Final = """
Writes down the packages that the model has never seen, as a request to learn them. Skipped if there is none.

**Triage.** *Up for retry*: the store is down.
"""

TRAIN: Final = """
Starts `praxi_train` with the request, once per interval however often the audit of it runs.

**Triage.** *Skipped*: the interval's training was started before. *Failed*: `praxi_train` is not there.
"""

RELEASES: Final = """
Gathers what every open request wants and the model does not know, and packs it into batches. Its XCom is the
list of batch numbers. Requests that came while another training ran are served together.

**Triage.** *Up for retry*: the store or the model registry is down. *Failed*: the request's URI names none,
or a package given by hand is not written as `name==version`.
"""

FINGERPRINT_RELEASE: Final = """
Reads the files of one batch of releases into the store: from image layers, then from package indexes. What
can't be had is recorded with the reason and tried again on the next days.

**Triage.** *Failed*: the last try died; its releases are asked for again by the next audit.
"""

SOURCE_ONLY: Final = """
Lists the releases that the index has as source only. Empty unless `learn_build_index` names one.

**Triage.** *Up for retry*: the store is down.
"""

BUILD_RELEASE: Final = """
Builds one release in a pod that holds no credential, and keeps what the pod printed about the wheel's files.
A build that fails is no failure of this task: the report has its reason.

**Triage.** *Up for retry*: the pod was killed, out of memory, or its log was lost. *Failed*: it was so again;
the release is asked for on another day. *Failed at once*: a setting `pod_build_…` names what is not there.
"""

COLLECTED: Final = """
Waits for every batch and build, whether or not it succeeded. Its XCom numbers the routing study's trials.

**Triage.** It can't fail by itself: look at `fingerprint_release` and `build_release`.
"""

ROUTE: Final = """
Tries one way of assigning the new releases to experts, on layers rebuilt from stored fingerprints. Skipped
unless the run's `routing_study` is on. The page *Models* shows all trials; the best is used by what follows.

**Triage.** *Up for retry*: the store is down. *Failed*: a stored release is damaged; the others still count.
"""

ROUTED: Final = """
Waits for the routing study's trials, whether or not they succeeded. Its XCom numbers those of the tuning.

**Triage.** It can't fail by itself: look at `route`.
"""

TUNE: Final = """
Tries one set of hyper-parameters on layers rebuilt from stored fingerprints. Skipped unless the run's
`tuning_trials` is above 0. Each trial knows those before it; the page *Models* shows all of them.

**Triage.** *Up for retry*: the store is down. *Failed*: a stored release is damaged.
"""

LEARN: Final = """
Teaches the model the releases whose files are in the store: new experts beside the old ones, of which only
those that fire on new software change. The new model is registered as challenger.

**Triage.** *Up for retry*: the store or the model registry is down. *Failed*: the model in use is damaged.
"""

EVALUATE: Final = """
Compares champion and challenger on layers rebuilt from stored fingerprints, damaged, with unknown software.

**Triage.** *Failed*: a stored release is damaged; the message names it. Delete it and clear `releases`.
"""

GATE: Final = """
Holds the evaluation against the bars. Its XCom says whether the challenger passed, and if not, why.

**Triage.** A challenger that is held back is no failure: the champion stays, and the report says why.
"""

APPROVE: Final = """
Waits for a person, where the run's `approval` is `human` and there is a new model; otherwise skipped, and
where the same model was refused before. Who declines keeps the champion. What the gate refused can be
approved with a note.

**Triage.** *Deferred*: answer it on the page of required actions.
"""

PROMOTE: Final = """
Makes the challenger champion, if the gate let it pass or a person overruled it: the next audit uses it.

**Triage.** *Up for retry*: the model registry is down; the champion is unchanged. `praxi models
rollback` takes a promotion back.
"""

TRAINING_REPORT: Final = """
Writes the training's report, closes its requests, and notifies the receivers if the challenger was held back.

**Triage.** *Up for retry*: the store is down. *Failed*: a document of the run is damaged; clear `releases`.
"""

METRICS: Final = """
Publishes the audit's metrics to the Pushgateway, if one is set; its log shows them otherwise.

**Triage.** *Up for retry*: the Pushgateway can't be reached. The audit is complete without it; the rule
`PraxiAuditMissing` fires where metrics stop.
"""

NOTIFY: Final = """
Raises alerts at Alertmanager for what is new or worse, prolongs those that are open, resolves those that
are gone, and sends a message to the Apprise URLs. Nothing happens where no receiver is configured.

**Triage.** *Up for retry*: a receiver is down; alerts that are open stay for 50 hours. Clearing the task is
safe: the same alerts are posted again, which notifies nobody.
"""

EXAMINE_AIRFLOW: Final = """
Tries the store, Prometheus and its series, and the rights in Kubernetes, as Airflow's own side uses them.

**Triage.** *Failed*: the last line names each thing that is in the way, and what to do. *Up for retry*: what
is in the way may pass by itself. Warnings in the log let audits run.
"""

EXAMINE_COMMAND: Final = """
Runs `praxi doctor` where tasks run. Its XCom is what was found: store, registries of the images that the run
names, feeds, the model and its versions.

**Triage.** *Failed* with exit code 3: the table in the log says what is in the way and what to do. A pod that
does not start at all is a matter of `pod_…` settings: the message names which.
"""

MIRROR: Final = """
Fetches each feed, checks it, and replaces the previous copy. Its XCom says how each ended.

**Triage.** *Up for retry*: a feed is down or broken; the last try records it and succeeds. Audits use the
previous copy and report its age. *Failed*: of the feeds that the log calls *missing* there never was a copy.
"""

SELECT: Final = """
Chooses the packages: those of the list, of the suite, or what the images of the last audit have, the most
popular first. Its XCom numbers the batches, one a pod.

**Triage.** *Failed*: a line of the list is no name, or no index is configured; the message says which.
"""

COLLECT: Final = """
Gets the releases of one batch into the store, of wheels no more than their directories. What can't be had is
in the log with the reason. Clearing it goes on where it was.

**Triage.** *Up for retry*: the store is down. An index that is busy is waited for, two minutes at a time.
"""

PACK: Final = """
Makes a new version of the model that knows what was collected, as challenger. Nobody is asked by its audits
until a person puts it in use.

**Triage.** *Up for retry*: the store or the model registry is down. *Failed*: there is nothing new to learn,
or a stored release is damaged.
"""

PRUNE: Final = """
Deletes old runs from the store, and layers, predictions, images and models that no run and no page needs. Its
XCom says how much of each; with the run's `dry_run` it is what would be deleted.

**Triage.** *Up for retry*: the store is down; what was deleted stays deleted. *Failed*: its identity may not
delete there, see `praxi rights store prune`. What was left for the next time is in the log, with the reason.
"""

SWEEP: Final = """
Deletes the pods that tasks of this run have left, and those of runs that have ended or were deleted. It is
only there where tasks are pods, and the run's state does not depend on it.

**Triage.** *Up for retry*: the cluster does not answer. *Failed*: Airflow may not list or delete pods there;
the next run sweeps what this one leaves.
"""
