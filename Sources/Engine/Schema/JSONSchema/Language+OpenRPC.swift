import Wire

/// The language as an OpenRPC document (spec.open-rpc.org), for tools that make clients and pages from one.
extension Language {
    /// Commands as methods with named parameters, their `ok` lines as results, errors by a number that stays with the
    /// code. Item lines and events, which OpenRPC has no words for, are among the component schemas; a method that
    /// lists names its items in `x-item`, one that takes long its progress in `x-progress`, and `x-events` names the events.
    public func openRPC() -> JSON {
        let names = SchemaNames(root: "#/components/schemas/")
        let schemas =
            FieldType.named.map { JSON.Member(SchemaNames.key($0.name), .object($0.schema)) }
            + shapes.filter { $0.kind != .command && $0.kind != .error }.map { shape in
                JSON.Member(shape.name, shape.jsonSchema(names))
            }
        let events = events.map { JSON.object([names.reference(to: LineShape.event($0).name)]) }
        return .object([
            JSON.Member("openrpc", .string("1.3.2")),
            JSON.Member(
                "info",
                .object([
                    JSON.Member("title", .string("linnet")),
                    JSON.Member("version", .string(LinnetVersion.current)),
                    JSON.Member(
                        "description", .string("The commands of linnet's line language, one JSON object a line.")),
                ])),
            JSON.Member("methods", .array(commands.map { $0.openRPC(names) })),
            JSON.Member(
                "components",
                .object([
                    JSON.Member("schemas", .object(schemas)),
                    JSON.Member("errors", .object(errors.map { JSON.Member($0.code, $0.openRPC) })),
                ])),
            JSON.Member("x-events", .array(events)),
        ])
    }
}

extension CommandSpec {
    fileprivate func openRPC(_ names: SchemaNames) -> JSON {
        var members = [
            JSON.Member("name", .string(name)),
            JSON.Member("summary", .string(summary)),
            JSON.Member("paramStructure", .string("by-name")),
            JSON.Member("params", .array((arguments + envelope).map { $0.openRPC(names) })),
            JSON.Member(
                "result",
                .object([
                    JSON.Member("name", .string("ok")),
                    JSON.Member("schema", .object([names.reference(to: LineShape.ok(of: self).name)])),
                ])),
            JSON.Member(
                "errors",
                .array(errors.map { .object([JSON.Member("$ref", .string("#/components/errors/\($0.code)"))]) })),
        ]
        if !item.isEmpty {
            members.append(JSON.Member("x-item", .object([names.reference(to: LineShape.item(of: self).name)])))
        }
        if !progress.isEmpty {
            members.append(
                JSON.Member("x-progress", .object([names.reference(to: LineShape.progress(of: self).name)])))
        }
        members.append(JSON.Member("x-since", .string(since)))
        return .object(members)
    }
}

extension FieldSpec {
    fileprivate func openRPC(_ names: SchemaNames) -> JSON {
        .object([
            JSON.Member("name", .string(name)), JSON.Member("summary", .string(summary)),
            JSON.Member("required", .bool(isRequired)), JSON.Member("schema", jsonSchema(names.ofInput)),
        ])
    }
}

extension ErrorSpec {
    fileprivate var openRPC: JSON {
        .object([
            JSON.Member("code", .integer(number)), JSON.Member("message", .string(summary)),
            JSON.Member(
                "data",
                .object([
                    JSON.Member("code", .string(code)), JSON.Member("retry", .string(retry.rawValue)),
                    JSON.Member("exit", .integer(Int64(exit.number))),
                ])),
        ])
    }

    /// A number for the code, as JSON-RPC wants one: from the text alone (FNV-1a), so that it stays when others come.
    var number: Int64 {
        let hash = code.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        return Int64(hash >> 8)
    }
}
