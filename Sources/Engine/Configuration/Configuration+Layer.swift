import Wire

extension Configuration {
    /// What one source says. Every value is one that its setting may have.
    public struct Layer: Equatable, Sendable {
        /// A value.
        struct Entry: Equatable, Sendable {
            let name: String
            var value: JSON
            /// The line of the file.
            var line: Int?
        }

        /// Whose word it is.
        public let source: Source
        /// The file that holds it, if it is one.
        let file: ConfigurationFile?
        private(set) var entries: [Entry] = []

        /// Nothing yet.
        public init(_ source: Source) {
            self.init(source, nil)
        }

        init(_ source: Source, _ file: ConfigurationFile?) {
            self.source = source
            self.file = file
        }

        /// The value of a setting, if it is told.
        public func value(_ setting: Setting) -> JSON? {
            entry(setting)?.value
        }

        func entry(_ setting: Setting) -> Entry? {
            entries.first { $0.name == setting.name }
        }

        /// Tells a value, in place of one that was told before.
        ///
        /// - Returns: What is wrong with it, as the rest of a sentence; nil if it was taken.
        public mutating func put(_ setting: Setting, _ value: JSON) -> String? {
            if let problem = setting.problem(with: value) { return problem }
            replace(setting, value)
            return nil
        }

        /// Tells a value that is right, or nothing any more.
        mutating func replace(_ setting: Setting, _ value: JSON?, line: Int? = nil) {
            let entry = value.map { Entry(name: setting.name, value: setting.canonical($0), line: line) }
            if let index = entries.firstIndex(where: { $0.name == setting.name }) {
                entries.replaceSubrange(index...index, with: entry.map { [$0] } ?? [])
            } else if let entry {
                entries.append(entry)
            }
        }

        /// Notes in which line of its file each value stands.
        mutating func numberLines(as document: TOMLDocument) {
            for index in entries.indices { entries[index].line = document.entry(entries[index].name)?.position.line }
        }
    }
}
