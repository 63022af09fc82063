// swift-multiprocessing: threads and processes behind one interface.
// SPDX-License-Identifier: Apache-2.0

/// What a worker makes of its settings, before its first work.
enum WorkerSurroundings {
    /// Applies what a `.settings` frame says, up to what cannot be applied: then this worker does no work.
    static func apply(_ payload: ReceivedBody) {
        var reader = SettingsReader(rest: payload.bytes)
        while let (mark, texts) = reader.next() {
            if let failure = apply(mark, texts) { return WorkerRefusal.refuse(failure) }
        }
    }

    private static func apply(_ mark: SettingsFrame.Mark, _ texts: [String]) -> RemoteFailure? {
        if mark == .preload { return ReceivedPreload.run(texts).map { RemoteFailure(preparing: $0) } }
        do {
            try set(mark, texts)
            return nil
        } catch {
            return RemoteFailure(SettingFailure(mark, error), at: .preparing)
        }
    }

    private static func set(_ mark: SettingsFrame.Mark, _ texts: [String]) throws(SystemError) {
        switch mark {
        case .name: try OwnSurroundings.setName(texts[0], title: texts[1])
        case .environment:
            OwnSurroundings.clearEnvironment()
            try setVariables(texts)
        case .changes: try setVariables(texts)
        case .workingDirectory: try OwnSurroundings.changeDirectory(to: texts[0])
        case .arguments: try OwnSurroundings.setArguments(texts)
        case .niceness: try OwnSurroundings.setNiceness(Int32(texts[0]) ?? .max)
        case .limit:
            guard let resource = ResourceLimit.Resource(rawValue: texts[0]), let soft = UInt64(texts[1]) else { return }
            try ResourceLimit(resource, soft: soft, hard: UInt64(texts[2])).apply()
        case .preload: break
        }
    }

    /// NAME=VALUE, or NAME for a variable that goes.
    private static func setVariables(_ texts: [String]) throws(SystemError) {
        for text in texts {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            try OwnSurroundings.setVariable(String(parts[0]), to: parts.count == 2 ? String(parts[1]) : nil)
        }
    }
}

/// A setting that could not be applied, on its way back.
struct SettingFailure: Error, Codable {
    let setting: String
    let operation: String
    let code: Int32

    init(_ mark: SettingsFrame.Mark, _ error: SystemError) {
        setting =
            switch mark {
            case .name: "name"
            case .environment, .changes: "environment"
            case .workingDirectory: "workingDirectory"
            case .arguments: "arguments"
            case .niceness: "niceness"
            case .limit: "limits"
            case .preload: "preload"
            }
        operation = error.operation
        code = error.code
    }
}

extension RemoteFailure {
    /// Preloading's own error, as it was.
    init(preparing error: WorkError) {
        stage = .preparing
        self.error = error
    }
}

extension StartFailure {
    /// What a worker says that could not be prepared.
    init(preparing error: WorkError) {
        if let failure = error.decoded(as: SettingFailure.self) {
            self = .settingNotApplied(failure.setting, SystemError(failure.operation, code: failure.code))
        } else {
            self = .preloadFailed(error)
        }
    }
}
