import Wire

extension Renaming {
    /// A line of input as it is to be given to another engine: with that engine's names, and something in the place of
    /// values that were not kept. A line that is no command, or in which nothing is called otherwise, stays the very
    /// bytes it was.
    ///
    /// - Parameter redacted: The members whose values were not kept.
    func rewrite(input bytes: [UInt8], _ redacted: [String], _ language: Language) -> [UInt8] {
        guard let line = try? JSON(parsing: bytes), case .object(let members) = line else { return bytes }
        let command = members.value(Fields.cmd.name)?.stringValue.flatMap { name in
            language.commands.first { $0.name == name }
        }
        let rewritten = JSON.object(
            members.map { member in
                // What is of the envelope is the sender's own.
                if Envelope.isReserved(member.name) { return member }
                let argument = command?.argument(member.name)
                if redacted.contains(member.name), let sample = argument?.sample {
                    return JSON.Member(member.name, sample)
                }
                if argument?.stability == .renamed, case .integer(let number) = member.value,
                    let new = new(.sequence, "\(number)").flatMap({ Int64($0) })
                {
                    return JSON.Member(member.name, .integer(new))
                }
                return JSON.Member(member.name, rewrite(member.value))
            })
        return rewritten == line ? bytes : rewritten.bytes
    }
}
