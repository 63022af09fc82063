// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// How the page looks. Colours are those of Okabe and Ito, which people who see few colours can tell apart, darkened or
/// lightened where text or the ground needs it; nothing is said by colour alone.
enum StyleSheet {
    static var markup: Markup { .joined([colours, page, ChartStyle.markup, small]) }

    private static let colours = Markup.literal(
        """

        :root {
          color-scheme: light dark;
          --ground: #fbfbf9; --panel: #ffffff; --ink: #1b1f24; --soft: #59626d; --line: #dfe2e6; --grid: #e6e9ec;
          --accent: #0067a8; --wrong: #b03a00; --wrong-bar: #d55e00; --good: #00714f; --warn-ground: #fff4d6;
          --warn-line: #e0a800;
          --sequential: #7d848c; --tasks: #e69f00; --threads: #0072b2; --processes: #009e73;
          --wait: #a3abb4; --transfer: #56b4e9; --count: #0072b2; --merge: #d55e00;
          --fitted: #d55e00; --ideal: #7d848c; --english: #e69f00; --mark: #1b1f24;
        }
        @media screen and (prefers-color-scheme: dark) {
          :root {
            --ground: #14171b; --panel: #1c2026; --ink: #eceff3; --soft: #a5aeb9; --line: #333a43; --grid: #2c323a;
            --accent: #6fc0f0; --wrong: #ff9a5c; --wrong-bar: #f07a28; --good: #4fd1a5; --warn-ground: #33290d;
            --warn-line: #b98a00;
            --sequential: #98a1ab; --tasks: #e6a91f; --threads: #4aa3dc; --processes: #1fb48a;
            --wait: #68717c; --transfer: #8ccbf0; --count: #3f97d3; --merge: #f07a28;
            --fitted: #f07a28; --ideal: #98a1ab; --english: #e6a91f; --mark: #ffffff;
          }
        }
        """)

    private static let page = Markup.literal(
        """

        * { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; }
        body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, "Segoe UI", Roboto,
          "Helvetica Neue", "Noto Sans", "DejaVu Sans", sans-serif; font-variant-numeric: tabular-nums; }
        header.top, main, footer { max-width: 1400px; margin: 0 auto; padding: 0 28px; }
        header.top { padding-top: 36px; }
        h1 { font-size: 32px; line-height: 1.15; letter-spacing: -0.015em; margin: 0 0 10px; }
        h2 { font-size: 22px; line-height: 1.25; letter-spacing: -0.01em; margin: 0 0 6px; }
        h3 { font-size: 17px; margin: 0 0 4px; }
        h4 { font-size: 13px; margin: 0; }
        p { margin: 0 0 10px; }
        a { color: var(--accent); }
        code, .winner strong { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; }
        section { margin: 52px 0 0; scroll-margin-top: 16px; }
        .skip { position: absolute; left: -9999px; }
        .skip:focus { left: 12px; top: 12px; background: var(--panel); padding: 8px 12px; z-index: 9; }
        .program { color: var(--accent); font-weight: 600; margin: 0 0 4px; font-size: 13px; }
        .facts { color: var(--soft); display: flex; flex-wrap: wrap; gap: 2px 22px; overflow-wrap: anywhere; }
        nav { display: flex; flex-wrap: wrap; gap: 4px 20px; padding: 10px 0; border-top: 1px solid var(--line);
          border-bottom: 1px solid var(--line); font-size: 14px; }
        nav a { text-decoration: none; }
        nav a:hover { text-decoration: underline; }
        .lead { color: var(--soft); max-width: 78ch; margin-bottom: 16px; }
        .notice { background: var(--warn-ground); border: 1px solid var(--warn-line); border-left-width: 5px;
          border-radius: 6px; padding: 10px 14px; margin: 16px 0 0; overflow-wrap: anywhere; }
        ul.notice { padding-left: 30px; margin-bottom: 16px; }
        main > .notice:first-child { margin-top: 24px; }
        .cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 20px;
          margin-top: 14px; }
        .card, .panel, .matrix, .timeline-frame { background: var(--panel); border: 1px solid var(--line);
          border-radius: 10px; }
        .card { padding: 20px 24px 14px; overflow-wrap: anywhere; }
        .card .task { color: var(--soft); font-size: 14px; }
        .card ul { margin: 12px 0 0; padding: 0; list-style: none; }
        .card li { padding: 9px 0; border-top: 1px solid var(--grid); }
        .figure { font-weight: 600; white-space: nowrap; }
        .headline { display: flex; align-items: center; gap: 18px; margin-top: 14px; }
        .big { font-size: 42px; line-height: 1; font-weight: 700; letter-spacing: -0.02em; white-space: nowrap;
          color: var(--good); }
        .winner { display: flex; flex-direction: column; min-width: 0; line-height: 1.35; }
        .small { color: var(--soft); font-size: 13px; }
        .card .losses { margin: 4px 0 0; }
        .card .losses li { border: 0; padding: 2px 0 2px 18px; display: flex; flex-wrap: wrap; gap: 0 14px;
          justify-content: space-between; font-size: 14px; }
        .losses .lost { color: var(--soft); } .losses .figure { color: var(--wrong); }
        li.wrong strong, .verdict.wrong { color: var(--wrong); }
        li.failed strong, .verdict.failed { color: var(--wrong); }
        .verdict.exact { color: var(--good); }
        .verdict { white-space: nowrap; }
        .explanation { margin-top: 20px; padding: 2px 0 2px 18px; border-left: 4px solid var(--wrong-bar);
          max-width: 88ch; }
        .explanation p { margin: 0; }
        details { margin-top: 12px; }
        summary { cursor: pointer; color: var(--accent); width: fit-content; }
        .scroll { overflow-x: auto; margin-top: 10px; border: 1px solid var(--line); border-radius: 8px;
          background: var(--panel); max-height: 560px; overflow-y: auto; }
        table { border-collapse: collapse; font-size: 13px; width: 100%; }
        caption { text-align: left; padding: 10px 12px; color: var(--soft); }
        th, td { padding: 5px 12px; text-align: left; border-top: 1px solid var(--grid); white-space: nowrap; }
        th[scope=row] { font-weight: 500; }
        thead th { position: sticky; top: 0; background: var(--panel); vertical-align: bottom; }
        td.number, th.number { text-align: right; }
        thead th { white-space: normal; }
        th button { font: inherit; color: inherit; background: none; border: 0; padding: 0; cursor: pointer;
          text-align: inherit; }
        th[aria-sort=ascending] button::after { content: " ↑"; }
        th[aria-sort=descending] button::after { content: " ↓"; }
        .pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 340px), 1fr)); gap: 20px;
          margin-top: 12px; }
        .panel { padding: 18px 22px; margin: 0; min-width: 0; }
        .source { margin: 12px 0 0; }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 18px; margin: 8px 0 0; }
        dt { color: var(--soft); }
        dd { margin: 0; overflow-wrap: anywhere; }
        .method { max-width: 88ch; padding-left: 20px; }
        .method li { margin-bottom: 6px; }
        .scaling { margin-top: 26px; }
        footer { color: var(--soft); font-size: 13px; padding-top: 40px; padding-bottom: 40px; }
        """)

