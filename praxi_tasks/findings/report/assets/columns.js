// What each tab shows of a row: in the table, and in the panel.

const ORIGINS = { base: "the base image", own: "the image's own layers" };
const SOURCES = { inventory: "a package database", fingerprint: "its files", path: "its path alone" };
const CHECKED = {
  "not-checked": { rank: 0, text: "not checked" },
  partial: { rank: 1, text: "in part" },
  checked: { rank: 2, text: "checked" },
};
const LONGEST = 280; // characters of a text in a cell; the panel has all of it
const MOST_MEMBERS = 300;

const severityTag = (name) => make("span", name, { class: `tag fill ${name}` });
const stateTag = (state) => make("span", CHECKED[state].text, { class: `tag ${state}` });
const mono = (text) => text && make("code", text);

/** Leave out the registry of an image's name: the rest tells it apart. */
function shortName(name) {
  const [host, ...rest] = name.split("/");
  return rest.length && /[.:]/.test(host) && !/^oci|^docker-/.test(host) ? rest.join("/") : name;
}

const onCluster = (row) => (clusterOf(row) ? `on ${clusterOf(row)}` : "");

function shortImage(row) {
  const names = row.images ? imagesOf(row).map((image) => shortName(titleOf(image))) : [];
  const cell = box("span", {}, titled(row.images ? imageName(row) : shortName(imageName(row)), row.images ? names.join("\n") : imageName(row)));
  if (row.origin === "base") cell.append(" ", titled("base", "its base image brought it in", "tag info"));
  if (data.clusters.length) cell.append(make("span", onCluster(row), { class: "under where" }));
  if (names.length) cell.append(make("span", shorten(names.slice(0, 4).join(", "), 90) + (names.length > 4 ? " …" : ""), { class: "under" }));
  return cell;
}

/** Say what an image is built on, and how many of its layers that is. */
function baseOf(image) {
  if (!image.base) return "";
  const of = image.base.layers ? ` (${image.base.layers} of ${image.layers.length} layers)` : " (which layers are its is not known)";
  return `${image.base.name || image.base.digest || "an image that is not known"}${of}`;
}

/** Say whose layer brought a finding in. */
function originOf(row) {
  const base = row.images ? "" : baseOf(data.images[row.image]);
  return row.origin === "base" && base ? `${ORIGINS.base}: ${base}` : ORIGINS[row.origin];
}

function listedPackages(row) {
  const more = (row.packagesCount ?? 0) - row.packages.length;
  return more > 0 ? [...row.packages, `… and ${numeral(more)} more, see the table findings`] : row.packages;
}

const worstRank = (image) => Math.min(...Object.keys(image.counts).map((name) => data.rank[name]), 9);
const share = (image) => (image.files ? image.unexplained / image.files : 0);
const percent = (part, digits = 1) => `${(100 * part).toFixed(digits)}%`;

function sourcesOf(row) {
  const names = (row.sources ?? []).map((name) => SOURCES[name] ?? name).join(" + ");
  if (row.removed_by) return `${names} · removed by a later layer`;
  if (row.relation === "archived") return `${names} · in an archive, not installed`;
  if (row.relation === "import") return `${names} · an import, its project is not known`;
  if (row.owner) return `${names} · part of ${row.owner}`;
  if (row.recovered) return `${names} · recovered`;
  return names;
}

/** The cell that opens the row; what goes below it is told where there is room for it. */
function opener(text, ...below) {
  const open = make("button", shorten(text, LONGEST), { class: "open", type: "button" });
  return box("span", {}, open, ...below.filter(([told]) => told).map(([told, name]) => make("span", shorten(told, LONGEST), { class: `under ${name}` })));
}

function identifier(row) {
  if (!row.exploited) return row.id;
  return box("span", { title: "CISA knows of attacks" }, make("b", "⚠ ", { class: "critical tone" }), row.id);
}

function since(row) {
  const cell = box("span", {}, make("span", day(row.since), { class: "whole" }));
  if (row.new) cell.append(" ", titled("new", "the audit before did not have it", "tag info"));
  if (row.overdue) cell.append(" ", titled("overdue", `it was due on ${row.due}`, "tag fill critical"));
  return cell;
}

/** Name the versions that fix a finding; many are counted. */
function fixedIn(row) {
  return row.fixed.length > 3 ? titled(`${row.fixed.slice(0, 2).join(", ")} and ${row.fixed.length - 2} more`, row.fixed.join(", ")) : row.fixed.join(", ");
}

function checkedTag(image) {
  return titled(image.gaps ? counted(image.gaps, "gap") : CHECKED.checked.text, image.unchecked.join(", "), `tag ${image.checked}`);
}

