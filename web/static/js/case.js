// What draws the diagrams of a case is larger than the rest of its page: it comes when their place is near the window.
document.querySelectorAll("[data-diagram]").forEach((section) => {
  section.hidden = false;
  const watch = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    watch.disconnect();
    const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: section.dataset.style });
    const script = Object.assign(document.createElement("script"), { src: section.dataset.script });
    script.addEventListener("error", () => { section.hidden = true; });
    document.head.append(style, script);
  }, { rootMargin: "400px" });
  watch.observe(section);
});