    private static let small = Markup.literal(
        """

        @media (max-width: 700px) {
          body { font-size: 14px; }
          header.top, main, footer { padding-left: 16px; padding-right: 16px; }
          h1 { font-size: 26px; }
          .card { padding: 16px 16px 10px; }
          .panel { padding: 14px; }
          .big { font-size: 32px; }
          .headline { gap: 12px; }
          svg .letter { font-size: 12px; }
          section { margin-top: 40px; }
        }
        @page { size: A4 landscape; margin: 11mm; }
        @media print {
          :root { --ground: #fff; --panel: #fff; }
          body { font-size: 12px; }
          h1 { font-size: 24px; } h2 { font-size: 18px; } h3 { font-size: 14px; } h4 { font-size: 11px; }
          .card .task, .card .losses li, .small, .legend, table, caption { font-size: 11px; }
          .big { font-size: 30px; }
          .card { padding: 14px 18px 8px; }
          .card li { padding: 5px 0; }
          .lead { margin-bottom: 8px; }
          .matrix { --pitch: 20px; gap: 0 22px; padding: 10px 16px; break-inside: avoid; }
          .names li, svg text { font-size: 10.5px; }
          svg .tick { font-size: 9.5px; }
          .matrix ~ details, .scaling details, #letters details, .timeline-panel details { display: none; }
          header.top, main, footer { padding-left: 0; padding-right: 0; }
          nav, .skip, .controls, .hint { display: none !important; }
          section { margin-top: 24px; }
          section[id^="workload"] { break-before: page; margin-top: 0; }
          .card, .panel, .scaling, .timeline-frame, figure, .explanation, tr { break-inside: avoid; }
          h2, h3, h4, .lead { break-after: avoid; }
          .lead { break-inside: avoid; }
          .js .timeline-panel[open] > summary { display: list-item; }
          .scroll, .lanes { max-height: none !important; overflow: visible !important; }
          * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
        }
        """)
}
