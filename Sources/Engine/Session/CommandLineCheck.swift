import Wire

/// A line of input held against the language, without an engine to carry it out.
package enum CommandLineCheck {
    /// Why no command would begin: `json.invalid`, `command.unknown` or `argument.…`; nil if one would.
    package static func failure(of line: UnsafeRawBufferPointer) -> CommandFailure? {
        do throws(JSONError) {
            guard case .object(let members) = try JSON(parsing: line) else {
                return CommandFailure(.jsonInvalid, "the line is JSON, but no object")
            }
            return failure(of: members)
        } catch {
            return CommandFailure(.jsonInvalid, error.description)
        }
    }

    private static func failure(of members: [JSON.Member]) -> CommandFailure? {
        let envelope = Envelope(members)
        if let problem = envelope.problem { return problem }
        let name = envelope.command ?? ""
        guard let command = CommandTable.standard.named(name) else { return CommandTable.standard.unknown(name) }
        do throws(CommandFailure) {
            try command.spec.validate(members)
            _ = command.spec.digest(of: members) { text, _ in text }
            return nil
        } catch {
            return error
        }
    }
}
