// Runs before the page is drawn, so that a menu folded by script does not flash open.
document.documentElement.classList.add("desk-js");
