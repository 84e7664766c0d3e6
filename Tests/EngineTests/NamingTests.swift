import TestSupport
import Testing
import Wire

@testable import Engine

/// The rules by which linnet-protocol(5) says that fields are named, held over all that the schema declares: arguments,
/// answers, items, events, details of errors, settings.
@Suite struct NamingTests {
    /// The names that follow no rule, as the protocol lists them.
    private static let exceptions: Set = [
        "count", "unsent", "undelivered", "done", "total", "size", "position", "limit", "seq", "since", "until",
        "again", "mentions_me", "before",
    ]
    /// Whole numbers that count nothing: they say which one, not how many.
    private static let ordinals: Set = [
        "line", "pid", "protocol", "index", "number", "epoch", "status", "from", "to", "after", "next", "last",
    ]
    /// The adjectives and participles among the names of booleans.
    private static let adjectives: Set = [
        "abandoned", "applied", "connected", "current", "live", "locked", "online", "protected", "removed", "required",
        "saved", "secret", "verified",
    ]
    /// Objects whose members are named by what they are about: what is limited, why something was refused.
    private static let maps: Set = ["limits", "group_refusals"]

    private struct Place {
        let text: String
        let field: FieldSpec
        let isInput: Bool
    }

    private let language = Language.standard

    /// Every field of every line, with the members of objects.
    private var lines: [Place] {
        var places: [Place] = []
        func add(_ fields: [FieldSpec], _ text: String, _ isInput: Bool) {
            for field in fields {
                places.append(Place(text: "\(text) \(field.name)", field: field, isInput: isInput))
                guard case .object(let members) = field.type.innermost, !Self.maps.contains(field.name) else {
                    continue
                }
                add(members, "\(text) \(field.name)", isInput)
            }
        }
        for shape in language.shapes { add(shape.fields, shape.name, shape.kind == .command) }
        return places
    }

    private var settings: [Place] {
        Setting.all.map { Place(text: "setting \($0.name)", field: $0.spec, isInput: true) }
    }

    @Test func namesAreWordsInSnakeCase() {
        for place in lines + settings {
            let name = place.field.name
            let isProper = name.utf8.allSatisfy { byte in
                (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x5F
            }
            #expect(isProper && !name.hasPrefix("_") && !name.hasSuffix("_") && !name.contains("__"), "\(place.text)")
        }
    }

    @Test func aMessageIsAnIDAndASentenceIsText() {
        for place in lines {
            let name = place.field.name
            if case .messageID = place.field.type {
                #expect(["message", "reply_to", "after", "before", "next"].contains(name), "\(place.text)")
            } else {
                #expect(name != "message", "\(place.text)")
            }
        }
        #expect(Fields.errorText.name == "text")
    }

    @Test func timesAndDurations() {
        for place in lines + settings {
            let name = place.field.name
            var isTime = false
            if case .time = place.field.type { isTime = true }
            #expect(isTime == (name == "time" || name.hasSuffix("_time")), "\(place.text)")
            if case .duration = place.field.type {
                // What is read may be written in many ways, and its name says no unit.
                #expect(place.isInput && !name.hasSuffix("_ms") && place.field.unit == "s", "\(place.text)")
            } else {
                #expect((place.field.unit == "ms") == name.hasSuffix("_ms"), "\(place.text)")
                #expect(place.field.unit != "s", "\(place.text)")
            }
        }
    }

    @Test func bytes() {
        for place in lines {
            var isBytes = false
            if case .base64 = place.field.type { isBytes = true }
            #expect(isBytes == place.field.name.hasSuffix("_b64"), "\(place.text)")
        }
    }

    @Test func counts() {
        for place in lines + settings {
            // What has a unit is an amount.
            guard case .integer = place.field.type, place.field.unit == nil else { continue }
            let name = place.field.name
            let words = name.split(separator: "_")
            let isPlural = [words.first, words.last].contains { $0?.hasSuffix("s") == true }
            #expect(
                isPlural || words.last == "count" || Self.exceptions.contains(name) || Self.ordinals.contains(name),
                "\(place.text)")
        }
    }

