-- From an audit's tables to what its pages ask for; prepared.py runs these statements on a new file.
-- There are views parquet_images, parquet_layers, … of the tables, and a table teams (namespace, team).

CREATE TABLE keys AS
SELECT (row_number() OVER (ORDER BY image, cluster) - 1)::INTEGER AS id, image, cluster
FROM (SELECT DISTINCT image, cluster FROM parquet_images);

CREATE TABLE findings AS
SELECT keys.id AS image_id,
    (coalesce(list_position(['critical', 'high', 'medium', 'unknown', 'low', 'info'], severity), 6) - 1)::TINYINT AS rank,
    CASE WHEN kind = 'vulnerable' THEN '' ELSE package END AS subject,
    parquet.* EXCLUDE (run, image, cluster, since), make_timestamp(epoch_us(since)) AS since
FROM parquet_findings parquet LEFT JOIN keys USING (image, cluster)
ORDER BY image_id, rank, parquet.id;

CREATE TABLE coverage AS
SELECT keys.id AS image_id, parquet.* EXCLUDE (run, image, cluster)
FROM parquet_coverage parquet LEFT JOIN keys USING (image, cluster)
ORDER BY image_id;

CREATE TABLE layers AS
SELECT keys.id AS image_id, parquet.* EXCLUDE (run, image, cluster)
FROM parquet_layers parquet JOIN keys USING (image, cluster)
ORDER BY image_id, position;

-- The file has one image after the other, and that order stays.
CREATE TABLE components AS
SELECT keys.id AS image_id, parquet.* EXCLUDE (run, image, cluster)
FROM parquet_components parquet JOIN keys USING (image, cluster);

-- A component whose versions tie stands here once for each of them, and one whose version is not known once.
CREATE TABLE placements AS
SELECT ecosystem, name, unnest(CASE WHEN len(versions) = 0 THEN [''] ELSE versions END) AS version, image_id,
    confidence, sources, len(versions) > 1 AS tied
FROM components WHERE removed_by = ''
ORDER BY name, ecosystem, version;

CREATE TABLE software AS
SELECT ecosystem, name, version, position, images::INTEGER AS images, make_timestamp(epoch_us(since)) AS since,
    make_timestamp(epoch_us(last_seen)) AS last_seen
FROM parquet_software
ORDER BY name, ecosystem, position;

CREATE TABLE packages AS
SELECT ecosystem, name, count(DISTINCT image_id)::INTEGER AS images, (count(DISTINCT version) FILTER (version <> ''))::INTEGER AS versions,
    min(software.since) AS since
FROM placements LEFT JOIN software USING (ecosystem, name, version)
GROUP BY ecosystem, name ORDER BY name, ecosystem;

CREATE TABLE images AS
WITH found AS (
    SELECT image_id, min(rank) AS worst, count(*)::INTEGER AS findings,
        (count(*) FILTER (kind = 'vulnerable'))::INTEGER AS vulnerable,
        (count(*) FILTER (kind = 'hidden'))::INTEGER AS hidden,
        (count(*) FILTER (exploited))::INTEGER AS exploited, (count(*) FILTER (overdue))::INTEGER AS overdue,
        (count(*) FILTER (is_new))::INTEGER AS fresh, list_sort(list(DISTINCT kind)) AS kinds
    FROM findings WHERE ignored IS NULL GROUP BY image_id
), looked AS (
    SELECT image_id, (count(*) FILTER (state = 'not-checked'))::INTEGER AS unchecked,
        (count(*) FILTER (state = 'partial'))::INTEGER AS partly,
        list_sort(list(DISTINCT aspect) FILTER (state <> 'checked')) AS gaps
    FROM coverage GROUP BY image_id
), held AS (
    SELECT image_id, count(*)::INTEGER AS components FROM components WHERE removed_by = '' GROUP BY image_id
), owned AS (
    SELECT image, cluster, list_sort(list(DISTINCT team)) AS teams
    FROM (SELECT image, cluster, unnest(namespaces) AS namespace FROM parquet_images) JOIN teams USING (namespace)
    GROUP BY ALL
)
SELECT keys.id, parquet.* EXCLUDE (run, "at", first_seen, last_seen, critical, high, medium, unknown, low, info),
    make_timestamp(epoch_us(first_seen)) AS first_seen, make_timestamp(epoch_us(last_seen)) AS last_seen,
    coalesce(teams, []) AS teams, worst, coalesce(findings, 0) AS findings,
    coalesce(parquet.critical, 0)::INTEGER AS critical, coalesce(parquet.high, 0)::INTEGER AS high, coalesce(parquet.medium, 0)::INTEGER AS medium,
    coalesce(parquet.unknown, 0)::INTEGER AS unknown, coalesce(parquet.low, 0)::INTEGER AS low, coalesce(parquet.info, 0)::INTEGER AS info,
    coalesce(vulnerable, 0) AS vulnerable, coalesce(hidden, 0) AS hidden, coalesce(exploited, 0) AS exploited,
    coalesce(overdue, 0) AS overdue, coalesce(fresh, 0) AS fresh, coalesce(kinds, []) AS kinds,
    coalesce(unchecked, 0) AS unchecked, coalesce(partly, 0) AS partly, coalesce(gaps, []) AS gaps,
    coalesce(components, 0) AS components
FROM parquet_images parquet JOIN keys USING (image, cluster)
LEFT JOIN found ON found.image_id = keys.id
LEFT JOIN looked ON looked.image_id = keys.id
LEFT JOIN held ON held.image_id = keys.id
LEFT JOIN owned USING (image, cluster)
QUALIFY row_number() OVER (PARTITION BY keys.id ORDER BY findings DESC) = 1
ORDER BY keys.id;

-- One row for each cause over all images: a vulnerability, whatever packages it is in; else the kind and its subject.
CREATE TABLE causes AS
{causes}
FROM findings WHERE image_id IS NOT NULL
GROUP BY kind, id, subject
ORDER BY rank, images DESC, id;

CREATE TABLE cause_images AS
SELECT DISTINCT kind, id, subject, image_id FROM findings WHERE image_id IS NOT NULL ORDER BY kind, id, subject;
