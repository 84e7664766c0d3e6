import Reactor
import Time
import Wire

/// The commands that speak of the session itself.
extension Command {
    static let help = Command(
        spec: CommandSpec(
            "help", "List the commands, all or those of one family, or explain one of them.",
            arguments: [Arguments.command.spec],
            item: [HelpFields.command.required, HelpFields.summary.required],
            answer: [
                HelpFields.command, HelpFields.summary, HelpFields.arguments, HelpFields.item, HelpFields.progress,
                HelpFields.answer, HelpFields.errors, HelpFields.example, HelpFields.since, Fields.count,
            ],
            answerAlternatives: HelpFields.listOrOne,
            errors: [.commandUnknown], example: #"{"cmd":"help","command":"message.send"}"#
        ).whileLocked,
        handler: .immediate { engine, call throws(CommandFailure) in try engine.help(call) })

    static let status = Command(
        spec: CommandSpec(
            "status", "Show the state of the engine.",
            answer: [
                Fields.peer.required, StatusFields.profile.required, Fields.version.required,
                Fields.addresses.measured.required,
                Fields.connections.required, StatusFields.peers.required, StatusFields.discovered.required,
                StatusFields.streams.required,
                StatusFields.uptime.required, StatusFields.inFlight.required, StatusFields.clients.required,
                Fields.unsent.required, Fields.undelivered.required, Fields.sequence.required,
            ], example: #"{"cmd":"status"}"#),
        handler: .immediate { engine, call throws(CommandFailure) in engine.status(call) })

    static let sync = Command(
        spec: CommandSpec(
            "sync", "Answer once every earlier command has been answered.", example: #"{"cmd":"sync"}"#
        ).whileLocked,
        handler: .concurrent { _, call throws(CommandFailure) in
            await call.answersBefore()
            call.ok()
        })

    static let shutdown = Command(
        spec: CommandSpec(
            "shutdown", "Stop the engine: finish the commands, send what can be sent, and exit.",
            arguments: [Arguments.drain.spec], example: #"{"cmd":"shutdown","drain":"2s"}"#
        ).whileLocked,
        handler: .immediate { engine, call throws(CommandFailure) in
            call.ok()
            engine.stop(.command, drain: call.optional(Arguments.drain))
        })
}

enum StatusFields {
    static let profile = FieldSpec("profile", .text(64), "name of the profile", example: .string("default")).measured
    static let peers = FieldSpec("peers", .count, "connected peers", example: .integer(1))
    static let discovered = FieldSpec(
        "discovered_count", .count, "peers present on the local network", example: .integer(2)
    ).measured
    static let streams = FieldSpec("streams", .count, "open streams", example: .integer(3)).measured
    static let uptime = FieldSpec("uptime_ms", .count, "time since the start", unit: "ms", example: .integer(73_412))
        .measured
    static let inFlight = FieldSpec(
        "in_flight_count", .count, "unanswered commands of this client, including this one", example: .integer(1)
    ).measured
    static let clients = FieldSpec(
        "clients", .count, "clients connected to the engine, besides its own pipes", example: .integer(0))
}

enum HelpFields {
    /// The end of a list has a count, the explanation of one command all the rest.
    static let listOrOne: [CommandSpec.Alternative] =
        [.exactlyOne("count", "command")]
        + ["summary", "arguments", "item", "progress", "answer", "errors", "example", "since"].map {
            .atMostOne("count", $0)
        }
    static let command = FieldSpec("command", .text(64), "name of a command", example: .string("sync"))
    static let summary = FieldSpec(
        "summary", .text(256), "what it does",
        example: .string("Answer once every earlier command has been answered."))
    static let arguments = FieldSpec("arguments", .list(.object(field), count: 0...64), "what it takes")
    static let item = FieldSpec("item", .list(.object(field), count: 0...64), "fields of its item lines")
    static let progress = FieldSpec(
        "progress", .list(.object(field), count: 0...64), "fields of its progress lines")
    static let answer = FieldSpec("answer", .list(.object(field), count: 0...64), "fields of its ok line")
    static let errors = FieldSpec(
        "errors", .list(.text(64), count: 0...64), "error codes it can fail with",
        example: .array([.string("target.unknown")]))
    static let example = FieldSpec(
        "example", .text(1024), "a line to type", example: .string(#"{"cmd":"sync"}"#))
    static let since = FieldSpec(
        "since", .text(16), "the first version that has it", example: .string("0.1.0"))

    static let field: [FieldSpec] = [
        FieldSpec("name", .text(64), "name", example: .string("drain")).required,
        FieldSpec("type", .text(64), "type", example: .string("duration")).required,
        FieldSpec("range", .text(256), "bounds", example: .string("0...86400 s")),
        FieldSpec("unit", .text(16), "unit of its numbers", example: .string("s")),
        FieldSpec("required", .boolean, "whether it is required", example: .bool(false)).required,
        FieldSpec("secret", .boolean, "whether its value must be kept secret", example: .bool(true)),
        FieldSpec("default", .any, "the default", example: .integer(50)),
        FieldSpec("summary", .text(256), "meaning", example: .string("how long to keep sending pending messages"))
            .required,
        FieldSpec("example", .any, "example", example: .string("2s")),
        FieldSpec("since", .text(16), "the first version that has it", example: .string("0.1.0")).required,
    ]
}

extension Engine {
    func help(_ call: Invocation) throws(CommandFailure) {
        guard let name = call.optional(Arguments.command) else {
            return list(commands.all.map(\.spec), call)
        }
        let family = commands.all.map(\.spec).filter { $0.family == name }
        guard family.isEmpty else { return list(family, call) }
        guard let spec = commands.named(name)?.spec else {
            throw commands.unknown(name, field: Arguments.command.spec)
        }
        call.ok { line in
            line.string(HelpFields.command, spec.name)
            line.string(HelpFields.summary, spec.summary)
            line.field(HelpFields.arguments) {
                $0.help(spec.arguments + spec.envelope.filter { $0.name != Fields.id.name })
            }
            if !spec.item.isEmpty { line.field(HelpFields.item) { $0.help(spec.item) } }
            if !spec.progress.isEmpty { line.field(HelpFields.progress) { $0.help(spec.progress) } }
            line.field(HelpFields.answer) { $0.help(spec.answer) }
            line.strings(HelpFields.errors, spec.errors.map(\.code))
            line.string(HelpFields.example, spec.example)
            line.string(HelpFields.since, spec.since)
        }
    }

    private func list(_ specs: [CommandSpec], _ call: Invocation) {
        for spec in specs {
            call.item { line in
                line.string(HelpFields.command, spec.name)
                line.string(HelpFields.summary, spec.summary)
            }
        }
        call.ok { $0.count(Fields.count, specs.count) }
    }

    func status(_ call: Invocation) {
        let pending = messaging.pendingCount
        let resources = swarm.resources
        call.ok { line in
            line.peer(Fields.peer, localPeer)
            line.string(StatusFields.profile, options.profileName)
            line.string(Fields.version, LinnetVersion.current)
            line.addresses(Fields.addresses, ownAddresses)
            line.count(Fields.connections, swarm.connections.count)
            line.count(StatusFields.peers, swarm.connectedPeers.count)
            line.count(StatusFields.discovered, discovery.peers.count)
            line.count(StatusFields.streams, resources.system.streams)
            line.integer(StatusFields.uptime, (world.clock.now - startedAt).millisecondsClamped)
            line.count(StatusFields.inFlight, call.inFlight)
            line.count(StatusFields.clients, clients.count)
            line.count(Fields.unsent, pending.unsent)
            line.count(Fields.undelivered, pending.undelivered)
            line.integer(Fields.sequence, lastSeq)
        }
    }
}

extension JSONWriter {
    /// The description of fields, as `help` prints it.
    mutating func help(_ fields: [FieldSpec]) {
        beginArray()
        for field in fields {
            beginObject()
            pair("name", field.name)
            pair("type", field.type.name)
            if let range = field.type.range { pair("range", range) }
            if let unit = field.unit { pair("unit", unit) }
            key("required")
            bool(field.isRequired)
            if field.isSecret {
                key("secret")
                bool(true)
            }
            if let value = field.defaultValue {
                key("default")
                self.value(value)
            }
            pair("summary", field.summary)
            if let example = field.example {
                key("example")
                value(example)
            }
            pair("since", field.since)
            endObject()
        }
        endArray()
    }

    private mutating func pair(_ name: String, _ text: String) {
        key(name)
        string(text)
    }
}