    /// A setting is named for what it turns on; everywhere else a boolean says how something is.
    @Test func booleans() {
        for place in lines {
            guard case .boolean = place.field.type else { continue }
            let name = place.field.name
            let hasPrefix = ["is_", "has_", "needs_"].contains { name.hasPrefix($0) }
            #expect(
                hasPrefix || Self.adjectives.contains(name) || Self.exceptions.contains(name), "\(place.text)")
        }
    }

    @Test func cursors() {
        for command in language.commands {
            let takes = command.argument("after") != nil
            #expect(takes == command.answer.contains { $0.name == "next" }, "\(command.name)")
            #expect(command.argument("before") == nil || takes, "\(command.name)")
            if takes { #expect(command.argument("limit") != nil, "\(command.name)") }
        }
        let others: Set = ["previous", "prev", "cursor", "offset", "page", "more", "has_more", "from_seq"]
        for place in lines { #expect(!others.contains(place.field.name), "\(place.text)") }
    }

    @Test func whom() {
        for command in language.commands {
            for field in command.arguments {
                guard case .target = field.type.innermost else { continue }
                #expect(
                    ["to", "chat", "chats", "peer", "group", "from", "mentions"].contains(field.name),
                    "\(command.name) \(field.name)")
            }
        }
    }

    /// Errors of one kind end a process alike.
    @Test func statusesOfErrors() {
        for error in language.errors {
            let isAbout = { (kind: String) in error.code.hasPrefix("\(kind).") }
            let isUnknown = error.code.hasSuffix(".unknown") || error.code.hasSuffix("_unknown")
            if isUnknown || isAbout("target") || isAbout("argument") { #expect(error.exit == .usage, "\(error.code)") }
            if isAbout("store") || isAbout("record") { #expect(error.exit == .storage, "\(error.code)") }
            // One that goes while it is in use is a loss of what is kept, as of a disk, and not a fault of the set-up.
            if error == .profileGone { #expect(error.exit == .storage) }
            if isAbout("vault") || isAbout("profile") && ![.profileInUse, .profileGone].contains(error) {
                #expect(error.exit == .configuration, "\(error.code)")
            }
            if isAbout("cursor") { #expect(error.exit == ErrorSpec.cursorBeyond.exit, "\(error.code)") }
        }
    }

    /// A length of time is written alike in a field and in a setting.
    @Test(arguments: [
        ("10", 10_000), ("0.25", 250), ("0", 0), (#""500ms""#, 500), (#""10s""#, 10_000), (#""2m""#, 120_000),
        (#""24h""#, 86_400_000), (#""1d""#, 86_400_000),
    ])
    func durationsAreRead(_ text: String, _ milliseconds: Int64) throws {
        let value = try JSON(parsing: Array(text.utf8))
        let type = FieldType.duration(0...86_400_000)
        let drain = try #require(Setting.named("drain"))
        #expect(type.problem(with: value) == nil && drain.problem(with: value) == nil)
        #expect(DurationText.milliseconds(value) == milliseconds)
        #expect(Arguments.drain.read(value) == .milliseconds(milliseconds))
        // An option, a variable and a field of a one-shot have no quotes.
        let word = value.stringValue ?? text
        #expect(type.value(ofWord: word) == value && drain.value(ofWord: word) == value)
        #expect(drain.canonical(value) == .string(DurationText.text(milliseconds: milliseconds)))
    }

    @Test(arguments: [
        "-1", #""10""#, #""ten""#, #""1w""#, "true", "null", "[10]", "86400.5", "1e300", "9007199254740991", #""2d""#,
    ])
    func noDurations(_ text: String) throws {
        let value = try JSON(parsing: Array(text.utf8))
        #expect(FieldType.duration(0...86_400_000).problem(with: value) != nil)
        #expect(Setting.named("drain")?.problem(with: value) != nil)
    }

    /// A plain value is a list of it alone, wherever a list is taken.
    @Test func plainValuesForLists() throws {
        let checker = try SchemaChecker(language.jsonSchema())
        for command in language.commands {
            for field in command.arguments {
                guard case .list(let element, let count) = field.type, count.contains(1),
                    let sample = element.sample ?? field.firstExample
                else { continue }
                #expect(field.type.problem(with: sample) == nil, "\(command.name) \(field.name)")
                let full = LineShape.command(command).samples.first { $0[field.name] != nil }?.objectValue ?? []
                let line = full.map { $0.name == field.name ? JSON.Member(field.name, sample) : $0 }
                #expect(checker.problem(with: .object(line), as: "input") == nil, "\(command.name) \(field.name)")
                try command.validate(line)
                let listed = line.map { $0.name == field.name ? JSON.Member(field.name, .array([$0.value])) : $0 }
                let digests = [line, listed].map { command.digest(of: $0) { text, _ in text } }
                #expect(digests[0] == digests[1], "\(command.name) \(field.name)")
            }
        }
        #expect(Setting.named("listen")?.problem(with: .string("/ip4/127.0.0.1/tcp/0")) == nil)
        #expect(EventArguments.types.read(.string("message")) == ["message"])
        #expect(Arguments.addresses.read(.string("/ip4/127.0.0.1/tcp/1"))?.count == 1)
        #expect(FieldType.list(.string(bytes: 1...4), count: 1...2).problem(with: .string("")) == "must not be empty")
    }
}

extension FieldType {
    /// The type of a list's values, or the type itself.
    fileprivate var innermost: FieldType {
        if case .list(let element, _) = self { element.innermost } else { self }
    }
}

extension FieldSpec {
    fileprivate var firstExample: JSON? { example?.arrayValue?.first }
}
