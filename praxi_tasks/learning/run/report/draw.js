"use strict";
// Draws each figure's chart above its table, which is then folded away. Expressions are interpreted, since the
// page forbids to evaluate any; the menu that would send a chart to an editor elsewhere is left out.
const options = {
  mode: "vega-lite", ast: true, renderer: "svg", actions: false, defaultStyle: false,
  tooltip: { disableDefaultStyle: true },
};

async function draw(figure) {
  const specification = JSON.parse(figure.querySelector("script").textContent);
  await vegaEmbed(figure.querySelector(".chart"), specification, options);
  figure.querySelector("details").open = false;
}

Promise.all([...document.querySelectorAll("figure")].map(draw)).then(() => {
  document.body.dataset.drawn = "yes";
});
