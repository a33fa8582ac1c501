// A classic script in the head, so that the remembered size is there before the first paint.
try {
  if (localStorage.getItem("linli.large_type") === "yes") {
    document.documentElement.dataset.type = "large";
  }
} catch {
  // Storage is closed to us; the page opens in its ordinary size.
}
