SELECT kind, id, subject,
    arg_min(title, rank) AS title, arg_min(action, rank) AS action, min(rank) AS rank, max(score) AS score,
    max(epss) AS epss, bool_or(exploited) AS exploited, bool_or(overdue) AS overdue, bool_or(is_new) AS fresh,
    count(DISTINCT image_id)::INTEGER AS images, list_sort(list(DISTINCT package)) AS packages,
    list_distinct(flatten(list(fixed))) AS fixed, min(since) AS since, min(due) AS due,
    count(DISTINCT layer)::INTEGER AS layers,
    (count(DISTINCT image_id) FILTER (origin = 'base'))::INTEGER AS from_base,
    bool_and(ignored IS NOT NULL) AS set_aside
