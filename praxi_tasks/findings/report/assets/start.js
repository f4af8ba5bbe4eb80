function tiles() {
  const live = data.findings.filter((row) => !row.ignored);
  for (const name of data.severities) {
    const count = live.filter((row) => row.severity === name).length;
    const tile = make("button", "", { class: name, "aria-pressed": "false" });
    tile.append(make("b", count.toLocaleString("en")), make("span", name));
    tile.onclick = () => {
      state.severity = state.severity === name ? "" : name;
      for (const other of $("tiles").children) other.setAttribute("aria-pressed", other === tile && state.severity !== "");
      select();
    };
    $("tiles").append(tile);
  }
}

/** Stack the open findings of past audits, the most severe at the bottom. */
function trend() {
  const points = data.trend;
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 400 80");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", `Open findings in ${points.length} audits`);
  const total = (point) => Object.values(point.severities).reduce((a, b) => a + b, 0);
  const top = Math.max(1, ...points.map(total));
  const width = 400 / Math.max(points.length, 1);
  points.forEach((point, number) => {
    let base = 80;
    for (const name of data.severities) {
      const height = (76 * (point.severities[name] ?? 0)) / top;
      base -= height;
      const bar = document.createElementNS(svg.namespaceURI, "rect");
      const title = document.createElementNS(svg.namespaceURI, "title");
      title.textContent = `${day(point.at)}: ${point.severities[name] ?? 0} ${name}, ${total(point)} in all, ${point.images} images`;
      const place = { x: number * width, y: base, width: Math.max(width - 1, 0.5), height, fill: `var(--${name})` };
      for (const [key, value] of Object.entries(place)) bar.setAttribute(key, value);
      bar.append(title);
      svg.append(bar);
    }
  });
  $("trend").prepend(svg);
}

/** Name the day of an interval that is one whole day in UTC; any other interval stays as it is. */
function period(interval) {
  const [from, to] = interval.split("/").map((moment) => new Date(moment));
  const whole = /T00:00:00(Z|\+00:00)\//.test(interval) && to - from === 86_400_000;
  return whole ? day(interval) : interval;
}

function about() {
  const parts = [period(data.interval) || data.at, data.model && `model ${data.model.slice(0, 16)}`, `${data.images.length} ${data.images.length === 1 ? "image" : "images"}`];
  if (data.clusters.length) parts.push(`${data.clusters.length} clusters`);
  const fresh = data.findings.filter((row) => row.new && !row.ignored).length;
  parts.push(`${fresh} new`, `${data.resolvedCount} resolved`);
  if (!data.blindSpotsCount) parts.push("everything was checked");
  $("about").textContent = parts.filter(Boolean).join(" · ");
  feeds();
  for (const note of data.notes) $("notes").append(make("p", [note.title, note.action].filter(Boolean).join(" → ")));
  if (data.blindSpotsCount) $("notes").append(blindSpots());
  const failed = data.images.filter((image) => image.state === "failed").length;
  if (failed) $("notes").append(make("p", `${failed} images could not be audited; the tab Images says why.`));
  document.title = `Praxi audit ${day(data.at)}`;
}

/** Say what the audit did not look at, the same of several images once; only a few are unfolded. */
function blindSpots() {
  const images = data.images.filter((image) => image.checked !== "checked").length;
  const box = make("details", "", { class: "blind" });
  const found = data.findings.length ? "" : "Nothing was found in what was checked. ";
  const where = images ? ` (${images.toLocaleString("en")} of ${data.images.length.toLocaleString("en")} images)` : "";
  box.append(make("summary", `${found}Not everything was checked${where}`));
  const list = make("ul", "", { class: "coverage" });
  for (const spot of data.blindSpots) list.append(gapLine(spot.state, spot.about, spot.place, spot.reason, spot.action));
  const more = data.blindSpotsCount - data.blindSpots.length;
  if (more > 0) list.append(make("li", `… and ${more.toLocaleString("en")} more, see the table coverage`));
  box.append(list);
  box.open = data.blindSpotsCount <= 4;
  return box;
}

const age = (feed) => (feed.age_days < 0 ? "of unknown age" : `${feed.age_days} ${feed.age_days === 1 ? "day" : "days"} old`);

/** Show the age of the feeds: advisories one by one, the others on demand. */
function feeds() {
  const advisories = data.feeds.filter((feed) => feed.records);
  const others = data.feeds.filter((feed) => !feed.records);
  const ages = advisories.map((feed) => `${feed.name} ${age(feed)} (${feed.records.toLocaleString("en")})`);
  const line = `Advisories: ${ages.join(" · ") || "none"}`;
  if (!others.length) return $("feeds").append(make("p", line));
  const more = make("details");
  more.append(make("summary", `${line} · ${others.length} other ${others.length === 1 ? "feed" : "feeds"}`));
  for (const feed of others) more.append(make("p", `${feed.name}: ${age(feed)}`));
  $("feeds").append(more);
}

function choices(id, names) {
  for (const name of names) $(id).append(make("option", name, { value: name }));
}

async function start() {
  data = await unpack();
  prepare();
  about();
  tiles();
  trend();
  choices("kind", data.kinds.filter((kind) => data.findings.some((row) => row.kind === kind)));
  $("cluster").hidden = !data.clusters.length;
  for (const name of data.clusters) $("cluster").append(make("option", name || NO_NAME, { value: `=${name}` }));
  for (const [name, text] of Object.entries(ORIGINS)) $("origin").append(make("option", text, { value: name }));
  choices("namespace", [...new Set(data.images.flatMap((image) => image.namespaces))].sort());
  for (const button of document.querySelectorAll("nav button")) button.onclick = () => open(button.dataset.tab);
  for (const id of ["search", "kind", "cluster", "namespace", "origin", "only-new", "overdue", "fixable", "ignored"]) $(id).oninput = select;
  $("filters").onsubmit = (event) => event.preventDefault();
  $("clear").onclick = () => { state.image = null; select(); };
  $("scroll").onscroll = () => requestAnimationFrame(draw);
  window.onresize = draw;
  document.onkeydown = (event) => { if (event.key === "Escape") $("details").hidden = true; };
  open("findings");
  document.body.dataset.ready = "yes";
}

start();
