// Zoom and turn for photographed documents. Without this script the picture is shown whole, with a link to open it.
(() => {
  const set = (figure) => {
    const stage = figure.querySelector(".viewer-stage");
    const image = stage.querySelector("img");
    const sheet = stage.querySelector(".viewer-sheet");
    if (!image) return;
    let zoom = 1;
    let turn = 0;

    const draw = () => {
      const { naturalWidth: width, naturalHeight: height } = image;
      if (!width) return;
      const lying = turn % 180 !== 0;
      const [across, down] = lying ? [height, width] : [width, height];
      const scale = Math.min(stage.clientWidth / across, 1) * zoom;
      stage.classList.add("viewer-ready");
      sheet.style.width = `${across * scale}px`;
      sheet.style.height = `${down * scale}px`;
      image.style.width = `${width * scale}px`;
      image.style.transform = `translate(-50%, -50%) rotate(${turn}deg)`;
    };
    const acts = {
      larger: () => { zoom = Math.min(zoom * 1.4, 8); },
      smaller: () => { zoom = Math.max(zoom / 1.4, 0.5); },
      turn: () => { turn = (turn + 90) % 360; },
      whole: () => { zoom = 1; turn = 0; },
    };
    for (const button of figure.querySelectorAll("[data-view]")) {
      button.addEventListener("click", () => {
        acts[button.dataset.view]();
        draw();
      });
      button.hidden = false;
    }

    // Drag the sheet about, as one would on a table.
    let grip = null;
    stage.addEventListener("pointerdown", (event) => {
      if (event.pointerType === "mouse") grip = [event.clientX + stage.scrollLeft, event.clientY + stage.scrollTop];
    });
    stage.addEventListener("pointermove", (event) => {
      if (grip) stage.scrollTo(grip[0] - event.clientX, grip[1] - event.clientY);
    });
    for (const end of ["pointerup", "pointerleave"]) stage.addEventListener(end, () => { grip = null; });
    image.draggable = false;

    if (image.complete) draw();
    image.addEventListener("load", draw);
    window.addEventListener("resize", draw);
  };
  const start = (root) => root.querySelectorAll("[data-viewer]:not([data-set])").forEach((figure) => {
    figure.dataset.set = "";
    set(figure);
  });
  start(document);
  document.addEventListener("htmx:load", (event) => start(event.target));
})();
