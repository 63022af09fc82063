// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// What the timelines do when they are touched.
enum TimelineScript {
    static var markup: Markup { .joined([choice, zoom, axis, pointer]) }

    private static let choice = Markup.literal(
        """

          function timelines() {
            var controls = document.getElementById("timeline-controls");
            if (!controls) { return; }
            var select = document.getElementById("timeline-choice");
            var panels = all(".timeline-panel");
            var views = {};
            var tip = document.createElement("div");
            tip.className = "tip";
            tip.hidden = true;
            document.body.appendChild(tip);
            panels.forEach(function (panel) { views[panel.dataset.timeline] = view(panel, tip); });
            function show() {
              panels.forEach(function (panel) { panel.open = panel.dataset.timeline === select.value; });
            }
            select.addEventListener("change", show);
            show();
            controls.hidden = false;
            all("button", controls).forEach(function (button) {
              button.addEventListener("click", function () { views[select.value].act(button.dataset.zoom); });
            });
          }
        """)

    private static let zoom = Markup.literal(
        """

          function view(panel, tip) {
            var frame = panel.querySelector(".timeline-frame");
            var drawing = panel.querySelector("svg.drawing");
            var whole = Number(frame.dataset.span) * 1000;
            var height = drawing.viewBox.baseVal.height;
            var from = 0, to = whole;
            function set(start, end) {
              var least = whole / 100000;
              var width = Math.min(whole, Math.max(least, end - start));
              from = Math.max(0, Math.min(whole - width, start));
              to = from + width;
              drawing.setAttribute("viewBox", from + " 0 " + width + " " + height);
              drawAxis(panel, from, to);
            }
            function scale(factor, part) {
              var at = from + (to - from) * part;
              set(at - (at - from) * factor, at + (to - at) * factor);
            }
            function act(what) {
              var step = (to - from) * 0.4;
              if (what === "in") { scale(0.5, 0.5); }
              if (what === "out") { scale(2, 0.5); }
              if (what === "left") { set(from - step, to - step); }
              if (what === "right") { set(from + step, to + step); }
              if (what === "all") { set(0, whole); }
            }
            pointer(panel, tip, {
              scale: scale, act: act,
              range: function (left, right) {
                var width = to - from;
                set(from + width * left, from + width * right);
              }
            });
            return { act: act };
          }
        """)

    /// The same round values as the chart was made with.
    private static let axis = Markup.literal(
        """

          function drawAxis(panel, from, to) {
            var axis = panel.querySelector("svg.timeline-axis .ticks");
            var grid = panel.querySelector("svg.timeline > .ticks");
            axis.textContent = "";
            grid.textContent = "";
            var rough = (to - from) / 6;
            var size = Math.pow(10, Math.floor(Math.log10(rough)));
            var step = [1, 2, 5, 10].map(function (factor) { return factor * size; })
              .filter(function (step) { return step >= rough * (1 - 1e-9); })[0];
            var unit = to >= 1000 ? ["s", 1000] : to >= 1 ? ["ms", 1] : ["µs", 0.001];
            var places = Math.min(9, Math.max(0, Math.ceil(-Math.log10(step / unit[1]) - 1e-9)));
            for (var index = Math.ceil(from / step - 1e-9); index * step <= to; index += 1) {
              var part = (index * step - from) / (to - from) * 100;
              var text = svg("text", { "class": "tick", x: part + "%", y: 14,
                "text-anchor": part < 3 ? "start" : part > 94 ? "end" : "middle" });
              text.textContent = (index * step / unit[1]).toFixed(places) + " " + unit[0];
              axis.appendChild(text);
              grid.appendChild(svg("line", { "class": "gridline", x1: part + "%", x2: part + "%", y1: 0, y2: "100%" }));
            }
          }
          function svg(name, attributes) {
            var element = document.createElementNS(document.querySelector("svg").namespaceURI, name);
            Object.keys(attributes).forEach(function (key) { element.setAttribute(key, attributes[key]); });
            return element;
          }
        """)

    private static let pointer = Markup.literal(
        """

          function pointer(panel, tip, view) {
            var frame = panel.querySelector(".timeline-frame");
            var lanes = panel.querySelector(".lanes");
            var picture = panel.querySelector("svg.timeline");
            var begin = null;
            var selection = document.createElement("div");
            selection.className = "selection";
            selection.hidden = true;
            lanes.appendChild(selection);
            function part(event) {
              var box = picture.getBoundingClientRect();
              return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
            }
            function explain(event) {
              var found = begin === null && event.target.closest ? event.target.closest(".document") : null;
              tip.hidden = !found;
              if (!found) { return; }
              var title = found.querySelector("title");
              if (title) {
                found.dataset.text = title.textContent;
                title.remove();
              }
              tip.textContent = found.dataset.text;
              var left = Math.min(event.clientX + 14, window.innerWidth - tip.offsetWidth - 8);
              var isLow = event.clientY + 20 + tip.offsetHeight > window.innerHeight;
              tip.style.left = Math.max(4, left) + "px";
              tip.style.top = (isLow ? event.clientY - tip.offsetHeight - 12 : event.clientY + 18) + "px";
            }
            picture.addEventListener("pointerdown", function (event) {
              if (event.button !== 0 || event.pointerType === "touch") { return; }
              begin = part(event);
              picture.setPointerCapture(event.pointerId);
            });
            picture.addEventListener("pointermove", function (event) {
              explain(event);
              if (begin === null) { return; }
              var ends = [begin, part(event)].sort(function (left, right) { return left - right; });
              selection.hidden = false;
              selection.style.left = ends[0] * 100 + "%";
              selection.style.width = (ends[1] - ends[0]) * 100 + "%";
              selection.style.height = picture.getBoundingClientRect().height + "px";
            });
            picture.addEventListener("pointerup", function (event) {
              if (begin === null) { return; }
              var ends = [begin, part(event)].sort(function (left, right) { return left - right; });
              begin = null;
              selection.hidden = true;
              if (ends[1] - ends[0] > 0.005) { view.range(ends[0], ends[1]); }
            });
            picture.addEventListener("pointercancel", function () {
              begin = null;
              selection.hidden = true;
            });
            picture.addEventListener("pointerleave", function () { tip.hidden = true; });
            picture.addEventListener("dblclick", function () { view.act("all"); });
            picture.addEventListener("wheel", function (event) {
              if (!event.ctrlKey && !event.metaKey) { return; }
              event.preventDefault();
              view.scale(event.deltaY < 0 ? 0.8 : 1.25, part(event));
            }, { passive: false });
            frame.addEventListener("keydown", function (event) {
              var what = { "+": "in", "-": "out", "ArrowLeft": "left", "ArrowRight": "right", "0": "all" }[event.key];
              if (what && !event.ctrlKey && !event.metaKey) {
                event.preventDefault();
                view.act(what);
              }
            });
          }
        """)
}
