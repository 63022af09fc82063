// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// How the charts look, and where the rows of the models' charts are.
enum ChartStyle {
    static var markup: Markup { .joined([shapes, rows, timeline]) }

    private static let shapes = Markup.literal(
        """

        figure { margin: 0; min-width: 0; }
        svg { overflow: visible; display: block; }
        .definitions { position: absolute; }
        .stripe { fill: var(--wrong-bar); }
        svg.drawing { overflow: hidden; }
        svg text { font-size: 12px; fill: var(--ink); }
        svg .tick, svg .letter { fill: var(--soft); font-size: 11px; }
        .gridline { stroke: var(--grid); stroke-width: 1; shape-rendering: crispEdges; }
        .origin { stroke: var(--soft); stroke-width: 1; shape-rendering: crispEdges; }
        .unit, .axis-name { color: var(--soft); font-size: 12px; }
        .legend { display: flex; flex-wrap: wrap; gap: 4px 18px; font-size: 13px; align-items: center; }
        .key { display: inline-flex; align-items: center; gap: 7px; }
        .key::before { content: ""; width: 14px; height: 11px; border-radius: 2px; background: var(--key, currentColor); }
        .sequential { --key: var(--sequential); } .tasks { --key: var(--tasks); }
        .threads { --key: var(--threads); } .processes { --key: var(--processes); }
        .key.corpus { --key: var(--threads); }
        .key.english::before { background: none; border: 2px solid var(--english); }
        .key.lost::before { background: repeating-linear-gradient(135deg, var(--wrong-bar) 0 3px, var(--panel) 3px 5px);
          outline: 1px solid var(--wrong-bar); }
        rect.corpus { fill: var(--threads); }
        rect.english { fill: var(--panel); stroke: var(--english); stroke-width: 1.5; }
        svg .letter { font-size: 13px; fill: var(--ink); }
        .line-chart figcaption { margin-bottom: 10px; }
        .line-chart .legend { margin-top: 4px; }
        .axis-name.below { text-align: right; }
        .curves polyline { fill: none; stroke-width: 2; vector-effect: non-scaling-stroke; }
        polyline.ideal { stroke: var(--ideal); stroke-dasharray: 5 4; }
        polyline.fitted { stroke: var(--fitted); }
        .key.ideal::before { height: 0; background: none; border-top: 2px dashed var(--ideal); width: 20px;
          border-radius: 0; }
        .key.fitted::before { height: 2px; background: var(--fitted); width: 20px; }
        .key.measured::before { width: 9px; height: 9px; border-radius: 50%; background: var(--threads); }
        .key.run::before { width: 5px; height: 5px; border-radius: 50%; background: var(--soft); }
        circle.median { fill: var(--threads); stroke: var(--panel); stroke-width: 1.5; }
        circle.run { fill: var(--soft); opacity: 0.65; }
        """)

    private static let rows = Markup.literal(
        """

        .matrix { --pitch: 44px; --top: 24px; --shift: 17px; padding: 20px 22px; display: grid; gap: 30px 34px;
          grid-template-columns: repeat(auto-fit, minmax(min(100%, 300px), 1fr)); margin-top: 14px; }
        .families { margin-top: 4px; }
        .names { display: none; }
        .bars figcaption, .names .head { display: flex; justify-content: space-between; gap: 10px;
          align-items: baseline; margin-bottom: 10px; }
        svg.rows { height: calc(var(--top) + var(--rows) * var(--pitch)); }
        svg.rows .row { transform: translate(0, calc(var(--top) + var(--i) * var(--pitch))); }
        svg.rows .shift { transform: translate(0, var(--shift)); }
        .row .bar { fill: var(--key); }
        .row.marked .bar { fill: url(#lost-pattern); stroke: var(--wrong-bar); stroke-width: 1; }
        .row.marked .value { fill: var(--wrong); font-weight: 600; }
        svg .name { paint-order: stroke; stroke: var(--panel); stroke-width: 4px; stroke-linejoin: round; }
        svg .name.wrong, svg .name.failed { fill: var(--wrong); }
        .row .whisker { stroke: var(--mark); stroke-width: 1.25; }
        .row .tight { visibility: hidden; }
        .row .point { fill: var(--mark); opacity: 0.55; }
        .separator { display: none; }
        .fastest .model-name, svg .fastest .name, svg .fastest .value { font-weight: 700; }
        .row:hover .value, .row:hover .name { font-weight: 600; }
        @media (min-width: 1200px), print {
          .matrix { --pitch: 26px; --shift: 0px; gap: 0 26px; grid-template-columns: minmax(262px, max-content) 1.75fr
            1.35fr 1.05fr 1.2fr 1.5fr; }
          .names { display: block; }
          .names ul { list-style: none; margin: 0; padding: var(--top) 0 0; }
          .names li { height: var(--pitch); display: flex; align-items: center; gap: 7px; font-size: 12px; }
          .names li.first { box-shadow: 0 -1px 0 var(--line); }
          .names .swatch { width: 4px; height: 14px; border-radius: 2px; background: var(--key); flex: none; }
          .model-name { flex: 1; white-space: nowrap; }
          .bars figcaption, .names .head { flex-direction: column; gap: 0; justify-content: flex-end; height: 40px;
            margin-bottom: 6px; }
          svg.rows .name { display: none; }
          .separator { display: inline; stroke: var(--line); stroke-width: 1; shape-rendering: crispEdges; }
        }
        """)

    private static let timeline = Markup.literal(
        """

        .controls { display: flex; flex-wrap: wrap; gap: 8px 16px; align-items: center; margin: 4px 0 12px; }
        .controls[hidden] { display: none; }
        .controls select, .controls button { font: inherit; color: inherit; background: var(--panel);
          border: 1px solid var(--line); border-radius: 6px; padding: 5px 10px; max-width: 100%; }
        .controls button { cursor: pointer; min-width: 36px; }
        .controls button:hover { border-color: var(--accent); }
        .hint { color: var(--soft); font-size: 13px; }
        .timeline-frame { padding: 10px 18px 14px; margin-top: 10px; position: relative; }
        .timeline-frame:focus-visible { outline: 2px solid var(--accent); }
        .lanes { max-height: 780px; overflow-x: hidden; overflow-y: auto; position: relative; }
        .js .timeline-panel > summary { display: none; }
        .js .timeline-panel:not([open]) { display: none; }
        .js svg.timeline { cursor: crosshair; touch-action: pan-y; }
        svg .lane { fill: var(--soft); font-size: 12px; }
        .wait { --key: var(--wait); } .transfer { --key: var(--transfer); }
        .count { --key: var(--count); } .merge { --key: var(--merge); }
        .drawing rect { fill: var(--key); }
        .document:hover rect { filter: brightness(1.15); }
        .key.wait::before { height: 4px; } .key.transfer::before { height: 7px; }
        .selection { position: absolute; top: 0; bottom: 0; background: var(--accent); opacity: 0.2;
          pointer-events: none; }
        .tip { position: fixed; z-index: 5; pointer-events: none; background: var(--ink); color: var(--ground);
          padding: 8px 12px; border-radius: 7px; font-size: 13px; line-height: 1.4; max-width: 320px;
          overflow-wrap: anywhere; white-space: pre-line; }
        .tip[hidden] { display: none; }
        """)
}
