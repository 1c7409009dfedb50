// Buttons that put a field into the words of a mail, where the cursor was last.
(() => {
  "use strict";
  const boxes = [...document.querySelectorAll("[data-insert-into] :is(input[type='text'], textarea)")];
  let last = boxes[1] || boxes[0];
  boxes.forEach((box) => box.addEventListener("focus", () => (last = box)));
  document.querySelectorAll("[data-insert]").forEach((button) =>
    button.addEventListener("click", () => {
      if (!last) return;
      last.setRangeText(button.dataset.insert, last.selectionStart, last.selectionEnd, "end");
      last.focus();
    }),
  );
})();