function countTags(image) {
  const found = data.severities.filter((name) => image.counts[name]);
  return box("span", {}, ...found.map((name) => make("span", `${numeral(image.counts[name])} ${name}`, { class: `tag ${name}` })));
}

const unsure = (row) => (row.oneOf ? `one of: ${row.oneOf.join(", ")}` : row.versions ? "version unknown" : "");

// Per tab: heading, its class, what the cell shows, what it is sorted by.
const COLUMNS = {
  findings: [
    ["Severity", "severity word", (r) => severityTag(r.severity), urgency],
    ["Kind", "kind word", (r) => r.kind],
    ["Identifier", "id", identifier, (r) => r.id],
    ["Finding", "main", (r) => opener(r.title, [`${r.kind} · ${r.exploited ? "⚠ " : ""}${r.id}`, "both"], [r.epss > 0 ? `EPSS ${percent(r.epss)}` : "", "spare"], [r.action, "action"]), (r) => r.title],
    ["Image", "image", shortImage, imageName],
    ["Fixed in", "fixed", fixedIn, (r) => r.fixed.join(", ")],
    ["EPSS", "epss number", (r) => (r.epss > 0 ? percent(r.epss) : ""), (r) => -(r.epss ?? -1)],
    ["Since", "since word", since, (r) => r.since],
  ],
  images: [
    ["Image", "name", (r) => opener(shortName(r.name), [onCluster(r), "where"], [`${r.state} · ${counted(r.components, "component")}`, "rest"], [`${percent(share(r), 0)} unexplained · ${counted(r.pods, "pod")}`, "spare"]), (r) => r.name],
    ["Checked", "word", checkedTag, (r) => CHECKED[r.checked].rank * 1e6 - r.gaps],
    ["State", "state word", (r) => make("span", r.state, { class: `tag ${r.state}` }), (r) => r.state],
    ["Findings", "counts word", countTags, (r) => worstRank(r) * 1e6 - Object.values(r.counts).reduce((a, b) => a + b, 0)],
    ["Components", "parts number", (r) => numeral(r.components), (r) => -r.components],
    ["Unexplained", "share number", (r) => percent(share(r), 0), (r) => -share(r)],
    ["Namespaces", "", (r) => shorten(r.namespaces.join(", "), LONGEST), (r) => r.namespaces.join(", ")],
    ["Pods", "pods number", (r) => numeral(r.pods), (r) => -r.pods],
  ],
  components: [
    ["Component", "main", (r) => opener(r.purl), (r) => r.purl],
    ["Which", "", (r) => shorten(unsure(r), LONGEST), unsure],
    ["Known by", "", sourcesOf],
    ["Confidence", "number", (r) => (r.confidence ?? 1).toFixed(2), (r) => r.confidence ?? 1],
    ["Image", "image", shortImage, imageName],
  ],
  resolved: [
    ["Severity", "severity word", (r) => severityTag(r.severity), (r) => data.rank[r.severity]],
    ["Finding", "main", (r) => opener(r.key.split("|").join(" · ")), (r) => r.key],
    ["Image", "image", (r) => box("span", {}, r.image, make("span", onCluster(r), { class: "under where" })), (r) => r.image],
    ["Was open since", "since word", (r) => day(r.since), (r) => r.since],
  ],
};
const CLUSTER = ["Cluster", "cluster", clusterOf];
const FIRST_SORT = { findings: "Severity", images: "Findings", resolved: "Severity" };

/** The columns of a tab: where there are several clusters, that of the cluster after the image's. */
function columnsOf(tab) {
  if (!data.clusters.length) return COLUMNS[tab];
  const at = COLUMNS[tab].findIndex(([title]) => title === "Image") + 1;
  return COLUMNS[tab].toSpliced(at, 0, CLUSTER);
}

function showImage(number, tab) {
  const button = make("button", tab === "components" ? "its components" : "its findings", { class: "button", type: "button" });
  button.onclick = () => { state.image = number; $("details").close(); open(tab); };
  return button;
}

