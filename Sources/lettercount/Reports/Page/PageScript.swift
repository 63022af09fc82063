// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// The page's own script. Without it the page shows everything; with it tables can be sorted, timelines can be chosen, looked
/// at closely and asked, and the figures are compared with the JSON.
enum PageScript {
    static var markup: Markup { .joined([start, figures, tables, TimelineScript.markup, end]) }

    /// Errors are kept in the document, where a test can see them.
    private static let start = Markup.literal(
        """

        "use strict";
        (function () {
          var root = document.documentElement;
          root.classList.add("js");
          root.dataset.errors = "0";
          window.addEventListener("error", function (event) {
            root.dataset.errors = String(Number(root.dataset.errors) + 1);
            root.dataset.lastError = event.message;
          });
          function all(selector, within) {
            return Array.prototype.slice.call((within || document).querySelectorAll(selector));
          }
        """)

    private static let figures = Markup.literal(
        """

          function compareFigures() {
            var data = JSON.parse(document.getElementById("data").textContent);
            var places = all("[data-key][data-value]");
            var different = places.filter(function (place) {
              var found = place.dataset.key.split(".").reduce(function (value, name) {
                return value === null || value === undefined ? undefined : value[name];
              }, data);
              return typeof found !== "number" || found !== Number(place.dataset.value);
            });
            root.dataset.figures = String(places.length);
            root.dataset.differences = String(different.length);
            document.getElementById("check").textContent = different.length === 0
              ? "All " + places.length + " figures on the page equal those of the JSON."
              : different.length + " figures on the page differ from the JSON.";
          }
        """)

    private static let tables = Markup.literal(
        """

          function sortable(table) {
            var heads = all("thead th", table);
            heads.forEach(function (head, column) {
              var button = document.createElement("button");
              button.type = "button";
              button.textContent = head.textContent;
              head.textContent = "";
              head.appendChild(button);
              button.addEventListener("click", function () { sort(table, heads, column); });
            });
          }
          function valueOf(row, column) {
            var cell = row.cells[column];
            return cell.dataset.value === undefined ? cell.textContent : Number(cell.dataset.value);
          }
          function compare(left, right) {
            if (typeof left === "number" && typeof right === "number") { return left - right; }
            if (typeof left === "number") { return -1; }
            if (typeof right === "number") { return 1; }
            return left < right ? -1 : left > right ? 1 : 0;
          }
          function sort(table, heads, column) {
            var isUp = heads[column].getAttribute("aria-sort") !== "ascending";
            heads.forEach(function (head) { head.removeAttribute("aria-sort"); });
            heads[column].setAttribute("aria-sort", isUp ? "ascending" : "descending");
            var body = table.tBodies[0];
            Array.prototype.slice.call(body.rows).map(function (row, index) {
              return { row: row, index: index, value: valueOf(row, column) };
            }).sort(function (left, right) {
              return (isUp ? 1 : -1) * compare(left.value, right.value) || left.index - right.index;
            }).forEach(function (entry) { body.appendChild(entry.row); });
          }
        """)

    private static let end = Markup.literal(
        """

          all("table").forEach(sortable);
          timelines();
          compareFigures();
          root.dataset.ready = "yes";
        })();

        """)
}
