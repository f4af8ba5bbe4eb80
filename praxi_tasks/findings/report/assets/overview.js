// What stands above the tables: what was audited, what was not, and how much was found.

const NO_NAME = "without a name";

function about() {
  const parts = [data.interval ? period(data.interval) : instant(data.at), data.model && `model ${data.model.slice(0, 16)}`, counted(data.images.length, "image")];
  if (data.clusters.length) parts.push(`${data.clusters.length} clusters`);
  const fresh = data.findings.filter((row) => row.new && !row.ignored).length;
  parts.push(`${numeral(fresh)} new`, `${numeral(data.resolvedCount)} resolved`);
  if (!data.blindSpotsCount) parts.push("everything was checked");
  $("about").textContent = parts.filter(Boolean).join(" · ");
  feeds();
  for (const note of data.notes) $("notes").append(make("p", [note.title, note.action].filter(Boolean).join(" → "), { class: `note ${note.severity}` }));
  if (data.blindSpotsCount) $("notes").append(blindSpots());
  const failed = data.images.filter((image) => image.state === "failed").length;
  if (failed) $("notes").append(make("p", `${counted(failed, "image")} could not be audited; the tab Images says why.`, { class: "note high" }));
  document.title = `Praxi audit ${day(data.at)}`;
}

/** Say what the audit did not look at, the same of several images once; only a few are unfolded. */
function blindSpots() {
  const images = data.images.filter((image) => image.checked !== "checked").length;
  const found = data.findings.length ? "" : "Nothing was found in what was checked. ";
  const where = images ? ` (${numeral(images)} of ${counted(data.images.length, "image")})` : "";
  const list = make("ul", "", { class: "lines coverage" });
  for (const spot of data.blindSpots) list.append(gapLine(spot.state, spot.about, spot.place, spot.reason, spot.action));
  const more = data.blindSpotsCount - data.blindSpots.length;
  if (more > 0) list.append(make("li", `… and ${numeral(more)} more, see the table coverage`));
  const note = box("details", { class: "note blind" }, make("summary", `${found}Not everything was checked${where}`), list);
  note.open = data.blindSpotsCount <= 4;
  return note;
}

const age = (feed) => (feed.age_days < 0 ? "of unknown age" : `${counted(feed.age_days, "day")} old`);

/** Show the age of the feeds: advisories one by one, the others on demand. */
function feeds() {
  const advisories = data.feeds.filter((feed) => feed.records);
  const others = data.feeds.filter((feed) => !feed.records);
  const ages = advisories.map((feed) => `${feed.name} ${age(feed)} (${numeral(feed.records)})`);
  const line = `Advisories: ${ages.join(" · ") || "none"}`;
  if (!others.length) return $("feeds").append(make("p", line));
  const more = box("details", {}, make("summary", `${line} · ${counted(others.length, "other feed")}`));
  for (const feed of others) more.append(make("p", `${feed.name}: ${age(feed)}`));
  $("feeds").append(more);
}

function tiles() {
  const counts = {};
  for (const row of data.findings) if (!row.ignored) counts[row.severity] = (counts[row.severity] ?? 0) + 1;
  for (const name of data.severities) {
    const tile = box("button", { class: `tile ${name}`, type: "button", "aria-pressed": "false" }, make("b", numeral(counts[name] ?? 0)), make("span", name));
    tile.onclick = () => {
      state.severity = state.severity === name ? "" : name;
      for (const other of $("tiles").children) other.setAttribute("aria-pressed", other === tile && state.severity !== "");
      select();
    };
    $("tiles").append(tile);
  }
}

/** Draw the open findings of past audits, the most severe at the bottom. */
function trend() {
  if (data.trend.length < 2) {
    $("trend").append(make("p", "There is one audit so far; from the next one on its course is drawn here.", { class: "soft" }));
    return;
  }
  const total = (point) => Object.values(point.severities).reduce((a, b) => a + b, 0);
  const columns = data.trend.map((point) => {
    const counts = data.severities.filter((name) => point.severities[name]).map((name) => `${numeral(point.severities[name])} ${name}`);
    return { date: day(point.at), parts: point.severities, about: `${day(point.at)}: ${counts.join(", ") || "none"} in ${counted(point.images, "image")}` };
  });
  const [first, last] = [data.trend[0], data.trend.at(-1)];
  const told = `Open findings of ${counted(columns.length, "audit")}: ${numeral(total(first))} on ${day(first.at)}, ${numeral(total(last))} on ${day(last.at)}`;
  $("trend").append(...chart(columns, data.severities, told));
}