function finding(r) {
  const tags = [severityTag(r.severity), make("span", r.kind, { class: "tag" })];
  if (r.exploited) tags.push(make("span", "exploited", { class: "tag fill critical" }));
  return [...tags, facts([
    ["What to do", r.action], ["Image", r.images ? imagesOf(r).map(titleOf) : imageName(r)], ["Packages", listedPackages(r)], ["Brought in by", originOf(r)], ["With", mono(commandOf(r))], ["Cluster", clusterOf(r)], ["Package", r.purl], ["Affected if", r.affected_if && `the version is ${r.affected_if}`],
    ["Fixed in", r.fixed.join(", ")], ["Identifier", r.id], ["Also called", r.aliases], ["CVSS", r.score >= 0 ? String(r.score) : ""],
    ["EPSS", r.epss >= 0 ? percent(r.epss, 2) : ""], ["Open since", r.since && instant(r.since) + (r.new ? " (new)" : "")], ["Due", r.due && r.due + (r.overdue ? " (overdue)" : "")], ["Known by", sourcesOf(r)],
    ["Confidence", String(r.confidence ?? 1)], ["Layer", mono(r.layer)], ["Evidence", r.evidence],
    ["Ignored", r.ignored && `${r.ignored.reason} (${r.ignored.owner}, ${r.ignored.expires ? `until ${r.ignored.expires}` : "by OpenVEX"})`],
    ["OpenVEX", r.vex && `${r.vex.status.replaceAll("_", " ")}, says ${r.vex.author} in ${r.vex.document}${r.vex.note ? `: ${r.vex.note}` : ""}`],
  ]), ...(r.images ? [] : [showImage(r.image, "findings"), " ", showImage(r.image, "components")])];
}

/** The findings of one cause, the worst first; each opens. */
function cause(group) {
  const members = [...group.members].sort((a, b) => urgency(a) - urgency(b));
  const list = make("ul", "", { class: "lines" });
  for (const row of members.slice(0, MOST_MEMBERS)) {
    const open = make("button", row.title, { class: "open", type: "button" });
    open.onclick = async () => { await detail(row); panel.open(row.title, () => finding(row)); };
    list.append(box("li", {}, severityTag(row.severity), open, make("span", `${row.id} · ${row.images ? imageName(row) : titleOf(data.images[row.image])}`, { class: "under" }), make("span", row.action ?? "", { class: "under" })));
  }
  if (members.length > MOST_MEMBERS) list.append(make("li", `… and ${numeral(members.length - MOST_MEMBERS)} more: switch off “one row per cause”`));
  const images = imagesOf(group).map(titleOf);
  return [severityTag(group.severity), make("span", group.kind, { class: "tag" }), facts([
    ["What to do", group.action], [images.length === 1 ? "Image" : "Images", images.length === 1 ? images[0] : images], ["Brought in by", originOf(group)], ["Fixed in", group.fixed.join(", ")], ["Open since", instant(group.since)], ["Due", group.due && group.due + (group.overdue ? " (overdue)" : "")],
  ]), make("h3", `Its ${counted(members.length, "finding")}`), list];
}

const FACTS = {
  findings: (r) => (r.members ? cause(r) : finding(r)),
  images: (r) => [countTags(r), ...coverageOf(r), facts([
    ["State", r.state], ["Reason", r.reason], ["Digest", mono(r.digest)], ["Platform", r.platform], ["Cluster", r.cluster], ["Namespaces", r.namespaces.join(", ")],
    ["Pods", numeral(r.pods)], ["Built on", baseOf(r)], ["Layers", numeral(r.layers.length)], ["Files", `${numeral(r.files)}, of which ${numeral(r.unexplained)} are unexplained`], ["Warnings", r.warnings],
    ["Declared in lock files", r.declaredCount > r.declared.length ? [...r.declared, `… and ${numeral(r.declaredCount - r.declared.length)} more, see the table declared`] : r.declared],
  ]), showImage(data.images.indexOf(r), "findings"), " ", showImage(data.images.indexOf(r), "components")],
  components: (r) => [facts([
    ["Image", imageName(r)], ["Cluster", clusterOf(r)], ["One of", r.oneOf], ["Version by files", r.fingerprint_versions], ["Known by", sourcesOf(r)],
    ["Confidence", String(r.confidence ?? 1)], ["Removed by", r.removed_by],
  ]), showImage(r.image, "findings")],
  resolved: (r) => [severityTag(r.severity), facts([["Image", r.image], ["Cluster", r.cluster], ["Was open since", instant(r.since)]])],
};

/** Say of one image what was checked and what was not, the worst first. */
function coverageOf(image) {
  const list = make("ul", "", { class: "lines coverage" });
  for (const number of image.coverage) {
    const line = data.coverage[number];
    list.append(gapLine(line.state, `${line.aspect}: ${line.subject}`, "", line.reason, line.action));
  }
  const more = image.coverageCount - image.coverage.length;
  if (more > 0) list.append(make("li", `… and ${numeral(more)} more, see the table coverage`));
  return [make("h3", "What was checked"), list];
}

function gapLine(state, about, place, reason, action) {
  const line = box("li", {}, stateTag(state), " ", make("b", about), place ? ` in ${place}` : "");
  if (reason) line.append(make("p", reason));
  if (action) line.append(make("p", `→ ${action}`, { class: "soft" }));
  return line;
}
