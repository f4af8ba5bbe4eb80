// What makes pages more comfortable; without it, each of them works as well.
"use strict";
(() => {
  // A choice takes effect at once, without the button.
  for (const form of document.querySelectorAll("form[data-at-once]")) {
    form.addEventListener("change", event => { if (event.target.matches("select, input[type=checkbox]")) form.requestSubmit(); });
    // Addresses hold what was chosen, not what was left empty.
    form.addEventListener("submit", () => {
      for (const field of form.elements) if (field.name && field.value === "") field.disabled = true;
    });
    addEventListener("pageshow", () => { for (const field of form.elements) field.disabled = false; });
  }

  // One box ticks all rows of a list; without rows that are ticked there is nothing to go on with.
  for (const form of document.querySelectorAll("form[data-ticks]")) {
    const ticks = [...form.elements].filter(field => field.type === "checkbox");
    const every = document.createElement("input");
    const counted = () => {
      const count = ticks.filter(tick => tick.checked).length;
      every.checked = count > 0 && count === ticks.length;
      every.indeterminate = count > 0 && count < ticks.length;
      form.querySelector("button").disabled = count === 0;
    };
    Object.assign(every, { type: "checkbox", title: "Tick all of this page" });
    every.setAttribute("aria-label", "Tick all of this page");
    every.addEventListener("change", () => { for (const tick of ticks) tick.checked = every.checked; counted(); });
    for (const tick of ticks) tick.addEventListener("change", counted);
    form.prepend(every);
    addEventListener("pageshow", counted);
    counted();
  }

  // Airflow's frame may not open windows, and other sites do not let themselves be framed: its own page opens them.
  document.addEventListener("click", event => {
    const link = event.target.closest && event.target.closest("a[rel~=external]");
    if (!link || window === window.parent) return;
    try {
      const outside = window.parent.document.createElement("a");
      Object.assign(outside, { href: link.href, target: "_blank", rel: "noopener noreferrer" });
      outside.click();
      event.preventDefault();
    } catch { /* a frame without an origin leaves the link as it is */ }
  });

  // What is going on is asked for again, as long as somebody looks.
  const again = Number(document.body.dataset.again || 0);
  if (again) setInterval(() => { if (!document.hidden) location.reload(); }, again * 1000);

  const charts = [...document.querySelectorAll(".over-time[data-points]")];
  if (!charts.length || !window.uPlot) return;
  const colour = name => {
    const probe = document.body.appendChild(document.createElement("i"));
    probe.className = "tone " + name;
    const found = getComputedStyle(probe).color;
    probe.remove();
    return found;
  };
  const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
  const counts = [1, 10, 100, 1e3, 1e4, 1e5, 1e6].flatMap(ten => [ten, 2 * ten, 5 * ten]); // nothing is half a finding
  const draw = place => {
    const { times, series, unit } = JSON.parse(place.dataset.points); // with a unit they are counted, not times
    const soft = colour("soft"), font = "12px system-ui, sans-serif";
    const grid = { stroke: colour("grid-line"), width: 1 };
    const spread = times[times.length - 1] - times[0] || (unit ? 1 : 86400);
    const named = at => unit ? String(at) : day.format(at * 1e3);
    // While nobody points at a moment, the legend has the values of the last.
    const legend = (values, text) => (_, found, __, at) => {
      const value = at == null ? values[values.length - 1] : found;
      return value == null ? "–" : text(value);
    };
    place.replaceChildren();
    new uPlot({
      width: place.clientWidth, height: 240, tzDate: at => uPlot.tzDate(new Date(at * 1e3), "UTC"),
      scales: { x: { time: !unit, range: () => [times[0] - spread * .02, times[times.length - 1] + spread * .02] }, y: { range: (_, low, high) => unit ? [Math.max(0, low - .05), Math.min(1, high + .02)] : [0, Math.max(high * 1.08, 5)] } },
      axes: [
        { stroke: soft, font, grid, ticks: grid, space: 90, incrs: (unit ? [1, 2, 5, 10, 20, 50] : [1, 2, 7, 14, 30].map(days => days * 86400)), values: (_, at) => at.map(one => named(one).replace(/ \d{4}$/, "")) },
        { stroke: soft, font, grid, ticks: grid, size: 56, ...(unit ? {} : { incrs: counts }), values: (_, all) => all.map(one => one.toLocaleString("en")) },
      ],
      series: [{ label: unit || "Audit", value: legend(times, named) }, ...series.map(one => ({
        label: one.label, stroke: colour(one.tone), width: 2, points: { show: times.length < 40, size: 5 }, value: legend(one.values, value => value.toLocaleString("en")),
      }))],
      legend: { live: true }, cursor: { drag: { x: false, y: false } },
    }, [times, ...series.map(one => one.values)], place);
    place.setAttribute("data-drawn", "yes");
  };
  const all = () => charts.forEach(draw);
  all();
  addEventListener("praxi:theme", all);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", all);
  let later;
  addEventListener("resize", () => { clearTimeout(later); later = setTimeout(all, 150); });
})();
