// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

import TestSupport

/// A browser without a window, if one is installed.
enum Browser {
    static let path: String? = {
        let folders = (environmentValue("PATH") ?? "").split(separator: ":")
        let names = ["chromium", "chromium-browser", "google-chrome"]
        return names.lazy.flatMap { name in folders.lazy.map { "\($0)/\(name)" } }.first { resolved($0) != nil }
    }()

    /// What became of a page in it.
    struct Opened {
        var page: PageReader
        /// Of the console.
        var errors: [String]
    }

    /// Opens the page with a script at its end. A window cannot be narrower than 500 pixels, so then the page is in a frame,
    /// whose document is sent to the window's.
    static func open(_ html: String, probe: String = "", width: Int = 1_300) async throws -> Opened {
        try await withTemporaryDirectory { folder in
            let isFramed = width < 500
            let message = isFramed ? "parent.postMessage(document.documentElement.outerHTML, \"*\");" : ""
            let end = html.lastRange(of: "</body>") ?? html.endIndex..<html.endIndex
            let probed = html[..<end.lowerBound] + "<script>\(probe)\(message)</script>" + html[end.lowerBound...]
            try TestFile.write(String(probed), to: folder + "/page.html")
            try TestFile.write(frame(width: width), to: folder + "/frame.html")
            let result = try await Program.run(
                path ?? "chromium",
                [
                    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-breakpad",
                    "--disable-crash-reporter", "--no-first-run", "--user-data-dir=\(folder)/profile",
                    "--window-size=\(width),1000", "--enable-logging=stderr", "--virtual-time-budget=2000",
                    "--dump-dom",
                    "file://\(folder)/\(isFramed ? "frame" : "page").html",
                ], environment: ["HOME": folder], deadline: .seconds(120))
            let errors = result.standardError.split(separator: "\n").filter { $0.contains("CONSOLE") }.map(String.init)
            let page = PageReader(result.standardOutput)
            let framed = page.with(id: "framed").map { PageReader($0.text) }
            return Opened(page: framed ?? page, errors: errors)
        }
    }

    private static func frame(width: Int) -> String {
        """
        <!DOCTYPE html><html><body><pre id="framed"></pre><script>
        window.onmessage = function (event) { document.getElementById("framed").textContent = event.data; };
        </script><iframe src="page.html" width="\(width)" height="1000" style="border: 0"></iframe></body></html>
        """
    }
}

extension String {
    fileprivate func lastRange(of text: String) -> Range<Index>? { ranges(of: text).last }
}
