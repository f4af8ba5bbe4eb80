"use strict";

// Light or dark as whoever shows the page says in its address: a frame without an origin can't look for itself.
(() => {
  const follow = () => {
    const theme = /^#theme=(light|dark)$/.exec(location.hash);
    if (theme) document.documentElement.dataset.theme = theme[1];
    else delete document.documentElement.dataset.theme;
  };
  follow();
  addEventListener("hashchange", follow);
})();
